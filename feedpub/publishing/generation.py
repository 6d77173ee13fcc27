"""One look at one source: its files are new, changed, moved, doubled or gone."""

from collections.abc import Iterable
from unicodedata import normalize

from feedpub.batches import cut_batches
from feedpub.catalog.duplicates import seniority
from feedpub.catalog.identity import (
    Flag,
    Record,
    Sighting,
    State,
    first_sight,
    seen_again,
    settle,
)
from feedpub.ports import StoredProblem
from feedpub.publishing.changes import Changes
from feedpub.publishing.knowledge import Generation, Intake


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


class GenerationRun:
    """One generation on its way into the catalog.

    Attributes:
        changes: On their way too.
        problems: With files, in the order found.
        unsettled: Folders to read again: a file may be sound then though it is not changed.
    """

    def __init__(self, intake: Intake, generation: Generation) -> None:
        self.changes = Changes(intake.catalog, intake.first_reads, all_dirty=intake.empty)
        self.problems: list[StoredProblem] = []
        self.unsettled: set[str] = set()
        self._intake = intake
        self._source = generation.source
        self._known = generation.known
        self._vanished = {record.id: record for record in generation.vanished}
        self._waiting: list[Sighting] = []
        self._lost: dict[bytes, list[int]] = {}
        for record in sorted(generation.vanished, key=seniority):
            self._lost.setdefault(record.content, []).append(record.id)

    def take_in(self, sightings: Iterable[Sighting | StoredProblem]) -> None:
        """Decide over files, and write what was decided."""
        for batch in cut_batches(sightings):
            problems = [seen for seen in batch if isinstance(seen, StoredProblem)]
            self.problems += problems
            self.unsettled.update(problem.folder for problem in problems if problem.passing)
            self._take_in_batch([seen for seen in batch if isinstance(seen, Sighting)])
        waiting, self._waiting = self._waiting, []
        # The one who has the id may have let go of it by now.
        for some in cut_batches(waiting):
            self._take_in_batch(some, last=True)

    def _take_in_batch(self, sightings: list[Sighting], *, last: bool = False) -> None:
        paths = {path for seen in sightings for path in seen.categories}
        self._intake.tree = self._intake.tree.grow(paths, read=self._intake.read)
        if not self._intake.empty:
            self._look_up(sightings)
        for seen in sightings:
            if not self._is_conflict(seen):
                self._see(seen)
            elif last:
                self._report_conflict(seen)
            else:
                self._waiting.append(seen)
        self.changes.flush(self._intake.tree)

    def _look_up(self, sightings: list[Sighting]) -> None:
        """Load at once what the decisions over a batch need."""
        stored, articles = self._intake.catalog.sources, self._intake.articles
        for record in sorted(stored.records_by_content({seen.content for seen in sightings})):
            if record.state == State.LIVE:
                articles.setdefault(record.content, record.id)
            elif record.state == State.DELETED and record.source == self._source.id:
                self._lost.setdefault(record.content, []).append(record.id)
        for record in stored.records_by_uid({seen.uid for seen in sightings}):
            self._intake.holders.learn(record.uid, record.id)
        places = ((seen.folder, seen.name) for seen in sightings)
        known = [found for place in places if (found := self._known.get(place))]
        self.changes.remember(known)

    def _see(self, seen: Sighting) -> None:
        find = self._intake.tree.find
        nodes = [node.id for path in seen.categories if (node := find(path))]
        categories = tuple(dict.fromkeys(nodes))
        self.problems += list_warnings(seen)
        known = self._find_known(seen)
        if known is not None:
            self._see_known(known, seen, categories)
            return
        moved = self._find_moved(seen)
        if moved is not None:
            self._move(moved, seen, categories)
        else:
            self._see_new(seen, categories)

    def _find_known(self, seen: Sighting) -> Record | None:
        known = self._known.get((seen.folder, seen.name))
        if known is None:
            return None
        known = self.changes.latest.get(known.id, known)
        is_here = (known.folder, known.name) == (seen.folder, seen.name)
        return known if is_here and known.source == self._source.id else None

    # Whose id it is

    def _find_holder(self, seen: Sighting) -> Record | None:
        """Return who has the id of a file now."""
        row = self._intake.holders.find(seen)
        holder = None if row is None else self.changes.get(row)
        return holder if holder is not None and holder.uid == seen.uid else None

    def _is_conflict(self, seen: Sighting) -> bool:
        """Return whether a file claims the id of another article, and is no copy of it."""
        holder = self._find_holder(seen) if seen.claimed else None
        if holder is None or self._is_gone(holder) or holder.content == seen.content:
            return False
        known = self._find_known(seen)
        return known is None or known.id != holder.id

    def _report_conflict(self, seen: Sighting) -> None:
        """Say who has the id; what was published of the file stays as it is."""
        holder, known = self._find_holder(seen), self._find_known(seen)
        if known is not None:
            self._vanished.pop(known.id, None)
        other = self._intake.locate(holder) if holder is not None else ""
        message = f"the id {seen.uid!r} is that of {other!r} already; give one of them another"
        self.problems.append(
            StoredProblem("", seen.folder, seen.name, "error", None, None, message)
        )
        self.unsettled.add(seen.folder)

    def _is_gone(self, record: Record) -> bool:
        return record.id in self._vanished or record.state == State.DELETED

    # A file that stood elsewhere

    def _find_moved(self, seen: Sighting) -> Record | None:
        """Return the record that a new file continues: by claimed id, by content, by name."""
        holder = self._find_holder(seen)
        if holder is not None and self._is_gone(holder) and self._continues(seen, holder):
            return holder
        candidates = [] if seen.claimed and holder else self._lost.get(seen.content, [])
        while candidates:
            record = self.changes.get(candidates.pop(0))
            if record is not None and self._is_gone(record) and record.content == seen.content:
                return record
        return None

    def _continues(self, seen: Sighting, holder: Record) -> bool:
        """Return whether a file is meant by its claim, or has the old name but for NFC or NFD."""
        path = f"{seen.folder}/{seen.name}" if seen.folder else seen.name
        same_name = normalize("NFC", holder.path) == normalize("NFC", path)
        return seen.claimed or (holder.source == self._source.id and same_name)

    def _move(self, lost: Record, seen: Sighting, categories: tuple[int, ...]) -> None:
        self.changes.remember([lost])
        self._vanished.pop(lost.id, None)
        moved = seen_again(lost, seen, self._intake.moment, categories=categories)
        moved = moved._replace(source=self._source.id)
        self._change(lost, moved)
        self._intake.counts["moved"] += 1

    # A file that stood here before

    def _see_known(self, known: Record, seen: Sighting, categories: tuple[int, ...]) -> None:
        self._vanished.pop(known.id, None)
        again = seen_again(known, seen, self._intake.moment, categories=categories)
        if seen.claimed and seen.uid != known.uid:
            again = self._claim(again, seen.uid, self._find_holder(seen))
        self._change(known, again)
        if known.content != seen.content:
            self._intake.counts["updated"] += known.state == State.LIVE

    def _claim(self, record: Record, uid: str, holder: Record | None) -> Record:
        """Give a file the id that it names, unless it is a copy of the one that has it."""
        if holder is not None and not self._is_gone(holder):
            return record
        if holder is not None:  # a tombstone needs an id of its own, too
            self.changes.remember([holder])
            self.changes.change(holder._replace(uid=record.uid))
            self._intake.holders.put(record.uid, holder.id)
        self._intake.holders.put(uid, record.id)
        return record._replace(uid=uid)

    def _change(self, known: Record, again: Record) -> None:
        if known.state == State.DUPLICATE and known.content == again.content:
            again = again._replace(state=known.state, same_as=known.same_as)
            self._intake.texts.add(known.content)
        elif (known.state, known.content) != (again.state, again.content):
            self._intake.texts |= {known.content, again.content}
        self.changes.change(again)
        self._intake.count_first_sight(known, again)

    # A file that was never seen

    def _see_new(self, seen: Sighting, categories: tuple[int, ...]) -> None:
        intake = self._intake
        if self._find_holder(seen) is not None:
            seen = seen._replace(uid=self._mint_another(seen))
        record = first_sight(seen, intake.moment, source=self._source.id, categories=categories)
        twin = self._find_twin(record)
        if twin is not None:
            self.changes.remember([twin])
            record = record._replace(state=State.DUPLICATE, same_as=twin.id)
            intake.counts["duplicates"] += 1
        record = self.changes.add(record)
        intake.count_first_sight(None, record)
        if intake.empty:
            intake.holders.put_new(seen, record.id)
            return
        intake.holders.put(record.uid, record.id)
        intake.texts.add(record.content)
        if record.state == State.LIVE:
            intake.articles.setdefault(record.content, record.id)

    def _mint_another(self, seen: Sighting) -> str:
        """Return an id for a file that stands where one stood that moved away with its id."""
        path = f"{seen.folder}/{seen.name}" if seen.folder else seen.name
        attempt = 1
        while True:
            uid = self._intake.mint(self._source.name, normalize("NFC", path), attempt)
            stored = self._intake.catalog.sources.records_by_uid([uid])
            if uid not in self._intake.holders and next(iter(stored), None) is None:
                return uid
            attempt += 1

    def _find_twin(self, record: Record) -> Record | None:
        """Return a published article that a new file repeats; who stands for both is seen later."""
        row = self._intake.articles.get(record.content)
        if row is None or record.state != State.LIVE:
            return None
        twin = self.changes.get(row)
        if twin is None or twin.content != record.content or twin.state != State.LIVE:
            return None
        return None if twin.id in self._vanished else twin

    # What is gone

    def find_lost(self) -> list[Record]:
        """Return the records that nothing continues: neither another place nor another file."""
        lost = []
        for record in sorted(self._vanished.values()):
            current = self.changes.latest.get(record.id, record)
            if current.state == State.DUPLICATE or not self._inherit(current):
                lost.append(current)
        self.changes.flush(self._intake.tree)
        return lost

    def _inherit(self, record: Record) -> bool:
        """Let a file that repeats a vanished article continue it; return whether there is one."""
        heirs = [
            heir
            for heir in self.changes.duplicates_of(record.id)
            if heir.id not in self._vanished and heir.content == record.content
        ]
        if not heirs:
            return False
        first = min(heirs, key=seniority)
        flags = first.flags | record.flags & Flag.HIDDEN
        state = settle(flags, record.published, first.expires, self._intake.moment)
        self.changes.remember([record])
        self.changes.change(
            record._replace(
                source=first.source,
                folder=first.folder,
                name=first.name,
                size=first.size,
                mtime_ns=first.mtime_ns,
                state=state,
                details=first.details,
                title=first.title,
                expires=first.expires,
                categories=first.categories,
                flags=flags,
                origin=record.page_name,
            )
        )
        self.changes.remove(first)
        self._intake.texts.add(record.content)
        self._intake.counts["moved"] += 1
        return True

    def bury(self, lost: Iterable[Record]) -> None:
        """Turn articles into tombstones; a file that only repeated one leaves nothing."""
        lost = list(lost)
        self.changes.remember(lost)
        for record in lost:
            self._intake.texts.add(record.content)
            if record.state == State.DUPLICATE:
                self.changes.remove(record)
            else:
                self.changes.change(record._replace(state=State.DELETED, same_as=None))
                self._intake.counts["deleted"] += record.state == State.LIVE
        self.changes.flush(self._intake.tree)
