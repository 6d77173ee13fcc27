"""What sending needs of the outside world: a ledger and a mailer; instants are epoch seconds.

A message takes these steps, and nothing but them, on its way (DESIGN: the send ledger):

    claim = ledger.claim(...)                 queued -> sending, on disk
    connection.offer(message)                 everything up to the final dot of DATA
    ledger.commit([Change(crossing=...)])     sending -> committing, on disk: the fence
    connection.finish()                       the dot, and the reply to it
    ledger.commit([Change(outcomes=...)])     committing -> sent, queued, failed or unknown
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol

from feedpub.model import Choice, DeliveryState, Message


class Stage(IntEnum):
    """How far a mailer had come when it got a reply."""

    CONNECT = 0
    AUTH = 1
    MAIL = 2
    RCPT = 3
    DATA = 4
    BODY = 5
    DOT = 6


class Reply(NamedTuple):
    """What a mailer was answered.

    Attributes:
        stage: The command that it answers; DOT is the only one after which a message may have
            been accepted.
        code: Of SMTP, three digits; 0 if there was no reply, or none that makes sense.
        text: Its text, with the enhanced code (RFC 3463) at the beginning if there is one.
        timed_out: Whether there was none in time.
    """

    stage: Stage
    code: int
    text: str
    timed_out: bool = False


class Connection(Protocol):
    """Takes one message after another; used by one thread, except for ``abort``."""

    @property
    def usable(self) -> bool:
        """Whether it takes another message."""
        ...

    def offer(self, message: Message) -> Reply | None:
        """Hand over a message, up to where nothing but the final dot is missing.

        Returns:
            None if the dot is awaited; otherwise why it is not, after which the message cannot
            have been accepted, and the connection is ready for the next one or not usable.
        """
        ...

    def finish(self, following: Message | None = None) -> Reply:
        """Send the final dot of the message that was offered, and wait for the reply.

        Args:
            following: The message that will be offered next, so that its envelope may travel
                with the dot; it need not be offered if the connection is not usable any more.

        Returns:
            The reply, its stage DOT; code 0 means that nobody knows what became of the message.
        """
        ...

    def quit(self) -> None:
        """Take leave, then close; harmless if it is closed, and after an error."""
        ...

    def hang_up(self) -> None:
        """Close without the dot, so that a message that was offered is not accepted."""
        ...

    def abort(self) -> None:
        """Make a waiting ``offer`` or ``finish`` return at once; called from another thread."""
        ...


class Mailer(Protocol):
    """Opens connections; used by several threads at once."""

    def connect(self) -> Connection:
        """Return a connection that is ready for its first message.

        Raises:
            MailerError: There is none to be had, now or until somebody changes the settings.
        """
        ...


class Claim(NamedTuple):
    """A delivery that is ours for the moment, and what its message is made from.

    Attributes:
        delivery: Id of the row.
        issue: Id.
        subscriber: Id.
        address: Where it goes.
        choice: Categories chosen when the issue was prepared.
        language: BCP 47, when the issue was prepared.
        since: The recipient's news begin here.
        attempts: How often it was tried before.
        first_try: When it was tried, or its domain paused, for the first time; None if never.
    """

    delivery: int
    issue: int
    subscriber: int
    address: str
    choice: Choice
    language: str
    since: int
    attempts: int = 0
    first_try: int | None = None


class Outcome(NamedTuple):
    """What became of a delivery.

    Attributes:
        delivery: Id of the row.
        state: Its next; of QUEUED, SENT, FAILED, UNKNOWN and SKIPPED.
        code: Of SMTP, with the enhanced one if there is one, such as ``550 5.1.1``; or empty.
        reply: The reply or the reason, without any address; at most 300 characters.
        not_before: When a queued one is tried again.
        tried: Whether this counts as an attempt.
        bounced: Whether the server said that the address does not exist.
    """

    delivery: int
    state: DeliveryState
    code: str = ""
    reply: str = ""
    not_before: int = 0
    tried: bool = True
    bounced: bool = False


@dataclass(slots=True)
class Change:
    """What one connection has to write before it goes on.

    Attributes:
        outcomes: Of messages that are done with.
        crossing: The delivery whose dot comes next; None if there is none.
    """

    outcomes: Sequence[Outcome] = ()
    crossing: int | None = None


class Batch(NamedTuple):
    """What a claim brought.

    Attributes:
        claims: Ours, in the order of the ledger.
        skipped: How many rows turned out to be of people who are not mailed any more.
    """

    claims: Sequence[Claim]
    skipped: int


class Recovery(NamedTuple):
    """What senders that ended in the middle had left.

    Attributes:
        queued: Rows that are sent again, since no dot of theirs was.
        unknown: Rows of which nobody knows whether their dot arrived.
    """

    queued: int
    unknown: int


class Lease(NamedTuple):
    """A sender of an issue.

    Attributes:
        host: Name of the machine.
        pid: Of the process on it.
        token: What the rows that are its own carry.
        until: It ends by itself at this instant.
        progressed: When it last sent something; when it began if it did not yet.
        shared: Whether it lets others send besides.
    """

    host: str
    pid: int
    token: int
    until: int
    progressed: int
    shared: bool = False


class Listed(NamedTuple):
    """A row of the ledger, as somebody looks at it.

    Attributes:
        delivery: Id of the row.
        subscriber: Id.
        address: Empty if they were erased.
        state: Where it stands.
        attempts: How often it was tried.
        at: When its state last changed; None if it never did.
        not_before: When a queued one is due; 0 is at once.
        code: Of the last reply.
        reply: The last reply, or the reason.
    """

    delivery: int
    subscriber: int
    address: str
    state: DeliveryState
    attempts: int
    at: int | None
    not_before: int
    code: str
    reply: str


class Bounced(NamedTuple):
    """A delivery that was refused since its address does not exist.

    Attributes:
        delivery: Id of the row.
        subscriber: Id.
        code: Such as ``550 5.1.1``.
    """

    delivery: int
    subscriber: int
    code: str


class Ledger(Protocol):
    """The rows of one issue after the other; used by several threads at once.

    A call either is on disk when it returns, or raises and leaves the rows as they were (or, if
    the disk failed at the last instant, nobody knows: then recovery decides).

    All calls raise StoreError, or BusyError if another process writes for more than a minute.
    """

    def acquire(self, issue: int, now: int, *, shared: bool = False) -> Recovery | None:
        """Become a sender of an issue and put right what those had left whose lease is over.

        Args:
            issue: Its id.
            now: The time.
            shared: Whether others that share it, too, may send at the same time.

        Returns:
            None if the issue is stopped, dropped or finished: nothing is to be sent.

        Raises:
            BusyError: Another sender is there, and one of the two does not share.
        """
        ...

    def renew(self, issue: int, now: int, *, moved: bool) -> bool:
        """Prolong our lease.

        Args:
            issue: Its id.
            now: The time.
            moved: Whether something was sent since the last call.

        Returns:
            Whether it is still ours and the issue still to be sent; if not, stop.
        """
        ...

    def release(self, issue: int, now: int) -> bool:
        """Put what is ours and unsent back, and be a sender no more; harmless if we are none.

        Returns:
            Whether this finished the issue: nobody else sends it, and recipients = sent + failed +
            unknown + skipped. Of several senders that leave one is told so.
        """
        ...

    def claim(self, issue: int, *, now: int, limit: int) -> Batch:
        """Take rows that are due, and skip those of people who are not mailed any more.

        State, pause and suppression of each subscriber are checked in the same transaction.

        Args:
            issue: Its id.
            now: The time.
            limit: How many rows are looked at, at most a thousand.

        Returns:
            No claim and nothing skipped if nothing is due or our lease was taken from us.
        """
        ...

    def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
        """Write outcomes and let deliveries cross the fence, all in one transaction.

        Returns:
            For each change whether its crossing was still ours and now is ``committing`` (True if
            it has none); where not, hang up without the dot.
        """
        ...

    def counts(self, issue: int) -> dict[DeliveryState, int]:
        """Return how many rows are in each state, those without a row left out."""
        ...

    def next_due(self, issue: int) -> int | None:
        """Return when the next queued row is due, which may be past; None if none is queued."""
        ...

    def senders(self, issue: int) -> list[Lease]:
        """Return who sends an issue, in no order, also those whose lease is over."""
        ...

    def rows(self, issue: int, states: Sequence[DeliveryState]) -> Iterator[Listed]:
        """Yield the rows in some states, oldest first; a few at a time are held."""
        ...

    def bounced(self, issue: int) -> Iterator[Bounced]:
        """Yield failed rows whose address does not exist and whose subscriber is still active."""
        ...

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
        """Let the operator decide about rows: send them (again), or skip them.

        A finished issue that has something to send again is not finished any more.

        Args:
            issue: Its id.
            states: Of the rows; of QUEUED, FAILED and UNKNOWN.
            to: QUEUED or SKIPPED.
            now: The time.
            reason: Kept with each row.
            deliveries: Ids of rows; all of those states if None.

        Returns:
            How many rows it were.

        Raises:
            ValueError: A person does not decide that.
        """
        ...
