"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterable
from typing import Any

from feedpub.feeds.archive import document_folder, older_month
from feedpub.feeds.body import SLOT, fill_slot
from feedpub.feeds.channel import JSON, Channel, document_url
from feedpub.feeds.item import Item, has_size, is_measured
from feedpub.feeds.text import make_plain, to_uri
from feedpub.model import Picture, Site

VERSION = "https://jsonfeed.org/version/1.1"
_ITEMS_SLOT = b'"items":[]'
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def render_json_item(item: Item, site: Site) -> bytes:
    """Return one object of ``items``.

    Raises:
        UnicodeEncodeError: A text holds a lone surrogate.
    """
    return fill_slot(_dump(_describe_item(item, site)), item.body.json)


def build_json_feed(channel: Channel, items: Iterable[bytes]) -> bytes:
    """Return the document, its items spliced in as they are, in the given order."""
    head = _dump(_describe_channel(channel) | {"items": []})
    before, _, after = head.rpartition(_ITEMS_SLOT)
    parts = [before, b'"items":[']
    for position, item in enumerate(items):
        parts += (b",\n" if position else b"\n", item)
    return b"".join([*parts, b"\n]", after, b"\n"])


def _dump(value: dict[str, Any]) -> bytes:
    kept = {key: part for key, part in value.items() if part not in (None, "")}
    return _encode(kept).encode()


def _describe_item(item: Item, site: Site) -> dict[str, Any]:
    content = "content_html" if item.body.json else "content_text"
    authors = _describe_authors(item.authors)
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        content: SLOT if item.body.json else item.summary or item.title,
        "summary": item.summary,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        # Version 1.0 knew one author only, and its readers still do.
        "author": authors[0] if authors else None,
        "authors": authors or None,
        "tags": _list_tags(item) or None,
        "language": item.language,
        **_describe_picture(item.picture, site),
    }


def _list_tags(item: Item) -> list[str]:
    return list(dict.fromkeys(["/".join(path) for path in item.categories] + list(item.tags)))


def _describe_authors(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def _describe_picture(picture: Picture | None, site: Site) -> dict[str, Any]:
    if picture is None:
        return {}
    url = picture.url
    thumbnail: dict[str, Any] = {"url": url}
    if has_size(picture):
        thumbnail |= {"width": picture.width, "height": picture.height}
    attachment = {"url": url, "mime_type": picture.media_type, "size_in_bytes": picture.length}
    return {
        "image": url,
        "banner_image": url,
        "attachments": [attachment] if is_measured(picture) else None,
        "_feedpub": {"about": to_uri(site.feeds_url), "thumbnail": thumbnail},
    }


def _describe_channel(channel: Channel) -> dict[str, Any]:
    site = channel.site
    older = older_month(channel.feed)
    author = {"name": channel.author, "url": to_uri(site.url)}
    icon = to_uri(site.icon)
    return {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": channel.own_url(JSON),
        "description": channel.description,
        "icon": icon,
        "favicon": icon,
        "author": author,
        "authors": [author],
        "language": site.language,
        "hubs": [{"type": "WebSub", "url": to_uri(site.hub)}] if site.hub else None,
        "next_url": _next_url(channel, older) if older else None,
        "_feedpub": _describe_extension(channel),
    }


def _next_url(channel: Channel, month: str) -> str:
    folder = document_folder(channel.feed.category, month)
    return document_url(channel.site, folder, JSON)


def _describe_extension(channel: Channel) -> dict[str, Any]:
    # What RSS and Atom say in elements that JSON Feed lacks.
    known = {
        "about": to_uri(channel.site.feeds_url),
        "id": channel.id,
        "copyright": make_plain(channel.site.copyright),
        "updated": channel.updated.isoformat(),
    }
    return {key: value for key, value in known.items() if value}
