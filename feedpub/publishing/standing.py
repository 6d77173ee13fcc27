"""Where articles stand in the catalog, and what a change of that makes dirty.

An article stands on the shelves of its own categories and of those of its duplicates, and on the
shelf of everything. The feeds of the categories above are made from the shelves below them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import Record, State, is_visible_change

EVERYTHING = 0
ALL_MONTHS = "*"
"""In place of a month: every feed and every archive has to be made again."""


class Standing(NamedTuple):
    """An article and the files that repeat it.

    Attributes:
        record: Of the article.
        shelves: Ids of its categories and those of its duplicates, sorted; everything apart.
    """

    record: Record
    shelves: tuple[int, ...]

    @property
    def is_public(self) -> bool:
        """Whether it is published."""
        return self.record.state == State.LIVE


def stand(record: Record, duplicates: Iterable[Record]) -> Standing:
    """Return the standing of an article."""
    shelves = {*record.categories}
    for duplicate in duplicates:
        shelves.update(duplicate.categories)
    return Standing(record, tuple(sorted(shelves)))


def month_of(published: int) -> str:
    """Return the archive month of an instant, in UTC."""
    return datetime.fromtimestamp(published, UTC).strftime("%Y-%m")


@dataclass(slots=True)
class Difference:
    """What has to change on the shelves.

    Attributes:
        placed: Category, published, article.
        announced: Category, first_seen, article.
        withdrawn: Category, published, first_seen or None, article.
        dirty: Category, and a month or ``""`` for the live feed.
        touched: Articles whose own page changes.
        quiet: Nothing is noted as dirty, since everything is.
    """

    quiet: bool = False
    placed: list[tuple[int, int, int]] = field(default_factory=list)
    announced: list[tuple[int, int, int]] = field(default_factory=list)
    withdrawn: list[tuple[int, int, int | None, int]] = field(default_factory=list)
    dirty: set[tuple[int, str]] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)

    def add(
        self,
        before: Standing | None,
        after: Standing | None,
        tree: CategoryTree,
        first_reads: Mapping[int, int],
    ) -> None:
        """Note what the change of one article means.

        Args:
            before: None if it was not known.
            after: None if its row is gone.
            tree: After the change.
            first_reads: When each source had its baseline; what came later is news.
        """
        old = before if before is not None and before.is_public else None
        new = after if after is not None and after.is_public else None
        if old is None and new is None:
            return
        if old is not None and new is not None and _looks_same(old, new):
            return
        for standing in (old, new):
            if standing is not None and not self.quiet:
                self.mark_dirty(standing, tree)
        taken = _shelve(old, first_reads)
        given = _shelve(new, first_reads)
        if taken != given:
            self.withdrawn += sorted(taken - given)
            for category, published, first_seen, article in sorted(given - taken):
                self.placed.append((category, published, article))
                if first_seen is not None:
                    self.announced.append((category, first_seen, article))

    def add_new(self, record: Record, tree: CategoryTree, first_reads: Mapping[int, int]) -> None:
        """Note a new article that nothing repeats: what ``add`` does, at a fifth of the cost."""
        if record.state != State.LIVE:
            return
        if not self.quiet:
            self.mark_dirty(Standing(record, record.categories), tree)
        published, row = record.published, record.id
        self.placed.append((EVERYTHING, published, row))
        self.placed += [(category, published, row) for category in record.categories]
        if record.first_seen is not None and record.first_seen > first_reads[record.source]:
            shelves = (EVERYTHING, *record.categories)
            self.announced += [(category, record.first_seen, row) for category in shelves]

    def mark_dirty(self, standing: Standing, tree: CategoryTree) -> None:
        """Note that every feed and page that shows an article has to be made again."""
        self.touched.add(standing.record.id)
        month = month_of(standing.record.published)
        nodes = {EVERYTHING, *standing.shelves}
        for category in standing.shelves:
            nodes.update(node.id for node in tree.ancestors(category))
        self.dirty.update((node, period) for node in nodes for period in ("", month))


def _looks_same(old: Standing, new: Standing) -> bool:
    # One that was shown ahead of its time becomes news without looking any different.
    return (
        old.shelves == new.shelves
        and old.record.first_seen == new.record.first_seen
        and not is_visible_change(old.record, new.record)
    )


def _shelve(
    standing: Standing | None, first_reads: Mapping[int, int]
) -> set[tuple[int, int, int | None, int]]:
    if standing is None:
        return set()
    record = standing.record
    is_news = record.first_seen is not None and record.first_seen > first_reads[record.source]
    first_seen = record.first_seen if is_news else None
    return {
        (category, record.published, first_seen, record.id)
        for category in (EVERYTHING, *standing.shelves)
    }
