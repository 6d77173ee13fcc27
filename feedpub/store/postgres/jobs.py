"""Jobs as rows of procrastinate's, written in the transaction that makes what they speak of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from feedpub.errors import BusyError
from feedpub.model.vitals import JobCount
from feedpub.ports.jobs import Job, JobValue

if TYPE_CHECKING:
    import psycopg
    from procrastinate.manager import JobManager

_WAITING = b"""
SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(%s)"""
_STATES = {"todo": "waiting", "doing": "running", "failed": "failed"}
_COUNTS = sa.text(
    "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs"
    " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2 ORDER BY 1, 2"
)
_PENDING = sa.text(
    "SELECT args FROM procrastinate_jobs"
    " WHERE task_name = :task AND status IN ('todo', 'doing') ORDER BY id"
)


class ServerJobs:
    """See ``feedpub.ports.jobs.Jobs``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def defer(self, jobs: Sequence[Job]) -> None:
        """Write jobs; whoever writes to the catalog is alone, so nobody adds the same keys."""
        driver: Any = self._connection.connection.driver_connection
        defer_jobs(driver, jobs)

    def pending(self, task: str) -> list[Mapping[str, JobValue]]:
        """Return the arguments of each job of a task that waits or is running."""
        return list(self._connection.scalars(_PENDING, {"task": task}))

    def counts(self) -> list[JobCount]:
        """Return how many jobs there are, by queue and state."""
        rows = self._connection.execute(_COUNTS)
        return [JobCount(queue, _STATES[state], jobs) for queue, state, jobs in rows]


def defer_jobs(connection: "psycopg.Connection[tuple[Any, ...]]", jobs: Sequence[Job]) -> None:
    """Write jobs within a transaction; of those with a key only the ones that do not wait already.

    Args:
        connection: In the transaction that makes what the jobs speak of; nobody else may add the
            same keys between the look and the insert.
        jobs: What is to be done.

    Raises:
        BusyError: Somebody did add one.
        psycopg.Error: As of any other statement.
    """
    wanted = list(_leave_out_waiting(connection, jobs))
    if not wanted:
        return
    manager = _make_manager()
    for options, alike in groupby(wanted, key=_options):
        _insert(manager, connection, options, [dict(job.arguments) for job in alike])


def _leave_out_waiting(
    connection: "psycopg.Connection[tuple[Any, ...]]", jobs: Iterable[Job]
) -> Iterator[Job]:
    keys = sorted({job.key for job in jobs if job.key})
    found = connection.execute(_WAITING, [keys]).fetchall() if keys else []
    waiting = {str(key) for (key,) in found}
    for job in jobs:
        if job.key in waiting:
            continue
        if job.key:
            waiting.add(job.key)
        yield job


def _insert(
    manager: "JobManager",
    connection: "psycopg.Connection[tuple[Any, ...]]",
    options: tuple[Any, ...],
    arguments: list[dict[str, Any]],
) -> None:
    from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
    from procrastinate.tasks import configure_task

    task, not_before, key = options
    deferrer = configure_task(
        name=task,
        job_manager=manager,
        queue=task,
        queueing_lock=key or None,
        schedule_at=None if not_before is None else datetime.fromtimestamp(not_before, UTC),
        connection=connection,
    )
    try:
        deferrer.batch_defer(*arguments)
    except AlreadyEnqueued as error:
        raise BusyError("another run was deferring the same jobs; try again later") from error
    except ConnectorException as error:
        # The driver's own error is what our callers can explain.
        raise error.__cause__ or error from error


def _options(job: Job) -> tuple[str, int | None, str]:
    return job.task, job.not_before, job.key


def _make_manager() -> "JobManager":
    """Return what writes jobs, on a connection that it is given: it opens none of its own."""
    from procrastinate import SyncPsycopgConnector
    from procrastinate.manager import JobManager

    return JobManager(SyncPsycopgConnector())
