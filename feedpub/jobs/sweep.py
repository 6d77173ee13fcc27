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
        wanted = self._list_jobs()
        with self._open(read_only=True) as store, store.transaction() as catalog:
            wanted += self._list_mails(catalog, now)
            blocked = {
                failure.name
                for failure in catalog.agenda.failures()
                if failure.retry_at is not None and failure.retry_at > now.timestamp()
            }
        jobs = [job for job in wanted if job.name not in blocked]
        if jobs:
            with self._open() as store, store.transaction() as catalog:
                catalog.jobs.defer(jobs)
        return jobs

    def _list_mails(self, catalog: Catalog, now: datetime) -> Iterator[Job]:
        if not self._sends:
            return
        outstanding = catalog.agenda.outstanding(int(now.timestamp()))
        if outstanding.notices:
            yield NOTICES
        known = {one["issue"] for one in self._pending(catalog, "deliver")}
        for issue, due in outstanding.issues:
            if issue not in known:
                yield from share_out(issue, due)
        preparing = {one["frequency"] for one in self._pending(catalog, "prepare")}
        for schedule in self._schedules:
            if schedule.frequency not in preparing and self._is_due(catalog, schedule, now):
                yield make_prepare_job(schedule.frequency)

    def _pending(self, catalog: Catalog, task: str) -> Sequence[dict[str, object]]:
        found = self._engine.pending(task)
        return [dict(one) for one in (catalog.jobs.pending(task) if found is None else found)]

    def _is_due(self, catalog: Catalog, schedule: Schedule, now: datetime) -> bool:
        """Return whether an issue is due, not a minute ahead of its time."""
        last = catalog.issues.last(schedule.frequency)
        due = find_due(schedule, self._zone, now, last=last)
        return isinstance(due, Due) and due.scheduled <= now
