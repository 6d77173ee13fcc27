"""RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, CDF: by feedparser, behind a guard.

Its own sanitiser is off, as it lets attacks through; bodies pass our profile instead. It gets
bytes only through a buffer: a text it would take for an address, and fetch it.
"""

import io
import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from feedpub.errors import FeedError
from feedpub.reading.remote.dates import read_date
from feedpub.reading.remote.entries import (
    RemoteEntry,
    RemoteFeed,
    absolute,
    as_iri,
    choose_newest,
    collect,
    is_web,
    literal_line,
    make_key,
    unique,
)
from feedpub.reading.remote.markup import clean_body, to_html, to_text
from feedpub.reading.remote.pictures import find_picture
from feedpub.reading.remote.xmlguard import guard_xml
from feedpub.reading.text import plain_line

# feedparser takes these for categories, one by one.
_KEYWORDS = re.compile(r"<media:keywords[^<>]{0,200}>[^<]{0,5000}</media:keywords>")
_ADDRESS = re.compile(r"(?:mailto:)?[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_HTML = frozenset({"text/html", "application/xhtml+xml", "text/x-markdown", "html", "xhtml", ""})
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^<>\[]{0,1000}>", re.IGNORECASE)
_Parsed = dict[str, Any]


def read_xml_feed(text: str, *, url: str, home: tzinfo) -> RemoteFeed:
    """Read a document that may be ill-formed.

    Raises:
        FeedError: It is no feed, or declares entities, or is nested without end.
    """
    # RSS 0.9x names a DTD that nobody serves any more; one without declarations says nothing.
    data = _KEYWORDS.sub("", _DOCTYPE.sub("", text, count=1)).encode()
    guard_xml(data, url=url)
    parsed = _parse(data, url)
    version, found = parsed.get("version") or "", parsed.get("entries") or []
    if not version and not found:
        raise FeedError("the document is no feed that is known; check the URL", url=url)
    feed = parsed.get("feed") or {}
    reading = _Reading(feed, url, home, is_atom=version.startswith("atom"))
    newest = choose_newest(found, reading.read_moment)
    entries = (reading.read(entry) for entry in newest)
    return collect(version, _read_title(feed), entries, surplus=len(found) - len(newest))


def _parse(data: bytes, url: str) -> _Parsed:
    import feedparser

    try:
        parsed: _Parsed = feedparser.parse(
            io.BytesIO(data),
            response_headers=_HEADERS,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # a stranger's bytes in a library that promises no error of its own
        raise FeedError(f"the document cannot be read ({type(error).__name__})", url=url) from error
    return parsed


class _Reading:
    """The entries of one document on their way to our shape."""

    def __init__(self, feed: _Parsed, url: str, home: tzinfo, *, is_atom: bool) -> None:
        self._url, self._home = url, home
        # RFC 4287, 4.2.1: the feed's author is that of the entries that name none.
        self._authors = tuple(_list_authors(feed)) if is_atom else ()
        self._language = _text(feed, "language")

    def read(self, entry: _Parsed) -> RemoteEntry:
        guid = _text(entry, "id") or None
        link = self._read_link(entry, guid)
        title = _read_title(entry)
        body, summary, detail = _read_texts(entry)
        base = self._read_base(detail, link)
        body = clean_body(body, base)
        published, updated = self._read_dates(entry)
        return RemoteEntry(
            key=make_key(guid, link, title, body),
            guid=as_iri(guid),
            title=title,
            link=link,
            published=published,
            updated=updated,
            authors=unique(_list_authors(entry)) or self._authors,
            categories=unique(_list_categories(entry)),
            language=_text(detail, "language") or self._language or None,
            summary=to_text(summary) or None,
            body=body,
            base=base,
            picture=find_picture(entry, link or self._url),
        )

    def read_moment(self, entry: _Parsed) -> datetime | None:
        """Return when an entry was last changed, UTC; None if it does not say."""
        published, updated = self._read_dates(entry)
        return updated or published

    def _read_link(self, entry: _Parsed, guid: str | None) -> str | None:
        """Return where an entry leads; an id in place of a link only if it is an address."""
        original = absolute(_text(entry, "feedburner_origlink"))
        link = _text(entry, "link")
        if link and link == guid and not is_web(link):
            link = ""
        return original or absolute(link, self._url)

    def _read_base(self, detail: _Parsed, link: str | None) -> str:
        """Return ``xml:base`` where it is given, else the entry's own page."""
        own = absolute(_text(detail, "base"), self._url)
        return own or link or self._url

    def _read_dates(self, entry: _Parsed) -> tuple[datetime | None, datetime | None]:
        published = self._read_date(entry, "published")
        updated = self._read_date(entry, "updated")
        if published is None:
            return updated or self._read_date(entry, "created"), None
        return published, updated if updated != published else None

    def _read_date(self, entry: _Parsed, name: str) -> datetime | None:
        return read_date(_raw(entry, name), self._home, _raw(entry, f"{name}_parsed"))


def _raw(holder: _Parsed, name: str) -> Any:
    # feedparser's own look-up warns, and answers "published" where "updated" is missing.
    return dict.get(holder, name)


def _text(holder: _Parsed, name: str) -> str:
    value = _raw(holder, name)
    return value.strip() if isinstance(value, str) else ""


def _read_title(holder: _Parsed) -> str:
    """Return a title as plain text: what is said to be text to the letter, the rest as HTML."""
    title = _text(holder, "title")
    kind = _text(_raw(holder, "title_detail") or {}, "type")
    return literal_line(title) if kind == "text/plain" else plain_line(title)


def _read_texts(entry: _Parsed) -> tuple[str, str, _Parsed]:
    """Return body and summary as HTML, and what is said of the body; the summary may be the body.

    Out-of-line and binary contents (RFC 4287, 4.1.3) are no texts of ours.
    """
    summary = _raw(entry, "summary_detail") or {"value": _text(entry, "summary")}
    found = _raw(entry, "content") or []
    contents = [one for one in found if _is_text(one) and _text(one, "value")]
    contents.sort(key=lambda one: _text(one, "type") == "text/plain")
    beside = to_html(_text(summary, "value"), _text(summary, "type"))
    if not contents:
        return beside, "", summary
    body = contents[0]
    html = to_html(_text(body, "value"), _text(body, "type"))
    return html, "" if beside == html else beside, body


def _is_text(content: _Parsed) -> bool:
    kind = _text(content, "type").lower()
    return kind in _HTML or kind.startswith("text/")


def _list_authors(holder: _Parsed) -> Iterable[str]:
    """Yield names; an address of mail is nobody's business.

    RSS has "address (name)" in one text, which feedparser takes apart with rules for addresses
    from a time when the longest domains ended in four letters.
    """
    found = [one for one in _raw(holder, "authors") or [] if isinstance(one, dict)]
    whole = _text(holder, "author")
    names = [_text(one, "name") for one in found]
    if len(names) < 2 and "@" in whole:
        names = [_ADDRESS.sub(" ", whole)]
    for name in names if any(names) else [whole]:
        yield plain_line(name.replace("()", "").strip(" <>,;")).removeprefix("(").removesuffix(")")


def _list_categories(entry: _Parsed) -> Iterable[str]:
    for tag in _raw(entry, "tags") or []:
        term, label = _text(tag, "term"), _text(tag, "label")
        # Blogger says by such a term that an entry is one; iTunes' are key words.
        if (label or not is_web(term)) and "itunes.com" not in _text(tag, "scheme"):
            yield plain_line(label or term)
