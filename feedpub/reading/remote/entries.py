"""What a feed says, whichever format it is in."""

import hashlib
import heapq
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from feedpub.reading.remote.markup import to_text
from feedpub.reading.text import plain_line

MAX_ENTRIES = 1000
"""Of one document; a feed that holds more is an archive."""

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_NO_NAME = frozenset({"javascript", "data", "vbscript"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEntry:
    """An entry of somebody else's feed; nothing of it is to be trusted.

    Attributes:
        key: What tells it from the others of its feed, whatever else changes of it.
        guid: Its id, where that is an IRI and so tells it from all entries of the world.
        title: Plain text, empty if it has none.
        link: Absolute, http or https; None if it has none.
        published: UTC; None if unknown.
        updated: UTC; None if unknown, or the same as ``published``.
        authors: Names; addresses of mail are left out.
        categories: Names as the feed has them, unique, in its order.
        language: As written; None if unknown.
        summary: Plain text of what stands beside the body; None if there is only one of the two.
        body: HTML, the whole text where the feed has it, else its summary; may be empty.
        base: Absolute address that the body's relative ones count from; empty if unknown.
        picture: Absolute; None if the feed names none.
    """

    key: str
    guid: str | None = None
    title: str = ""
    link: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    body: str = ""
    base: str = ""
    picture: str | None = None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to publish: a text, or somewhere to go."""
        return bool(self.title or self.link or self.body)


@dataclass(frozen=True, slots=True)
class RemoteFeed:
    """A document as read.

    Attributes:
        format: Such as ``rss20``, ``atom10``, ``rss10``, ``cdf`` or ``json1``.
        title: Plain text, empty if it has none.
        entries: Those worth publishing, keys unique, in the order of the document.
        left_out: Why entries are missing, a sentence each.
    """

    format: str
    title: str
    entries: tuple[RemoteEntry, ...]
    left_out: tuple[str, ...] = ()


def choose_newest(found: Sequence[T], moment: Callable[[T], datetime | None]) -> list[T]:
    """Return what is to be read of a document, in its order: at most ``MAX_ENTRIES``, the newest.

    Some feeds begin with the oldest. Where dates do not tell, the first ones count.

    Args:
        found: What a document has for entries.
        moment: Gives when one was last changed, aware; None if unknown.
    """
    if len(found) <= MAX_ENTRIES:
        return list(found)
    stamps = [_stamp(moment(one)) for one in found]
    newest = heapq.nlargest(MAX_ENTRIES, range(len(found)), key=stamps.__getitem__)
    return [found[place] for place in sorted(newest)]


def collect(
    format_name: str, title: str, entries: Iterable[RemoteEntry], *, surplus: int
) -> RemoteFeed:
    """Return the feed of some entries that say something; of two with one key the later one.

    RFC 4287, 4.1.1, lets a feed hold versions of an entry, and says that the dates tell.

    Args:
        format_name: As ``RemoteFeed`` has it.
        title: Plain text.
        entries: Those that were read.
        surplus: How many the document has beside them.
    """
    kept: dict[str, RemoteEntry] = {}
    empty = doubled = 0
    for entry in entries:
        if not entry.says_something:
            empty += 1
        elif entry.key in kept:
            doubled += 1
            if _version(entry) > _version(kept[entry.key]):
                kept[entry.key] = entry
        else:
            kept[entry.key] = entry
    reasons = [
        f"{empty} with neither title, link nor text" if empty else "",
        f"{doubled} with the id of another one, which counts if it is newer" if doubled else "",
        f"{surplus} beyond the newest {MAX_ENTRIES}" if surplus else "",
    ]
    return RemoteFeed(format_name, title, tuple(kept.values()), tuple(filter(None, reasons)))


def _version(entry: RemoteEntry) -> float:
    return _stamp(entry.updated or entry.published)


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else float("-inf")


def make_key(guid: str | None, link: str | None, title: str, body: str) -> str:
    """Return what tells an entry from the others of its feed: its id, its link, else its words.

    Args:
        guid: As the feed has it, IRI or not.
        link: Absolute.
        title: Plain text.
        body: HTML.
    """
    if found := guid or link:
        return found
    words = f"{title}\n{to_text(body)}"
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def as_iri(guid: str | None) -> str | None:
    """Return an id that no other feed can have by chance; None for one such as ``1234``."""
    if guid is None or len(guid) > 1024 or not guid.isprintable() or not _IRI.fullmatch(guid):
        return None
    return None if guid.partition(":")[0].lower() in _NO_NAME else guid


def absolute(url: str | None, *bases: str) -> str | None:
    """Return an http(s) address in full, counted from the first base that is one; else None."""
    written = "".join((url or "").split())
    if not written or written.startswith("#"):
        return None
    for base in (*(base for base in bases if is_web(base)), ""):
        try:
            found = urljoin(base, written)
        except ValueError:
            return None
        if is_web(found):
            return found
    return None


def is_web(url: str) -> bool:
    """Return whether an address is absolute and one of the web's."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def literal_line(text: str) -> str:
    """Return text that is no HTML as one plain line."""
    return plain_line(escape(text, quote=False))


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return names that are not empty, each once, in order."""
    return tuple(dict.fromkeys(filter(None, names)))
