"""What feedgen wrote for one shape of entry or head, with places where its texts go.

Two entries with as many authors, categories and tags differ in nothing but texts. So feedgen
writes one of each shape, of marks in place of texts, and every other is that with its own texts.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_MARK = "\ufdd1"
"""Like `feedpub.feeds.body.SLOT` a noncharacter that other texts lose."""

_SPECIAL = re.compile(r"[&<>\r]")
_SPECIAL_IN_QUOTES = re.compile(rb'["\n\t]')


def make_mark(number: int) -> str:
    """Return a text that stands nowhere else, and is no part of another mark."""
    return f"{_MARK}{number}{_MARK}"


def write_references(document: bytes) -> bytes:
    """Write ``&`` and ``<`` as the RSS profile wants them in titles and names.

    https://www.rssboard.org/rss-profile#data-types-characterdata: readers that decode twice
    do least harm to hexadecimal references, and the W3C validator objects to the others.
    """
    return document.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def escape_text(text: str) -> bytes:
    """Return the text of an element as lxml and ``write_references`` write it.

    Raises:
        UnicodeEncodeError: It holds a lone surrogate.
    """
    if not _SPECIAL.search(text):
        return text.encode()
    text = text.replace("&", "&#x26;").replace("<", "&#x3C;").replace(">", "&gt;")
    return text.replace("\r", "&#13;").encode()


def _escape_quoted(escaped: bytes) -> bytes:
    """Return the value of an attribute, given what an element would hold."""
    if not _SPECIAL_IN_QUOTES.search(escaped):
        return escaped
    escaped = escaped.replace(b'"', b"&quot;")
    return escaped.replace(b"\n", b"&#10;").replace(b"\t", b"&#9;")


class _Place(NamedTuple):
    """Where a text goes.

    Attributes:
        part: Of the mould.
        text: Which one.
        quoted: Whether in an attribute.
    """

    part: int
    text: int
    quoted: bool


class Mould:
    """A document of marks, cut at the marks."""

    def __init__(self, document: bytes, marks: Sequence[str]) -> None:
        """Cut.

        Args:
            document: Its references are as ``write_references`` leaves them.
            marks: In the order in which ``fill`` is given texts; each stands in the document any
                number of times.
        """
        numbers = {mark.encode(): number for number, mark in enumerate(marks)}
        pattern = b"|".join(re.escape(mark) for mark in sorted(numbers, key=len, reverse=True))
        self._parts = re.split(b"(" + pattern + b")", document)
        self._places = [
            _Place(part, numbers[self._parts[part]], _is_quoted(self._parts[:part]))
            for part in range(1, len(self._parts), 2)
        ]

    def fill(self, texts: Sequence[bytes]) -> bytes:
        """Return the document of other texts.

        Args:
            texts: As ``escape_text`` returns them, in the order of the marks.
        """
        parts = self._parts.copy()
        for part, text, quoted in self._places:
            parts[part] = _escape_quoted(texts[text]) if quoted else texts[text]
        return b"".join(parts)


def _is_quoted(before: Sequence[bytes]) -> bool:
    """Return whether what follows is within a tag."""
    text = b"".join(before)
    return text.rfind(b"<") > text.rfind(b">")
