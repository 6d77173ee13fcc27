"""What a run is told, and what it tells in the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from feedpub.model import DeliveryState
from feedpub.ports.mailing import Recovery


@dataclass(frozen=True)
class SendOptions:
    """The limits of a run.

    Attributes:
        connections: At most so many at once, at least 1.
        per_domain: At most so many connections at once that deliver to one domain; 0 for no limit.
        rate: Messages a second at most; 0 for no limit.
        messages_per_connection: After so many a connection is replaced.
        limit: Hand out so many deliveries at most; 0 for no limit.
        patience_s: How long the run waits for deliveries that are tried again, in all; 0 leaves
            them to the next run.
        grace_s: When told to stop, how long messages in hand may take.
        renew_s: How often the lease is prolonged.
        reconnect_s: How long to wait before another attempt to connect; there are as many, and
            one more.
        trouble_limit: How much trouble in a row is endured (see ``feedpub.deliveries.Breaker``);
            0 chooses it by the number of connections.
        shared: Send beside others that share the issue. What is about the whole of it, its sums
            and the addresses that do not exist, is left to the run that finishes it.
    """

    connections: int = 1
    per_domain: int = 0
    rate: float = 0
    messages_per_connection: int = 100
    limit: int = 0
    patience_s: int = 0
    grace_s: float = 7
    renew_s: float = 15
    reconnect_s: tuple[float, ...] = (1, 4)
    trouble_limit: int = 0
    shared: bool = False


class Stop:
    """Tells a run to come to its end; its one method may be called by a signal handler.

    Attributes:
        requested: Whether it was told.
    """

    # No threading.Event: a handler that runs while the same thread is inside one waits for itself.
    def __init__(self) -> None:
        self.requested = False

    def request(self) -> None:
        """Finish the messages in hand, put the others back."""
        self.requested = True


class StopReason(StrEnum):
    """Why a run ended before everything that was due was tried."""

    SIGNAL = "signal"
    CLOSED = "closed"
    LEASE = "lease"
    REFUSED = "refused"
    TROUBLE = "trouble"
    UNREACHABLE = "unreachable"


class Stopped(NamedTuple):
    """Why a run ended early.

    Attributes:
        reason: For programs. SIGNAL: it was told to. CLOSED: the issue was stopped, dropped or is
            finished. LEASE: another sender took over. REFUSED: the mail server does not want us,
            and somebody has to act. TROUBLE and UNREACHABLE: a later run may succeed.
        text: For people; without any address.
    """

    reason: StopReason
    text: str


_NOTHING = Recovery(0, 0)


@dataclass(frozen=True)
class SendReport:
    """What became of an issue in one run.

    Attributes:
        issue: Id.
        sent: Accepted in this run.
        failed: Given up in this run.
        deferred: Tried in this run without success, and to be tried again.
        unknown: Of which nobody knows; those that an earlier run had left included.
        skipped: Left out in this run, since they are not mailed any more or nothing is in it.
        counts: Where all recipients of the issue stand now; empty if the run shared the issue
            and did not finish it.
        finished: Whether this run finished the issue: recipients = sent + failed + unknown +
            skipped.
        next_try: When the next delivery is due, epoch seconds; None if none is queued.
        paused: Domains that refuse our mail, each with the reply.
        bounced: Addresses that do not exist, as they were handed on to be suppressed.
        held: Addresses that do not exist, but so many that a person has to look first.
        recovered: What an earlier run had left.
        stopped: Why the run ended early; None if it did not.
    """

    issue: int
    sent: int = 0
    failed: int = 0
    deferred: int = 0
    unknown: int = 0
    skipped: int = 0
    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    finished: bool = False
    next_try: int | None = None
    paused: Mapping[str, str] = field(default_factory=dict)
    bounced: int = 0
    held: int = 0
    recovered: Recovery = _NOTHING
    stopped: Stopped | None = None
