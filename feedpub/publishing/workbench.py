"""What the making of feeds has in common: the recipe, the entries, the documents made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from feedpub.catalog.categories import CategoryTree
from feedpub.errors import LintError
from feedpub.feeds import render_entries
from feedpub.model import Entry, FeedSummary, RenderedEntry, Site
from feedpub.ports import Staged, Target
from feedpub.publishing.payload import Payload, ThumbnailMode, make_entry
from feedpub.publishing.selection import Selection
from feedpub.publishing.standing import Standing
from feedpub.publishing.standings import load_standings
from feedpub.publishing.store import Catalog

if TYPE_CHECKING:
    from feedpub.embeds.maker import Embeds
    from feedpub.pages import Pages

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of a document without entries."""


class FeedTask(NamedTuple):
    """A category whose feeds are to be made again.

    Attributes:
        category: Its row.
        live: Whether the live feed is.
        months: Those of its archive; ``*`` stands for all of them.
    """

    category: int
    live: bool
    months: tuple[str, ...]


@dataclass(slots=True)
class Made:
    """What was made.

    Attributes:
        staged: Documents and pages whose bytes are new.
        obsolete: Paths of documents that no longer have an article.
        problems: Entries that were left out: file and reason.
    """

    staged: list[Staged] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How feeds are made, the same for all of a build.

    Attributes:
        site: What all of them say.
        tree: Of categories.
        entries: How many of the newest a feed holds.
        archive: What archives carry.
        mode: What is done with pictures.
        pages: Renders HTML, None without pages.
        embeds: Makes what pages of others include, None without.
        article_pages: Whether an article without a URL gets a page.
        children: Summaries of the categories below each one, for its page.
        mend: The build before was interrupted, so that a published archive may lack the links to
            one that was published after it.
    """

    site: Site
    tree: CategoryTree
    entries: int
    archive: Literal["full", "summary", "none"]
    mode: ThumbnailMode
    pages: "Pages | None" = None
    embeds: "Embeds | None" = None
    article_pages: bool = True
    children: Mapping[int, Sequence[FeedSummary]] = field(default_factory=dict)
    mend: bool = False


class Workbench:
    """Where one batch of feeds is made, within one transaction.

    Attributes:
        made: What was made so far.
        selection: Of the articles of each feed.
        catalog: Of the store.
        target: Where documents are staged.
        recipe: How they are made.
    """

    def __init__(self, catalog: Catalog, target: Target, recipe: Recipe) -> None:
        self.made = Made()
        self.catalog = catalog
        self.target = target
        self.recipe = recipe
        self.selection = Selection(catalog.shelves, recipe.tree, recipe.entries)
        self._latest: dict[int, str | None] = {}

    def latest_archive(self, category: int) -> str | None:
        """Return the newest month that has an archive document.

        The month of the newest article is still open, and such a document should change but once;
        it gets one only if it holds more than a feed's newest.
        """
        if category not in self._latest:
            self._latest[category] = self._find_latest_archive(category)
        return self._latest[category]

    def _find_latest_archive(self, category: int) -> str | None:
        newest = self.selection.newest_month(category)
        if self.recipe.archive == "none" or newest is None:
            return None
        if len(self.selection.within(category, newest)) > self.recipe.entries:
            return newest
        return self.selection.month_before(category, newest)

    def load(self, rows: Iterable[int]) -> dict[int, Entry]:
        """Return articles as feeds show them; see ``load_entries``."""
        return load_entries(self.catalog, rows, self.recipe)

    def render(self, entries: Mapping[int, Entry], site: Site) -> dict[int, RenderedEntry]:
        """Return the bytes of entries by row; those that cannot be written are noted instead."""
        rendered: dict[int, RenderedEntry] = {}
        shown = list(entries.values())
        if site.content == "summary":
            shown = [replace(entry, html=None) for entry in shown]
        for row, result in zip(entries, render_entries(shown, site), strict=True):
            if isinstance(result, LintError):
                self.made.problems.append((entries[row].source, "; ".join(result.problems)))
            else:
                rendered[row] = result
        return rendered

    def stage(self, path: str, data: bytes) -> None:
        """Put a document beside its place, unless what is there has the same bytes."""
        staged = self.target.stage(path, data)
        if staged is not None:
            self.made.staged.append(staged)


def load_entries(catalog: Catalog, rows: Iterable[int], recipe: Recipe) -> dict[int, Entry]:
    """Return articles as feeds and pages show them, by row, in the order of the rows.

    An article without a rendition could not be read; it is left out, and was reported then.
    """
    rows = list(rows)
    standings = {one.record.id: one for one in load_standings(catalog.sources, rows)}
    payloads = {
        kept.article: Payload.from_bytes(kept.payload) for kept in catalog.renditions.get(rows)
    }
    urls = {payload.picture for payload in payloads.values() if payload.picture}
    pictures = catalog.renditions.pictures(urls) if recipe.mode == "copy" else {}

    def entry(standing: Standing) -> Entry:
        nodes = sorted((recipe.tree[id] for id in standing.shelves), key=lambda node: node.slugs)
        return make_entry(
            standing.record,
            payloads[standing.record.id],
            categories=nodes,
            pictures=pictures,
            site=recipe.site,
            mode=recipe.mode,
        )

    return {row: entry(standings[row]) for row in rows if row in standings and row in payloads}
