"""What is made of a job that was run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from feedpub.errors import BusyError, ConfigError, StoreError, StoreVersionError
from feedpub.jobs.runner import Runner, Task
from feedpub.jobs.tally import Event, Tally
from feedpub.model import BuildReport
from feedpub.ports.jobs import Agenda, End, Job, Verdict
from feedpub.sending import Stop
from feedpub.testing import FixedClock, MemoryStore

JOB = Job("work", {"number": 1})


@pytest.fixture
def events() -> list[Event]:
    return []


Make = Callable[..., Runner]


@pytest.fixture
def make(store: MemoryStore, events: list[Event]) -> Make:
    @contextmanager
    def open_agenda() -> Iterator[Agenda]:
        with store.open() as opened, opened.transaction() as catalog:
            yield catalog.agenda

    def make(task: Task, stop: Stop | None = None, agenda: object = None) -> Runner:
        return Runner(
            {"work": task},
            open_agenda=agenda or open_agenda,  # type: ignore[arg-type]
            clock=FixedClock(),
            stop=stop or Stop(),
            observer=Tally(events.append),
        )

    return make


def raises(error: Exception) -> Callable[[Job], None]:
    def task(_job: Job) -> None:
        raise error

    return task


def failures(store: MemoryStore) -> dict[str, str]:
    with store.open() as opened, opened.transaction() as catalog:
        return {one.name: one.message for one in catalog.agenda.failures()}


def test_a_job_that_was_done_is_told(make: Make, events: list[Event]) -> None:
    verdict = make(lambda _: None)(JOB, 0)

    assert verdict.end == End.DONE
    assert [(event.job, event.verdict) for event in events] == [(JOB, verdict)]


def test_what_a_job_built_is_told(make: Make, events: list[Event]) -> None:
    stop, built = Stop(), BuildReport(new=3)

    make(lambda _: built, stop)(JOB, 0)
    stop.request()
    make(lambda _: built, stop)(JOB, 0)

    ends = [(event.verdict.end, event.verdict.built) for event in events]
    assert ends == [(End.DONE, built), (End.AGAIN, built)]


def test_what_went_wrong_is_kept_for_status(make: Make, store: MemoryStore) -> None:
    verdict = make(raises(StoreError("the disk is full")))(JOB, 0)

    assert verdict.end == End.AGAIN
    assert failures(store) == {"work number=1": "the disk is full"}


def test_it_is_forgotten_once_the_job_is_done(make: Make, store: MemoryStore) -> None:
    errors = [StoreError("the disk is full")]

    def task(_job: Job) -> None:
        if errors:
            raise errors.pop()

    run = make(task)
    run(JOB, 0)
    run(JOB, 1)

    assert failures(store) == {}


def test_it_is_forgotten_also_where_it_went_wrong_elsewhere(make: Make, store: MemoryStore) -> None:
    make(raises(StoreError("the disk is full")))(JOB, 0)
    other = make(lambda _: None)
    with store.open() as opened, opened.transaction() as catalog:
        other.learn(catalog.agenda.failures())

    other(JOB, 1)

    assert failures(store) == {}


def test_that_another_run_is_at_it_is_not_kept(make: Make, store: MemoryStore) -> None:
    verdict = make(raises(BusyError("another run")))(JOB, 0)

    assert (verdict.end, failures(store)) == (End.AGAIN, {})


def test_a_defect_ends_a_job_and_not_the_worker(
    make: Make, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    verdict = make(raises(ZeroDivisionError("division by zero")))(JOB, 0)

    assert verdict.end == End.FAILED
    assert failures(store) == {"work number=1": "division by zero"}
    assert "a defect of feedpub in job work number=1" in caplog.text


def test_a_database_that_keeps_nothing_changes_no_verdict(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    @contextmanager
    def gone() -> Iterator[Agenda]:
        raise StoreError("the server is gone")
        yield

    verdict = make(raises(ConfigError("no")), agenda=gone)(JOB, 0)

    assert verdict.end == End.FAILED
    assert "the server is gone" in caplog.text


def test_a_newer_database_ends_the_worker_and_the_job_is_left_to_others(make: Make) -> None:
    stop = Stop()
    run = make(raises(StoreVersionError("schema 9999")), stop)

    verdict = run(JOB, 0)

    assert (verdict.end, stop.requested, str(run.fatal)) == (End.AGAIN, True, "schema 9999")


def test_a_job_that_was_told_to_end_is_put_back(make: Make) -> None:
    stop = Stop()
    run = make(lambda _: stop.request(), stop)

    assert run(JOB, 0).end == End.AGAIN
    assert run(Job("work", key="work"), 0).end == End.DONE


def test_sums_are_told_in_the_format_of_prometheus() -> None:
    tally = Tally(lambda _: None)
    tally.began(JOB)
    tally.began(JOB)
    tally.ended(JOB, Verdict(End.DONE), 1.5)

    lines = list(tally.list_lines())

    assert 'feedpub_worker_jobs_total{task="work",end="done"} 1' in lines
    assert 'feedpub_worker_seconds_total{task="work"} 1.5' in lines
    assert 'feedpub_worker_running{task="work"} 1' in lines
