"""The fields of an article, from the bytes of its file."""

import re
from datetime import datetime

from feedpub.errors import ArticleError
from feedpub.model import CategoryPath, ReadArticle
from feedpub.reading.authors import read_authors
from feedpub.reading.categories import limit, read_categories, read_tags
from feedpub.reading.cover import read_cover
from feedpub.reading.dates import MISSING, Stamp, parse_date
from feedpub.reading.decoding import decode
from feedpub.reading.dialect import Dialect
from feedpub.reading.fields import FALSE, TRUE, fold_names
from feedpub.reading.frontmatter import FrontMatter, split_article
from feedpub.reading.hashing import hash_content
from feedpub.reading.moments import DATES, EXPIRIES, HUGO_DATES, UPDATES, Names, find_dates
from feedpub.reading.names import FileName, read_name
from feedpub.reading.permalink import PermalinkError, expand_permalink
from feedpub.reading.status import is_draft, is_protected
from feedpub.reading.text import plain_line

MAX_SUMMARY = 2000

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_URL = re.compile(r"(?:https?://[^\s]|[^\s:/?#]+(?:[/?#.]|$)|/)[^\s]*", re.IGNORECASE)

_SUMMARIES = ("summary", "excerpt", "description")
_JEKYLL_SUMMARIES = ("description", "excerpt", "summary")
_LOCALISED = frozenset({"auto", "hugo", "zola"})


def read_article(
    data: bytes,
    *,
    path: str,
    dialect: Dialect,
    sidecar: bytes | None = None,
    published: datetime | None = None,
) -> ReadArticle:
    """Read an article's fields; its body is only hashed.

    Args:
        data: Of the file.
        path: Within the source, NFC, with ``/``.
        dialect: Of the source.
        sidecar: Of Nikola's ``NAME.meta``, None without one.
        published: Date that the permalink is filled in with; None takes the article's own.

    Raises:
        ArticleError: It cannot be read; line, column, field and value as far as they are known.
    """
    text = decode(data, path)
    front = split_article(text, path=path, dialect=dialect, sidecar=sidecar)
    body = _body_bytes(data, text, front)
    return _Reading(front, path, dialect, published).read(body)


def read_with_body(
    data: bytes,
    *,
    path: str,
    dialect: Dialect,
    sidecar: bytes | None = None,
    published: datetime | None = None,
) -> tuple[ReadArticle, str]:
    """Do as ``read_article`` but for the hash of the content; return the body as well, as written.

    Arguments and errors as there.
    """
    front = split_article(decode(data, path), path=path, dialect=dialect, sidecar=sidecar)
    return _Reading(front, path, dialect, published).read(None), front.body


def _body_bytes(data: bytes, text: str, front: FrontMatter) -> bytes:
    """Return the body in UTF-8, cut from the file where that saves encoding it anew."""
    if front.start is None or b"\r" in data or data.startswith(b"\xef\xbb\xbf"):
        return front.body.encode()
    return data[len(text[: front.start].encode()) :]


class _Reading:
    """One article on its way from front matter to ``ReadArticle``."""

    def __init__(
        self, front: FrontMatter, path: str, dialect: Dialect, published: datetime | None
    ) -> None:
        self._front, self._path, self._dialect = front, path, dialect
        self._published = published
        self._fields = fold_names(front.fields)
        self._warnings = list(front.warnings)

    def read(self, body: bytes | None) -> ReadArticle:
        fields, dialect = self._fields, self._dialect
        name = read_name(self._path, localised=dialect.generator in _LOCALISED)
        title = self._read_title(name)
        stamp = self._read_date(name)
        categories, excess = limit(read_categories(fields, self._path, dialect))
        if excess:
            self._warn("categories", excess)
        return ReadArticle(
            self._path,
            title,
            b"" if body is None else hash_content(title, body, dialect.placeholders),
            stamp.instant,
            stamp.kind,
            self._read_moment(UPDATES).instant,
            self._read_moment(EXPIRIES, strict=True).instant,
            read_authors(fields),
            self._read_language(name),
            categories,
            read_tags(fields, dialect.generator),
            self._read_url(),
            self._read_permalink(name, title, stamp, categories),
            self._text("guid") or self._text("id"),
            read_cover(fields, dialect.placeholders),
            self._read_summary(),
            is_draft(fields, self._path),
            is_protected(fields),
            self._read_digest(),
            tuple(self._warnings),
        )

    def _text(self, name: str) -> str | None:
        value = self._fields.get(name)
        return value.strip() or None if isinstance(value, str) else None

    def _warn(self, name: str, message: str) -> None:
        line, _ = self._front.find(name)
        self._warnings.append(f"line {line}: {message}" if line else message)

    def _read_title(self, name: FileName) -> str:
        for field in ("title", "linktitle", "headline"):
            value = self._fields.get(field)
            if isinstance(value, str):
                title = plain_line(value)
                if title:
                    return title
            elif value is not None:
                self._warn(field, f"'{field}' is no text; put it between quotes")
        return plain_line(name.stem) or "untitled"

    def _read_date(self, name: FileName) -> Stamp:
        order = HUGO_DATES if self._dialect.generator == "hugo" else DATES
        stamp = self._read_moment(order, strict=True)
        if stamp.instant is None and name.date:
            try:
                return parse_date(name.date, self._dialect.zone)
            except ValueError:
                return stamp
        return stamp

    def _read_moment(self, names: Names, *, strict: bool = False) -> Stamp:
        """Return the first date among some fields; one that is none warns, or fails if strict."""
        for name, value in find_dates(self._fields, names):
            try:
                stamp = parse_date(value, self._dialect.zone)
            except ValueError as error:
                if strict:
                    raise self._date_error(name, value, error) from error
                self._warn(name, str(error))
                continue
            if stamp.warning:
                self._warn(name, stamp.warning)
            return stamp
        return MISSING

    def _date_error(self, name: str, value: str, error: ValueError) -> ArticleError:
        written = next(
            (n for n in self._front.fields if fold_names({n: None}).get(name, 0) is None), name
        )
        line, column = self._front.find(written)
        return ArticleError(
            str(error),
            path=self._path,
            line=line,
            column=column,
            field=written,
            value=value[:80],
        )

    def _read_language(self, name: FileName) -> str | None:
        value = self._text("lang") or self._text("language") or self._text("locale")
        if value is None:
            return name.language or None
        if _LANGUAGE.fullmatch(value):
            return value.replace("_", "-")
        self._warn("lang", f"'{value[:40]}' is no language; write one such as zh-CN")
        return None

    def _read_url(self) -> str | None:
        for name in ("link", "url", "permalink", "path"):
            value = self._fields.get(name)
            if not isinstance(value, str) or (name == "path" and self._dialect.generator != "zola"):
                continue
            url = value.strip()
            if not url or url.lower() in FALSE or url.lower() in TRUE:
                continue
            if _URL.fullmatch(url) and "{{" not in url and "/:" not in url:
                return url
            self._warn(name, f"'{url[:60]}' is no web address; write one such as https://...")
        return None

    def _read_permalink(
        self, name: FileName, title: str, stamp: Stamp, categories: tuple[CategoryPath, ...]
    ) -> str | None:
        if not self._dialect.permalink:
            return None
        try:
            return expand_permalink(
                self._dialect.permalink,
                generator=self._dialect.generator,
                path=self._path,
                name=name,
                title=title,
                date=self._published or stamp.instant,
                zone=self._dialect.zone,
                categories=categories,
                fields=self._fields,
            )
        except PermalinkError as error:
            self._warnings.append(str(error))
            return None

    def _read_summary(self) -> str | None:
        order = _JEKYLL_SUMMARIES if self._dialect.generator == "jekyll" else _SUMMARIES
        for name in order:
            value = self._fields.get(name)
            if isinstance(value, str) and (text := plain_line(value, longest=MAX_SUMMARY)):
                return text
        return None

    def _read_digest(self) -> str | None:
        value = self._text("digest")
        if value is None:
            return None
        low = value.lower()
        if low in ("lead", "no"):
            return low
        if low in FALSE:
            return "no"
        self._warn("digest", f"'{value[:40]}' is no choice for 'digest'; write lead or no")
        return None
