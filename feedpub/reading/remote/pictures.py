"""The picture that an entry names as its own."""

from typing import Any
from urllib.parse import urlsplit

from feedpub.reading.remote.entries import absolute

_Parsed = dict[str, Any]
_SMALLEST = 32  # below is a face or an icon
_EXTENSIONS = (".jpg", ".jpeg", ".png", ".gif", ".webp")


def find_picture(entry: _Parsed, base: str) -> str | None:
    """Return an address, absolute, None if there is none; pictures of the body are not looked at.

    The order is that of how much a publisher means it: Media RSS's thumbnail (the widest), its
    pictures, enclosures, iTunes.

    Args:
        entry: As feedparser gives it.
        base: Absolute; relative addresses count from it.
    """
    thumbnails = [one for one in _list(entry, "media_thumbnail") if not 0 < _width(one) < _SMALLEST]
    thumbnails.sort(key=_width, reverse=True)
    pictures = [one for one in _list(entry, "media_content") if _is_picture(one)]
    enclosures = [
        {**one, "url": one.get("href")}
        for one in _list(entry, "links")
        if one.get("rel") == "enclosure" and _is_picture(one)
    ]
    own = dict.get(entry, "image")
    itunes = [{"url": own.get("href")}] if isinstance(own, dict) else []
    for one in (*thumbnails, *pictures, *enclosures, *itunes):
        if found := absolute(one.get("url"), base):
            return found
    return None


def _list(entry: _Parsed, name: str) -> list[_Parsed]:
    found = dict.get(entry, name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _width(thumbnail: _Parsed) -> int:
    width = str(thumbnail.get("width", ""))
    return int(width) if width.isascii() and width.isdigit() and len(width) < 6 else 0


def _is_picture(one: _Parsed) -> bool:
    """Return whether what is enclosed is a picture, by what is said of it, else by its name."""
    kind = str(one.get("type") or "").lower()
    medium = str(one.get("medium") or "").lower()
    if kind or medium:
        return kind.startswith("image/") or medium == "image"
    address = str(one.get("url") or one.get("href") or "")
    try:
        return urlsplit(address).path.lower().endswith(_EXTENSIONS)
    except ValueError:
        return False
