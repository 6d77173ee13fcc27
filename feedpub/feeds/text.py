"""Text, addresses and instants in the forms that feed readers agree on."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from urllib.parse import quote, urlsplit, urlunsplit

# Between "<" and a letter it is invisible, and stops every HTML parser from seeing a tag.
_ZERO_WIDTH_SPACE = "\u200b"
# What follows a name is looked at no further than the next "<", so that this stays linear.
_TAG_OPEN = re.compile(r"<(?=(?P<end>[/!?])|(?P<name>[A-Za-z][\w-]*)(?P<bare>[\w., ]*>)?)")
_NAMES = frozenset(
    """
    a abbr acronym address animate applet area article aside audio b base basefont bdi bdo
    bgsound big blink blockquote body br button canvas caption center cite code col colgroup
    command comment data datalist dd del details dfn dialog dir div dl dt em embed fieldset
    figcaption figure font footer foreignobject form frame frameset h1 h2 h3 h4 h5 h6 head header
    hgroup hr html i iframe image img input ins isindex kbd keygen label layer legend li link
    listing main map mark marquee math menu meta meter nav nobr noembed noframes noscript object
    ol optgroup option output p param picture plaintext portal pre progress q rp rt ruby s samp
    script section select set slot small source span strike strong style sub summary sup svg table
    tbody td template textarea tfoot th thead time title tr track tt u ul use var video wbr xml
    xmp xss
    """.split()  # noqa: SIM905  the quotes of a list would hide the words
)
# Shown by nobody, and objected to by validators: C1 controls (most often Windows-1252 read as
# Latin-1), and the noncharacters of the basic plane.
_UNSHOWN = re.compile("[\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# RFC 3986: reserved and unreserved characters, and "%" so that escapes stay as they are.
_URI_SAFE = "!#$%&'()*+,/:;=?@[]~"
_URI = re.compile(
    r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+"
    r"(?:#(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?"
)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""A feed has no date before this one."""


def make_plain(text: str) -> str:
    """Return plain text that shows as it is even where a reader takes it for HTML.

    RSS leaves open whether a title is text or HTML, and readers differ. What looks like a tag
    gets an invisible zero-width space after its ``<``: it then runs nowhere and reads the same
    everywhere. Generics such as ``List<String>`` stay as they are.
    """
    # Nearly every text is plain already; what nobody shows is not printable.
    if text.isprintable() and "<" not in text and "\ufffd" not in text:
        return text
    if "<" in text:
        # Without a value no attribute acts, and "@" marks the address of a name <a@example.org>.
        end = max(text.rfind("="), text.rfind("@"))
        text = _TAG_OPEN.sub(lambda match: _open_harmlessly(match, end), text)
    # U+FFFD marks what was lost in decoding; validators take it for an error of the feed.
    return _UNSHOWN.sub("", text).replace("\ufffd", "?")


def _open_harmlessly(match: re.Match[str], end_of_values: int) -> str:
    known = (match["name"] or "").lower() in _NAMES
    may_act = not match["bare"] and match.start() < end_of_values
    return f"<{_ZERO_WIDTH_SPACE}" if match["end"] or known or may_act else "<"


def to_html(text: str) -> str:
    """Return the HTML that shows a plain text."""
    return escape(text, quote=False)


@lru_cache(maxsize=1024)
def to_uri(iri: str) -> str:
    """Return an address as RFC 3986 wants it, escapes kept: the host in IDNA, the rest in percent.

    Raises:
        ValueError: The host is none, or the text holds a lone surrogate.
    """
    if _URI.fullmatch(iri):
        return iri
    parts = urlsplit(iri)
    netloc = parts.netloc if parts.netloc.isascii() else _to_ascii_host(parts.netloc)
    rest = [_STRAY_PERCENT.sub("%25", quote(part, safe=_URI_SAFE)) for part in parts[2:]]
    # "#" may stand once, "[" and "]" only in the host.
    rest = [part.translate({35: "%23", 91: "%5B", 93: "%5D"}) for part in rest]
    return urlunsplit((parts.scheme, netloc, *rest))


def _to_ascii_host(netloc: str) -> str:
    login, at, place = netloc.rpartition("@")
    host, colon, port = place.partition(":")
    return quote(login, safe=_URI_SAFE) + at + host.encode("idna").decode("ascii") + colon + port


def to_rfc822(instant: datetime) -> str:
    """Return a UTC instant as RSS writes it, whatever the locale of the process.

    `email.utils` does the same in four times the time, which shows with thousands of entries.
    """
    day, month = _DAYS[instant.weekday()], _MONTHS[instant.month - 1]
    time = instant.time().isoformat("seconds")
    return f"{day}, {instant.day:02} {month} {instant.year:04} {time} +0000"


def to_second(instant: datetime) -> datetime:
    """Return an aware instant in UTC, cut to whole seconds, and none from before the web.

    Readers compare the three formats, and RFC 822 has no fractions. Validators take a date before
    1990 for a mistake, and without any date readers would show the entry as new.
    """
    return max(instant.astimezone(UTC).replace(microsecond=0), EARLIEST)
