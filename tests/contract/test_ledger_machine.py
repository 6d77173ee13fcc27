"""Three senders, crashes, an operator and the clock, in any order: both ledgers go the same way."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from feedpub.deliveries import FINAL
from feedpub.errors import BusyError
from feedpub.model import DeliveryState, IssueState, SubscriberState
from feedpub.ports.mailing import Change, Ledger, Listed, Outcome
from tests.support.ledger import ISSUE
from tests.support.ledger_server import LedgerServer
from tests.support.ledgers import NOW, MemoryWorld, SqlWorld, World
from tests.support.postgres import Cluster

QUEUED, SENDING, COMMITTING, SENT, FAILED, UNKNOWN, SKIPPED = DeliveryState
SIZE = 6
senders = st.sampled_from([0, 1, 2])
deliveries = st.integers(1, SIZE)


class LedgerMachine(RuleBasedStateMachine):
    """Everything is done to ``SqlLedger`` and to ``MemoryLedger``, which has to answer the same.

    Besides, it is written down whose dot was sent, and what that has to mean in any ledger.
    """

    @initialize()
    def prepare(self) -> None:
        self.now = NOW
        self.folder = Path(tempfile.mkdtemp())
        addresses = [f"{number}@x.example" for number in range(SIZE)]
        self.worlds: list[World] = [self.make_world(addresses), MemoryWorld(addresses)]
        self.ledgers: list[list[Ledger]] = [
            [world.open() for _ in range(3)] for world in self.worlds
        ]
        # Deliveries whose dot may be on its way or was accepted, and not known to be refused.
        self.dots: set[int] = set()
        self.crossed: list[set[int]] = [set(), set(), set()]

    def make_world(self, addresses: list[str]) -> World:
        return SqlWorld.create(self.folder, addresses)

    def teardown(self) -> None:
        if hasattr(self, "worlds"):
            for world in self.worlds:
                world.close()
            shutil.rmtree(self.folder)

    def ask(self, sender: int, name: str, *values: object, **more: object) -> object:
        answers = []
        for ledgers in self.ledgers:
            try:
                answers.append(getattr(ledgers[sender], name)(ISSUE, *values, **more))
            except BusyError:
                answers.append(BusyError)
        assert answers[0] == answers[1], name
        return answers[0]

    def commit(self, sender: int, change: Change) -> bool:
        answers = [ledgers[sender].commit([change], self.now) for ledgers in self.ledgers]
        assert answers[0] == answers[1]
        return answers[0][0]

    @rule(sender=senders, shared=st.booleans())
    def acquire(self, sender: int, shared: bool) -> None:
        self.ask(sender, "acquire", self.now, shared=shared)

    @rule(sender=senders, moved=st.booleans())
    def renew(self, sender: int, moved: bool) -> None:
        self.ask(sender, "renew", self.now, moved=moved)

    @rule(sender=senders)
    def release(self, sender: int) -> None:
        if self.ask(sender, "release", self.now) is True:
            assert set(self.states().values()) <= set(FINAL)
            assert self.ledgers[0][0].senders(ISSUE) == []

    @rule(sender=senders, limit=st.integers(1, SIZE))
    def claim(self, sender: int, limit: int) -> None:
        self.ask(sender, "claim", now=self.now, limit=limit)

    @rule(sender=senders, delivery=deliveries)
    def cross(self, sender: int, delivery: int) -> None:
        if self.commit(sender, Change(crossing=delivery)):
            assert delivery not in self.dots, "twice"
            self.dots.add(delivery)
            self.crossed[sender].add(delivery)

    @precondition(lambda self: any(self.crossed))
    @rule(data=st.data(), state=st.sampled_from([SENT, FAILED, UNKNOWN, QUEUED]))
    def hear(self, data: st.DataObject, state: DeliveryState) -> None:
        """A reply to a dot arrives, perhaps late."""
        sender = data.draw(st.sampled_from([one for one in (0, 1, 2) if self.crossed[one]]))
        delivery = data.draw(st.sampled_from(sorted(self.crossed[sender])))
        self.crossed[sender].discard(delivery)
        self.commit(sender, Change([Outcome(delivery, state, not_before=self.now)]))
        if self.states()[delivery] in (QUEUED, FAILED):
            self.dots.discard(delivery)

    @rule(sender=senders, delivery=deliveries, state=st.sampled_from([FAILED, QUEUED, SKIPPED]))
    def refuse(self, sender: int, delivery: int, state: DeliveryState) -> None:
        """A message is refused before its dot."""
        if delivery not in self.crossed[sender]:
            self.commit(sender, Change([Outcome(delivery, state, tried=state is not SKIPPED)]))

    @rule(seconds=st.sampled_from([1, 50, 130, 4000]))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule(
        number=deliveries,
        state=st.sampled_from([SubscriberState.ACTIVE, SubscriberState.UNSUBSCRIBED]),
        paused=st.booleans(),
        suppressed=st.sampled_from([None, "bounce"]),
    )
    def change_subscriber(
        self, number: int, state: SubscriberState, paused: bool, suppressed: str | None
    ) -> None:
        for world in self.worlds:
            world.set_subscriber(number, state=state, paused=paused, suppressed=suppressed)

    @rule(old=st.sampled_from([QUEUED, FAILED, UNKNOWN]), new=st.sampled_from([QUEUED, SKIPPED]))
    def decide(self, old: DeliveryState, new: DeliveryState) -> None:
        if (old, new) == (QUEUED, QUEUED):
            return
        chosen = {number for number, state in self.states().items() if state is old}
        self.ask(0, "resolve", [old], new, self.now, reason="decided")
        if new is QUEUED:
            self.dots -= chosen
            for crossed in self.crossed:
                crossed -= chosen

    def states(self) -> dict[int, DeliveryState]:
        return {row.delivery: row.state for row in self.rows(0)}

    def rows(self, which: int) -> list[Listed]:
        return list(self.ledgers[which][0].rows(ISSUE, list(DeliveryState)))

    @invariant()
    def both_have_the_same_rows(self) -> None:
        if hasattr(self, "ledgers"):
            assert self.rows(0) == self.rows(1)
            assert self.worlds[0].issue_state() == self.worlds[1].issue_state()

    @invariant()
    def nobody_is_lost_and_nobody_is_sent_without_a_dot(self) -> None:
        if not hasattr(self, "ledgers"):
            return
        states = self.states()
        assert sum(self.ledgers[0][0].counts(ISSUE).values()) == SIZE
        for delivery, state in states.items():
            if state in (SENT, COMMITTING):
                assert delivery in self.dots
            if delivery in self.dots:
                assert state in (SENT, COMMITTING, UNKNOWN, SKIPPED)

    @invariant()
    def a_finished_issue_has_nobody_left(self) -> None:
        if hasattr(self, "ledgers") and self.worlds[0].issue_state() is IssueState.FINISHED:
            assert set(self.states().values()) <= set(FINAL)


TestLedgerMachine = pytest.mark.slow(LedgerMachine.TestCase)
TestLedgerMachine.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)


@pytest.mark.slow
def test_a_server_goes_the_same_way(cluster: Cluster) -> None:
    class ServerMachine(LedgerMachine):
        def make_world(self, addresses: list[str]) -> World:
            self.url = cluster.create()
            return SqlWorld(LedgerServer.create(self.url, addresses))

        def teardown(self) -> None:
            super().teardown()
            if hasattr(self, "url"):
                cluster.drop(self.url)

    run_state_machine_as_test(
        ServerMachine, settings=settings(max_examples=6, stateful_step_count=40, deadline=None)
    )
