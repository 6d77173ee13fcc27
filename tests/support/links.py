"""Every link of a published site that stays within it."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from urllib.parse import unquote, urldefrag

_ABSOLUTE = re.compile(rb"https://example\.org/feeds/([^\"'<>\s)\\]*)")
_RELATIVE = re.compile(rb"(?:href|src)=\"([^\"]*)\"")


def find_dangling(
    files: Mapping[str, bytes], known: Iterable[str] | None = None
) -> set[tuple[str, str]]:
    """Return document and target of each link to a file that is not there.

    Args:
        files: By path.
        known: Paths that somebody knows; only what is linked from there is looked at. All if None.
    """
    dangling: set[tuple[str, str]] = set()
    waiting = [path for path in (files if known is None else known) if path in files]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        for target in _list_targets(path, files[path]):
            if target not in files:
                dangling.add((path, target))
            elif target not in seen:
                seen.add(target)
                waiting.append(target)
    return dangling


def _list_targets(path: str, data: bytes) -> Iterator[str]:
    for match in _ABSOLUTE.finditer(_unescape(data) if path.endswith(".html") else data):
        if match[1]:  # the root alone is the name of a vocabulary, too
            yield _name(match[1].decode())
    if not path.endswith(".html"):
        return
    for match in _RELATIVE.finditer(data):
        link = urldefrag(match[1].decode()).url
        if link and ":" not in link and not link.startswith("/"):
            folder = posixpath.dirname(path)
            slash = "/" if link.endswith("/") else ""
            yield _name(posixpath.normpath(posixpath.join(folder, link)) + slash)


def _unescape(page: bytes) -> bytes:
    """Return a page in which addresses that are shown as text end where they do for a reader."""
    return unescape(page.decode()).encode()


def _name(link: str) -> str:
    path = unquote(link.partition("#")[0])
    path = "" if path in (".", "./") else path
    return path + "index.html" if path.endswith("/") or not path else path
