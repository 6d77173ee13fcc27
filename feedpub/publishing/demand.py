"""What has to be made in this build: dirty feeds, the articles in them, the pages beside them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from feedpub.batches import cut_batches
from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import State
from feedpub.catalog.lookup import look_up
from feedpub.feeds import FORMATS
from feedpub.model import Category
from feedpub.publishing.selection import Selection
from feedpub.publishing.setup import BuildOptions, Setup
from feedpub.publishing.standing import ALL_MONTHS, EVERYTHING
from feedpub.publishing.store import Catalog
from feedpub.publishing.workbench import FeedTask

_DOCUMENT = FORMATS[0].file
_FEEDS_IN_A_TASK = 40


class Demand:
    """Reads from the catalog, within one transaction, what is asked for."""

    def __init__(self, setup: Setup, options: BuildOptions, catalog: Catalog) -> None:
        self.tree: CategoryTree = catalog.shelves.load_tree()
        self._setup = setup
        self._options = options
        self._catalog = catalog
        self._dirty: dict[int, set[str]] = {}
        for category, month in catalog.shelves.dirty():
            self._dirty.setdefault(category, set()).add(month)
        asked = options.category
        self._asked = () if asked is None else look_up(self.tree, asked).path
        self._everything = ALL_MONTHS in self._dirty.get(EVERYTHING, ()) or options.everything

    @cached_property
    def feeds(self) -> list[FeedTask]:
        """The feeds that are dirty, depth-first, everything last."""
        return list(self._list_feeds())

    def _list_feeds(self) -> Iterator[FeedTask]:
        for node in (*list(self.tree)[1:], self.tree[EVERYTHING]):
            months = self._dirty.get(node.id, set())
            if self._everything and self._is_shown(node):
                # With those that may have been emptied, which nothing else tells of.
                emptied = sorted(months - {"", ALL_MONTHS})
                yield FeedTask(node.id, live=True, months=(ALL_MONTHS, *emptied))
            elif months and not self._everything and self._is_asked_for(node):
                yield FeedTask(node.id, "" in months, tuple(sorted(months - {""})))

    def _is_asked_for(self, node: Category) -> bool:
        """Return whether a dirty category is to be published now.

        So is one that never was: the index leads to it.
        """
        if node.path[: len(self._asked)] == self._asked:
            return True
        return node.id in self._filled and not self._is_published(node.folder)

    def _is_published(self, folder: str) -> bool:
        return self._setup.target.exists(f"{folder}/{_DOCUMENT}")

    def _is_shown(self, node: Category) -> bool:
        """Return whether a category has a feed: drafts alone give it none.

        One that is empty by now keeps its feed, since people read it, perhaps at an old address.
        """
        if node.id in self._filled:
            return True
        folders = (node.folder, *self.tree.former_folders(node.id))
        return any(map(self._is_published, folders))

    @cached_property
    def _filled(self) -> set[int]:
        filled = {EVERYTHING, *self._catalog.shelves.counts()}
        return filled | {node.id for id in filled for node in self.tree.ancestors(id)}

    def list_articles(self, *, pages: bool) -> dict[int, bool]:
        """Return the articles that documents need, and whether with their bodies.

        Args:
            pages: Whether articles without a URL get a page.
        """
        setup = self._setup
        selection = Selection(self._catalog.shelves, self.tree, setup.entries)
        wanted: dict[int, bool] = {}
        if setup.archive != "none":
            wanted.update((row, setup.archive == "full") for row in self._list_archived(selection))
        full = setup.site.content == "full"
        for task in self.feeds:
            if task.live:
                for row in (*selection.newest(task.category), *selection.burst(task.category)):
                    wanted[row] = wanted.get(row, False) or full
        if pages:
            wanted.update((row, True) for row in self._list_homeless())
        return wanted

    def _list_archived(self, selection: Selection) -> Iterator[int]:
        for task in self.feeds:
            if ALL_MONTHS not in task.months:
                for month in task.months:
                    yield from selection.within(task.category, month)
            elif task.category == EVERYTHING:
                yield from self._list_changed()

    def _list_homeless(self) -> Iterator[int]:
        """Yield the changed articles of sources that give their articles no URL."""
        sources = self._catalog.sources
        homeless = {
            sources.open_source(source.name).id
            for source in self._setup.sources
            if not source.has_urls
        }
        for rows in cut_batches(self._list_changed()):
            for record in sources.records(rows):
                if record.source in homeless and record.state == State.LIVE:
                    yield record.id

    def _list_changed(self) -> list[int]:
        if self._everything:
            return [row for _, row in self._catalog.shelves.newest(EVERYTHING, None)]
        touched: list[int] = self._catalog.shelves.touched()
        return touched

    def list_pages(self, wanted: Mapping[int, bool]) -> list[int]:
        """Return the articles whose own page may have to be made or taken down."""
        rows = dict.fromkeys((*self._list_changed(), *self._catalog.shelves.touched()))
        rows |= dict.fromkeys(row for row, full in wanted.items() if full)
        return list(rows)


def share(tasks: Sequence[FeedTask], tree: CategoryTree) -> Iterator[list[FeedTask]]:
    """Yield tasks that share articles together: a top category and what is below it.

    A large one is cut, so that no process is left with most of the work.
    """
    tops: dict[str, list[FeedTask]] = {}
    for task in tasks:
        tops.setdefault(tree[task.category].slugs[0], []).append(task)
    for some in tops.values():
        yield from cut_batches(some, _FEEDS_IN_A_TASK)
