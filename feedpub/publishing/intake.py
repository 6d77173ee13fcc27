"""Sources as they are now become rows of the catalog, one source after the other."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import (
    BACKDATED_S,
    Moment,
    Record,
    Sighting,
    State,
    loses_too_much,
    settle_again,
)
from feedpub.errors import SourceHeldError
from feedpub.ports import SourceRow, StoredProblem
from feedpub.publishing.changes import Changes
from feedpub.publishing.generation import GenerationRun
from feedpub.publishing.uniting import unite_equals

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a generation.

    Attributes:
        problems: With files, in the order found.
        unsettled: Folders with a file that waits for another one to change.
    """

    problems: list[StoredProblem]
    unsettled: set[str]


@dataclass(slots=True)
class Intake:
    """Takes in generations within one transaction, and counts what it did.

    Attributes:
        catalog: Of the store.
        tree: Of categories, with those that were new.
        moment: Of this build.
        mint: Where ids come from.
        first_reads: When each source had its baseline, by row.
        empty: Nothing was known before this build, so that little needs to be looked up.
        counts: ``new updated moved deleted duplicates baseline backdated``.
        articles: A published article for each title and body that this build has met.
        holders: Who has each id that this build has met.
        texts: Contents of which a file came, changed or went; they may have to be united.
    """

    catalog: Any
    tree: CategoryTree
    moment: Moment
    mint: Mint
    first_reads: dict[int, int]
    empty: bool
    counts: Counter[str] = field(default_factory=Counter)
    articles: dict[bytes, int] = field(default_factory=dict)
    holders: dict[str, int] = field(default_factory=dict)
    texts: set[bytes] = field(default_factory=set)

    def take_in(self, generation: Generation, *, accept_deletions: bool) -> Outcome:
        """Bring the catalog in line with what a source shows.

        Raises:
            SourceHeldError: The source lost too much; the caller undoes what was done to the
                catalog, and nothing was done to this.
        """
        kept = self.tree, self.counts.copy(), self.articles.copy(), self.holders.copy()
        try:
            return self._take_in(generation, accept_deletions=accept_deletions)
        except SourceHeldError:
            self.tree, self.counts, self.articles, self.holders = kept
            raise

    def _take_in(self, generation: Generation, *, accept_deletions: bool) -> Outcome:
        source = generation.source
        known = self.catalog.sources.count_known(source.id)
        run = GenerationRun(self, generation)
        run.take_in(generation.sightings)
        lost = run.find_lost()
        if not accept_deletions and loses_too_much(len(lost), known):
            raise held(source.name, len(lost), known)
        run.bury(lost)
        return Outcome(run.problems, run.unsettled)

    def settle(self, due: Iterable[Record]) -> None:
        """Publish what is due, withdraw what has expired, unite what is equal now.

        Args:
            due: Records whose time may have come, in any state.
        """
        changes = Changes(self.catalog, self.first_reads, all_dirty=self.empty)
        for record in due:
            settled = settle_again(record, self.moment)
            if record.state == State.DUPLICATE:
                self.texts.add(record.content)
            elif record.state != State.DELETED and settled.state != record.state:
                changes.remember([record])
                changes.change(settled)
                self.texts.add(record.content)
                self.count_first_sight(record, settled)
        changes.flush(self.tree)
        unite_equals(self, changes)

    def count_first_sight(self, before: Record | None, after: Record) -> None:
        """Count an article that is published for the first time."""
        if after.state == State.LIVE and (before is None or before.first_seen is None):
            self.count_new(after, 1)

    def count_new(self, record: Record, number: int) -> None:
        """Count an article as new, or take that back."""
        self.counts["new"] += number
        if record.first_seen == self.first_reads[record.source]:
            self.counts["baseline"] += number
        elif self.moment.now - record.published > BACKDATED_S:
            self.counts["backdated"] += number


def held(name: str, missing: int, known: int) -> SourceHeldError:
    """Return the error of a source that lost too much."""
    return SourceHeldError(
        f"source '{name}': {missing} of {known} articles are gone, so nothing of it was changed; "
        "if that is meant, run 'feedpub build --accept-deletions'",
        source=name,
        missing=missing,
        known=known,
    )


def forgotten(name: str, known: int) -> SourceHeldError:
    """Return the error of a source that the settings no longer name."""
    return SourceHeldError(
        f"source '{name}' is no longer in the settings, and its {known} articles are still "
        f"published; name a source '{name}' again, or run 'feedpub build --accept-deletions'",
        source=name,
        missing=known,
        known=known,
    )
