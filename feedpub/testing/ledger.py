"""A send ledger that lives as long as the object, and a mailer that keeps what it is given."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from feedpub.deliveries import FINAL, NEXT, check_decision, why_not_mailed
from feedpub.errors import BusyError
from feedpub.model import DeliveryState, IssueState, Message, SubscriberState
from feedpub.ports.mailing import (
    Batch,
    Bounced,
    Change,
    Claim,
    Lease,
    Listed,
    Outcome,
    Recovery,
    Reply,
    Stage,
)

LEASE_S = 120
_HOST = "memory"


@dataclass
class Row:
    """A delivery, and what is known of its subscriber.

    Attributes:
        claim: As it is handed out.
        subscriber: Where the subscriber stands.
        paused: Whether they asked for a pause.
        suppressed: Why their address is never mailed again.
        state: Of the delivery.
        token: Of whoever claimed it last.
        last: What became of it last.
        at: When.
    """

    claim: Claim
    subscriber: SubscriberState = SubscriberState.ACTIVE
    paused: bool = False
    suppressed: str | None = None
    state: DeliveryState = DeliveryState.QUEUED
    token: int | None = None
    last: Outcome = field(default_factory=lambda: Outcome(0, DeliveryState.QUEUED))
    at: int | None = None

    def move(self, outcome: Outcome, now: int) -> None:
        """Take what became of it."""
        first = self.claim.first_try
        if first is None and (outcome.tried or outcome.not_before > 0):
            first = now
        attempts = self.claim.attempts + outcome.tried
        self.claim = self.claim._replace(attempts=attempts, first_try=first)
        self.state, self.last, self.at = outcome.state, outcome, now

    def decide(self, state: DeliveryState, reason: str, now: int) -> None:
        """Take what the operator says."""
        self.claim = self.claim._replace(attempts=0, first_try=None)
        self.last = Outcome(self.claim.delivery, state, self.last.code, reason)
        self.state, self.token, self.at = state, None, now


class MemoryLedger:
    """The ledger of one issue; of several senders each has one, made by ``join``.

    Attributes:
        issue: Id of the issue.
        state: Where it stands.
        deliveries: By id.
    """

    def __init__(self, addresses: Sequence[str] = (), *, issue: int = 1) -> None:
        """Prepare an issue.

        Args:
            addresses: Of its recipients, who are numbered from 1 on.
            issue: Its id.
        """
        self.issue = issue
        self.state = IssueState.PREPARED
        self.deliveries = {
            number: Row(Claim(number, issue, number, address, (), "en", 0))
            for number, address in enumerate(addresses, 1)
        }
        self._shared = _Shared()
        self._token = 0
        self._main = self

    def join(self) -> "MemoryLedger":
        """Return the same ledger as another sender has it."""
        other = MemoryLedger(issue=self.issue)
        other.deliveries, other._shared, other._main = self.deliveries, self._shared, self._main
        return other

    def acquire(self, issue: int, now: int, *, shared: bool = False) -> Recovery | None:
        """Become a sender of an issue and put right what those had left whose lease is over."""
        main, senders = self._main, self._shared.senders
        with self._shared.lock:
            if issue != self.issue or main.state not in (IssueState.PREPARED, IssueState.SENDING):
                return None
            dead = {token for token, lease in senders.items() if lease.until <= now}
            alive = [lease for token, lease in senders.items() if token not in dead]
            if not all(shared and lease.shared for lease in alive):
                raise BusyError(f"issue {issue} is being sent; wait for it")
            for token in dead:
                del senders[token]
            self._token = token = next(self._shared.tokens)
            senders[token] = Lease(_HOST, token, token, now + LEASE_S, now, shared)
            main.state = IssueState.SENDING
            owners = {row.token for row in self.deliveries.values() if row.token is not None}
            return self._recover(now, dead if shared else owners)

    def forget_senders(self) -> None:
        """Lose every lease, as in a database that knew of none."""
        with self._shared.lock:
            self._shared.senders.clear()

    def _recover(self, now: int, tokens: Collection[int]) -> Recovery:
        queued = unknown = 0
        for row in self.deliveries.values():
            if row.token not in tokens:
                continue
            if row.state is DeliveryState.SENDING:
                row.state, row.token, queued = DeliveryState.QUEUED, None, queued + 1
            elif row.state is DeliveryState.COMMITTING:
                reply = "the sender ended between the final dot and its reply"
                row.move(Outcome(row.claim.delivery, DeliveryState.UNKNOWN, reply=reply), now)
                unknown += 1
        return Recovery(queued, unknown)

    def _is_ours(self) -> bool:
        return self._token in self._shared.senders and self._main.state is IssueState.SENDING

    def renew(self, issue: int, now: int, *, moved: bool) -> bool:  # noqa: ARG002 # as the port has it
        """Prolong our lease."""
        with self._shared.lock:
            if not self._is_ours():
                return False
            lease = self._shared.senders[self._token]
            progressed = now if moved else lease.progressed
            self._shared.senders[self._token] = lease._replace(
                until=now + LEASE_S, progressed=progressed
            )
            return True

    def release(self, issue: int, now: int) -> bool:  # noqa: ARG002 # as the port has it
        """Put what is ours and unsent back, and be a sender no more."""
        main, senders = self._main, self._shared.senders
        with self._shared.lock:
            self._recover(now, {self._token})
            senders.pop(self._token, None)
            done = all(row.state in FINAL for row in self.deliveries.values())
            if senders or not done or main.state is not IssueState.SENDING:
                return False
            main.state = IssueState.FINISHED
            return True

    def claim(self, issue: int, *, now: int, limit: int) -> Batch:
        """Take rows that are due, and skip those of people who are not mailed any more."""
        with self._shared.lock:
            if issue != self.issue or not self._is_ours():
                return Batch([], 0)
            due = sorted(
                (
                    row
                    for row in self.deliveries.values()
                    if row.state is DeliveryState.QUEUED and row.last.not_before <= now
                ),
                key=lambda row: (row.last.not_before, row.claim.delivery),
            )[:limit]
            claims = [row.claim for row in due if self._take(row, now)]
            return Batch(claims, len(due) - len(claims))

    def _take(self, row: Row, now: int) -> bool:
        reason = why_not_mailed(
            row.subscriber,
            paused=row.paused,
            address=row.claim.address,
            suppressed=row.suppressed,
        )
        if reason is None:
            row.state, row.token = DeliveryState.SENDING, self._token
        else:
            outcome = Outcome(row.claim.delivery, DeliveryState.SKIPPED, reply=reason, tried=False)
            row.move(outcome, now)
        return reason is None

    def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
        """Write outcomes and let deliveries cross the fence."""
        with self._shared.lock:
            for change in changes:
                for outcome in change.outcomes:
                    row = self.deliveries[outcome.delivery]
                    if row.token == self._token and outcome.state in NEXT[row.state]:
                        row.move(outcome, now)
            return [change.crossing is None or self._cross(change.crossing) for change in changes]

    def _cross(self, delivery: int) -> bool:
        row = self.deliveries[delivery]
        if row.state is not DeliveryState.SENDING or row.token != self._token:
            return False
        row.state = DeliveryState.COMMITTING
        return True

    def counts(self, issue: int) -> dict[DeliveryState, int]:  # noqa: ARG002 # as the port has it
        """Return how many rows are in each state, those without a row left out."""
        with self._shared.lock:
            states = [row.state for row in self.deliveries.values()]
        return {state: states.count(state) for state in DeliveryState if state in states}

    def next_due(self, issue: int) -> int | None:  # noqa: ARG002 # as the port has it
        """Return when the next queued row is due; None if none is queued."""
        with self._shared.lock:
            return min(
                (
                    row.last.not_before
                    for row in self.deliveries.values()
                    if row.state is DeliveryState.QUEUED
                ),
                default=None,
            )

    def senders(self, issue: int) -> list[Lease]:  # noqa: ARG002 # as the port has it
        """Return who sends the issue, in no order, also those whose lease is over."""
        with self._shared.lock:
            return list(self._shared.senders.values())

    def rows(self, issue: int, states: Sequence[DeliveryState]) -> Iterator[Listed]:
        """Yield the rows in some states, oldest first."""
        for row in list(self.deliveries.values()):
            if row.state in states and issue == self.issue:
                claim, last = row.claim, row.last
                yield Listed(
                    claim.delivery, claim.subscriber, claim.address, row.state, claim.attempts,
                    row.at, last.not_before, last.code, last.reply,
                )  # fmt: skip

    def bounced(self, issue: int) -> Iterator[Bounced]:  # noqa: ARG002 # as the port has it
        """Yield failed rows whose address does not exist and whose subscriber is still active."""
        for row in list(self.deliveries.values()):
            gone = row.state is DeliveryState.FAILED and row.last.bounced
            if gone and row.subscriber is SubscriberState.ACTIVE:
                yield Bounced(row.claim.delivery, row.claim.subscriber, row.last.code)

    def resolve(
        self,
        issue: int,
        states: Sequence[DeliveryState],
        to: DeliveryState,
        now: int,
        *,
        reason: str,
        deliveries: Sequence[int] | None = None,
    ) -> int:
        """Let the operator decide about rows: send them (again), or skip them."""
        check_decision(states, to)
        changed = 0
        with self._shared.lock:
            for row in self.deliveries.values():
                chosen = deliveries is None or row.claim.delivery in deliveries
                if issue == self.issue and chosen and row.state in states:
                    row.decide(to, reason, now)
                    changed += 1
            if changed and to is DeliveryState.QUEUED and self._main.state is IssueState.FINISHED:
                self._main.state = IssueState.SENDING
        return changed


class _Shared:
    """What all senders of an issue have in common."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.senders: dict[int, Lease] = {}
        self.tokens = count(1)


class MemoryMailer:
    """Keeps what it is given; used by several threads.

    Attributes:
        accepted: Messages, in the order of their dots.
        replies: What is answered to whom, by address: a reply before the dot or to it. Whoever is
            not in it is accepted.
    """

    def __init__(self, replies: Mapping[str, Reply] | None = None) -> None:
        self.accepted: list[Message] = []
        self.replies = dict(replies or {})

    def connect(self) -> "MemoryConnection":
        """Return a connection."""
        return MemoryConnection(self)


class MemoryConnection:
    """Hands messages to a ``MemoryMailer``.

    Attributes:
        usable: Whether it takes another message.
    """

    def __init__(self, mailer: MemoryMailer) -> None:
        self.usable = True
        self._mailer = mailer
        self._offered: Message | None = None

    def offer(self, message: Message) -> Reply | None:
        """Take a message without its dot."""
        reply = self._mailer.replies.get(message.recipient)
        if reply is not None and reply.stage is not Stage.DOT:
            self.usable = reply.code not in (0, 421)
            return reply
        self._offered = message
        return None

    def finish(self, following: Message | None = None) -> Reply:  # noqa: ARG002 # as the port has it
        """Take the dot."""
        message, self._offered = self._offered, None
        if message is None:
            return Reply(Stage.DOT, 503, "5.5.1 no message was offered")
        reply = self._mailer.replies.get(message.recipient, Reply(Stage.DOT, 250, "2.0.0 ok"))
        self.usable = reply.code not in (0, 421)
        if reply.code // 100 == 2:
            self._mailer.accepted.append(message)
        return reply

    def quit(self) -> None:
        """Come to an end."""
        self.hang_up()

    def hang_up(self) -> None:
        """Forget what was offered."""
        self.usable, self._offered = False, None

    def abort(self) -> None:
        """Do nothing: no call waits for anybody."""
