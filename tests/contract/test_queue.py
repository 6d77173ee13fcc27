"""One contract for everything that has jobs run: a process, procrastinate, and the twin."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from psycopg_pool import AsyncConnectionPool

from feedpub.jobs.inprocess import InProcessEngine
from feedpub.jobs.procrastinate import ProcrastinateEngine
from feedpub.model.vitals import JobCount
from feedpub.ports.jobs import End, Engine, Job, Run, Verdict
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.plain import PostgresDatabase
from feedpub.store.postgres.store import PostgresStore
from feedpub.testing import MemoryQueue
from tests.support.postgres import Cluster

TASKS = ("work", "other", "sweep")
DONE = Verdict(End.DONE)
DEAD_WORKER = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '60 s')"
AGE = """
UPDATE procrastinate_events SET at = now() - make_interval(days => (args->>'days')::int)
FROM procrastinate_jobs WHERE procrastinate_jobs.id = job_id"""
PATIENCE_S = 90


class Bench(Protocol):
    """An engine, or the twin, as the tests work it."""

    def defer(self, jobs: Sequence[Job]) -> None: ...

    def counts(self) -> list[JobCount]: ...

    def work(self, run: Run, until: Callable[[], bool], queues: Sequence[str] = TASKS) -> None:
        """Have jobs run until something holds, and those at hand have ended."""
        ...


class TwinBench:
    def __init__(self) -> None:
        self._queue = MemoryQueue()
        self.defer, self.counts = self._queue.defer, self._queue.counts

    def work(self, run: Run, until: Callable[[], bool], queues: Sequence[str] = TASKS) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not until() and time.monotonic() < deadline:
            self._queue.work(run, now=int(time.time()), queues=queues)
            time.sleep(0.05)


class EngineBench:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def work(self, run: Run, until: Callable[[], bool], queues: Sequence[str] = TASKS) -> None:
        with running(self.engine, run, queues):
            deadline = time.monotonic() + PATIENCE_S
            while not until() and time.monotonic() < deadline:
                time.sleep(0.02)


class ProcessBench(EngineBench):
    def __init__(self) -> None:
        engine = InProcessEngine()
        super().__init__(engine)
        self.defer, self.counts = engine.defer, engine.counts


class ServerBench(EngineBench):
    def __init__(self, url: str, *, heartbeat_s: float = 10) -> None:
        super().__init__(ProcrastinateEngine(url, tasks=TASKS, heartbeat_s=heartbeat_s))
        self._store = PostgresStore.open(Address(url))

    def defer(self, jobs: Sequence[Job]) -> None:
        with self._store.transaction() as catalog:
            catalog.jobs.defer(jobs)

    def counts(self) -> list[JobCount]:
        with self._store.transaction() as catalog:
            return catalog.jobs.counts()


@contextmanager
def running(engine: Engine, run: Run, queues: Sequence[str] = TASKS) -> Iterator[threading.Thread]:
    """Have jobs run in a thread, and end it well."""
    terms = {"concurrency": 2, "queues": queues}
    thread = threading.Thread(target=engine.work, args=(run,), kwargs=terms)
    thread.start()
    try:
        yield thread
    finally:
        engine.stop()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.fixture(params=["twin", "process", "procrastinate"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "twin":
        return TwinBench()
    if request.param == "process":
        return ProcessBench()
    return ServerBench(request.getfixturevalue("database"))


class Log:
    """Keeps what was run, and gives one verdict after the other; the last one for the rest."""

    def __init__(self, *verdicts: Verdict) -> None:
        self.ran: list[tuple[Job, int]] = []
        self._verdicts = list(verdicts) or [DONE]
        self._lock = threading.Lock()

    def __call__(self, job: Job, attempts: int) -> Verdict:
        with self._lock:
            self.ran.append((job, attempts))
            return self._verdicts[min(len(self.ran), len(self._verdicts)) - 1]

    def has(self, number: int) -> Callable[[], bool]:
        return lambda: len(self.ran) >= number


def test_a_job_is_run_with_what_it_was_given_and_is_gone(bench: Bench) -> None:
    job = Job("work", {"issue": "周报/1", "number": 7, "names": ["a", "b"]})
    bench.defer([job])
    log = Log()

    bench.work(log, log.has(1))

    ((ran, attempts),) = log.ran
    assert (ran.task, ran.arguments, attempts) == ("work", job.arguments, 0)
    assert bench.counts() == []


def test_jobs_wait_until_they_are_taken(bench: Bench) -> None:
    bench.defer([Job("work"), Job("work"), Job("other")])

    assert bench.counts() == [JobCount("other", "waiting", 1), JobCount("work", "waiting", 2)]


def test_of_the_jobs_with_one_key_one_waits(bench: Bench) -> None:
    bench.defer([Job("work", key="one"), Job("work", key="one"), Job("work", key="two")])
    bench.defer([Job("work", key="one")])

    assert bench.counts() == [JobCount("work", "waiting", 2)]


def test_a_key_is_free_again_once_its_job_is_taken(bench: Bench) -> None:
    bench.defer([Job("work", key="one")])
    log = Log()
    bench.work(log, log.has(1))

    bench.defer([Job("work", key="one")])

    assert bench.counts() == [JobCount("work", "waiting", 1)]


def test_a_job_is_not_run_before_its_time(bench: Bench) -> None:
    soon = int(time.time()) + 2
    bench.defer([Job("work", {"number": 1}, not_before=soon), Job("work", {"number": 2})])
    log, times = Log(), []

    def run(job: Job, attempts: int) -> Verdict:
        times.append(time.time())
        return log(job, attempts)

    bench.work(run, log.has(2))

    assert [job.arguments["number"] for job, _ in log.ran] == [2, 1]
    assert times[1] >= soon


def test_a_job_that_is_to_be_run_again_is_and_knows_how_often(bench: Bench) -> None:
    bench.defer([Job("work", {"number": 1})])
    log = Log(Verdict(End.AGAIN, int(time.time())), DONE)

    bench.work(log, log.has(2))

    assert [(job.arguments, attempts) for job, attempts in log.ran] == [
        ({"number": 1}, 0),
        ({"number": 1}, 1),
    ]
    assert bench.counts() == []


def test_a_job_that_is_to_be_run_later_waits(bench: Bench) -> None:
    bench.defer([Job("work")])
    log = Log(Verdict(End.AGAIN, int(time.time()) + 3600, "no answer"))

    bench.work(log, log.has(1))

    assert bench.counts() == [JobCount("work", "waiting", 1)]


def test_a_job_that_failed_is_counted_and_not_run_again(bench: Bench) -> None:
    bench.defer([Job("work"), Job("other")])
    log = Log(Verdict(End.FAILED, reason="no"), DONE)

    bench.work(log, log.has(2))

    assert [count.state for count in bench.counts()] == ["failed"]


def test_jobs_of_other_queues_are_left_to_others(bench: Bench) -> None:
    bench.defer([Job("other"), Job("work")])
    log = Log()

    bench.work(log, log.has(1), ["work"])

    assert bench.counts() == [JobCount("other", "waiting", 1)]


# Of those that run by themselves


@pytest.fixture(params=["process", "procrastinate"])
def engine(request: pytest.FixtureRequest) -> EngineBench:
    if request.param == "process":
        return ProcessBench()
    return ServerBench(request.getfixturevalue("database"))


def test_a_job_that_comes_later_is_taken_at_once(engine: EngineBench) -> None:
    log = Log()
    with running(engine.engine, log):
        time.sleep(1)
        began = time.monotonic()
        engine.defer([Job("work")])  # type: ignore[attr-defined]
        while not log.ran and time.monotonic() < began + PATIENCE_S:
            time.sleep(0.01)

    assert time.monotonic() - began < 4  # the queue is polled every five


def test_two_jobs_are_run_at_a_time(engine: EngineBench) -> None:
    both = threading.Barrier(2, timeout=PATIENCE_S)
    engine.defer([Job("work"), Job("work")])  # type: ignore[attr-defined]
    log = Log()

    def run(job: Job, attempts: int) -> Verdict:
        both.wait()
        return log(job, attempts)

    engine.work(run, log.has(2))

    assert len(log.ran) == 2


def test_what_was_begun_is_finished_before_the_end_and_nothing_is_begun(
    engine: EngineBench,
) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()
    engine.defer([Job("work")] * 3)  # type: ignore[attr-defined]
    log = Log()

    def run(job: Job, attempts: int) -> Verdict:
        begun.release()
        go_on.wait(PATIENCE_S)
        return log(job, attempts)

    with running(engine.engine, run) as thread:
        for _ in range(2):
            assert begun.acquire(timeout=PATIENCE_S)
        engine.engine.stop()
        time.sleep(0.3)
        still_there = thread.is_alive()
        go_on.set()

    assert still_there
    assert len(log.ran) == 2
    assert engine.counts() == [JobCount("work", "waiting", 1)]  # type: ignore[attr-defined]


# Of procrastinate


def test_the_jobs_of_a_dead_worker_are_revived_and_it_is_forgotten(database: str) -> None:
    bench = ServerBench(database)
    bench.defer([Job("work", {"number": 1}), Job("sweep", key="sweep")])
    server = PostgresDatabase(Address(database))
    with server.transaction() as cursor:  # as a worker that was killed a while ago leaves them
        cursor.execute(DEAD_WORKER)
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing',"
                       " worker_id = (SELECT max(id) FROM procrastinate_workers)")  # fmt: skip
    bench.defer([Job("sweep", key="sweep")])
    revived: list[int] = []
    log = Log()

    def run(job: Job, attempts: int) -> Verdict:
        if job.task == "sweep":
            with server.transaction() as cursor:  # that this worker did not meet when it began
                cursor.execute(DEAD_WORKER)
            revived.append(bench.engine.revive())
        return log(job, attempts)

    bench.work(run, lambda: bool(revived) and log.has(2)())
    left = server.read("SELECT count(*) FROM procrastinate_workers")
    server.close()

    assert revived == [2]
    assert sorted((job.task, attempts) for job, attempts in log.ran) == [("sweep", 0), ("work", 1)]
    assert (bench.counts(), left) == ([], [(0,)])


def test_a_job_of_a_living_worker_is_left_to_it(database: str) -> None:
    bench = ServerBench(database)
    bench.defer([Job("work")])
    log, revived = Log(), []

    def run(job: Job, attempts: int) -> Verdict:
        revived.append(bench.engine.revive())
        return log(job, attempts)

    bench.work(run, log.has(1))

    assert (revived, len(log.ran)) == ([0], 1)


def test_a_job_that_failed_is_kept_for_a_week(database: str) -> None:
    bench = ServerBench(database)
    bench.defer([Job("work", {"days": days}) for days in (6, 8)])
    server = PostgresDatabase(Address(database))
    with server.transaction() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        cursor.execute(AGE)
    bench.defer([Job("sweep")])
    log = Log()

    def run(job: Job, attempts: int) -> Verdict:
        bench.engine.revive()
        return log(job, attempts)

    bench.work(run, log.has(1))
    left = server.read("SELECT args->>'days' FROM procrastinate_jobs WHERE status = 'failed'")
    server.close()

    assert left == [("6",)]


def test_nothing_is_left_of_jobs_that_were_done(database: str) -> None:
    bench = ServerBench(database)
    bench.defer([Job("work")] * 5)
    log = Log()
    bench.work(log, log.has(5))
    server = PostgresDatabase(Address(database))

    tables = ("jobs", "events", "periodic_defers", "workers")
    left = [server.read(f"SELECT count(*) FROM procrastinate_{name}") for name in tables]
    server.close()

    assert left == [[(0,)]] * 4


def test_jobs_go_on_after_a_restart_of_the_server(database: str, cluster: Cluster) -> None:
    bench = ServerBench(database, heartbeat_s=0.2)
    log = Log()
    with running(bench.engine, log):
        time.sleep(1)
        cluster.stop()
        time.sleep(1)
        cluster.start()
        bench.defer([Job("work")])
        deadline = time.monotonic() + PATIENCE_S
        while not log.ran and time.monotonic() < deadline:
            time.sleep(0.05)

    assert len(log.ran) == 1


def test_a_worker_whose_server_is_away_can_be_stopped(tmp_path: Path) -> None:
    began = time.monotonic()

    with running(ProcrastinateEngine(f"postgresql:///x?host={tmp_path}", tasks=TASKS), Log()):
        time.sleep(1)

    assert time.monotonic() - began < 10


def test_nothing_is_left_of_a_worker_that_is_stopped_while_it_connects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, pools = threading.Event(), set()

    async def open_pool(pool: AsyncConnectionPool, *options: object, **more: object) -> None:
        pools.add(pool)
        opening.set()
        await opened(pool, *options, **more)  # type: ignore[arg-type]

    opened = AsyncConnectionPool.open
    monkeypatch.setattr(AsyncConnectionPool, "open", open_pool)

    with running(ProcrastinateEngine(f"postgresql:///x?host={tmp_path}", tasks=TASKS), Log()):
        assert opening.wait(PATIENCE_S)

    assert [pool.closed for pool in pools] == [True]
