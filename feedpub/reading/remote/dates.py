"""Dates of feeds. Unlike an article's of our own, a naive one says nothing of our zone."""

import re
import time
from calendar import timegm
from datetime import UTC, datetime, tzinfo

from feedpub.reading.dates import parse_date

# RFC 822, 5.1. "CST" is China's as well: see below.
_ZONES = {
    "EST": "-0500", "EDT": "-0400", "CDT": "-0500", "MST": "-0700", "MDT": "-0600",
    "PST": "-0800", "PDT": "-0700",
}  # fmt: skip
_NAMED = re.compile(r"\s(EST|EDT|CST|CDT|MST|MDT|PST|PDT)$")
_LONGEST = 100
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def read_date(text: object, home: tzinfo, guess: time.struct_time | None = None) -> datetime | None:
    """Return an instant in UTC; None for what is no date.

    A date without zone is taken in UTC, as feed readers do.

    Args:
        text: As written.
        home: Zone of our site, which tells whether ``CST`` is that of China.
        guess: What a library made of it, UTC; for forms that only it knows.
    """
    if not isinstance(text, str) or not 0 < len(text.strip()) <= _LONGEST:
        return None
    written = _NAMED.sub(lambda match: f" {_offset(match[1], home)}", text.strip())
    try:
        found = parse_date(written, UTC).instant
    except ValueError:
        found = _from_guess(guess)
    return found if found is not None and found >= _EARLIEST else None


def _offset(zone: str, home: tzinfo) -> str:
    if zone != "CST":
        return _ZONES[zone]
    at_home = datetime(2026, 1, 1, tzinfo=home)
    return f"{at_home:%z}" if at_home.tzname() == "CST" else "-0600"


def _from_guess(guess: time.struct_time | None) -> datetime | None:
    if guess is None:
        return None
    try:
        return datetime.fromtimestamp(timegm(guess), UTC)
    except (ValueError, OverflowError, OSError):
        return None
