"""What becomes of an issue in one run."""

import threading
from collections.abc import Sequence

import pytest

from feedpub.errors import BusyError, StoreError
from feedpub.model import DeliveryState, IssueState, Message, SubscriberState
from feedpub.ports.mailing import Change, Claim, Reply, Stage
from feedpub.sending import SendOptions, Stop, StopReason
from feedpub.testing import FixedClock, MemoryLedger, MemoryMailer
from feedpub.testing.ledger import MemoryConnection
from tests.support.runs import (
    COMMITTING,
    QUEUED,
    SENT,
    SKIPPED,
    UNKNOWN,
    addresses,
    compose,
    connecting,
    run,
    states,
)

# Everybody once


@pytest.mark.parametrize("connections", [1, 4])
def test_everybody_is_mailed_once(connections: int) -> None:
    ledger, mailer = MemoryLedger(addresses(50)), MemoryMailer()

    report = run(ledger, mailer, options=SendOptions(connections=connections))

    assert sorted(one.recipient for one in mailer.accepted) == sorted(addresses(50))
    assert (report.sent, report.finished, report.next_try) == (50, True, None)
    assert report.counts == {SENT: 50}
    assert ledger.state is IssueState.FINISHED


def test_one_connection_keeps_the_order_of_the_ledger() -> None:
    mailer = MemoryMailer()

    run(MemoryLedger(addresses(5)), mailer)

    assert [one.recipient for one in mailer.accepted] == addresses(5)


def test_a_run_of_nobody_is_finished() -> None:
    assert run(MemoryLedger(), MemoryMailer()).finished


def test_whoever_unsubscribed_meanwhile_is_skipped() -> None:
    ledger = MemoryLedger(addresses(3))
    ledger.deliveries[2].subscriber = SubscriberState.UNSUBSCRIBED

    report = run(ledger, MemoryMailer())

    assert (report.sent, report.skipped, report.finished) == (2, 1, True)


def test_a_message_with_nothing_in_it_is_skipped() -> None:
    ledger = MemoryLedger(addresses(3))

    report = run(
        ledger,
        MemoryMailer(),
        compose=lambda claim: None if claim.delivery == 2 else compose(claim),
    )

    assert states(ledger) == [SENT, SKIPPED, SENT]
    assert (report.sent, report.skipped) == (2, 1)


def test_the_dot_is_never_sent_before_the_fence() -> None:
    ledger = MemoryLedger(addresses(20))

    class Watching(MemoryConnection):
        def finish(self, following: Message | None = None) -> Reply:
            assert self._offered is not None
            number = int(self._offered.recipient.partition("@")[0])
            assert ledger.deliveries[number].state is COMMITTING
            return super().finish(following)

    report = run(ledger, connecting(Watching))

    assert report.sent == 20


def test_a_limit_leaves_the_rest_for_the_next_run() -> None:
    ledger = MemoryLedger(addresses(5))

    report = run(ledger, MemoryMailer(), options=SendOptions(limit=2))

    assert (report.sent, report.finished) == (2, False)
    assert states(ledger) == [SENT, SENT, QUEUED, QUEUED, QUEUED]


def test_a_connection_is_replaced_after_so_many_messages() -> None:
    made: list[MemoryConnection] = []

    def connect(mailer: MemoryMailer) -> MemoryConnection:
        made.append(MemoryConnection(mailer))
        return made[-1]

    run(
        MemoryLedger(addresses(7)),
        connecting(connect),
        options=SendOptions(messages_per_connection=3),
    )

    assert len(made) == 3


def test_progress_ends_with_everything() -> None:
    told: list[tuple[str, int, int]] = []

    run(MemoryLedger(addresses(3)), MemoryMailer(), progress=lambda *words: told.append(words))

    assert told[-1] == ("send", 3, 3)


# The lease and the fence


def test_two_runs_at_once_do_not_send_the_same_issue() -> None:
    ledger = MemoryLedger(addresses(3))
    ledger.join().acquire(1, int(FixedClock()().timestamp()))

    with pytest.raises(BusyError):
        run(ledger, MemoryMailer())


@pytest.mark.parametrize("state", [IssueState.STOPPED, IssueState.FINISHED])
def test_a_closed_issue_is_left_alone(state: IssueState) -> None:
    ledger, mailer = MemoryLedger(addresses(3)), MemoryMailer()
    ledger.state = state

    report = run(ledger, mailer)

    assert mailer.accepted == []
    assert report.stopped is not None
    assert report.stopped.reason is StopReason.CLOSED


def test_whoever_lost_the_lease_does_not_send_the_dot() -> None:
    ledger = MemoryLedger(addresses(3))
    clock = FixedClock()
    accepted: list[str] = []

    class Frozen(MemoryConnection):
        def offer(self, message: Message) -> Reply | None:
            other = ledger.join()
            other.acquire(1, int(clock.advance(minutes=5).timestamp()))
            return super().offer(message)

        def finish(self, following: Message | None = None) -> Reply:
            accepted.append("dot")
            return super().finish(following)

    report = run(ledger, connecting(Frozen), clock=clock)

    assert accepted == []
    assert report.stopped is not None
    assert report.stopped.reason is StopReason.LEASE


def test_a_ledger_that_cannot_be_written_stops_before_the_dot() -> None:
    class Full(MemoryLedger):
        def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
            if len(mailer.accepted) == 2:
                raise StoreError("feedpub.db: database or disk is full; make room")
            return super().commit(changes, now)

    ledger, mailer = Full(addresses(10)), MemoryMailer()

    with pytest.raises(StoreError, match="disk is full"):
        run(ledger, mailer)

    assert len(mailer.accepted) == 2
    assert states(ledger) == [SENT, UNKNOWN, *[QUEUED] * 8]


def test_an_outcome_that_could_not_be_written_is_written_in_the_end_if_it_can_be() -> None:
    class Stumbling(MemoryLedger):
        failed = False

        def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
            if len(mailer.accepted) == 2 and not self.failed:
                self.failed = True
                raise StoreError("feedpub.db: disk I/O error")
            return super().commit(changes, now)

    ledger, mailer = Stumbling(addresses(5)), MemoryMailer()

    with pytest.raises(StoreError):
        run(ledger, mailer)

    assert states(ledger) == [SENT, SENT, QUEUED, QUEUED, QUEUED]


def test_a_message_that_cannot_be_made_stops_the_run_before_anything_is_doubtful() -> None:
    def compose_badly(claim: Claim) -> Message | None:
        if claim.delivery == 3:
            raise ZeroDivisionError("a defect")
        return compose(claim)

    ledger, mailer = MemoryLedger(addresses(5)), MemoryMailer()

    with pytest.raises(ZeroDivisionError):
        run(ledger, mailer, compose=compose_badly)

    assert states(ledger) == [SENT, SENT, QUEUED, QUEUED, QUEUED]


# Stopping


def test_told_to_stop_a_run_finishes_its_message_and_puts_back_the_rest() -> None:
    stop = Stop()

    class Stopping(MemoryConnection):
        def finish(self, following: Message | None = None) -> Reply:
            stop.request()
            threading.Event().wait(0.3)  # longer than the main thread needs to notice
            return super().finish(following)

    ledger = MemoryLedger(addresses(20))

    report = run(ledger, connecting(Stopping), stop=stop, options=slow())

    assert report.stopped is not None
    assert report.stopped.reason is StopReason.SIGNAL
    assert states(ledger).count(SENT) in (1, 2)
    assert set(states(ledger)) == {SENT, QUEUED}


def slow() -> SendOptions:
    return SendOptions(grace_s=5)


@pytest.mark.parametrize(
    ("stage", "state"), [(Stage.RCPT, QUEUED), (Stage.DOT, UNKNOWN)], ids=["before", "after"]
)
def test_a_server_that_does_not_answer_is_not_waited_for(
    stage: Stage, state: DeliveryState
) -> None:
    stop, hung = Stop(), threading.Event()

    class Silent(MemoryConnection):
        def wait(self) -> Reply:
            stop.request()
            hung.wait(30)
            self.usable = False
            return Reply(stage, 0, "closed")

        def offer(self, message: Message) -> Reply | None:
            return self.wait() if stage is Stage.RCPT else super().offer(message)

        def finish(self, following: Message | None = None) -> Reply:
            return self.wait()

        def abort(self) -> None:
            hung.set()

    ledger = MemoryLedger(addresses(2))

    run(ledger, connecting(Silent), stop=stop)

    assert states(ledger) == [state, QUEUED]
    assert ledger.deliveries[1].claim.attempts == (stage is Stage.DOT)
