"""What every kind of export is read into."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import NamedTuple
from urllib.parse import urljoin

from feedpub.ports import Unread
from feedpub.reading.writing import Manuscript
from feedpub.sources.exports.package import Package

__all__ = ["Entry", "Options", "ReadExport", "Unread"]


class Entry(NamedTuple):
    """One article of an export.

    Attributes:
        key: Tells it from all others of the export, and stays the same in the next one.
        slug: What its file is named after, any text.
        manuscript: The article.
    """

    key: str
    slug: str
    manuscript: Manuscript


@dataclass(frozen=True, slots=True)
class Options:
    """How an export is read.

    Attributes:
        source: Name of the source, part of ids that are made from numbers.
        url: Of the site that the export comes from, with a slash at its end; empty if unknown.
        pages: Whether pages are articles, too.
        zone: Of dates that are written without one.
    """

    source: str
    url: str
    pages: bool
    zone: tzinfo


ReadExport = Callable[[Package, Options], Iterator[Entry | Unread]]
"""Yields what an export holds.

Raises:
    ExportError: It cannot be read as a whole; it is, or may be, cut off.
"""


def join_address(base: str, written: str) -> str | None:
    """Return an address of an export in full; None for none, and for what is no address at all."""
    try:
        return urljoin(base, written) or None
    except ValueError:  # such as "http://[x"
        return None
