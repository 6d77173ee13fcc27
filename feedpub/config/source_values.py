"""The frozen values that say where articles come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from feedpub.model import CategoryPath

Generator = Literal[
    "auto",
    "hexo",
    "jekyll",
    "hugo",
    "eleventy",
    "zola",
    "astro",
    "pelican",
    "nikola",
    "rsshub",
]
SourceType = Literal["folder", "feed", "wordpress", "ghost", "substack", "medium"]
CategoryMode = Literal["path", "several"]
DateMode = Literal["pinned", "author"]


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One place that articles are read from.

    Attributes:
        name: Unique within the site; part of every article's identity.
        path: Absolute; it need not exist.
        generator: The dialect; ``auto`` recognises it file by file.
        permalink: Pattern of the articles' URLs, ``""`` for none.
        categories: What a flat list means; None leaves it to the dialect.
        dates: Whether a naive date that moves alone is a crawl time or the author's.
        pictures: Absolute folders that ``/local/pictures`` are looked up in, best first; empty for
            the source's own folder and those above it.
        exclude: Glob patterns of paths within the source.
        type: Kind of source.
        url: Of a feed; or of the site that an export comes from, with a slash at its end, ``""``
            if unknown.
        pages: Whether the pages of an export are articles, too.
        names: What its categories are here, by their names in lower case (a path with ``/``);
            others are left out. None takes them as they are.
        category: Of articles that have none; empty for none.
        private: Whether a feed may be on a private address.
        table: Its place among the ``[[sources]]``; a list of subscriptions gives several sources.
    """

    name: str
    path: Path
    generator: Generator = "auto"
    permalink: str = ""
    categories: CategoryMode | None = None
    dates: DateMode = "pinned"
    pictures: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    type: SourceType = "folder"
    url: str = ""
    pages: bool = False
    names: Mapping[str, CategoryPath] | None = None
    category: CategoryPath = ()
    private: bool = False
    table: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class RemoteConfig:
    """How feeds of others are asked.

    Attributes:
        every_min: Minutes between two requests for one feed, at least.
        budget_s: Seconds that one build may spend on fetching, at least 1.
    """

    every_min: int = 15
    budget_s: int = 60
