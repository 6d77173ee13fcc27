"""The published files as a web server sees them: whole, typed, tagged, and none but them."""

import gzip
import os
import re
import stat
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

# Feed readers take any XML. A browser shows application/rss+xml as bare text, whatever style
# sheet the document names, so both feeds are plain XML here.
_TYPES = {
    ".xml": "application/xml; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
}
_FEED_JSON = "application/feed+json; charset=utf-8"
_COMPRESSED = re.compile(r"text/|application/|image/svg")
_HASHED = re.compile(r"(^|[.-])[0-9a-f]{8,64}\.(jpg|png|webp|js|css|svg)$")

MAX_BYTES = 32 * 1024 * 1024
MIN_COMPRESSED = 500  # below, the headers weigh more than what is saved
_CACHED_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file as it was at one instant.

    Attributes:
        path: Below the output folder, with ``/``.
        data: All of it.
        modified: Seconds since the epoch.
        etag: Of these bytes, without quotes.
    """

    path: str
    data: bytes
    modified: float
    etag: str

    @property
    def media_type(self) -> str:
        """What the ``Content-Type`` header says."""
        name = PurePosixPath(self.path)
        if name.name == "feed.json":
            return _FEED_JSON
        return _TYPES.get(name.suffix.lower(), "application/octet-stream")

    @property
    def is_page(self) -> bool:
        """Whether a browser shows it as a page of its own."""
        return self.path.endswith(".html")

    @property
    def is_immutable(self) -> bool:
        """Whether the name changes with the content."""
        return bool(_HASHED.search(self.path.rpartition("/")[2])) and not self.is_page

    def encoded(self, encoding: str) -> bytes:
        """Return the bytes in a content coding; the same ones every time."""
        if not encoding:
            return self.data
        compress = _compress_once if len(self.data) <= _CACHED_BYTES else _compress
        return compress(self.data, encoding)


class Folder:
    """An output folder; nothing outside of it and nothing hidden is ever read."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def find(self, path: str) -> PublishedFile | str | None:
        """Return a file, ``"folder"`` for a folder that has an index, or None.

        Args:
            path: As asked for, decoded, without the leading slash.
        """
        try:
            return self._find(path)
        except (OSError, ValueError, RuntimeError):
            # Missing, too long, a NUL, a loop of links: whatever it is, it is not published.
            return None

    def _find(self, path: str) -> PublishedFile | str | None:
        place = self._place(path)
        if place is None:
            return None
        if place.is_dir():
            if not path.endswith("/") and path:
                return "folder" if (place / "index.html").is_file() else None
            place /= "index.html"
        elif path.endswith("/"):
            return None
        return self._read(place)

    def _place(self, path: str) -> Path | None:
        parts = path.split("/")
        if "" in parts[:-1]:  # one file has one address
            return None
        if any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            return None
        place = (self._root / path.strip("/")).resolve()
        return place if place.is_relative_to(self._root) else None

    def _read(self, place: Path) -> PublishedFile | None:
        # A FIFO would block an open without O_NONBLOCK; what it is shows only afterwards.
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                return None
            data = stream.read()
        # Hashed each time: 20 us for a feed, and never wrong, as size and time can be.
        etag = blake2b(data, digest_size=12).hexdigest()
        return PublishedFile(place.relative_to(self._root).as_posix(), data, found.st_mtime, etag)


def choose_encoding(accepted: dict[str, float], file: PublishedFile) -> str:
    """Return the content coding to use: ``br``, ``gzip`` or ``""``.

    Args:
        accepted: Coding to weight, as the client sent it; ``*`` stands for the others.
        file: What is to be sent.
    """
    if len(file.data) < MIN_COMPRESSED or not _COMPRESSED.match(file.media_type):
        return ""
    for coding in ("br", "gzip") if _has_brotli() else ("gzip",):
        if accepted.get(coding, accepted.get("*", 0)) > 0:
            return coding
    return ""


@lru_cache(maxsize=1)
def _has_brotli() -> bool:
    return find_spec("brotli") is not None


@lru_cache(maxsize=256)
def _compress_once(data: bytes, encoding: str) -> bytes:
    return _compress(data, encoding)


def _compress(data: bytes, encoding: str) -> bytes:
    if encoding == "br":
        compressed: bytes = import_module("brotli").compress(data, quality=5)
        return compressed
    return gzip.compress(data, 6, mtime=0)
