"""An entry in the form that every format shares: whole seconds, URIs, text that cannot run."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import NamedTuple

from feedpub.feeds.body import NO_BODY, Body, make_body
from feedpub.feeds.text import make_plain, to_second, to_uri
from feedpub.model import CategoryPath, Entry, Picture, Site


class Item(NamedTuple):
    """What an entry says in RSS, Atom and JSON alike.

    Attributes:
        id: IRI.
        url: URI.
        title: Plain text.
        summary: Plain text; may be empty.
        body: With the picture on top; `NO_BODY` where only the summary is published.
        published: UTC, whole seconds.
        updated: UTC, whole seconds.
        authors: Names, none blank.
        categories: Paths, outer to inner.
        tags: Plain text.
        picture: Its ``url`` is a URI; None where there is none.
        language: BCP 47; None where it is that of the site.
    """

    id: str
    url: str
    title: str
    summary: str
    body: Body
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    categories: tuple[CategoryPath, ...]
    tags: tuple[str, ...]
    picture: Picture | None
    language: str | None


def make_item(entry: Entry, site: Site) -> Item:
    """Return the shared form of an entry.

    Raises:
        ValueError: A text or an address cannot be written in any format.
    """
    title = make_plain(entry.title)
    if not title.strip():
        raise ValueError("nothing of the title can be shown; write another")
    return Item(
        id=entry.id,
        url=to_uri(entry.url),
        title=title,
        summary=make_plain(entry.summary),
        body=make_body(_add_picture(entry.html, entry.picture)) if entry.html else NO_BODY,
        published=to_second(entry.published),
        updated=to_second(entry.updated),
        authors=_make_names(entry.authors),
        categories=tuple(filter(None, (_make_names(c.path) for c in entry.categories))),
        tags=_make_names(entry.tags),
        picture=_address(entry.picture),
        language=entry.language if entry.language != site.language else None,
    )


def _address(picture: Picture | None) -> Picture | None:
    if picture is None or (url := to_uri(picture.url)) == picture.url:
        return picture
    return replace(picture, url=url)


def _make_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple([plain for name in names if (plain := make_plain(name)).strip()])


def _add_picture(html: str, picture: Picture | None) -> str:
    """Return the body, led by the picture unless it shows it already.

    Newsletters and many readers look for pictures nowhere but in the body.
    """
    if picture is None:
        return html
    if any(form in html for url in (picture.url, picture.original) for form in _write_forms(url)):
        return html
    size = f' width="{picture.width}" height="{picture.height}"' if has_size(picture) else ""
    return f'<p><img src="{escape(to_uri(picture.url))}" alt=""{size}></p>\n{html}'


def _write_forms(url: str | None) -> set[str]:
    """Return how an address may stand in HTML: as it is, escaped, and as a URI."""
    if not url:
        return set()
    try:
        return {url, escape(url), escape(to_uri(url))}
    except ValueError:
        return {url, escape(url)}


def has_size(picture: Picture) -> bool:
    """Return whether both sides of a picture are known; one alone helps no reader."""
    return bool(picture.width and picture.height)


def is_measured(picture: Picture) -> bool:
    """Return whether a picture's bytes are known, as an enclosure must state."""
    return bool(picture.length and picture.media_type)
