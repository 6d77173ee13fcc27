"""Do the contenders publish the same? Only then may their times be compared."""

import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

FORMATS = ("rss", "atom", "json")

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@dataclass(frozen=True, slots=True)
class Published:
    """The feeds below an output folder.

    Attributes:
        feeds: For each format, how many feeds hold exactly these titles.
        empty: Entries without content.
    """

    feeds: dict[str, Counter[frozenset[str]]]
    empty: int

    @property
    def count(self) -> int:
        """Feeds of all formats."""
        return sum(feeds.total() for feeds in self.feeds.values())

    def compare(self, other: "Published") -> str:
        """Return in one phrase what differs, empty if the same articles are in the same feeds."""
        if self.empty or other.empty:
            return f"{self.empty} and {other.empty} entries without content"
        for name in FORMATS:
            mine, theirs = self.feeds[name], other.feeds[name]
            if mine != theirs:
                unlike = (mine - theirs).total()
                return f"{name}: {mine.total()} and {theirs.total()} feeds, {unlike} unlike"
        return ""


def read_published(folder: Path) -> Published:
    """Read every RSS, Atom and JSON feed below a folder, whatever its name."""
    feeds: dict[str, Counter[frozenset[str]]] = {name: Counter() for name in FORMATS}
    empty = 0
    for path in sorted(folder.rglob("*")):
        name, contents = _read_feed(path)
        if name:
            feeds[name][frozenset(contents)] += 1
            empty += sum(not content for content in contents.values())
    return Published(feeds, empty)


def list_state(*folders: Path) -> dict[str, tuple[int, int, int, str]]:
    """Return inode, size, mtime and hash of everything below some folders, and of themselves."""
    state = {}
    for folder in folders:
        for path in (folder, *sorted(folder.rglob("*"))):
            found = os.lstat(path)
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            state[str(path)] = (found.st_ino, found.st_size, found.st_mtime_ns, digest)
    return state


def _read_feed(path: Path) -> tuple[str, dict[str, str]]:
    """Return the format and the contents by title; no format if the file is no feed."""
    if path.suffix == ".json":
        items = json.loads(path.read_bytes()).get("items", ())
        return "json" if items else "", {item["title"]: item["content_html"] for item in items}
    if path.suffix != ".xml":
        return "", {}
    root = etree.parse(path).getroot()
    if root.tag == "rss":
        return "rss", {
            _text(item, "title"): _text(item, _CONTENT) or _text(item, "description")
            for item in root.iter("item")
        }
    return "atom", {
        _text(entry, f"{_ATOM}title"): _text(entry, f"{_ATOM}content")
        for entry in root.iter(f"{_ATOM}entry")
    }


def _text(element: etree._Element, name: str) -> str:
    return element.findtext(name) or ""
