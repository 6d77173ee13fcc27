"""Front matter without fences: Pelican's and Nikola's lines, reStructuredText, HTML heads."""

import re
from typing import NamedTuple

from feedpub.reading.fields import Fields
from feedpub.reading.tags import attributes, scan_tags

_META_LINE = re.compile(r" {0,3}([A-Za-z0-9_-]{1,60}):(?:[ \t]+(.*)|[ \t]*)$")
_DOCINFO = re.compile(r":([^:\n]{1,60}):(?:[ \t]+(.*)|[ \t]*)$")
_NIKOLA_LINE = re.compile(r"\.\. ([\w-]{1,60}):(?:[ \t]+(.*)|[ \t]*)$")
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*[ \t]*$")

KNOWN = frozenset(
    [
        "title",
        "date",
        "modified",
        "updated",
        "category",
        "categories",
        "tags",
        "tag",
        "slug",
        "author",
        "authors",
        "summary",
        "description",
        "status",
        "lang",
        "language",
        "template",
        "url",
        "save_as",
        "link",
        "permalink",
        "cover",
        "image",
        "thumbnail",
        "layout",
        "published",
        "draft",
        "keywords",
        "type",
        "comments",
        "id",
        "guid",
        "excerpt",
    ]
)
"""Names that mark lines ``name: value`` as front matter where no fence does."""


class Lines(NamedTuple):
    """Fields read from lines, and the line that the body starts on, counted from 0."""

    fields: Fields
    body: int


def read_meta_lines(lines: list[str], *, known_only: bool) -> Lines | None:
    """Read Pelican's ``Name: value`` lines, up to the first blank one; None if there are none.

    Args:
        lines: Of the whole file, leading blank ones removed.
        known_only: Whether the first name must be one that generators know.
    """
    first = _META_LINE.match(lines[0]) if lines else None
    if first is None or (known_only and first[1].lower() not in KNOWN):
        return None
    fields: Fields = {}
    name = ""
    for number, line in enumerate(lines):
        if not line.strip():
            return Lines(fields, number + 1)
        if match := _META_LINE.match(line):
            name = match[1].lower()
            _add(fields, name, match[2])
        elif line.startswith(("    ", "\t")) and name:
            _extend(fields, name, line)
        else:
            return Lines(fields, number)
    return Lines(fields, len(lines))


def read_nikola_lines(lines: list[str]) -> Lines | None:
    """Read Nikola's ``.. name: value`` lines, bare or within a comment; None if there are none."""
    start = 1 if lines and lines[0].strip() == "<!--" else 0
    fields: Fields = {}
    number = start
    while number < len(lines) and (match := _NIKOLA_LINE.match(lines[number])):
        _add(fields, match[1].lower(), match[2])
        number += 1
    if not fields:
        return None
    if start and number < len(lines) and lines[number].strip() == "-->":
        number += 1
    return Lines(fields, number)


def read_docinfo(lines: list[str]) -> Lines:
    """Read the title and the field list at the top of a reStructuredText article.

    The body starts after the field list, or after the title where there is none.
    """
    fields: Fields = {}
    number = _read_rst_title(lines, fields)
    body = number
    name = ""
    while number < len(lines):
        line = lines[number]
        if match := _DOCINFO.match(line):
            name = match[1].strip().lower()
            _add(fields, name, match[2])
            body = number + 1
        elif name and line.startswith((" ", "\t")):
            _extend(fields, name, line)
            body = number + 1
        elif line.strip():
            break
        number += 1
    return Lines(fields, body)


def _read_rst_title(lines: list[str], fields: Fields) -> int:
    """Put the section title at the top into the fields; return the line after it."""
    for start, over in ((0, False), (1, True)):
        if over and not (lines and _ADORNMENT.match(lines[0])):
            break
        if len(lines) > start + 1 and _is_underlined(lines[start].strip(), lines[start + 1]):
            if not over and _ADORNMENT.match(lines[start]):
                continue
            fields["title"] = lines[start].strip()
            return start + 2
    return 0


def _is_underlined(title: str, line: str) -> bool:
    # docutils: shorter than the title is a title still, but for less than four signs.
    long_enough = len(line.rstrip()) >= min(len(title), 4)
    return bool(title and long_enough and _ADORNMENT.match(line))


def _add(fields: Fields, name: str, value: str | None) -> None:
    # Pelican keeps the first of two; a value that is left empty is none.
    fields.setdefault(name, (value or "").strip() or None)


def _extend(fields: Fields, name: str, line: str) -> None:
    before = fields.get(name)
    fields[name] = f"{before}\n{line.strip()}" if isinstance(before, str) else line.strip()


def read_html_head(text: str) -> tuple[Fields, str] | None:
    """Return the fields of an HTML document's head and its body; None if it is a fragment."""
    fields: Fields = {}
    start, end = None, len(text)
    title = None
    for tag in scan_tags(text):
        if tag.name == "title" and start is None:
            title = (
                (title or tag.end)
                if not tag.closing
                else _set_title(fields, text, title, tag.start)
            )
        elif tag.name == "meta" and start is None:
            _add_meta(fields, attributes(tag.attributes))
        elif tag.name == "body":
            start, end = (tag.end, end) if not tag.closing else (start, tag.start)
        elif tag.name == "head" and tag.closing:
            start = tag.end
        elif tag.name == "html" and not tag.closing and start is None:
            fields.setdefault("lang", attributes(tag.attributes).get("lang"))
    if start is None:
        return None
    return fields, text[start:end]


def _set_title(fields: Fields, text: str, start: int | None, end: int) -> int | None:
    if start is not None:
        fields.setdefault("title", text[start:end].strip() or None)
    return None


def _add_meta(fields: Fields, found: dict[str, str]) -> None:
    name = found.get("name", "").lower()
    if name in KNOWN:
        content = found.get("content", found.get("contents", ""))
        fields.setdefault("tags" if name == "keywords" else name, content.strip() or None)
