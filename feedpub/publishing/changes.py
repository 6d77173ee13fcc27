"""Changes of records on their way into the catalog, a batch at a time, with their shelves."""

from collections.abc import Iterable

from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import Record, State
from feedpub.publishing.standing import Difference, Standing
from feedpub.publishing.standings import load_standings
from feedpub.publishing.store import Catalog


class Changes:
    """Collects the changes of one batch; ``flush`` writes them and mends the shelves.

    How an article stood is loaded before anything of it changes, how it stands after that: the
    difference is what has to move.
    """

    def __init__(
        self, catalog: Catalog, first_reads: dict[int, int], *, all_dirty: bool = False
    ) -> None:
        """Begin.

        Args:
            catalog: Of the store.
            first_reads: When each source had its baseline, by row; filled by the caller.
            all_dirty: Everything will be published anew, so that no part of it need be noted.
        """
        self._all_dirty = all_dirty
        self._catalog = catalog
        self._first_reads = first_reads
        self._next_id = catalog.sources.next_id()
        self._fresh: dict[int, Record] = {}
        self._changed: dict[int, Record] = {}
        self._removed: set[int] = set()
        self._before: dict[int, Standing] = {}
        self._joined: set[int] = set()
        self.latest: dict[int, Record] = {}

    def add(self, record: Record) -> Record:
        """Give a new record its row."""
        record = Record._make((self._next_id, *record[1:]))  # a third of what _replace takes
        self._next_id += 1
        self._fresh[record.id] = record
        if record.same_as:
            self._joined.add(record.same_as)
        return record

    def change(self, record: Record) -> None:
        """Replace a record that has a row; ``remember`` must have seen its article before."""
        if record.id in self._fresh:
            self._fresh[record.id] = record
        else:
            self._changed[record.id] = record
            self.latest[record.id] = record
        self._joined.add(record.same_as or record.id)

    def remove(self, record: Record) -> None:
        """Drop the row of a file that only repeated another."""
        self._removed.add(record.id)
        self._changed.pop(record.id, None)
        self.latest[record.id] = record._replace(state=State.DELETED)

    def get(self, row: int) -> Record | None:
        """Return a record as it is now."""
        for found in (self._fresh, self.latest):
            if row in found:
                return found[row]
        return next(iter(self._catalog.sources.records([row])), None)

    def duplicates_of(self, row: int) -> list[Record]:
        """Return the files that repeat an article, oldest row first; fresh ones are flushed."""
        stored = self._catalog.sources.duplicates_of([row])
        now = [self.latest.get(record.id, record) for record in stored]
        return [
            record for record in now if record.same_as == row and record.id not in self._removed
        ]

    def remember(self, records: Iterable[Record]) -> None:
        """Keep how the articles of some records stand, before anything of them changes."""
        rows = {record.same_as or record.id for record in records}
        rows -= self._before.keys() | self._fresh.keys()
        for standing in load_standings(self._catalog.sources, rows):
            self._before[standing.record.id] = standing

    def flush(self, tree: CategoryTree) -> None:
        """Write the rows of this batch, move articles on the shelves, note what is dirty."""
        sources = self._catalog.sources
        sources.insert(list(self._fresh.values()))
        sources.update(list(self._changed.values()))
        sources.remove(sorted(self._removed))
        difference = Difference(quiet=self._all_dirty)
        alone = [row for row in self._fresh if row not in self._joined]
        for row in alone:
            difference.add_new(self._fresh[row], tree, self._first_reads)
        rows = (self._before.keys() | self._joined) - set(alone)
        after = {
            standing.record.id: standing for standing in load_standings(self._catalog.sources, rows)
        }
        for row in sorted(rows):
            before, now = self._before.get(row), after.get(row)
            difference.add(
                before, None if now and now.record.same_as else now, tree, self._first_reads
            )
        self._apply(difference)
        self._fresh, self._changed, self._removed = {}, {}, set()
        self._before, self._joined = {}, set()

    def _apply(self, difference: Difference) -> None:
        shelves = self._catalog.shelves
        shelves.withdraw(difference.withdrawn)
        shelves.place(difference.placed)
        shelves.announce(difference.announced)
        shelves.mark_dirty(difference.dirty)
        shelves.touch(difference.touched)
