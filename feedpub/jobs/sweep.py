"""Finds what no job speaks of: the database is the truth, and jobs are lost, late or doubled."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo

from feedpub.jobs.schedule import OpenStore
from feedpub.mailing.preparing import make_prepare_job
from feedpub.mailing.schedule import Due, find_due
from feedpub.model import Schedule
from feedpub.ports.jobs import Engine, Job, share_out
from feedpub.publishing.store import Catalog

SWEEP = Job("sweep", key="sweep")
NOTICES = Job("notices", key="notices")

_FOUND = ("deliver", "notices", "ping", "prepare", "thumbnails")
"""What is found here as long as it is to be done; other tasks are done regularly."""


class Sweep:
    """Revives jobs of dead workers, then defers what the database says is to be done."""

    def __init__(
        self,
        engine: Engine,
        *,
        open_store: OpenStore,
        list_jobs: Callable[[], list[Job]],
        schedules: Sequence[Schedule],
        sends: bool,
        zone: tzinfo,
        clock: Callable[[], datetime],
    ) -> None:
        """Prepare.

        Args:
            engine: Knows of the jobs of dead workers.
            open_store: Opens the database.
            list_jobs: Returns what builds left to be done.
            schedules: Of the newsletter.
            sends: Whether there is something to mail with; nothing else is rehearsed by workers.
            zone: Of the site.
            clock: Now, aware.
        """
        self._engine, self._open, self._list_jobs = engine, open_store, list_jobs
        self._schedules, self._sends, self._zone = tuple(schedules), sends, zone
        self._clock = clock

    def __call__(self) -> list[Job]:
        """Look once; return what was deferred.

        Raises:
            StoreError: The database cannot be used.
        """
        self._engine.revive()
        now = self._clock()
        needed = self._list_jobs()
        with self._open(read_only=True) as store, store.transaction() as catalog:
            needed += self._list_mails(catalog, now)
            pending = self._list_pending(catalog)
            failures = catalog.agenda.failures()
        names = {job.name for job in needed}
        over = [one.name for one in failures if one.task in _FOUND and one.name not in names]
        blocked = pending | {one.name for one in failures if (one.retry_at or 0) > now.timestamp()}
        jobs = [job for job in needed if job.name not in blocked]
        if jobs or over:
            with self._open() as store, store.transaction() as catalog:
                catalog.jobs.defer(jobs)
                for name in over:  # a person did it, or nobody wants it any more
                    catalog.agenda.forgive(name)
        return jobs

    def _list_mails(self, catalog: Catalog, now: datetime) -> Iterator[Job]:
        if not self._sends:
            return
        outstanding = catalog.agenda.outstanding(int(now.timestamp()))
        if outstanding.notices:
            yield NOTICES
        for issue, due in outstanding.issues:
            yield from share_out(issue, due)
        for schedule in self._schedules:
            if self._is_due(catalog, schedule, now):
                yield make_prepare_job(schedule.frequency)

    def _list_pending(self, catalog: Catalog) -> set[str]:
        """Return the names of jobs that wait or are running, of which there need be no others."""
        names = set()
        for task in ("deliver", "prepare"):
            found = self._engine.pending(task)
            known = catalog.jobs.pending(task) if found is None else found
            names |= {Job(task, arguments).name for arguments in known}
        return names

    def _is_due(self, catalog: Catalog, schedule: Schedule, now: datetime) -> bool:
        """Return whether an issue is due, not a minute ahead of its time."""
        last = catalog.issues.last(schedule.frequency)
        due = find_due(schedule, self._zone, now, last=last)
        return isinstance(due, Due) and due.scheduled <= now
