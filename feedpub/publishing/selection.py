"""What a feed holds: its newest articles, and all that arrived lately, so that no burst is lost."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from heapq import merge

from feedpub.catalog.categories import CategoryTree
from feedpub.publishing.standing import EVERYTHING, month_of
from feedpub.publishing.store import Shelves

BURST_S = 48 * 3600
"""How long before the latest arrival of a feed something still is a part of its burst."""

MAX_ENTRIES = 250


def month_bounds(month: str) -> tuple[int, int]:
    """Return a UTC month as seconds since the epoch, half-open."""
    year, number = map(int, month.split("-"))
    start = datetime(year, number, 1, tzinfo=UTC)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return int(start.timestamp()), int(end.timestamp())


class Selection:
    """Looks articles up on the shelves of one transaction, each shelf once."""

    def __init__(self, shelves: Shelves, tree: CategoryTree, entries: int) -> None:
        """Begin.

        Args:
            shelves: Of the catalog.
            tree: Of categories.
            entries: How many of the newest a feed holds.
        """
        self._shelves = shelves
        self._tree = tree
        self._entries = entries
        self._newest: dict[int, list[tuple[int, int]]] = {}
        self._arrivals: dict[int, list[tuple[int, int]]] = {}
        self._has_news = bool(shelves.latest_arrivals(EVERYTHING, 1))
        self._whole: dict[int, list[tuple[int, int]]] = {}

    def shelves_of(self, category: int) -> list[int]:
        """Return the shelves that a feed is made from; everything has one of its own."""
        if category == EVERYTHING:
            return [EVERYTHING]
        return [node.id for node in self._tree.subtree(category)]

    def newest(self, category: int) -> list[int]:
        """Return the newest articles of a feed, newest first."""
        return _rows(self._merge(category, self._shelves.newest, self._newest), self._entries)

    def burst(self, category: int) -> list[int]:
        """Return the news of the last 48 h before a feed's latest arrival, latest first."""
        if not self._has_news:
            return []
        found = self._merge(
            category,
            lambda shelf, _: self._shelves.latest_arrivals(shelf, MAX_ENTRIES),
            self._arrivals,
        )
        latest = found[0][0] if found else 0
        return _rows([item for item in found if item[0] > latest - BURST_S], MAX_ENTRIES)

    def _merge(
        self,
        category: int,
        load: Callable[[int, int], list[tuple[int, int]]],
        known: dict[int, list[tuple[int, int]]],
    ) -> list[tuple[int, int]]:
        lists = []
        for shelf in self.shelves_of(category):
            if shelf not in known:
                known[shelf] = load(shelf, self._entries)
            lists.append(known[shelf])
        return list(merge(*lists, reverse=True))

    def load_whole(self, category: int) -> None:
        """Read the shelves of a feed at once, for questions about all of its months."""
        for shelf in self.shelves_of(category):
            if shelf not in self._whole:
                self._whole[shelf] = self._shelves.newest(shelf, None)[::-1]

    def within(self, category: int, month: str) -> list[int]:
        """Return the articles of a feed that were published in a month, newest first."""
        start, end = month_bounds(month)
        lists = [self._between(shelf, start, end) for shelf in self.shelves_of(category)]
        return _rows(merge(*lists, reverse=True), None)

    def _between(self, shelf: int, start: int, end: int) -> list[tuple[int, int]]:
        whole = self._whole.get(shelf)
        if whole is None:
            found: list[tuple[int, int]] = self._shelves.between(shelf, start, end)
            return found
        return whole[bisect_left(whole, (start, 0)) : bisect_left(whole, (end, 0))][::-1]

    def months(self, category: int) -> list[str]:
        """Return every month that a feed has articles of, newest first."""
        self.load_whole(category)
        times = {time for shelf in self.shelves_of(category) for time, _ in self._whole[shelf]}
        return sorted({month_of(time) for time in times}, reverse=True)

    def month_before(self, category: int, month: str) -> str | None:
        """Return the nearest older month with articles."""
        start, _ = month_bounds(month)
        return self._nearest(category, lambda shelf: self._last_before(shelf, start), max)

    def month_after(self, category: int, month: str) -> str | None:
        """Return the nearest newer month with articles."""
        _, end = month_bounds(month)
        return self._nearest(category, lambda shelf: self._first_from(shelf, end), min)

    def _last_before(self, shelf: int, moment: int) -> int | None:
        whole = self._whole.get(shelf)
        if whole is None:
            found: int | None = self._shelves.last_before(shelf, moment)
            return found
        place = bisect_left(whole, (moment, 0))
        return whole[place - 1][0] if place else None

    def _first_from(self, shelf: int, moment: int) -> int | None:
        whole = self._whole.get(shelf)
        if whole is None:
            found: int | None = self._shelves.first_from(shelf, moment)
            return found
        place = bisect_left(whole, (moment, 0))
        return whole[place][0] if place < len(whole) else None

    def newest_month(self, category: int) -> str | None:
        """Return the month of the newest article, None of an empty feed."""
        found = self._merge(category, self._shelves.newest, self._newest)
        return month_of(found[0][0]) if found else None

    def _nearest(
        self,
        category: int,
        look: Callable[[int], int | None],
        best: Callable[[Sequence[int]], int],
    ) -> str | None:
        times = [time for shelf in self.shelves_of(category) if (time := look(shelf)) is not None]
        return month_of(best(times)) if times else None


def _rows(items: Iterable[tuple[int, int]], limit: int | None) -> list[int]:
    """Return the articles of merged shelves, each once."""
    found = dict.fromkeys(row for _, row in items)
    return list(found)[:limit]
