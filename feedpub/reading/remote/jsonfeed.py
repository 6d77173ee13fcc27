"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterator
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
    literal_line,
    make_key,
    unique,
)
from feedpub.reading.remote.markup import clean_body, to_html

_VERSIONS = {
    "https://jsonfeed.org/version/1": "json1",
    "https://jsonfeed.org/version/1.0": "json1",
    "https://jsonfeed.org/version/1.1": "json11",
}
_Object = dict[str, Any]


def read_json_feed(text: str, *, url: str, home: tzinfo) -> RemoteFeed:
    """Read a document; what has the wrong type counts as missing.

    Raises:
        FeedError: It is none, or of a version that is not known.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise FeedError(f"the document is no JSON ({error})", url=url) from error
    except RecursionError as error:
        raise FeedError("the document is nested too deep", url=url) from error
    except ValueError as error:  # of int(), which takes 4,300 digits
        raise FeedError("the document has a number of thousands of digits", url=url) from error
    version = _text(document, "version") if isinstance(document, dict) else ""
    if not version.startswith("https://jsonfeed.org/version/"):
        raise FeedError("the document is JSON, but no JSON Feed; look for another", url=url)
    if version not in _VERSIONS:
        raise FeedError(f"{version!r} is no known version of JSON Feed", url=url)
    items = [item for item in _list(document, "items") if isinstance(item, dict)]
    newest = choose_newest(items, lambda item: _read_dates(item, home)[1])
    entries = (_read_item(item, document, url, home) for item in newest)
    title = literal_line(_text(document, "title"))
    return collect(_VERSIONS[version], title, entries, surplus=len(items) - len(newest))


def _read_item(item: _Object, feed: _Object, url: str, home: tzinfo) -> RemoteEntry:
    link = absolute(_text(item, "url"), url) or absolute(_text(item, "external_url"), url)
    base = link or url
    guid = _read_id(item)
    title = literal_line(_text(item, "title"))
    html = _text(item, "content_html") or to_html(_text(item, "content_text"), "text/plain")
    summary = literal_line(_text(item, "summary"))
    body = clean_body(html, base) if html else to_html(summary, "text/plain")
    published, updated = _read_dates(item, home)
    return RemoteEntry(
        key=make_key(guid, link, title, body),
        guid=as_iri(guid),
        title=title,
        link=link,
        published=published,
        updated=updated if updated != published else None,
        authors=unique(_list_authors(item)) or unique(_list_authors(feed)),
        categories=unique(literal_line(tag) for tag in _list(item, "tags") if isinstance(tag, str)),
        language=_text(item, "language") or _text(feed, "language") or None,
        summary=summary if html and summary else None,
        body=body,
        base=base,
        picture=absolute(_text(item, "image"), base) or absolute(_text(item, "banner_image"), base),
    )


def _read_dates(item: _Object, home: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return when an item was published and last changed; one stands for the other."""
    published = read_date(item.get("date_published"), home)
    updated = read_date(item.get("date_modified"), home)
    return published or updated, updated or published


def _read_id(item: _Object) -> str | None:
    """Return an id; the specification wants a number to be taken as text."""
    value = item.get("id")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return value.strip() or None if isinstance(value, str) else None


def _list_authors(holder: _Object) -> Iterator[str]:
    """Yield names; 1.0 has ``author`` where 1.1 has ``authors``."""
    for author in (*_list(holder, "authors"), holder.get("author")):
        if isinstance(author, dict):
            yield literal_line(_text(author, "name"))


def _text(holder: _Object, name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _list(holder: _Object, name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []
