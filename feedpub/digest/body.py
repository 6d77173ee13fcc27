"""The body of an article, fitted to a mail: as HTML without any style, and as plain text."""

import re
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from feedpub.digest.text import many_lines
from feedpub.reading.clean import ATTRIBUTES, DROPPED, SCHEMES, TAGS
from feedpub.reading.text import drop_illegal

if TYPE_CHECKING:
    import nh3

WIDTH = 536
"""Pixels between the margins of the sheet."""
_ABOVE = 2
"""Level of the heading of an article; those of its body come below it."""
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_PARAGRAPHS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table figure figcaption hr".split()  # noqa: SIM905 # likewise in feeds/text.py
)
_LINES = frozenset(["li", "tr", "dt", "dd", "br", "caption"])
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_BREAK_IN_CJK = re.compile(rf"(?<=[{_CJK}])\s*\n\s*(?=[{_CJK}])")


def fit_html(html: str) -> str:
    """Return a body without style, class, id or comment, whose pictures are not too wide.

    Outlook knows no other width than that of the attribute; the height would then be wrong, and
    so goes. Headings move below the article's own, without a gap.
    """
    clean = _cleaner().clean(drop_illegal(html))
    return _IMAGE.sub(_complete_image, _shift_headings(clean) if "<h" in clean else clean)


def _complete_image(image: re.Match[str]) -> str:
    """Return a picture with the description that it must have; nothing for one without source."""
    attributes = image[1]
    if ' src="' not in attributes:
        return ""
    return image[0] if ' alt="' in attributes else f'<img{attributes} alt="">'


def _shift_headings(html: str) -> str:
    outline: list[int] = []
    opened: list[int] = []

    def shift(tag: re.Match[str]) -> str:
        if tag[1]:
            return f"</h{opened.pop() if opened else 6}"
        level = int(tag[2])
        while outline and outline[-1] >= level:
            outline.pop()
        outline.append(level)
        opened.append(min(_ABOVE + len(outline), 6))
        return f"<h{opened[-1]}"

    return _HEADING.sub(shift, html)


@cache
def _cleaner() -> "nh3.Cleaner":
    import nh3

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes=ATTRIBUTES,
        attribute_filter=_fit_attribute,
        strip_comments=True,
        link_rel=None,
        url_schemes=set(SCHEMES),
        url_relative="deny",
    )


def _fit_attribute(tag: str, name: str, value: str) -> str | None:
    if tag != "img":
        return value
    if name == "src":
        return value if value.lower().startswith(("http://", "https://")) else None
    if name == "height":
        return None
    if name == "width":
        return str(min(int(value), WIDTH)) if value.isdecimal() and value.isascii() else None
    return value


def to_text(html: str) -> str:
    """Return a clean body as plain text: paragraphs, list marks, links and pictures by address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return many_lines(reader.finish())


class _Reader(HTMLParser):
    """Collects paragraphs; what is not known is read as the text around it."""

    def __init__(self) -> None:
        super().__init__()
        self._done: list[str] = []
        self._text: list[str] = []
        self._lists: list[int | None] = []
        self._quotes = self._pre = 0
        self._link, self._link_start = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _PARAGRAPHS:
            self._end_paragraph()
        elif tag in _LINES:
            self._text.append("\n")
        if tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._mark_item()
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._pre += 1
        elif tag == "a":
            self._link, self._link_start = given.get("href", ""), len(self._text)
        elif tag == "img":
            self._text.append(f"[{given['alt']}]" if given.get("alt") else "")
        elif tag in ("td", "th"):
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in _PARAGRAPHS:
            self._end_paragraph()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)

    def handle_data(self, data: str) -> None:
        if self._pre:
            self._text.append(data)
        else:
            joined = _BREAK_IN_CJK.sub("", data)
            words = " ".join(joined.split())
            before = " " if joined[:1].isspace() else ""
            after = " " if words and joined[-1:].isspace() else ""
            self._text.append(before + words + after)

    def finish(self) -> str:
        self._end_paragraph()
        return "\n\n".join(self._done)

    def _mark_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        if number is None:
            self._text.append("- ")
        else:
            self._lists[-1] = number + 1
            self._text.append(f"{number + 1}. ")

    def _end_link(self) -> None:
        words = "".join(self._text[self._link_start :]).strip()
        if self._link and words and words != self._link:
            self._text.append(f" <{self._link}>")
        elif self._link and not words:
            self._text.append(self._link)
        self._link = ""

    def _end_paragraph(self) -> None:
        text = "".join(self._text).strip("\n" if self._pre else None)
        if text:
            margin = "> " * self._quotes
            lines = text.split("\n") if self._pre else [line.strip() for line in text.split("\n")]
            self._done.append("\n".join(margin + line for line in lines if self._pre or line))
        self._text, self._link_start = [], 0
