"""The reading half of a build: look at every source, and bring the catalog in line."""

from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

from feedpub.catalog.identity import Moment, Record, State
from feedpub.catalog.slugs import Read, release_tables
from feedpub.errors import SourceHeldError
from feedpub.model import Problem
from feedpub.ports import (
    Glance,
    Lost,
    Progress,
    Scan,
    SourceRow,
    StoredProblem,
    Workers,
)
from feedpub.publishing.intake import forgotten, settle_records, take_in
from feedpub.publishing.knowledge import Generation, Intake
from feedpub.publishing.setup import Setup
from feedpub.publishing.sharding import start_reading
from feedpub.publishing.source import ArticleSource
from feedpub.publishing.standing import ALL_MONTHS, EVERYTHING
from feedpub.publishing.store import Catalog
from feedpub.publishing.tasks import ReadTasks, find_vanished


class Observation:
    """One look at all sources.

    Attributes:
        held: Sources of which nothing may be changed, and why.
        problems: Of the sources as a whole.
        counts: Of the intake.
    """

    def __init__(
        self,
        setup: Setup,
        workers: Workers,
        progress: Progress,
        read: Read | None = None,
        *,
        new: Collection[str] = (),
        by_jobs: bool = False,
    ) -> None:
        """Scan every source; a process for each core lists and stats.

        Args:
            setup: Of the site.
            workers: Each with the site's reader.
            progress: Is told how far it is.
            read: How names of categories are transliterated; None for the usual way.
            new: Sources of which nothing was ever fetched, so that their folder may be missing.
            by_jobs: Whether this process is a worker.
        """
        self._read_name = read
        self.held: dict[str, SourceHeldError] = {}
        self.problems: list[Problem] = []
        self.counts: Counter[str] = Counter()
        self._setup = setup
        self._workers = workers
        self._progress = progress
        self._by_jobs = by_jobs
        self._scans: dict[str, Scan] = {}
        self._ahead: tuple[ReadTasks, Iterator[Any]] | None = None
        progress("scan", 0, len(setup.sources))
        for number, source in enumerate(setup.sources, 1):
            try:
                self._scans[source.name] = source.scan(workers)
            except SourceHeldError as error:
                self.held[source.name] = error
                if source.name in new:
                    self._accept_absence(source)
            progress("scan", number, len(setup.sources))

    def is_unchanged(self, glance: Glance) -> bool:
        """Return whether the catalog knows every file as it is."""
        return (
            not self.held
            and {source.name for source in self._setup.sources}
            == {name for name, settings in glance.settings.items() if settings != _FORGOTTEN}
            and all(
                glance.settings[source.name] == source.settings
                and glance.folders[source.name]
                == {folder.path: folder.fingerprint for folder in self._scans[source.name].folders}
                and self._is_told(source.name, glance)
                for source in self._setup.sources
            )
        )

    def _is_told(self, name: str, glance: Glance) -> bool:
        """Return whether the catalog knows what of a source nobody reads."""
        known = {
            (problem.name, problem.message)
            for problem in glance.problems
            if problem.source == name
            and problem.message.startswith(_UNREAD)
            and problem.message != _UNREAD + _SKIPPED
        }
        unread = self._scans[name].unread
        return known == {(place, _UNREAD + reason) for place, reason in unread}

    def read_ahead(self, glance: Glance | None) -> None:
        """Set the processes to work before the database is even open.

        All of a source that was never read has to be read, whatever the database says.
        """
        first = self._setup.sources[0]
        scan = self._scans.get(first.name)
        if scan is not None and glance is not None and first.name not in glance.settings:
            tasks = ReadTasks(first, scan.folders, {})
            self._ahead = (tasks, self._start_reading(tasks))

    def take_in(
        self, catalog: Catalog, moment: Moment, *, accept_deletions: bool, settle_all: bool
    ) -> None:
        """Bring the catalog in line with what the sources show, and with the time.

        Args:
            catalog: Of the store.
            moment: Of this build.
            accept_deletions: Believe a source that lost much.
            settle_all: Look again at all that is held, since another kind of build was asked for.
        """
        rows = {
            source.name: catalog.sources.open_source(source.name) for source in self._setup.sources
        }
        intake = self._start(catalog, moment)
        with catalog.sources.bulk_load() if intake.empty else nullcontext():
            for source in self._setup.sources:
                row = rows[source.name]
                if accept_deletions and row.first_read is not None:
                    self._accept_absence(source)
                if source.name in self._scans:
                    self._attempt(catalog, intake, row, source, accept_deletions)
        sources = catalog.sources
        for row in sources.list_sources():
            if row.name not in rows and row.settings != _FORGOTTEN:
                self._attempt(catalog, intake, row, None, accept_deletions)
        due = sources.records_held(moment.now) if settle_all else sources.records_due(moment.now)
        settle_records(intake, list(due))
        if intake.tree is not self._tree:
            catalog.shelves.save_tree(intake.tree, known=self._tree)
        self.counts = intake.counts
        # The processes that publish are copies of this one, and none of them needs all that.
        self._scans.clear()
        release_tables()

    def _accept_absence(self, source: ArticleSource) -> None:
        """Believe that a folder is gone for good; one that cannot be listed is another matter."""
        if source.name in self.held and (scan := source.scan_absence()) is not None:
            del self.held[source.name]
            self._scans[source.name] = scan

    def _attempt(
        self,
        catalog: Catalog,
        intake: Intake,
        row: SourceRow,
        source: ArticleSource | None,
        accept_deletions: bool,
    ) -> None:
        """Take in a source, or bury one that the settings forgot; leave a held one as it was."""
        try:
            with catalog.attempt():
                if source is None:
                    self._bury_source(catalog, intake, row, accept_deletions)
                else:
                    self._take_in_source(catalog, intake, source, row, accept_deletions)
        except SourceHeldError as error:
            self.held[row.name] = error

    def _bury_source(
        self, catalog: Catalog, intake: Intake, row: SourceRow, accept_deletions: bool
    ) -> None:
        sources = catalog.sources
        folders = sources.fingerprints(row.id)
        vanished = [
            record
            for record in sources.records_in(row.id, folders)
            if record.state != State.DELETED
        ]
        if vanished and not accept_deletions:
            raise forgotten(row.name, len(vanished))
        take_in(intake, Generation(row, (), {}, vanished), accept_deletions=True)
        problems = [problem for problem in sources.problems() if problem.source == row.name]
        places = {(problem.folder, problem.name) for problem in problems}
        sources.replace_problems(row.id, places, [])
        sources.save_fingerprints(row.id, {}, folders)
        sources.update_source(row.id, first_read=row.first_read, settings=_FORGOTTEN)

    def _start(self, catalog: Catalog, moment: Moment) -> Intake:
        known = catalog.shelves.load_tree()
        self._tree = known
        first_reads = {
            row.id: moment.sight if row.first_read is None else row.first_read
            for row in catalog.sources.list_sources()
        }
        empty = catalog.sources.next_id() == 1
        if empty:
            catalog.shelves.mark_dirty([(EVERYTHING, ALL_MONTHS)])
        setup = self._setup
        names = {row.id: row.name for row in catalog.sources.list_sources()}

        def locate(record: Record) -> str:
            return setup.locate(names[record.source], record.folder, record.name)

        intake = Intake(
            catalog, known, moment, setup.mint, locate, first_reads, empty, read=self._read_name
        )
        if self._setup.renames:
            renamed = known.rename(self._setup.renames)
            if renamed.tree is not known:
                intake.tree = renamed.tree
                catalog.sources.merge_categories(renamed.merged)
                catalog.shelves.merge(renamed.merged)
                catalog.shelves.mark_dirty([(EVERYTHING, ALL_MONTHS)])
        return intake

    def _take_in_source(
        self,
        catalog: Catalog,
        intake: Intake,
        source: ArticleSource,
        row: SourceRow,
        accept_deletions: bool,
    ) -> None:
        scan = self._scans[source.name]
        kept = catalog.sources.fingerprints(row.id)
        again = row.settings != source.settings
        changed = [one for one in scan.folders if again or kept.get(one.path) != one.fingerprint]
        gone = kept.keys() - {folder.path for folder in scan.folders}
        touched = [*(folder.path for folder in changed), *gone]
        known = self._load_known(catalog, row, touched)
        vanished = find_vanished(changed, known)
        tasks = ReadTasks(source, changed, {} if again else known)
        sightings = self._read(source, tasks)
        outcome = take_in(
            intake, Generation(row, sightings, known, vanished), accept_deletions=accept_deletions
        )
        settled = _Settled(set(touched), tasks.untouched)
        self._keep_problems(catalog, row, scan, settled, outcome.problems)
        fingerprints = {folder.path: folder.fingerprint for folder in changed}
        # Another fingerprint than any: what is in there has to be read again, whatever happens.
        fingerprints |= dict.fromkeys(outcome.unsettled, b"")
        catalog.sources.save_fingerprints(row.id, fingerprints, gone)
        first_read = row.first_read
        # Whoever builds before there is anything to read does not mean the rest to be news.
        if first_read is None and catalog.sources.count_known(row.id):
            first_read = intake.moment.sight
        catalog.sources.update_source(row.id, first_read=first_read, settings=source.settings)

    def _load_known(
        self, catalog: Catalog, row: SourceRow, folders: Sequence[str]
    ) -> dict[tuple[str, str], Record]:
        if row.first_read is None:
            return {}
        records = catalog.sources.records_in(row.id, folders)
        return {(record.folder, record.name): record for record in records}

    def _read(self, source: ArticleSource, tasks: ReadTasks) -> Iterator[Any]:
        """Yield what files say, in the order of the tasks."""
        self._progress("read", 0, len(tasks))
        ahead, self._ahead = self._ahead, None
        # Both are of one scan, and what was read ahead is all of it.
        if ahead is not None and ahead[0].source is source and len(ahead[0]) == len(tasks):
            results = ahead[1]
        else:
            deque(ahead[1] if ahead else (), maxlen=0)  # one call after another
            results = self._start_reading(tasks)
        for number, (task, result) in enumerate(zip(tasks, results, strict=True), 1):
            if number % 500 == 0 or number == len(tasks):
                self._progress("read", number, len(tasks))
            lost = isinstance(result, Lost)
            yield source.report_lost(task, result.reason) if lost else result

    def _start_reading(self, tasks: ReadTasks) -> Iterator[Any]:
        return start_reading(self._setup, self._workers, tasks, by_jobs=self._by_jobs)

    def _keep_problems(
        self,
        catalog: Catalog,
        row: SourceRow,
        scan: Scan,
        settled: "_Settled",
        problems: list[StoredProblem],
    ) -> None:
        """Replace what was wrong with files that were read or are gone, keep it for the others."""
        kept = [problem for problem in catalog.sources.problems() if problem.source == row.name]
        stale = {
            (problem.folder, problem.name)
            for problem in kept
            if problem.message.startswith(_UNREAD) or settled.covers(problem.folder, problem.name)
        }
        found = [_explain_unread(path, _SKIPPED) for path in scan.skipped]
        found += [_explain_unread(place, reason) for place, reason in scan.unread]
        catalog.sources.replace_problems(row.id, stale, [*problems, *found])


class _Settled(NamedTuple):
    """Of which files all that there is to say was said anew.

    Attributes:
        folders: That changed; what they held before and hold no more is settled, too.
        untouched: Folder and name of what they hold and nobody read.
    """

    folders: set[str]
    untouched: set[tuple[str, str]]

    def covers(self, folder: str, name: str) -> bool:
        return folder in self.folders and (folder, name) not in self.untouched


_FORGOTTEN = "forgotten"
"""In place of the settings of a source that the site no longer has."""

_UNREAD = "is not read: "
_SKIPPED = "no regular file, or its name is not UTF-8; remove, rename or exclude it"


def _explain_unread(place: str, reason: str) -> StoredProblem:
    return StoredProblem("", "", place, "warning", None, None, _UNREAD + reason)
