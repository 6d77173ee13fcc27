"""Refuse the bodies that would cost a sanitiser minutes: too large, too deep, endless tags.

nh3 takes 15 s for 250 KB of ``<div>``, 54 s for one tag of 1.9 MB and 14 s for 900,000 hard blanks;
each check here is linear.
"""

import re
from typing import NoReturn

from feedpub.errors import MarkupError
from feedpub.reading.tags import VOID, scan_tags

MAX_BODY = 2 * 1024 * 1024
MAX_TAG = 8192
MAX_DEPTH = 200
MAX_MARKS = 100_000

# A start tag of these ends an open one of the same kind, so unclosed ones do not pile up.
_SELF_ENDING = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "option",
        "optgroup",
        "rp",
        "rt",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
    ]
)
# Unclosed ones are opened anew in every later paragraph, whatever is closed around them.
_TAG_START = re.compile(r"</?[A-Za-z]")
_FORMATTING = frozenset(
    ["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"]
)
# What a data: URI holds is dropped in any case; without it no honest tag is long.
_DATA_URI = re.compile(r"""(?<=["'=(])\s{0,20}data:[^"'\s<>)]{200,}""", re.IGNORECASE)


def strip_data_uris(body: str) -> str:
    """Return a body without the long ``data:`` URIs of its attributes."""
    return _DATA_URI.sub("", body) if "data:" in body or "DATA:" in body else body


def check_markup(body: str, *, path: str) -> None:
    """Check that a sanitiser can take a body in a moment.

    Args:
        body: HTML without ``data:`` URIs.
        path: For the error.

    Raises:
        MarkupError: It is refused, and why.
    """
    if len(body) > MAX_BODY:
        refuse(f"body of {len(body) // 1024} KB; keep it below {MAX_BODY // 1024} KB", path)
    marks = body.count("&") + body.count("\xa0")
    if marks > MAX_MARKS:
        refuse(f"{marks} references and hard blanks; keep them below {MAX_MARKS}", path)
    opened = body.count("<") - body.count("</")
    if opened > MAX_DEPTH or len(body) > MAX_TAG:
        _measure(body, path)


def refuse(reason: str, path: str) -> NoReturn:
    """Refuse a body: the article is published with its title and summary only."""
    raise MarkupError(f"{reason}; until then only title and summary are published", path=path)


def _measure(body: str, path: str) -> None:
    nesting = _Nesting()
    end = 0
    for tag in scan_tags(body):
        end = tag.end
        if end - tag.start > MAX_TAG:
            refuse(f"a tag of {(end - tag.start) // 1024} KB; shorten it", path)
        if tag.closing:
            nesting.close(tag.name)
        elif nesting.open(tag.name) > MAX_DEPTH:
            refuse(f"more than {MAX_DEPTH} levels of tags; close them earlier", path)
    rest = _TAG_START.search(body, end)
    if rest and len(body) - rest.start() > MAX_TAG:
        refuse("a tag that never ends; close it", path)


class _Nesting:
    """The elements that are open at a place, as far as a browser's memory of them goes."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._open: dict[str, int] = {}
        self._formatting: dict[str, int] = {}
        self._formats = 0

    def open(self, name: str) -> int:
        """Enter an element; return how much is open."""
        if name not in VOID and name not in _SELF_ENDING:
            self._stack.append(name)
            self._open[name] = self._open.get(name, 0) + 1
        if name in _FORMATTING:
            self._formatting[name] = self._formatting.get(name, 0) + 1
            self._formats += 1
        return max(len(self._stack), self._formats)

    def close(self, name: str) -> None:
        """Leave an element and what was left open in it."""
        if self._formatting.get(name):
            self._formatting[name] -= 1
            self._formats -= 1
        if not self._open.get(name):
            return
        while self._stack:
            top = self._stack.pop()
            self._open[top] -= 1
            if top == name:
                return
