"""Dates as people and programs write them, to instants (facts: RFC 822, ISO 8601, and habits)."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from feedpub.model import DateKind

_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_RFC_MONTHS = {name.capitalize(): number for name, number in _MONTHS.items()}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE_WEEKDAYS = "一二三四五六日"

# What programs write where they have no date: JavaScript, Go's zero time, exporters.
_NOTHING = frozenset({"", "invalid date", "null", "none", "nil", "undefined", "nan", "false", "~"})

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?=$|[T\s])")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4}|\d\d)\b")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_ASCTIME = re.compile(r"([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}:\d\d:\d\d)(\s+[A-Z]{2,5})?\s+(\d{4})$")
_WEEKDAY = re.compile(
    r"(?:(mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?|(?:星期|周|週|礼拜)([一二三四五六日天]))[,，\s]*",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"[T,，\s]*(上午|下午|AM|PM)?\s*(\d{1,2})\s*[:：时點点]\s*(\d{1,2})"
    r"(?:\s*[:：分]\s*(?:(\d{1,2})(?:[.,]\d{1,9})?\s*秒?)?)?(?:\s*(AM|PM)\b)?",
    re.IGNORECASE,
)
_COMPACT_TIME = re.compile(r"T()(\d\d)(\d\d)(\d\d)?()")
_OFFSET = re.compile(
    r"(?:GMT|UTC|UT|Z)?\s*([+-])(\d{1,2})(?::?(\d\d))?(?:\s*[(\[].{0,60})?", re.IGNORECASE
)
_TRUE_ZONES = frozenset({"Z", "UT", "UTC", "GMT"})
_ZONE_NAME = re.compile(r"[A-Za-z]{1,5}|[A-Za-z]+/[A-Za-z_/+-]+\d*")
_LONGEST = 100

_EXAMPLE = "write one such as 2026-01-31T09:00:00+08:00"


class Stamp(NamedTuple):
    """A date as read.

    Attributes:
        instant: UTC, None if there is no date.
        kind: Whether it had a zone that can be believed.
        warning: What to tell the editor, None if nothing.
    """

    instant: datetime | None
    kind: DateKind
    warning: str | None = None


MISSING = Stamp(None, DateKind.MISSING)


def parse_date(text: str, zone: tzinfo) -> Stamp:
    """Read a date in any of the forms that generators and people use.

    Args:
        text: As written.
        zone: Of the site, for a date without a zone. Alphabetic zones other than GMT, UT, UTC and
            Z are not believed, since each means several: ``CST`` is China and Chicago.

    Raises:
        ValueError: It is no date, or one that does not exist. The message ends with the remedy.
    """
    # "Wed, 24 Mar 2021 03:54:00 GMT", by far the most frequent; sliced, it takes a microsecond.
    if len(text) == 29 and text[25:] == " GMT" and text[3:5] == ", ":
        month = _RFC_MONTHS.get(text[8:11])
        if month and text[19] == text[22] == ":":
            return _read_fixed(text, month)
    return _read_any(" ".join(text.split()), zone)


def _read_fixed(text: str, month: int) -> Stamp:
    try:
        instant = datetime(
            int(text[12:16]),
            month,
            int(text[5:7]),
            int(text[17:19]),
            int(text[20:22]),
            int(text[23:25]),
            tzinfo=UTC,
        )
    except ValueError:
        return _read_any(text, UTC)
    weekday = text[:3].lower()
    if weekday == _WEEKDAYS[instant.weekday()]:
        return Stamp(instant, DateKind.ZONED)
    if weekday not in _WEEKDAYS:
        return _read_any(text, UTC)
    return Stamp(instant, DateKind.ZONED, _check_weekday(weekday, instant))


def _read_any(text: str, zone: tzinfo) -> Stamp:
    if text.lower() in _NOTHING:
        return MISSING._replace(warning=f"'{text}' is no date; {_EXAMPLE}") if text else MISSING
    if len(text) > _LONGEST:
        raise ValueError(f"'{text[:20]}...' is too long for a date; {_EXAMPLE}")
    if text.isdecimal() and len(text) in (10, 13):
        return Stamp(_from_epoch(int(text), len(text)), DateKind.ZONED)
    weekday, year, month, day, rest = _split_day(text)
    if year < 1000:
        return MISSING._replace(warning=f"'{text}' is no date; {_EXAMPLE}")
    hour, minute, second, rest = _split_time(rest)
    try:
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - zone follows
    except ValueError as error:
        raise ValueError(f"'{text}' is a date that does not exist ({error}); {_EXAMPLE}") from error
    stamp = _place(local, rest, text, zone)
    wrong = _check_weekday(weekday, local) if weekday else None
    return stamp._replace(warning=wrong) if wrong and not stamp.warning else stamp


def _from_epoch(number: int, digits: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(
        milliseconds=number if digits == 13 else number * 1000
    )


def _split_day(text: str) -> tuple[str, int, int, int, str]:
    """Return weekday (of three letters, or empty), year, month, day and what follows them."""
    weekday, rest = _take_weekday(text)
    if match := _YEAR_FIRST.match(rest) or _COMPACT.match(rest):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _ASCTIME.match(rest):
        year, month, day = int(match[5]), _month(match[1], text), int(match[2])
        return weekday, year, month, day, f"{match[3]}{match[4] or ''}"
    elif match := _DAY_FIRST.match(rest):
        year, month, day = _full_year(match[3]), _month(match[2], text), int(match[1])
    elif match := _MONTH_FIRST.match(rest):
        year, month, day = int(match[3]), _month(match[1], text), int(match[2])
    else:
        raise ValueError(f"'{text}' is no date; {_EXAMPLE}")
    rest = rest[match.end() :].lstrip()
    if not weekday:
        weekday, rest = _take_weekday(rest)
    return weekday, year, month, day, rest


def _take_weekday(text: str) -> tuple[str, str]:
    match = _WEEKDAY.match(text)
    if match is None:
        return "", text
    if match[1]:
        return match[1].lower(), text[match.end() :]
    index = _CHINESE_WEEKDAYS.find(match[2].replace("天", "日"))
    return _WEEKDAYS[index], text[match.end() :]


def _month(name: str, text: str) -> int:
    month = _MONTHS.get(name[:3].lower())
    if month is None:
        raise ValueError(f"'{text}' names no month that is known; {_EXAMPLE}")
    return month


def _full_year(text: str) -> int:
    # RFC 2822, 4.3: two digits up to 49 are of this century.
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 50 else 1900)


def _split_time(rest: str) -> tuple[int, int, int, str]:
    match = _TIME.match(rest) or _COMPACT_TIME.match(rest)
    if match is None:
        return 0, 0, 0, rest
    hour, half = int(match[2]), (match[1] or match[5] or "").upper()
    if half in ("PM", "下午") and hour < 12:
        hour += 12
    elif half == "AM" and hour == 12:
        hour = 0
    # A leap second is a true time that Python cannot hold.
    second = 59 if match[4] == "60" else int(match[4] or 0)
    return hour, int(match[3]), second, rest[match.end() :]


def _place(local: datetime, rest: str, text: str, zone: tzinfo) -> Stamp:
    """Give a local time its zone: the one written, else that of the site."""
    name = rest.strip(" ,")
    if name.partition(" ")[0].upper() in _TRUE_ZONES and not _OFFSET.fullmatch(name):
        return Stamp(local.replace(tzinfo=UTC), DateKind.ZONED)
    if match := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if offset > timedelta(hours=14):
            raise ValueError(f"'{text}' is more than 14 hours from UTC; {_EXAMPLE}")
        # RFC 2822, 3.3: "-0000" says that nothing is known of the zone.
        if offset or match[1] == "+":
            own = timezone(-offset if match[1] == "-" else offset)
            return Stamp(_to_utc(local.replace(tzinfo=own), text), DateKind.ZONED)
        name = ""
    if name and not _ZONE_NAME.fullmatch(name):
        raise ValueError(f"'{text}' is no date from '{name[:20]}' on; {_EXAMPLE}")
    at_home = local.replace(tzinfo=zone)
    stamp = Stamp(_to_utc(at_home, text), DateKind.NAIVE)
    if not name or name in (at_home.tzname(), str(zone)):
        return stamp
    return stamp._replace(
        warning=f"zone '{name[:40]}' is ambiguous, so the site's is taken; {_EXAMPLE}"
    )


def _to_utc(moment: datetime, text: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"'{text}' is out of range; {_EXAMPLE}") from error


def _check_weekday(weekday: str, moment: datetime) -> str | None:
    true = _WEEKDAYS[moment.weekday()]
    if weekday == true:
        return None
    return f"{moment:%Y-%m-%d} is a {true.capitalize()}, not a {weekday.capitalize()}; correct it"
