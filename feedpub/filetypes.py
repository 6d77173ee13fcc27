"""What the published files are to those who fetch them: their types, and how long they last."""

import re

# Feed readers take any XML. A browser shows application/rss+xml as bare text, whatever style
# sheet the document names, so both feeds are plain XML here.
_TYPES = {
    "xml": "application/xml; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "ico": "image/vnd.microsoft.icon",
    "woff2": "font/woff2",
}
_FEED_JSON = "application/feed+json; charset=utf-8"
_HASHED = re.compile(r"(^|[.-])[0-9a-f]{8,64}\.(jpg|png|webp|js|css|svg)$")


def media_type(path: str) -> str:
    """Return what the ``Content-Type`` of a published file is.

    Args:
        path: Below the output folder.
    """
    name = path.rpartition("/")[2]
    if name == "feed.json":
        return _FEED_JSON
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def is_lasting(path: str) -> bool:
    """Return whether a file's name changes with its content, so that a copy is good for ever."""
    return _HASHED.search(path.rpartition("/")[2]) is not None
