"""Text in the forms that a mail wants: lines ended by CRLF, addresses in ASCII, bytes padded."""

import re
from urllib.parse import urlsplit, urlunsplit

from feedpub.feeds.text import to_uri
from feedpub.reading.text import drop_illegal

LONGEST_TITLE = 300
LONGEST_NAME = 100
LONGEST_SUMMARY = 1000
LONGEST_URL = 1500

_BREAK = re.compile(r"\r\n|\r|\n")
_BLANK_LINES = re.compile(r"\n{3,}")
# Shown by nobody, and either invisible or able to turn the order of what follows.
_UNSHOWN = re.compile(
    "[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)


def one_line(text: str, longest: int = LONGEST_TITLE) -> str:
    """Return plain text on one line, without what may not stand in a mail.

    Args:
        text: Of an article: anything.
        longest: Characters kept; what is cut ends with an ellipsis.
    """
    line = " ".join(_UNSHOWN.sub(" ", drop_illegal(text)).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def many_lines(text: str) -> str:
    """Return plain text of several lines, never more than one empty line between two others."""
    lines = (line.rstrip() for line in drop_illegal(text).splitlines())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def mail_url(url: str, utm: str = "") -> str:
    """Return an address as a mail links to it, empty where it is none of the web's.

    Args:
        url: Of an article or a picture: anything.
        utm: Appended to its query.
    """
    from feedpub.pages.links import web_url  # that part brings the engine of all pages along

    if not web_url(url):
        return ""
    try:
        parts = urlsplit(to_uri(url))
    except (ValueError, UnicodeError):
        return ""
    query = "&".join(part for part in (parts.query, utm) if part)
    found = urlunsplit(parts._replace(query=query))
    return found if len(found) <= LONGEST_URL and web_url(found) else ""


def to_crlf(text: str) -> str:
    """Return text as base64 of text/* wants it (RFC 2045, 6.8): every line break CRLF."""
    return _BREAK.sub("\r\n", text)


def html_block(html: str) -> bytes:
    """Return rows as a constant block: blanks after them are never drawn."""
    data = to_crlf(html.strip() + "\n").encode()
    return data[:-2] + b" " * (-len(data) % 3) + b"\r\n"


def text_block(text: str) -> bytes:
    """Return lines as a constant block, which ends with an empty line: its blanks stand there."""
    data = to_crlf(text.strip("\n") + "\n\n").encode()
    return data[:-2] + b" " * (-len(data) % 3) + b"\r\n"
