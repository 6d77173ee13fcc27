"""The running text of a clean body: no headings, code or tables, lines joined as they are read."""

import re
from html import unescape
from typing import NamedTuple

from feedpub.reading.scripts import joins_lines, joins_paragraphs

# In clean HTML every tag is whole and every value is between double quotes.
_TAG = re.compile(r'<(/?)([a-z1-6]++)[^>"]*+(?:"[^"]*+"[^>"]*+)*+>')
_HALF_REFERENCE = re.compile(r"&[#\w]{0,8}\Z")
_MOST_TAGS = 20_000

# Two control characters stand for what parts texts: a paragraph's end, and that of a short line.
_PARAGRAPH, _LINE = "\f", "\v"
_BREAKS = {
    **dict.fromkeys(["p", "div", "ul", "ol", "dl", "blockquote", "figure"], _PARAGRAPH),
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "hr"], _PARAGRAPH),
    **dict.fromkeys(["br", "li", "dt", "dd", "tr", "td", "th", "img"], _LINE),
    **dict.fromkeys(["caption", "figcaption"], _LINE),
}
_RUBY = frozenset({"rt", "rp"})
_ASIDE = _RUBY | {"h1", "h2", "h3", "h4", "h5", "h6", "pre", "table"}

_FIRST_BREAK = re.compile(rf"[{_PARAGRAPH}{_LINE}]\s*")


class Extract(NamedTuple):
    """The beginning of a body's text.

    Attributes:
        text: Its lines still apart, for ``join_lines``.
        whole: Whether nothing is left of the body.
    """

    text: str
    whole: bool


def extract_text(clean: str, *, limit: int, everything: bool = False) -> Extract:
    """Return about as much of a body's text as asked.

    Args:
        clean: HTML as ``clean_html`` returns it.
        limit: Characters after which reading stops.
        everything: With headings, code and tables.
    """
    aside = _RUBY if everything else _ASIDE
    parts: list[str] = []
    left_out, depth, size, end = "", 0, 0, 0
    for number, match in enumerate(_TAG.finditer(clean)):
        closing, name = match.groups()
        text, end = clean[end : match.start()], match.end()
        if left_out:
            if name == left_out:
                depth += -1 if closing else 1
                left_out = left_out if depth else ""
            continue
        if text:
            parts.append(text[:limit])
            if not text.isspace():
                size += len(text)
        if name in _BREAKS:
            parts.append(_BREAKS[name])
        if name in aside and not closing:
            left_out, depth = name, 1
        if size >= limit or number > _MOST_TAGS:
            return Extract(_plain(parts), whole=False)
    parts.append(clean[end : end + limit])
    return Extract(_plain(parts), whole=len(clean) - end <= limit)


def _plain(parts: list[str]) -> str:
    text = "".join(parts)
    return unescape(_HALF_REFERENCE.sub("", text)) if "&" in text else text


def split_first(text: str) -> tuple[str, str]:
    """Return an extract's first line, plain, and the rest."""
    first, *rest = _FIRST_BREAK.split(text.lstrip(), maxsplit=1)
    return " ".join(first.split()), rest[0] if rest else ""


def join_lines(text: str) -> str:
    """Return an extract as one line, with blanks where its script has them."""
    if text.isascii():
        return " ".join(text.split())
    parts: list[str] = []
    last, together = "", joins_paragraphs
    for line in text.splitlines(keepends=True):
        words = " ".join(line.split())
        if words:
            if last and not together(last, words[0]):
                parts.append(" ")
            parts.append(words)
            last, together = words[-2:], joins_paragraphs
        if line[-1] == _LINE:
            together = joins_lines
    return "".join(parts)
