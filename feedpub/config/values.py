"""The frozen values that the rest of feedpub is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from feedpub.model import CategoryPath, Site

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
Content = Literal["full", "summary"]
ArchiveContent = Literal["full", "summary", "none"]
ThumbnailMode = Literal["copy", "link", "none"]
CategoryMode = Literal["path", "several"]
DateMode = Literal["pinned", "author"]
ArticlePages = Literal["auto", "none"]


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
    """

    name: str
    path: Path
    generator: Generator = "auto"
    permalink: str = ""
    categories: CategoryMode | None = None
    dates: DateMode = "pinned"
    pictures: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    type: Literal["folder"] = "folder"


@dataclass(frozen=True, slots=True)
class FeedsConfig:
    """What a feed holds and where it is written.

    Attributes:
        folder: Absolute; everything that is published goes below it.
        entries: How many of the newest a feed holds, 1 to 250.
        content: Whether entries carry the whole body.
        archive: Same for the monthly archives; ``none`` makes none.
        ping: Whether the hub is told of changed feeds.
    """

    folder: Path
    entries: int = 20
    content: Content = "full"
    archive: ArchiveContent = "summary"
    ping: bool = False


@dataclass(frozen=True, slots=True)
class ThumbnailsConfig:
    """Where an article's picture comes from.

    Attributes:
        mode: ``copy`` serves a copy, ``link`` names the remote one.
        placeholders: Substrings of the URLs of pictures that say nothing.
        budget_s: Seconds that one build may spend on fetching, 0 or more.
    """

    mode: ThumbnailMode = "copy"
    placeholders: tuple[str, ...] = ("picsum.photos",)
    budget_s: int = 60


@dataclass(frozen=True, slots=True)
class PagesConfig:
    """What pages are made.

    Attributes:
        enabled: Whether there are pages at all.
        articles: ``auto`` makes one for each article without a URL of its own.
        templates: Absolute; holds overrides only and need not exist.
    """

    templates: Path
    enabled: bool = True
    articles: ArticlePages = "auto"


@dataclass(frozen=True, slots=True)
class Config:
    """A site's settings, read once and passed down.

    Attributes:
        path: The settings file, absolute.
        root: Its folder; relative paths start here.
        site: What the heads of feeds and pages say.
        site_id: UUID, minted by ``init``; part of every article's identity.
        sources: At least one, names unique, in the order of the file.
        renames: Old category path to its final new one.
        database: As written: a file relative to ``root``.
        jobs: Reading processes, 0 for one a core.
        warnings: One line each, to be shown to the editor.
    """

    path: Path
    root: Path
    site: Site
    site_id: str
    sources: tuple[SourceConfig, ...]
    feeds: FeedsConfig
    thumbnails: ThumbnailsConfig
    pages: PagesConfig
    renames: Mapping[CategoryPath, CategoryPath]
    database: str
    jobs: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def database_path(self) -> Path:
        """The database file, absolute."""
        return self.root / self.database
