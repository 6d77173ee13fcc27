"""Where published documents lead, so that a test can hold that nothing leads into the void."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from tests.support.html import links
from tests.support.real_site import FEEDS

# Up to the first character that cannot be part of a URL as we write them.
_URL = re.compile(re.escape(FEEDS) + r"""[^\s"'<>\\]*""")
# A million references in a row, as hostile articles have, cost their reader a call each.
_SAME_REFERENCES = re.compile(rb"(&(?:amp;)*[a-z]+;)\1{99,}")
DOCUMENTS = ("rss.xml", "atom.xml", "feed.json")


def find_dead_ends(files: Mapping[str, bytes], starts: Iterable[str]) -> list[str]:
    """Return what is reachable from some files and is not there, as ``from -> to``.

    Args:
        files: What is published, by path.
        starts: Paths that readers know; those that are not published count as dead ends.
    """
    dead: list[str] = []
    waiting = [(f"start {path}", path) for path in starts]
    seen: set[str] = set()
    while waiting:
        source, path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if path not in files:
            dead.append(f"{source} -> {path}")
            continue
        waiting += [(path, target) for target in list_targets(path, files[path])]
    return sorted(dead)


def list_starts(files: Iterable[str]) -> list[str]:
    """Return the paths that readers have subscribed to or bookmarked: indexes and live feeds."""
    return [
        path
        for path in files
        if path in ("index.html", "feeds.opml")
        or (path.endswith(DOCUMENTS) and "/archive/" not in path)
    ]


def say_references_once(data: bytes) -> bytes:
    """Return a document in which equal references in a long row are one; nothing else changes."""
    return _SAME_REFERENCES.sub(rb"\1", data)


@lru_cache(maxsize=4096)
def list_targets(path: str, data: bytes) -> tuple[str, ...]:
    """Return the paths below the output folder that a document refers to."""
    if not path.endswith((".html", ".xml", ".json", ".opml")):
        return ()
    return tuple(dict.fromkeys(_list_targets(path, say_references_once(data))))


def _list_targets(path: str, data: bytes) -> Iterator[str]:
    text = data.decode()
    # HTML within XML is escaped twice.
    for url in _URL.findall(unescape(unescape(text)).replace("\\/", "/")):
        yield _name(unquote(urlsplit(url).path.removeprefix(urlsplit(FEEDS).path)))
    if path.endswith(".html"):
        for link in links(data):
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc and parts.path:
                yield _name(normpath(join(dirname(path), unquote(parts.path))), link)


def _name(path: str, link: str = "") -> str:
    if path in ("", "."):
        return "index.html"
    if path.endswith("/") or link.endswith("/"):
        return path.rstrip("/") + "/index.html"
    return path
