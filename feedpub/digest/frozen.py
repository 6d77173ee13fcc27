"""What is kept of a digest once it was rendered: nothing of it changes any more."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from feedpub.digest.values import Level
from feedpub.errors import CorruptStoreError, StoreVersionError

_MAGIC, _VERSION = b"FPD", 1
_LARGEST = 256 * 1024 * 1024

Pattern = tuple[str, ...]
"""Text with gaps: what stands at even places is text, at odd places the name of a gap."""

Pair = tuple[Pattern, Pattern]
"""The same rows as HTML and as plain text."""


@dataclass(frozen=True, slots=True)
class FrozenArticle:
    """What is known of an article besides its cards.

    Attributes:
        id: Of the catalog.
        title: One line.
        url: Absolute.
        first_seen: Whole seconds since the epoch.
        categories: Ids of the nodes that it stands in itself.
        nodes: Those and all above them.
        lead: Whether the editor wants it first.
    """

    id: int
    title: str
    url: str
    first_seen: int
    categories: tuple[int, ...]
    nodes: tuple[int, ...]
    lead: bool


@dataclass(frozen=True, slots=True)
class FrozenCard:
    """An article in one language.

    Attributes:
        excerpt: How its summary begins.
        contents: Its line in the table of contents.
        variants: ``title``, and as far as offered ``summary``, ``lead`` and ``full``.
    """

    excerpt: str
    contents: Pattern
    variants: Mapping[str, Pair]


@dataclass(frozen=True, slots=True)
class FrozenEdition:
    """A digest in one language.

    Attributes:
        language: BCP 47.
        frame: What stands before the preheader, between it and the rows, and after them.
        parts: ``top``, ``masthead``, ``rest``, ``footer``.
        rows: HTML alone: ``contents_head``, ``contents_end``; of the archive ``archive_before``,
            ``archive_after``, ``archive_footer``, and ``archive_top`` with two digits for whether
            there is a previous and a next issue. Text alone: ``subject``, ``subject_of_one``.
        headings: By node; 0 has the articles without a category.
        more: By node, the number being a gap.
        cards: By article.
    """

    language: str
    frame: tuple[str, str, str]
    parts: Mapping[str, Pair]
    rows: Mapping[str, Pattern]
    headings: Mapping[int, Pair]
    more: Mapping[int, Pair]
    cards: Mapping[int, FrozenCard]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A digest in all of its languages.

    Attributes:
        content: The highest level of a card.
        cards: Articles that a mail shows at most.
        section_cards: Articles that one section shows at most.
        prefix: Of the subject.
        nodes: Ids of the nodes that hold an article, in the order of the tree; 0 stands last.
        tops: Those of them at the top of the tree.
        articles: The lead first, then the newest first; this is who goes when space is short.
        editions: That of the site first.
    """

    content: Level
    cards: int
    section_cards: int
    prefix: str
    nodes: tuple[int, ...]
    tops: tuple[int, ...]
    articles: tuple[FrozenArticle, ...]
    editions: tuple[FrozenEdition, ...]


def to_bytes(frozen: Frozen) -> bytes:
    """Return what ``from_bytes`` reads, compressed; the same for the same digest."""
    text = json.dumps(asdict(frozen), ensure_ascii=False, separators=(",", ":"))
    return _MAGIC + bytes([_VERSION]) + zlib.compress(text.encode(), 6)


def from_bytes(data: bytes) -> Frozen:
    """Return what ``to_bytes`` wrote.

    Raises:
        StoreVersionError: A newer feedpub wrote it.
        CorruptStoreError: It is something else, or damaged.
    """
    if data[:3] == _MAGIC and data[3:4] > bytes([_VERSION]):
        raise StoreVersionError("the digest was frozen by a newer feedpub; update this one")
    try:
        if data[:4] != _MAGIC + bytes([_VERSION]):
            raise ValueError("it does not begin as one")
        return _read(json.loads(_decompress(data[4:])))
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise CorruptStoreError(
            f"the database is damaged (a frozen digest cannot be read: {error}); bring back a "
            "copy with 'feedpub restore BACKUP'"
        ) from error


def _decompress(data: bytes) -> bytes:
    machine = zlib.decompressobj()
    text = machine.decompress(data, _LARGEST)
    if not machine.eof:
        raise ValueError("it is cut off, or too large")
    return text


def _read(kept: dict[str, Any]) -> Frozen:
    articles = (_read_article(article) for article in kept["articles"])
    return Frozen(
        content=Level(kept["content"]),
        cards=int(kept["cards"]),
        section_cards=int(kept["section_cards"]),
        prefix=str(kept["prefix"]),
        nodes=tuple(kept["nodes"]),
        tops=tuple(kept["tops"]),
        articles=tuple(articles),
        editions=tuple(_read_edition(edition) for edition in kept["editions"]),
    )


def _read_article(kept: dict[str, Any]) -> FrozenArticle:
    lists = {name: tuple(kept[name]) for name in ("categories", "nodes")}
    return FrozenArticle(**{**kept, **lists})


def _read_edition(kept: dict[str, Any]) -> FrozenEdition:
    before, between, after = kept["frame"]
    return FrozenEdition(
        language=kept["language"],
        frame=(before, between, after),
        parts={name: _pair(pair) for name, pair in kept["parts"].items()},
        rows={name: tuple(pattern) for name, pattern in kept["rows"].items()},
        headings={int(node): _pair(pair) for node, pair in kept["headings"].items()},
        more={int(node): _pair(pair) for node, pair in kept["more"].items()},
        cards={int(article): _read_card(card) for article, card in kept["cards"].items()},
    )


def _read_card(kept: dict[str, Any]) -> FrozenCard:
    variants = {level: _pair(pair) for level, pair in kept["variants"].items()}
    return FrozenCard(kept["excerpt"], tuple(kept["contents"]), variants)


def _pair(kept: list[list[str]]) -> Pair:
    html, text = kept
    return tuple(html), tuple(text)
