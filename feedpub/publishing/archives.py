"""The monthly archives of categories, made of the same entries as their live feeds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from feedpub.batches import cut_batches
from feedpub.feeds import FORMATS, build_feed, document_folder
from feedpub.model import Archive, Entry, Feed, RenderedEntry, Site
from feedpub.publishing.standing import ALL_MONTHS, EVERYTHING, month_of
from feedpub.publishing.workbench import EPOCH, FeedTask, Workbench

_DOCUMENTS = tuple(form.file for form in FORMATS)
_RENDER_BATCH = 500
_LONG_AGO = -(1 << 62)


class Archives:
    """The archives of one batch of categories."""

    def __init__(self, bench: Workbench) -> None:
        """Begin; what is made is put on the bench."""
        self._bench = bench
        self._recipe, self._selection = bench.recipe, bench.selection

    def were_published(self) -> bool:
        """Return whether archives were published, which may have been switched off since."""
        first = self._bench.catalog.shelves.first_from(EVERYTHING, _LONG_AGO)
        return first is not None and self._is_published(EVERYTHING, month_of(first))

    def make(self, tasks: Sequence[FeedTask]) -> None:
        """Make the archives that some tasks ask for, and those whose links change with them."""
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
        for folder in self._recipe.tree.former_folders(task.category):
            for month in {*self._selection.months(task.category), *task.months}:
                place = f"{folder}/archive/{month}"
                if self._bench.target.exists(f"{place}/{_DOCUMENTS[0]}"):
                    self._drop(place)

    def _months_to_make(self, task: FeedTask) -> set[str]:
        category = task.category
        latest = self._bench.latest_archive(category)
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
        folder = document_folder(self._recipe.tree[category], month)
        return self._bench.target.exists(f"{folder}/{_DOCUMENTS[0]}")

    def _drop(self, folder: str) -> None:
        # That which tells whether there is an archive goes last.
        self._bench.made.obsolete += [f"{folder}/{name}" for name in reversed(_DOCUMENTS)]

    def _make_months(self, batch: Mapping[str, Mapping[int, Sequence[int]]]) -> None:
        """Make the archives of some months, each entry once: month to category to articles."""
        rows = dict.fromkeys(
            row for members in batch.values() for some in members.values() for row in some
        )
        site = replace(self._recipe.site, content=self._archive_content())
        entries: dict[int, Entry] = {}
        rendered: dict[int, RenderedEntry] = {}
        for some in cut_batches(rows, _RENDER_BATCH):
            loaded = self._bench.load(some)
            rendered |= self._bench.render(loaded, site)
            entries |= {row: replace(entry, html=None) for row, entry in loaded.items()}
        for month, members in batch.items():
            for category, articles in members.items():
                self._make_archive(category, month, articles, entries, rendered, site)

    def _archive_content(self) -> Literal["full", "summary"]:
        return "full" if self._recipe.archive == "full" else "summary"

    def _make_archive(
        self,
        category: int,
        month: str,
        articles: Sequence[int],
        entries: Mapping[int, Entry],
        rendered: Mapping[int, RenderedEntry],
        site: Site,
    ) -> None:
        node = self._recipe.tree[category]
        folder = document_folder(node, month)
        latest = self._bench.latest_archive(category)
        if not articles or latest is None or month > latest:
            self._drop(folder)
            return
        # Even if none of them could be rendered: the months around this one link to it.
        rows = [row for row in articles if row in rendered]
        after = self._selection.month_after(category, month)
        archive = Archive(
            month,
            previous=self._selection.month_before(category, month),
            next=after if after is not None and after <= latest else None,
        )
        updated = max((entries[row].updated for row in rows), default=EPOCH)
        feed = Feed(node, updated, archive=archive)
        documents = build_feed(feed, [(entries[row].id, rendered[row]) for row in rows], site)
        for name, data in documents.items():
            self._bench.stage(f"{folder}/{name}", data)
