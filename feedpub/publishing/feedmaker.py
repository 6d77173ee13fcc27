"""Categories of the catalog become the documents of their feeds, staged beside their places."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager

from feedpub.feeds import build_feed
from feedpub.model import Entry, Feed, RenderedEntry
from feedpub.ports import Target
from feedpub.publishing.archives import Archives
from feedpub.publishing.embedding import Embedding
from feedpub.publishing.selection import MAX_ENTRIES
from feedpub.publishing.store import Catalog
from feedpub.publishing.workbench import EPOCH, FeedTask, Made, Recipe, Workbench

MAX_BURST_BYTES = 1_000_000
"""Beyond the newest, a feed takes in arrivals up to this size of its RSS document."""


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
            bench = Workbench(catalog, self._target, self._recipe)
            _LiveFeeds(bench).make([task.category for task in tasks if task.live])
            archives = Archives(bench)
            if self._recipe.archive != "none" or archives.were_published():
                archives.make(tasks)
        return bench.made


class _LiveFeeds:
    """The live feeds of one batch of categories."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._recipe = bench.recipe
        self._embedding = Embedding(bench)

    def make(self, categories: Iterable[int]) -> None:
        select = self._bench.selection
        chosen = {one: (select.newest(one), select.burst(one)) for one in categories}
        wanted = dict.fromkeys(row for lists in chosen.values() for rows in lists for row in rows)
        entries = self._bench.load(wanted)
        rendered = self._bench.render(entries, self._recipe.site)
        for category, (newest, burst) in chosen.items():
            self._make_feed(category, _fill(newest, burst, entries, rendered), entries, rendered)

    def _make_feed(
        self,
        category: int,
        rows: Sequence[int],
        entries: Mapping[int, Entry],
        rendered: Mapping[int, RenderedEntry],
    ) -> None:
        node = self._recipe.tree[category]
        updated = [entries[row].updated for row in rows]
        feed = Feed(
            node,
            max(updated) if updated else EPOCH,
            latest_archive=self._bench.latest_archive(category),
        )
        documents = build_feed(
            feed, [(entries[row].id, rendered[row]) for row in rows], self._recipe.site
        )
        self._embedding.make(node, [(row, entries[row]) for row in rows])
        shown = [entries[row] for row in rows]
        aliases = self._recipe.tree.former_folders(category)
        for folder in (node.folder, *aliases):
            for name, data in documents.items():
                self._bench.stage(f"{folder}/{name}", data)
        pages = self._recipe.pages
        if pages is not None:
            page = pages.feed(feed, shown, self._recipe.children.get(category, ()))
            self._bench.stage(f"{node.folder}/index.html", page)
            for folder in aliases:
                self._bench.stage(f"{folder}/index.html", pages.alias(node, folder))


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
