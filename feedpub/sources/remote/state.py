"""What is remembered of a feed between two builds, and when it is asked again (pure)."""

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from feedpub.errors import FetchError
from feedpub.net import Fetched, Known

NOT_MODIFIED = 304
_DAY_S = 86_400
_FIRST_WAIT_S = 300
_LONGEST_AGE_S = _DAY_S
_LONGEST_WAIT_S = 7 * _DAY_S
_GONE = 410
_LONGEST_VALIDATOR = 1024


@dataclass(frozen=True, slots=True)
class FeedState:
    """One feed as it stood at the last request.

    Attributes:
        url: Of the settings; another one there is another feed.
        moved: Where it has moved for good, empty if it has not.
        etag: Of the last answer that was read, empty without one.
        modified: ``Last-Modified`` likewise.
        next_at: Seconds since the epoch; before that it is not asked.
        failures: Since the last answer that could be used.
        failing_since: Seconds since the epoch, 0 if it does not fail.
        error: Of the last request, empty if it went well.
        gone: The server said that it is gone for good.
        notes: What the editor should know of its entries, a line each.
    """

    url: str
    moved: str = ""
    etag: str = ""
    modified: str = ""
    next_at: int = 0
    failures: int = 0
    failing_since: int = 0
    error: str = ""
    gone: bool = False
    notes: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where to ask."""
        return self.moved or self.url

    @property
    def known(self) -> Known:
        """What to ask with."""
        return Known(self.etag, self.modified)

    def is_due(self, now: int) -> bool:
        """Return whether the feed may be asked now, in seconds since the epoch.

        Nobody waits longer than a week: what is to wait for more was written by a clock that was
        wrong, and would else keep the feed silent until that day.
        """
        return not self.gone and not 0 < self.next_at - now <= _LONGEST_WAIT_S


def after_answer(
    state: FeedState, fetched: Fetched, now: int, *, every_s: int, notes: tuple[str, ...] | None
) -> FeedState:
    """Return the state after an answer that could be used.

    Args:
        state: Before it.
        fetched: The answer; a 304 leaves the validators that it does not repeat.
        now: Seconds since the epoch.
        every_s: Seconds that the settings want between two requests, at least.
        notes: On the entries; None if none were sent.
    """
    headers, same = fetched.headers, fetched.status == 304
    wait_s = max(every_s, _read_age(headers.get("cache-control", "")))
    return FeedState(
        url=state.url,
        moved=fetched.moved or state.moved,
        etag=_validator(headers.get("etag", "")) or (state.etag if same else ""),
        modified=_validator(headers.get("last-modified", "")) or (state.modified if same else ""),
        next_at=now + wait_s,
        notes=state.notes if notes is None else notes,
    )


def after_failure(
    state: FeedState, error: FetchError, now: int, *, every_s: int, reason: str
) -> FeedState:
    """Return the state after a request that failed.

    The wait doubles with each failure, up to a day; ``Retry-After`` (RFC 9110, 10.2.3) has the
    word where it is longer. An address that a redirect gave is forgotten when it fails.

    Args:
        state: Before it.
        error: What went wrong.
        now: Seconds since the epoch.
        every_s: Seconds that the settings want between two requests, at least.
        reason: What the editor is told, with the remedy.
    """
    failures = state.failures + 1
    wait_s = min(max(every_s, _FIRST_WAIT_S) * 2 ** min(failures - 1, 20), _DAY_S)
    wait_s = max(wait_s, min(_read_wait(error.wait, now), _LONGEST_WAIT_S))
    return replace(
        state,
        moved="",
        # The validators are those of the address that is forgotten.
        etag="" if state.moved else state.etag,
        modified="" if state.moved else state.modified,
        next_at=now if state.moved else now + wait_s,
        failures=failures,
        failing_since=state.failing_since or now,
        error=reason,
        gone=error.status == _GONE and not state.moved,
    )


def _read_age(control: str) -> int:
    """Return the seconds of ``max-age`` (RFC 9111, 5.2.2.1), a day at most; 0 without one."""
    for directive in control.lower().split(","):
        name, _, value = directive.strip().partition("=")
        value = value.strip(' "')
        if name in ("no-cache", "no-store"):
            return 0
        if name == "max-age" and value.isascii() and value.isdigit():
            return min(int(value[:9]), _LONGEST_AGE_S)
    return 0


def _read_wait(written: str, now: int) -> int:
    """Return the seconds that ``Retry-After`` asks for, in either of its two forms; 0 for none."""
    text = written.strip()
    if text.isascii() and text.isdigit():
        return int(text[:9])
    try:
        return max(0, int(parsedate_to_datetime(text).timestamp()) - now)
    except (ValueError, TypeError, OverflowError):
        return 0


def _validator(value: str) -> str:
    """Return a validator as it may go into a request; empty for one that may not."""
    return value if value.isprintable() and len(value) <= _LONGEST_VALIDATOR else ""
