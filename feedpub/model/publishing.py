"""What is read and published; every instant is an aware UTC datetime."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Literal, NamedTuple

CategoryPath = tuple[str, ...]
"""Names of a category, outer to inner; ``()`` stands for everything."""


class DateKind(StrEnum):
    """What is known of the zone of a date in the front matter."""

    ZONED = "zoned"
    NAIVE = "naive"
    MISSING = "missing"


class ReadArticle(NamedTuple):
    """An article as read from its source, before the catalog knows it.

    A named tuple, not a dataclass: hundreds of thousands cross from the reading processes, and a
    tuple is pickled three times as fast.

    Attributes:
        path: Within the source, NFC, with ``/``.
        title: Plain text, one line, never empty (the file's name where the article has none).
        content_hash: 16 bytes over title and body as read, placeholder pictures blanked.
        date: As written, None if missing or invalid; a naive one is taken in the site's zone.
        date_kind: Whether that date had a zone.
        updated: As written, None if absent.
        expires: As written, None if absent; from then on the article is not published.
        authors: Names only; empty if absent.
        language: BCP 47, None if absent.
        categories: Paths, outer to inner; unique, in the order written.
        tags: Unique, in the order written.
        url: ``link``, ``url`` or ``permalink`` of the front matter as written, else None.
        permalink: The source's pattern, filled in; None without a pattern.
        guid: ``id`` or ``guid`` of the front matter, else None.
        thumbnail: As written, None if absent, false or a placeholder.
        summary: The author's own, plain text; None if absent.
        draft: By folder or by field.
        protected: It has a password, so it is never published.
        digest: ``lead`` or ``no``, for the newsletter; None if absent.
        warnings: What the reader should tell the editor, a line each.
    """

    path: str
    title: str
    content_hash: bytes
    date: datetime | None = None
    date_kind: DateKind = DateKind.MISSING
    updated: datetime | None = None
    expires: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    categories: tuple[CategoryPath, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None
    permalink: str | None = None
    guid: str | None = None
    thumbnail: str | None = None
    summary: str | None = None
    draft: bool = False
    protected: bool = False
    digest: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendition:
    """The published form of a body, made once per article.

    Attributes:
        html: Clean, every link absolute; empty if there is no body or it was refused.
        summary: Plain text, ending at a sentence; empty only if there is nothing to say.
        pictures: URLs of the real pictures of the body, in order, absolute.
        refused: Why the body was left out, None if it was not.
    """

    html: str
    summary: str
    pictures: tuple[str, ...] = ()
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that an entry shows.

    Attributes:
        url: Absolute.
        width: Pixels, at least 1; None where unknown.
        height: Pixels, at least 1; None where unknown.
        length: Bytes, at least 1; None where unknown.
        media_type: Such as ``image/jpeg``; None where unknown.
        path: Below the output folder where we serve it ourselves, else None.
        original: URL of the picture that this one is a copy of, as bodies show it; None if unknown.
    """

    url: str
    width: int | None = None
    height: int | None = None
    length: int | None = None
    media_type: str | None = None
    path: str | None = None
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the category tree.

    Attributes:
        id: Of the catalog; 0 is everything.
        path: Names, outer to inner; ``()`` is everything.
        slugs: One a level, as minted; ``("all",)`` is everything.
        parent: Id of the node above, None at the top and for everything.
    """

    id: int
    path: CategoryPath
    slugs: tuple[str, ...]
    parent: int | None = None

    @property
    def name(self) -> str:
        """The innermost name; empty for everything."""
        return self.path[-1] if self.path else ""

    @property
    def folder(self) -> str:
        """The folder below the output folder, such as ``a/b``."""
        return "/".join(self.slugs)


@dataclass(frozen=True, slots=True)
class Entry:
    """An article, ready for every feed and page that shows it.

    Attributes:
        id: IRI, unique and permanent.
        url: Absolute.
        title: Plain text, one line, never empty.
        published: Pinned at first sight.
        updated: Moves only with title or body; never before ``published``.
        summary: Plain text; may be empty.
        html: Clean, absolute; None where only the summary is published.
        authors: Names only.
        language: BCP 47; None means that of the site.
        categories: Of the article itself, leaves only.
        tags: Plain text.
        picture: None where there is none.
        source: File that an error names.
        page: Path of its own page below the output folder; None if it has a URL elsewhere.
    """

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    summary: str = ""
    html: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    categories: tuple[Category, ...] = ()
    tags: tuple[str, ...] = ()
    picture: Picture | None = None
    source: str = ""
    page: str | None = None


@dataclass(frozen=True, slots=True)
class RenderedEntry:
    """An entry's bytes in the three formats, to be spliced into every feed that holds it.

    Attributes:
        rss: One ``<item>`` element, UTF-8, no XML declaration.
        atom: One ``<entry>`` element, UTF-8.
        json: One JSON object, UTF-8.
    """

    rss: bytes
    atom: bytes
    json: bytes


@dataclass(frozen=True, slots=True)
class Site:
    """What the heads of feeds and pages say of the whole site.

    Attributes:
        title: Plain text.
        url: Of the blog or portal itself, absolute, ends with ``/``.
        feeds_url: Where the output folder is served, absolute, ends with ``/``.
        language: BCP 47.
        zone: For naive dates and for what a reader sees.
        description: Plain text; may be empty.
        author: Name; may be empty.
        copyright: Plain text; may be empty.
        icon: Absolute URL or empty.
        hub: WebSub hub, absolute URL or empty.
        ttl_minutes: How often a reader may ask, at least 1.
        content: Whether feeds carry the whole body or the summary.
        id: UUID minted by ``init``, which the feeds' own ids are derived from; empty falls back
            on ``feeds_url``.
        pages: Whether every feed has an HTML page; without, its links lead to ``url``.
        subscribe_url: Where strangers ask for the newsletter, absolute; empty if nowhere.
    """

    title: str
    url: str
    feeds_url: str
    language: str
    zone: tzinfo
    description: str = ""
    author: str = ""
    copyright: str = ""
    icon: str = ""
    hub: str = ""
    ttl_minutes: int = 60
    content: Literal["full", "summary"] = "full"
    id: str = ""
    pages: bool = True
    subscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """The place of a monthly archive document among its neighbours (RFC 5005, section 4).

    Attributes:
        month: ``YYYY-MM``.
        previous: Older month, None at the oldest.
        next: Newer month, None at the newest archived one.
    """

    month: str
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """The head of one feed: what its documents say before the entries.

    Attributes:
        category: The node; ``path == ()`` is everything.
        updated: That of its newest entry; the entries' only clock. The epoch if it is empty.
        latest_archive: Newest month that has an archive document, None without archives.
        archive: Set in an archive document, None in the live feed.
    """

    category: Category
    updated: datetime
    latest_archive: str | None = None
    archive: Archive | None = None


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """One line of the subscribe page.

    Attributes:
        category: The node; everything comes first, then the tree in depth-first order.
        articles: Published ones in the node's subtree.
        own_articles: Published ones in the node itself.
        weekly: Posts a week, counted back from the newest article over at most 12 weeks.
        updated: That of the newest article, None if empty.
    """

    category: Category
    articles: int
    own_articles: int
    weekly: float
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the editor should know; collected, never raised.

    Attributes:
        level: ``error`` left something out, ``warning`` did not.
        path: File or URL.
        message: Lower case, ends with the remedy.
        line: From 1, None if the whole file is meant.
        column: From 1.
    """

    level: Literal["error", "warning"]
    path: str
    message: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class FeedReport:
    """One category of a build, for the summary that a person reads.

    Attributes:
        category: The node.
        articles: Published in its subtree.
        files: Paths of its feeds and page below the output folder.
    """

    category: Category
    articles: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        articles: Published now.
        new: First seen in this build.
        updated: Title or body changed.
        moved: Kept their id under another path.
        deleted: Gone from their source.
        duplicates: Files merged into another article.
        held: Drafts, future dates and protected articles, not published.
        baseline: First read of a source: in feeds, not mailed.
        written: Files whose bytes changed.
        removed: Files deleted from the output.
        feeds: Feed documents that the site has.
        pictures_pending: Pictures left for the next build.
        pictures_failed: Pictures that this build could not get; their articles go without.
        problems: In the order found.
        summaries: One a category node, everything first.
        pinged: Feed URLs told to the hub.
        dry_run: Nothing was written.
        held_sources: Names of sources that lost so much that nothing of them was changed.
        unfetched: Names of sources that are elsewhere and could not be reached; likewise.
    """

    articles: int = 0
    new: int = 0
    updated: int = 0
    moved: int = 0
    deleted: int = 0
    duplicates: int = 0
    held: int = 0
    baseline: int = 0
    written: int = 0
    removed: int = 0
    feeds: int = 0
    pictures_pending: int = 0
    pictures_failed: int = 0
    problems: tuple[Problem, ...] = ()
    summaries: tuple[FeedReport, ...] = field(default=(), repr=False)
    pinged: tuple[str, ...] = ()
    dry_run: bool = False
    held_sources: tuple[str, ...] = ()
    unfetched: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those problems that left something out."""
        return tuple(problem for problem in self.problems if problem.level == "error")
