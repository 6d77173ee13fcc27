"""The kinds of value that only the newsletter has: schedules, mailboxes and command lines."""

import re
import shlex
from urllib.parse import parse_qsl

from feedpub.config.formats import normal_language
from feedpub.config.kinds import Kind, clean_text, expect, refuse
from feedpub.config.values import Mailbox, Security
from feedpub.model.newsletter import Frequency, Schedule

SECURITIES: tuple[Security, ...] = ("none", "starttls", "tls")

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WITH_TEXTS = ("zh", "en")
_BLANKS = re.compile(r"[ \t]+")


def daily() -> Kind[Schedule | None]:
    """Return the kind of a time of day, such as ``07:30``; empty text stands for none."""

    def check(value: object) -> Schedule | None:
        written = clean_text(value)
        if not written:
            return None
        hour, minute = _check_time(written, written, "07:30")
        return Schedule(Frequency.DAILY, hour, minute)

    return Kind("time `07:30`", check)


def weekly() -> Kind[Schedule | None]:
    """Return the kind of a day of the week and a time, such as ``Fri 09:00``."""

    def check(value: object) -> Schedule | None:
        written = clean_text(value)
        if not written:
            return None
        day, _, time = _BLANKS.sub(" ", written).partition(" ")
        hour, minute = _check_time(time, written, "Fri 09:00")
        return Schedule(Frequency.WEEKLY, hour, minute, weekday=_check_weekday(day, written))

    return Kind("day and time `Fri 09:00`", check)


def monthly() -> Kind[Schedule | None]:
    """Return the kind of a day of the month and a time, such as ``1 09:00``."""

    def check(value: object) -> Schedule | None:
        written = clean_text(value)
        if not written:
            return None
        day, _, time = _BLANKS.sub(" ", written).partition(" ")
        hour, minute = _check_time(time, written, "1 09:00")
        if not re.fullmatch(r"[0-9]{1,2}", day) or not 1 <= int(day) <= 28:
            raise refuse(f"{written!r}: write a day that every month has, 1 to 28: '1 09:00'")
        return Schedule(Frequency.MONTHLY, hour, minute, day=int(day))

    return Kind("day, 1 to 28, and time `1 09:00`", check)


def _check_time(time: str, written: str, example: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", time)
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        return int(found[1]), int(found[2])
    raise refuse(f"{written!r} is no schedule; write it as {example!r}")


def _check_weekday(day: str, written: str) -> int:
    word = day.lower().rstrip(".,")
    for number, name in enumerate(_WEEKDAYS):
        if len(word) >= 3 and name.startswith(word):
            return number
    raise refuse(
        f"{written!r}: {day!r} is no day; write Mon, Tue, Wed, Thu, Fri, Sat or Sun: 'Fri 09:00'"
    )


def address() -> Kind[str]:
    """Return the kind of one mail address without a name; empty text stands for none."""

    def check(value: object) -> str:
        written = clean_text(value)
        return _check_address(written) if written else ""

    return Kind("mail address", check)


def mailbox() -> Kind[Mailbox | None]:
    """Return the kind of ``Name <address>`` or of an address alone."""

    def check(value: object) -> Mailbox | None:
        written = clean_text(value)
        if not written:
            return None
        found = re.fullmatch(r"([^<>]*?)\s*<([^<>]*)>", written)
        name, plain = (found[1], found[2]) if found else ("", written)
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = name[1:-1].replace('\\"', '"').strip()
        return Mailbox(name, _check_address(plain.strip()))

    return Kind("`Name <address>`", check)


def _check_address(written: str) -> str:
    """Return an address with its domain in ASCII, as it goes over the wire."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            written,
            check_deliverability=False,
            # An intranet and a trial on one machine have names that the world does not.
            test_environment=True,
            globally_deliverable=False,
        )
    except EmailNotValidError as error:
        reason = str(error)
        reason = reason[:1].lower() + reason[1:].rstrip(".")
        raise refuse(f"{written!r}: {reason}; write it as news@example.com") from error
    if found.ascii_email is None:
        raise refuse(f"{written!r}: not every server takes it; write the part before @ in ASCII")
    return found.ascii_email


def language_with_texts(tag: str) -> str:
    """Return a language tag that the mails have texts for."""
    usual = normal_language(tag)
    if usual is None or usual.split("-")[0] not in _WITH_TEXTS:
        raise refuse(f"{tag!r}: mails have texts in zh and en only; write zh-CN or en")
    return usual


def query() -> Kind[str]:
    """Return the kind of what is appended to links, such as ``utm_source=newsletter``."""

    def check(value: object) -> str:
        written = clean_text(value).lstrip("?&")
        if not written:
            return ""
        if re.search(r"[^A-Za-z0-9_.~%=&+-]", written) or not _is_query(written):
            raise refuse(f"{written!r}: write it as utm_source=newsletter&utm_medium=email")
        return written

    return Kind("`name=value&name=value`", check)


def _is_query(written: str) -> bool:
    try:
        return bool(parse_qsl(written, strict_parsing=True))
    except ValueError:
        return False


def host() -> Kind[str]:
    """Return the kind of the name or address of a server; empty text stands for none."""

    def check(value: object) -> str:
        written = clean_text(value)
        plain = written.removeprefix("[").removesuffix("]")
        if plain and not re.fullmatch(r"[A-Za-z0-9_.:-]{1,253}", plain):
            raise refuse(f"{written!r} is no name of a server; write it as smtp.example.com")
        if re.fullmatch(r"[^:]*:[^:]*", plain):
            raise refuse(f"{written!r}: the port has a key of its own")
        return plain

    return Kind("server", check)


def command() -> Kind[tuple[str, ...]]:
    """Return the kind of a program with its options, split as a shell would."""

    def check(value: object) -> tuple[str, ...]:
        written = clean_text(value)
        try:
            return tuple(shlex.split(written))
        except ValueError as error:
            raise refuse(f"{written!r}: a quote is not closed") from error

    return Kind("command", check)


def rate() -> Kind[float]:
    """Return the kind of how many a second, also fewer than one."""

    def check(value: object) -> float:
        number = value if isinstance(value, float) else expect(value, int, "a number")
        if 0 <= number <= 100_000:
            return float(number)
        raise refuse(f"{number} is out of range; use 0 to 100000")

    def parse(written: str) -> object:
        return float(written) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", written) else written

    return Kind("number, 0 to 100000", check, parse)


def name(pattern: str, example: str) -> Kind[str]:
    """Return the kind of a word of the DNS; empty text stands for none."""

    def check(value: object) -> str:
        written = clean_text(value).rstrip(".").lower()
        if written and not re.fullmatch(pattern, written):
            raise refuse(f"{written!r} is no such name; write it as {example}")
        return written

    return Kind("name in the DNS", check)
