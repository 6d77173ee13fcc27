"""Telling a WebSub hub that feeds have changed (https://www.w3.org/TR/websub/#publishing)."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from feedpub.errors import FetchError
from feedpub.model import Problem
from feedpub.net import Fetcher

_BATCH = 50
_FIRST_PAUSE_S = 1.0
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Pinged:
    """What became of a ping.

    Attributes:
        told: Topics that the hub took.
        problems: Warnings; empty if it took all of them.
    """

    told: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def ping(
    hub: str,
    topics: Sequence[str],
    *,
    fetcher: Fetcher,
    attempts: int = 3,
    budget_s: float = 60,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Pinged:
    """Tell a hub which feeds have changed; never raises for what a hub may do.

    To be called when the feeds are in place, as the hub fetches them at once. Fifty topics go into
    one request; where a hub refuses such a request, each of its topics gets its own.

    Args:
        hub: Its URL.
        topics: URLs of feeds, as their ``rel=self`` says.
        fetcher: May have to reach a private address, as the operator chose the hub.
        attempts: For each request that is not answered, or answered 5xx or 429; at least 1.
        budget_s: Seconds after which nothing new is tried.
        pause: Waits between the attempts: 1, 2, 4 ... seconds.
        clock: Monotonic seconds.
    """
    call = _Call(hub, fetcher, attempts, clock() + budget_s, pause, clock)
    for start in range(0, len(topics), _BATCH):
        call.tell(topics[start : start + _BATCH])
    return Pinged(tuple(call.told), tuple(call.problems()))


@dataclass(slots=True)
class _Call:
    hub: str
    fetcher: Fetcher
    attempts: int
    end: float
    pause: Callable[[float], None]
    clock: Callable[[], float]
    told: list[str] = field(default_factory=list)
    untold: dict[str, list[str]] = field(default_factory=dict)  # by reason

    def tell(self, topics: Sequence[str]) -> None:
        reason, refused = self._try(topics)
        if reason is None:
            self.told.extend(topics)
        elif refused and len(topics) > 1:
            for topic in topics:
                self.tell([topic])
        else:
            self.untold.setdefault(reason, []).extend(topics)

    def problems(self) -> Iterator[Problem]:
        for reason, topics in self.untold.items():
            which = topics[0] if len(topics) == 1 else f"{len(topics)} feeds"
            yield Problem(
                "warning",
                self.hub,
                f"{reason}, so it does not know that {which} changed; readers that poll do see it",
            )

    def _try(self, topics: Sequence[str]) -> tuple[str | None, bool]:
        """Return why the hub was not told, None if it was, and whether it refused for good."""
        form = [("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)]
        reason = "there was no time left to tell the hub"
        for attempt in range(self.attempts):
            if self.clock() >= self.end:
                return reason, False
            if attempt:
                self.pause(_FIRST_PAUSE_S * 2 ** (attempt - 1))
            try:
                status = self.fetcher.post_form(self.hub, form)
            except FetchError as error:
                reason, retry = f"the hub was not reached ({error})", error.retry
            else:
                if status < 300:
                    return None, False
                reason, retry = f"the hub answered {status}", _is_passing(status)
                if not retry:
                    return reason, 400 <= status < 500
            if not retry:
                break
        return reason, False


def _is_passing(status: int) -> bool:
    return status >= 500 or status in _TRY_AGAIN
