"""Decides during a run which domains are paused, and when there is no point in going on."""

from feedpub.deliveries.replies import Scope, Verdict
from feedpub.model import DeliveryState

_DOMAINS = 5
# How much each trouble weighs: a message that hangs between dot and reply is the worst, since
# somebody has to decide about it; a server that is silent costs minutes each time.
_LOST, _UNKNOWN, _SILENT = 1, 3, 8


class Breaker:
    """Counts a run's refusals; not safe for threads.

    Attributes:
        paused: Domains that get nothing more in this run, each with the reply that caused it.
        refusal: Why the run has to stop until somebody acts; None if it has not.
        trouble: Why the run had better stop for a while; None if it had not.
    """

    def __init__(self, limit: int) -> None:
        """Start counting.

        Args:
            limit: How much trouble in a row is endured; a lost connection is 1, an unknown
                outcome 3, silence 8.
        """
        self.paused: dict[str, str] = {}
        self.refusal: str | None = None
        self.trouble: str | None = None
        self._limit = limit
        self._weight = 0

    def count(self, domain: str, verdict: Verdict, *, timed_out: bool = False) -> None:
        """Take note of what a delivery met with.

        Args:
            domain: Of the recipient, lower case.
            verdict: About the reply.
            timed_out: Whether the reply was waited for in vain.
        """
        if verdict.scope is Scope.RECIPIENT:
            self._weight = 0
        elif verdict.scope is Scope.DOMAIN:
            self._weight = 0
            self._pause(domain, verdict)
        elif verdict.scope is Scope.RUN:
            self.refusal = self.refusal or _describe(verdict)
        else:
            self._suffer(verdict, timed_out=timed_out)

    def _pause(self, domain: str, verdict: Verdict) -> None:
        self.paused.setdefault(domain, _describe(verdict))
        if len(self.paused) >= _DOMAINS and self.refusal is None:
            self.refusal = f"{len(self.paused)} domains refuse our mail: {_describe(verdict)}"

    def _suffer(self, verdict: Verdict, *, timed_out: bool) -> None:
        unknown = verdict.state is DeliveryState.UNKNOWN
        self._weight += _SILENT if timed_out else _UNKNOWN if unknown else _LOST
        if self._weight >= self._limit and self.trouble is None:
            self.trouble = _describe(verdict)


def _describe(verdict: Verdict) -> str:
    # The text mostly begins with the enhanced code that ``code`` ends with.
    code, _, enhanced = verdict.code.partition(" ")
    text = verdict.reply.removeprefix(enhanced).strip()
    return " ".join(part for part in (code, enhanced, text) if part)
