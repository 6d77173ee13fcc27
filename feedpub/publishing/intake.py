"""One look at one source becomes rows of the catalog: new, changed, moved, doubled, gone."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import (
    BACKDATED_S,
    Moment,
    Record,
    Sighting,
    State,
    first_sight,
    loses_too_much,
    seen_again,
    settle,
    settle_again,
)
from feedpub.errors import SourceHeldError
from feedpub.ports import SourceRow, StoredProblem
from feedpub.publishing.changes import Changes

_BATCH = 500

Mint = Callable[[str, str, int], str]
"""Source, path and attempt give the id of an article that names none."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What a source shows now.

    Attributes:
        source: As the store keeps it.
        sightings: Of new and changed files in order of path, or what is wrong with one.
        known: Records of the folders that changed, by folder and name; tombstones too.
        vanished: Those of them whose file is gone, tombstones apart.
    """

    source: SourceRow
    sightings: Iterable[Sighting | StoredProblem]
    known: Mapping[tuple[str, str], Record]
    vanished: list[Record]


class Intake:
    """Takes in generations within one transaction, and counts what it did.

    Attributes:
        tree: Of categories, with those that were new.
        counts: ``new updated moved deleted duplicates baseline backdated``.
    """

    def __init__(
        self,
        catalog: Any,
        tree: CategoryTree,
        moment: Moment,
        mint: Mint,
        first_reads: dict[int, int],
        *,
        empty: bool,
    ) -> None:
        """Begin.

        Args:
            catalog: Of the store.
            tree: As kept.
            moment: Of this build.
            mint: Where ids come from.
            first_reads: When each source had its baseline, by row.
            empty: Nothing is known yet, so that nothing needs to be looked up.
        """
        self.tree = tree
        self.counts: Counter[str] = Counter()
        self.catalog = catalog
        self.moment = moment
        self.mint = mint
        self.empty = empty
        self.first_reads = first_reads

    def take_in(self, generation: Generation, *, accept_deletions: bool) -> list[StoredProblem]:
        """Bring the catalog in line with what a source shows; return what is wrong with files.

        Raises:
            SourceHeldError: The source lost too much; the caller undoes what was done.
        """
        source = generation.source
        known = self.catalog.sources.count_known(source.id)
        run = _Run(self, generation)
        for batch in _batches(generation.sightings):
            run.take_in(batch)
        lost = run.find_lost()
        if not accept_deletions and loses_too_much(len(lost), known):
            raise held(source.name, len(lost), known)
        run.bury(lost)
        return run.problems

    def settle_due(self, records: Iterable[Record]) -> None:
        """Publish what is due, withdraw what has expired."""
        changes = Changes(self.catalog, self.first_reads)
        for record in records:
            settled = settle_again(record, self.moment)
            if record.state in (State.LIVE, State.HELD) and settled.state != record.state:
                changes.remember([record])
                changes.change(settled)
                self.counts["new"] += settled.state == State.LIVE and record.first_seen is None
        changes.flush(self.tree)


def list_warnings(seen: Sighting) -> list[StoredProblem]:
    """Return what the editor should know of a file that was read; ``line 3: ...`` tells where."""
    found = []
    for warning in seen.warnings:
        place, colon, message = warning.partition(": ")
        number = place.removeprefix("line ") if colon else ""
        line = int(number) if number.isascii() and number.isdigit() else None
        text = warning if line is None else message
        found.append(StoredProblem("", seen.folder, seen.name, "warning", line, None, text))
    return found


def held(name: str, missing: int, known: int) -> SourceHeldError:
    """Return the error of a source that lost too much."""
    return SourceHeldError(
        f"source '{name}': {missing} of {known} articles are gone, so nothing of it was changed; "
        "if that is meant, run 'feedpub build --accept-deletions'",
        source=name,
        missing=missing,
        known=known,
    )


def _batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(values)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


class _Run:
    """One generation on its way into the catalog."""

    def __init__(self, intake: Intake, generation: Generation) -> None:
        self.problems: list[StoredProblem] = []
        self._intake = intake
        self._source = generation.source
        self._known = generation.known
        self._changes = Changes(intake.catalog, intake.first_reads, all_dirty=intake.empty)
        self._vanished = {record.id: record for record in generation.vanished}
        self._articles: dict[bytes, int] = {}
        self._holders: dict[str, int] = {}
        self._lost: dict[bytes, list[int]] = {}
        for record in generation.vanished:
            self._lost.setdefault(record.content, []).append(record.id)

    def take_in(self, batch: list[Sighting | StoredProblem]) -> None:
        """Decide over some files, and write what was decided."""
        sightings = [seen for seen in batch if isinstance(seen, Sighting)]
        self.problems += [seen for seen in batch if isinstance(seen, StoredProblem)]
        paths = {path for seen in sightings for path in seen.categories}
        self._intake.tree = self._intake.tree.grow(paths)
        if not self._intake.empty:
            self._look_up(sightings)
        for seen in sightings:
            self._see(seen)
        self._changes.flush(self._intake.tree)

    def _look_up(self, sightings: list[Sighting]) -> None:
        """Load at once what the decisions over a batch need."""
        stored = self._intake.catalog.sources
        for record in sorted(stored.records_by_content({seen.content for seen in sightings})):
            if record.state in (State.LIVE, State.HELD):
                self._articles.setdefault(record.content, record.id)
            elif record.state == State.DELETED and record.source == self._source.id:
                self._lost.setdefault(record.content, []).append(record.id)
        for record in stored.records_by_uid({seen.uid for seen in sightings}):
            self._holders.setdefault(record.uid, record.id)
        places = ((seen.folder, seen.name) for seen in sightings)
        known = [record for place in places if (record := self._known.get(place))]
        self._changes.remember(known)

    def _see(self, seen: Sighting) -> None:
        find = self._intake.tree.find
        nodes = [node.id for path in seen.categories if (node := find(path))]
        categories = tuple(dict.fromkeys(nodes))
        self.problems += list_warnings(seen)
        known = self._known.get((seen.folder, seen.name))
        if known is not None:
            known = self._changes.latest.get(known.id, known)
            if (known.folder, known.name) == (seen.folder, seen.name):
                self._see_known(known, seen, categories)
                return
        moved = self._find_moved(seen)
        if moved is not None:
            self._move(moved, seen, categories)
        elif not self._is_conflict(seen):
            self._see_new(seen, categories)

    # A file that stood elsewhere

    def _find_moved(self, seen: Sighting) -> Record | None:
        """Return the vanished record that a new file continues: by claimed id, else by content."""
        candidates = self._lost.get(seen.content, [])
        if seen.claimed and seen.uid in self._holders:
            candidates = [self._holders[seen.uid]]
        while candidates:
            record = self._changes.get(candidates.pop(0))
            if record is not None and (
                record.id in self._vanished or record.state == State.DELETED
            ):
                return record
        return None

    def _move(self, lost: Record, seen: Sighting, categories: tuple[int, ...]) -> None:
        self._changes.remember([lost])
        self._vanished.pop(lost.id, None)
        moved = seen_again(lost, seen, self._intake.moment, categories=categories)
        if lost.state == State.DUPLICATE and lost.content == seen.content:
            moved = moved._replace(state=lost.state, same_as=lost.same_as)
        self._changes.change(moved)
        self._intake.counts["moved"] += 1

    def _is_conflict(self, seen: Sighting) -> bool:
        holder = self._changes.get(self._holders[seen.uid]) if self._claims_taken(seen) else None
        if holder is None or holder.content == seen.content:
            return False
        message = (
            f"the id {seen.uid!r} is that of {holder.path!r} already; give one of them another"
        )
        self.problems.append(
            StoredProblem("", seen.folder, seen.name, "error", None, None, message)
        )
        return True

    def _claims_taken(self, seen: Sighting) -> bool:
        return seen.claimed and seen.uid in self._holders

    # A file that stood here before

    def _see_known(self, known: Record, seen: Sighting, categories: tuple[int, ...]) -> None:
        self._vanished.pop(known.id, None)
        counts = self._intake.counts
        again = seen_again(known, seen, self._intake.moment, categories=categories)
        if seen.claimed and seen.uid != known.uid and seen.uid not in self._holders:
            again = again._replace(uid=seen.uid)
        if known.content == seen.content:
            if known.state == State.DUPLICATE:
                again = again._replace(state=known.state, same_as=known.same_as)
            self._changes.change(again)
            counts["new"] += known.first_seen is None and again.first_seen is not None
            return
        counts["updated"] += known.state == State.LIVE
        if known.state != State.DUPLICATE:
            self._promote(known)
        twin = self._find_twin(seen, again)
        if twin is not None and twin.id != known.id:
            self._double(again, twin)
        else:
            self._articles[seen.content] = again.id
        self._changes.change(again if twin is None or twin.id == known.id else _repeat(again, twin))

    def _promote(self, known: Record) -> None:
        """An article's text moved on: the first file that repeats the old one stands for it now."""
        heirs = [
            heir for heir in self._changes.duplicates_of(known.id) if heir.id not in self._vanished
        ]
        if not heirs:
            return
        first, *rest = heirs
        moment = self._intake.moment
        state = settle(first.flags, first.published, first.expires, moment)
        self._changes.change(first._replace(state=state, same_as=None))
        for heir in rest:
            self._changes.change(heir._replace(same_as=first.id))
        self._articles[first.content] = first.id

    # A file that was never seen

    def _see_new(self, seen: Sighting, categories: tuple[int, ...]) -> None:
        if seen.uid in self._holders:
            seen = seen._replace(uid=self._mint_another(seen))
        record = first_sight(
            seen, self._intake.moment, source=self._source.id, categories=categories
        )
        twin = self._find_twin(seen, record)
        if twin is not None:
            self._double(record, twin)
            record = _repeat(record, twin)
        else:
            self._count_new(record)
        record = self._changes.add(record)
        self._holders[record.uid] = record.id
        self._articles.setdefault(record.content, record.id)

    def _count_new(self, record: Record) -> None:
        counts = self._intake.counts
        if record.state != State.LIVE:
            return
        counts["new"] += 1
        if self._source.first_read is None:
            counts["baseline"] += 1
        elif self._intake.moment.now - record.published > BACKDATED_S:
            counts["backdated"] += 1

    def _mint_another(self, seen: Sighting) -> str:
        """Return an id for a file that stands where one stood that moved away with its id."""
        path = f"{seen.folder}/{seen.name}" if seen.folder else seen.name
        attempt = 1
        while True:
            uid = self._intake.mint(self._source.name, path, attempt)
            stored = self._intake.catalog.sources.records_by_uid([uid])
            if uid not in self._holders and next(iter(stored), None) is None:
                return uid
            attempt += 1

    def _find_twin(self, seen: Sighting, record: Record) -> Record | None:
        """Return the published article that a file repeats, if both are fit to be published."""
        row = self._articles.get(seen.content)
        if row is None or record.state != State.LIVE:
            return None
        twin = self._changes.get(row)
        if twin is None or twin.content != seen.content or twin.state != State.LIVE:
            return None
        return None if twin.id in self._vanished else twin

    def _double(self, record: Record, twin: Record) -> None:
        self._changes.remember([twin, *([record] if record.id else [])])
        self._intake.counts["duplicates"] += 1

    # What is gone

    def find_lost(self) -> list[Record]:
        """Return the records that nothing continues: neither another place nor another file."""
        lost = []
        for record in sorted(self._vanished.values()):
            current = self._changes.get(record.id) or record
            if current.state == State.DUPLICATE or not self._inherit(current):
                lost.append(current)
        self._changes.flush(self._intake.tree)
        return lost

    def _inherit(self, record: Record) -> bool:
        """Let a file that repeats a vanished article continue it; return whether there is one."""
        heirs = [
            heir for heir in self._changes.duplicates_of(record.id) if heir.id not in self._vanished
        ]
        if not heirs:
            return False
        first = heirs[0]
        self._changes.remember([record])
        self._changes.change(
            record._replace(
                source=first.source,
                folder=first.folder,
                name=first.name,
                size=first.size,
                mtime_ns=first.mtime_ns,
                details=first.details,
                title=first.title,
                categories=first.categories,
                origin=record.page_name,
            )
        )
        self._changes.remove(first)
        self._intake.counts["moved"] += 1
        return True

    def bury(self, lost: Iterable[Record]) -> None:
        """Turn articles into tombstones; a file that only repeated one leaves nothing."""
        for record in lost:
            self._changes.remember([record])
            if record.state == State.DUPLICATE:
                self._changes.remove(record)
            else:
                self._changes.change(record._replace(state=State.DELETED, same_as=None))
                self._intake.counts["deleted"] += record.state == State.LIVE
        self._changes.flush(self._intake.tree)


def _repeat(record: Record, twin: Record) -> Record:
    return record._replace(state=State.DUPLICATE, same_as=twin.id)
