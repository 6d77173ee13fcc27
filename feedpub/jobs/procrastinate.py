"""Jobs as procrastinate has them run, on any number of machines: https://procrastinate.readthedocs.io.

What it leaves to its users is done here (issues of procrastinate-org/procrastinate):

- A job whose worker died stays ``doing`` for ever (#740, #307): ``revive``, once a minute.
- ``revive`` is called by a job with a ``queueing_lock``, so that none piles up, and without a
  ``lock``, which would let one that died keep out all others (#1408).
- A job with a ``queueing_lock`` that is put back meets another one that waits, and stays ``doing``
  (#1446): jobs with a key are never put back, neither after an error nor by ``revive``.
- Jobs stay ``doing`` whose worker's number is used by another one after a restart (#1518): the
  rows of dead workers are pruned after ``revive``, which takes jobs without a worker for dead, too.
- Millions of finished jobs make a worker start slowly (#1454): they are deleted at once; failed
  ones, of which the table ``failures`` keeps the reason, after a week.
- A ``lock`` makes taking jobs slow (#1242): none has one. The ledger keeps senders apart.
- A worker ends when its database restarts: it is begun again here, with a new number.
- Its periodic tasks drop what is ten minutes late: we have schedules of our own.
- The app is made in this module, not in ``__main__``, and is given every task that there is.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from feedpub.ports.jobs import End, Job, JobValue, Run

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.job_context import JobContext
    from procrastinate.jobs import Job as QueuedJob

HEARTBEAT_S, DEAD_S = 10.0, 30.0
"""A worker gives a sign so often, and is dead when its last one is so old."""

_KEPT_HOURS = 7 * 24
_MOST_PAUSE_S = 30.0
_log = logging.getLogger(__name__)


class _PutBackError(Exception):
    """Carries from a task to procrastinate when a job is to be run again."""

    def __init__(self, at: int | None, reason: str) -> None:
        super().__init__(reason)
        self.at = None if at is None else datetime.fromtimestamp(at, UTC)


class _FailedError(Exception):
    """Tells procrastinate to count a job as failed."""


class ProcrastinateEngine:
    """See ``feedpub.ports.jobs.Engine``; jobs are deferred by ``catalog.jobs``."""

    def __init__(
        self,
        conninfo: str,
        *,
        tasks: Sequence[str],
        password: str = "",
        heartbeat_s: float = HEARTBEAT_S,
        dead_s: float = DEAD_S,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            conninfo: Address of the database, as libpq takes it.
            tasks: Names of all tasks that there are.
            password: Where the address has none.
            heartbeat_s: So often this worker gives a sign of life.
            dead_s: A worker is dead whose last sign is so old; well above ``heartbeat_s``.
        """
        self._conninfo, self._password, self._tasks = conninfo, password, tuple(tasks)
        self._heartbeat_s, self._dead_s = heartbeat_s, dead_s
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: asyncio.Task[None] | None = None
        self._app: App | None = None

    def work(self, run: Run, *, concurrency: int, queues: Sequence[str]) -> None:
        """Have jobs run until ``stop``, and until those are done that were begun."""
        with _quiet():
            asyncio.run(self._work(run, concurrency, queues))

    def stop(self) -> None:
        """Let ``work`` come back when what was begun is done; from any thread or handler."""
        if self._stopping:  # to cancel twice is to end at once
            return
        self._stopping = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has just ended
                self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._worker is not None:
            self._worker.cancel()

    def revive(self) -> int:
        """Have jobs run again whose process died; return how many. Called by a running job."""
        if self._loop is None or self._app is None:
            return 0
        return asyncio.run_coroutine_threadsafe(
            _revive(self._app, self._dead_s), self._loop
        ).result()

    def pending(self, task: str) -> list[Mapping[str, JobValue]] | None:  # noqa: ARG002 # as the port has it
        """Return None: the database knows."""
        return None

    async def _work(self, run: Run, concurrency: int, queues: Sequence[str]) -> None:
        self._loop = asyncio.get_running_loop()
        # Each job blocks a thread; the loop's own executor has but some more than cores.
        self._loop.set_default_executor(ThreadPoolExecutor(concurrency + 2, "job"))
        failed = 0
        with contextlib.suppress(asyncio.CancelledError):
            while not self._stopping:
                began = time.monotonic()
                reason = await self._try(self._serve(run, concurrency, queues))
                failed = 1 if time.monotonic() - began > _MOST_PAUSE_S else failed + 1
                pause = min(2.0 ** (failed - 1), _MOST_PAUSE_S)
                _log.warning("the queue does not answer (%s); again in %d s", reason, pause)
                await self._try(asyncio.sleep(pause))

    async def _try(self, work: Coroutine[Any, Any, None]) -> str:
        """Do what ``stop`` may cut short; return why it ended."""
        self._worker = asyncio.create_task(work)
        if self._stopping:  # told so before there was anything to cancel
            self._worker.cancel()
        try:
            await self._worker
        except Exception as error:  # noqa: BLE001 # whatever it was, the next one may do better
            return " ".join(str(error.__cause__ or error).split())
        return "it ended"

    async def _serve(self, run: Run, concurrency: int, queues: Sequence[str]) -> None:
        app = make_app(
            self._conninfo, self._password, self._tasks, run, connections=concurrency + 3
        )
        try:
            # No ``async with``, which leaves open what ``stop`` cut short while it was opened: what
            # keeps its connections would go on, and now and then wait for minutes at the end.
            await app.open_async()
            self._app = app
            await app.run_worker_async(
                queues=list(queues),
                concurrency=concurrency,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=self._heartbeat_s,
                stalled_worker_timeout=self._dead_s,
            )
        finally:
            self._app = None
            await app.close_async()


def make_app(
    conninfo: str, password: str, tasks: Sequence[str], run: Run, *, connections: int
) -> "App":
    """Return procrastinate's app, which knows every task; nothing is opened yet."""
    from procrastinate import App, PsycopgConnector

    connector = PsycopgConnector(
        conninfo=conninfo,
        min_size=1,
        max_size=connections,
        timeout=10,
        kwargs={
            "application_name": "feedpub worker",
            "connect_timeout": 10,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 60_000,
            **({"password": password} if password else {}),
        },
    )
    app = App(connector=connector)
    retry = _make_retry()
    for name in tasks:
        app.task(name=name, queue=name, pass_context=True, retry=retry)(_wrap(run))
    return app


def _wrap(run: Run) -> "Callable[..., None]":
    def call(context: "JobContext", **arguments: Any) -> None:
        queued = context.job
        job = Job(queued.task_name, arguments, key=queued.queueing_lock or "")
        verdict = run(job, queued.attempts)
        if verdict.end == End.AGAIN:
            raise _PutBackError(verdict.at, verdict.reason)
        if verdict.end == End.FAILED:
            raise _FailedError(verdict.reason)

    return call


def _make_retry() -> Any:
    from procrastinate import BaseRetryStrategy, RetryDecision

    class AsTold(BaseRetryStrategy):
        """Runs a job again when, and if, its verdict says so."""

        def get_retry_decision(
            self,
            *,
            exception: BaseException,
            job: "QueuedJob",  # noqa: ARG002 # as the library calls it
        ) -> RetryDecision | None:
            if isinstance(exception, _PutBackError):
                return RetryDecision(retry_at=exception.at)
            return None

    return AsTold()


async def _revive(app: "App", dead_s: float) -> int:
    from procrastinate.exceptions import ConnectorException
    from procrastinate.jobs import Status

    manager, found = app.job_manager, 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=dead_s):
        with contextlib.suppress(ConnectorException):  # another worker was faster
            if job.queueing_lock:
                await manager.finish_job(job, Status.FAILED, delete_job=True)
            else:
                await manager.retry_job(job)
            found += 1
    await manager.prune_stalled_workers(dead_s)
    await manager.delete_old_jobs(_KEPT_HOURS, include_failed=True, include_aborted=True)
    return found


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what procrastinate says of each job, unless everything is wanted: we say it."""
    theirs = [logging.getLogger(name) for name in ("procrastinate", "psycopg.pool", "asyncio")]
    before = [logger.level for logger in theirs]
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        for logger in theirs:
            logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(theirs, before, strict=True):
            logger.setLevel(level)
