"""What a build knows and counts while it takes sources in."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import BACKDATED_S, Moment, Record, Sighting, State
from feedpub.catalog.slugs import Read
from feedpub.ports import SourceRow, StoredProblem
from feedpub.publishing.holders import Holders
from feedpub.publishing.store import Catalog

Mint = Callable[[str, str, int], str]
"""Source, path and attempt give the id of an article that names none."""

Locate = Callable[[Record], str]
"""Gives the path of a file as the editor would type it."""


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
        unsettled: Folders to read again: a file may be sound then though it is not changed.
    """

    problems: list[StoredProblem]
    unsettled: set[str]


@dataclass(slots=True)
class Intake:
    """What a build knows while it takes sources in, within one transaction.

    Attributes:
        catalog: Of the store.
        tree: Of categories, with those that were new.
        moment: Of this build.
        mint: Where ids come from.
        locate: Where a file is, for the editor.
        first_reads: When each source had its baseline, by row.
        empty: Nothing was known before this build, so that little needs to be looked up.
        counts: ``new updated moved deleted duplicates baseline backdated``.
        articles: A published article for each title and body that this build has met; not kept
            by a first build, which looks for equal ones at its end.
        holders: Who has each id that this build has met.
        read: How names of categories are transliterated; None for the usual way.
        texts: Contents of which a file came, changed or went; they may have to be united.
    """

    catalog: Catalog
    tree: CategoryTree
    moment: Moment
    mint: Mint
    locate: Locate
    first_reads: dict[int, int]
    empty: bool
    counts: Counter[str] = field(default_factory=Counter)
    articles: dict[bytes, int] = field(default_factory=dict)
    holders: Holders = field(default_factory=Holders)
    texts: set[bytes] = field(default_factory=set)
    read: Read | None = None

    def count_first_sight(self, before: Record | None, after: Record) -> None:
        """Count an article that is published for the first time."""
        is_first = before is None or before.first_seen is None
        if after.state == State.LIVE and is_first and after.first_seen is not None:
            self.count_new(after, 1)

    def count_new(self, record: Record, number: int) -> None:
        """Count an article as new, or take that back."""
        self.counts["new"] += number
        if record.first_seen == self.first_reads[record.source]:
            self.counts["baseline"] += number
        elif self.moment.now - record.published > BACKDATED_S:
            self.counts["backdated"] += number
