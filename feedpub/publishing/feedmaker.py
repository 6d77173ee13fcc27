"""Categories of the catalog become the documents of their feeds, staged beside their places."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import Record
from feedpub.errors import LintError
from feedpub.feeds import FORMATS, build_feed, document_folder, render_entries
from feedpub.model import Archive, Entry, Feed, FeedSummary, RenderedEntry, Site
from feedpub.ports import Staged, Target
from feedpub.publishing.payload import Payload, ThumbnailMode, make_entry
from feedpub.publishing.selection import MAX_ENTRIES, Selection
from feedpub.publishing.standing import ALL_MONTHS, EVERYTHING, month_of
from feedpub.publishing.store import Catalog

if TYPE_CHECKING:
    from feedpub.pages import Pages

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DOCUMENTS = tuple(form.file for form in FORMATS)

MAX_BURST_BYTES = 1_000_000
"""Beyond the newest, a feed takes in arrivals up to this size of its RSS document."""

_RENDER_BATCH = 500
_LONG_AGO = -(1 << 62)


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
    article_pages: bool = True
    children: Mapping[int, Sequence[FeedSummary]] = field(default_factory=dict)
    mend: bool = False


class FeedMaker:
    """Makes the feeds of some categories; made before the processes are."""

    def __init__(
        self,
        open_catalog: Callable[[], AbstractContextManager[Catalog]],
        target: Target,
        recipe: Recipe,
    ) -> None:
        """Prepare.

        Args:
            open_catalog: Gives a transaction of the store, in whichever process calls it.
            target: Where documents are staged.
            recipe: How they are made.
        """
        self._open_catalog = open_catalog
        self._target = target
        self._recipe = recipe

    def __call__(self, tasks: Sequence[FeedTask]) -> Made:
        """Make the feeds of some categories that share articles, each entry once."""
        with self._open_catalog() as catalog:
            work = _Work(catalog, self._target, self._recipe)
            work.make_live([task.category for task in tasks if task.live])
            if self._recipe.archive != "none" or work.has_archives():
                work.make_archives(tasks)
        return work.made


class _Work:
    """One batch of categories."""

    def __init__(self, catalog: Catalog, target: Target, recipe: Recipe) -> None:
        self.made = Made()
        self._catalog = catalog
        self._target = target
        self._recipe = recipe
        self._tree = recipe.tree
        self._selection = Selection(catalog.shelves, recipe.tree, recipe.entries)
        self._latest: dict[int, str | None] = {}

    # Live feeds

    def make_live(self, categories: Iterable[int]) -> None:
        chosen = {
            category: (self._selection.newest(category), self._selection.burst(category))
            for category in categories
        }
        wanted = dict.fromkeys(row for lists in chosen.values() for rows in lists for row in rows)
        entries = self._load(wanted)
        rendered = self._render(entries, self._recipe.site)
        for category, (newest, burst) in chosen.items():
            self._make_feed(category, _fill(newest, burst, entries, rendered), entries, rendered)

    def _make_feed(
        self,
        category: int,
        rows: Sequence[int],
        entries: Mapping[int, Entry],
        rendered: Mapping[int, RenderedEntry],
    ) -> None:
        node = self._tree[category]
        updated = [entries[row].updated for row in rows]
        feed = Feed(
            node,
            max(updated) if updated else EPOCH,
            latest_archive=self._latest_archive(category),
        )
        documents = build_feed(
            feed, [(entries[row].id, rendered[row]) for row in rows], self._recipe.site
        )
        shown = [entries[row] for row in rows]
        aliases = self._list_aliases(category)
        for folder in (node.folder, *aliases):
            for name, data in documents.items():
                self._stage(f"{folder}/{name}", data)
        if self._recipe.pages is not None:
            page = self._recipe.pages.feed(feed, shown, self._recipe.children.get(category, ()))
            self._stage(f"{node.folder}/index.html", page)
            for folder in aliases:
                self._stage(f"{folder}/index.html", self._recipe.pages.alias(node, folder))

    # Archives

    def _latest_archive(self, category: int) -> str | None:
        """Return the newest month that has an archive document.

        The month of the newest article is still open, and such a document should not change; it
        gets one only if it holds more than a feed's newest.
        """
        if category not in self._latest:
            self._latest[category] = self._find_latest_archive(category)
        return self._latest[category]

    def _find_latest_archive(self, category: int) -> str | None:
        newest = self._selection.newest_month(category)
        if self._recipe.archive == "none" or newest is None:
            return None
        if len(self._selection.within(category, newest)) > self._recipe.entries:
            return newest
        return self._selection.month_before(category, newest)

    def has_archives(self) -> bool:
        """Return whether archives were published, which may have been switched off since."""
        first = self._catalog.shelves.first_from(EVERYTHING, _LONG_AGO)
        return first is not None and self._is_published(EVERYTHING, month_of(first))

    def make_archives(self, tasks: Sequence[FeedTask]) -> None:
        wanted: dict[str, list[int]] = {}
        for task in tasks:
            for month in self._months_to_make(task):
                wanted.setdefault(month, []).append(task.category)
            if ALL_MONTHS in task.months:
                self._drop_at_aliases(task)
        batch: dict[str, dict[int, list[int]]] = {}
        waiting = 0
        for month, categories in sorted(wanted.items()):
            batch[month] = {one: self._selection.within(one, month) for one in categories}
            waiting += max(map(len, batch[month].values()))
            if waiting >= _RENDER_BATCH:
                self._make_months(batch)
                batch, waiting = {}, 0
        self._make_months(batch)

    def _drop_at_aliases(self, task: FeedTask) -> None:
        """Remove the archives of a renamed category, which are at its new address now.

        Nobody would mend them where an article is withdrawn.
        """
        for folder in self._list_aliases(task.category):
            for month in {*self._selection.months(task.category), *task.months}:
                place = f"{folder}/archive/{month}"
                if self._target.exists(f"{place}/{DOCUMENTS[0]}"):
                    self.made.obsolete += [f"{place}/{name}" for name in reversed(DOCUMENTS)]

    def _list_aliases(self, category: int) -> list[str]:
        return [folder for folder, owner in self._tree.aliases.items() if owner == category]

    def _months_to_make(self, task: FeedTask) -> set[str]:
        category = task.category
        latest = self._latest_archive(category)
        if ALL_MONTHS in task.months:
            months = {*self._selection.months(category), *task.months} - {ALL_MONTHS}
        else:
            months = set(task.months)
            if latest is not None and not self._is_published(category, latest):
                months.add(latest)  # the month before has just closed
            newest = self._selection.newest_month(category)
            if newest and newest != latest and self._is_published(category, newest):
                months |= {newest, latest or newest}  # it has opened again
            for month in list(months):
                months |= self._neighbours(category, month)
        return {
            month
            for month in months
            if (latest is not None and month <= latest) or self._is_published(category, month)
        }

    def _neighbours(self, category: int, month: str) -> set[str]:
        """Return the months whose links change because a month appears or goes."""
        is_old = self._is_published(category, month) and self._selection.within(category, month)
        if is_old and not self._recipe.mend:
            return set()
        beside = (
            self._selection.month_before(category, month),
            self._selection.month_after(category, month),
        )
        return {neighbour for neighbour in beside if neighbour is not None}

    def _is_published(self, category: int, month: str) -> bool:
        return self._target.exists(f"{document_folder(self._tree[category], month)}/rss.xml")

    def _make_months(self, batch: Mapping[str, Mapping[int, Sequence[int]]]) -> None:
        """Make the archives of some months, each entry once: month to category to articles."""
        rows = dict.fromkeys(
            row for members in batch.values() for some in members.values() for row in some
        )
        site = replace(self._recipe.site, content=self._archive_content())
        entries: dict[int, Entry] = {}
        rendered: dict[int, RenderedEntry] = {}
        for some in _batches(rows, _RENDER_BATCH):
            loaded = self._load(some)
            rendered |= self._render(loaded, site)
            entries |= {row: replace(entry, html=None) for row, entry in loaded.items()}
        for month, members in batch.items():
            for category, articles in members.items():
                held = [row for row in articles if row in rendered]
                self._make_archive(category, month, held, entries, rendered, site)

    def _archive_content(self) -> Literal["full", "summary"]:
        return "full" if self._recipe.archive == "full" else "summary"

    def _make_archive(
        self,
        category: int,
        month: str,
        rows: Sequence[int],
        entries: Mapping[int, Entry],
        rendered: Mapping[int, RenderedEntry],
        site: Site,
    ) -> None:
        node = self._tree[category]
        folder = document_folder(node, month)
        latest = self._latest_archive(category)
        if not rows or latest is None or month > latest:
            # That which tells whether there is an archive goes last.
            self.made.obsolete += [f"{folder}/{name}" for name in reversed(DOCUMENTS)]
            return
        after = self._selection.month_after(category, month)
        archive = Archive(
            month,
            previous=self._selection.month_before(category, month),
            next=after if after is not None and after <= latest else None,
        )
        feed = Feed(node, max(entries[row].updated for row in rows), archive=archive)
        documents = build_feed(feed, [(entries[row].id, rendered[row]) for row in rows], site)
        for name, data in documents.items():
            self._stage(f"{folder}/{name}", data)

    # Entries

    def _load(self, rows: Iterable[int]) -> dict[int, Entry]:
        return load_entries(self._catalog, rows, self._recipe)

    def _render(self, entries: Mapping[int, Entry], site: Site) -> dict[int, RenderedEntry]:
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

    def _stage(self, path: str, data: bytes) -> None:
        staged = self._target.stage(path, data)
        if staged is not None:
            self.made.staged.append(staged)


def load_entries(catalog: Catalog, rows: Iterable[int], recipe: Recipe) -> dict[int, Entry]:
    """Return articles as feeds and pages show them, by row, in the order of the rows.

    An article without a rendition could not be read; it is left out, and was reported then.
    """
    rows = list(rows)
    records = {record.id: record for record in catalog.sources.records(rows)}
    shelves: dict[int, set[int]] = {row: {*record.categories} for row, record in records.items()}
    for duplicate in catalog.sources.duplicates_of(rows):
        if duplicate.same_as in shelves:
            shelves[duplicate.same_as].update(duplicate.categories)
    payloads = {
        kept.article: Payload.from_bytes(kept.payload) for kept in catalog.renditions.get(rows)
    }
    urls = {payload.picture for payload in payloads.values() if payload.picture}
    pictures = catalog.renditions.pictures(urls) if recipe.mode == "copy" else {}

    def entry(record: Record) -> Entry:
        nodes = sorted((recipe.tree[id] for id in shelves[record.id]), key=lambda node: node.slugs)
        return make_entry(
            record,
            payloads[record.id],
            categories=nodes,
            pictures=pictures,
            site=recipe.site,
            mode=recipe.mode,
        )

    return {row: entry(records[row]) for row in rows if row in records and row in payloads}


def _fill(
    newest: Sequence[int],
    burst: Sequence[int],
    entries: Mapping[int, Entry],
    rendered: Mapping[int, RenderedEntry],
) -> list[int]:
    """Return the newest, and of the burst as much as a feed takes, newest first."""
    chosen = [row for row in newest if row in rendered]
    size = sum(len(rendered[row].rss) for row in chosen)
    for row in burst:
        if row in chosen or row not in rendered:
            continue
        size += len(rendered[row].rss)
        if len(chosen) >= MAX_ENTRIES or size > MAX_BURST_BYTES:
            break
        chosen.append(row)
    return sorted(chosen, key=lambda row: (entries[row].published, row), reverse=True)


def _batches(rows: Iterable[int], size: int) -> Iterator[list[int]]:
    rows = list(rows)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
