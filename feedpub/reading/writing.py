"""Articles back to files: front matter that our own reader reads to the values it was made from."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

from feedpub.model import CategoryPath
from feedpub.reading.text import plain_line

_MAX_NAME, _MAX_LINE, _MAX_SUMMARY = 200, 1000, 2000
_WIDEST_OFFSET = timedelta(hours=14)
_FIRST_YEAR = 1000  # what is earlier stands for no date, in Go and elsewhere
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")

# What a YAML parser refuses, folds or takes for a line break, and what would end the quotes.
_ODD = re.compile('["\\\\\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]')
_SURROGATES = re.compile("[\ud800-\udfff]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# Hexo, Jekyll, Hugo and Zola would run them; as references they are the same HTML.
_BRACES = re.compile(r"\{(?=[{%])|(?<=\{)\{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """What an article is written from.

    Texts are plain: what the reader drops from every title (white space, tags of HTML, characters
    that XML forbids) is dropped when they are written, too.

    Attributes:
        title: Left out if empty; the reader goes by the file's name then.
        body: HTML or Markdown.
        date: Aware; None if unknown.
        updated: Aware; None if unknown.
        expires: Aware; None if it stays.
        id: Whatever tells it from all others; None lets the reader mint one.
        link: Its web address; None if it has none.
        categories: Paths, outer to inner.
        tags: Names.
        authors: Names.
        language: BCP 47; anything else is left out.
        summary: The author's own.
        thumbnail: Address of its picture, or path of one beside the file.
        draft: Whether it is not to be published.
        protected: Whether it is never to be published, not even where drafts are shown.
        digest: ``lead`` or ``no``, for the newsletter.
    """

    title: str
    body: str
    date: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    id: str | None = None
    link: str | None = None
    categories: tuple[CategoryPath, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    thumbnail: str | None = None
    draft: bool = False
    protected: bool = False
    digest: str | None = None


def write_article(manuscript: Manuscript, *, html: bool) -> bytes:
    """Return an article as a file with Hexo's front matter, in UTF-8.

    Args:
        manuscript: The article.
        html: Whether the body is HTML, for a file that ends in ``.html``; no tag of a template is
            run in it then. Markdown is kept to the letter, but for the kind of its line ends.
    """
    lines = ["---", *_write_fields(manuscript), "---", ""]
    body = manuscript.body.replace("\r\n", "\n").replace("\r", "\n")
    if html:
        body = _BRACES.sub("&#123;", body)
    return _SURROGATES.sub("", "\n".join(lines) + body).encode()


def _write_fields(manuscript: Manuscript) -> list[str]:
    lines: list[str] = []

    def add(name: str, value: str | None) -> None:
        if value:
            lines.append(f"{name}: {value}")

    add("title", _quote(_plain(manuscript.title, _MAX_LINE)))
    add("date", _write_date(manuscript.date))
    add("updated", _write_date(manuscript.updated))
    add("expires", _write_date(manuscript.expires))
    add("id", _quote((manuscript.id or "").strip()))
    add("link", _quote(_write_address(manuscript.link)))
    add("lang", _write_language(manuscript.language))
    lines += _write_list("author", [_quote(name) for name in _names(manuscript.authors)])
    lines += _write_list("categories", _write_paths(manuscript.categories))
    lines += _write_list("tags", [_quote(name) for name in _names(manuscript.tags)])
    add("thumbnail", _quote(_write_picture(manuscript.thumbnail)))
    add("summary", _quote(_plain(manuscript.summary or "", _MAX_SUMMARY)))
    add("digest", manuscript.digest if manuscript.digest in ("lead", "no") else None)
    add("draft", "true" if manuscript.draft else None)
    add("password", "required" if manuscript.protected else None)
    return lines


def _write_list(name: str, items: list[str]) -> list[str]:
    return [f"{name}:", *(f"- {item}" for item in items)] if items else []


def _write_paths(paths: tuple[CategoryPath, ...]) -> list[str]:
    """Return paths as Hexo's list of lists, which is the same in every dialect."""
    written = (", ".join(_quote(name) for name in _names(path)) for path in paths)
    return [f"[{path}]" for path in written if path]


def _names(names: tuple[str, ...]) -> list[str]:
    return [plain for name in names if (plain := _plain(name, _MAX_NAME))]


def _plain(text: str, longest: int) -> str:
    """Return a text so that reading, which resolves references of HTML once, gives it back."""
    line = _SURROGATES.sub("", text)
    line = plain_line(line.replace("&", "&amp;") if "&" in line else line, longest=longest)
    return line.replace("&", "&amp;") if unescape(line) != line else line


def _quote(text: str) -> str:
    """Return text as YAML's double-quoted scalar, on one line; empty for none."""
    if not text:
        return ""
    return f'"{_ODD.sub(_escape, _SURROGATES.sub("", text))}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _SHORT.get(char) or f"\\u{ord(char):04x}"


def _write_date(moment: datetime | None) -> str | None:
    """Return an instant with its zone, in UTC where the zone is none that the reader takes."""
    if moment is None:
        return None
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    offset = moment.utcoffset() or timedelta()
    common = not offset.seconds % 60 and abs(offset) <= _WIDEST_OFFSET
    shown = moment if common else utc
    if min(utc.year, shown.year) < _FIRST_YEAR:
        return None
    return shown.replace(tzinfo=shown.tzinfo, microsecond=0).isoformat()


def _write_address(url: str | None) -> str:
    """Return an address without what the reader takes for a pattern or for the end of it."""
    text = "".join((url or "").split())
    return text.replace("{{", "%7B%7B").replace("/:", "/%3A")


def _write_language(language: str | None) -> str | None:
    text = (language or "").strip().replace("_", "-")
    # "no" is Norwegian; in quotes it is so to every reader of YAML.
    return f'"{text}"' if _LANGUAGE.fullmatch(text) else None


def _write_picture(url: str | None) -> str:
    """Return the address of a picture so that reading, which resolves some references, keeps it."""
    text = (url or "").strip()
    resolved = any(sign in text for sign in ("&amp;", "&#123;", "&#125;"))
    return text.replace("&", "&amp;") if resolved else text
