"""What is done regularly, by whichever worker is first to look."""

import pytest

from feedpub.jobs.schedule import Clockwork, Regular
from feedpub.ports.jobs import Failure, Job
from feedpub.testing import FixedClock, MemoryStore

BUILD = Job("build", key="build")
SWEEP = Job("sweep", key="sweep")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


def make(store: MemoryStore, clock: FixedClock, *regular: Regular) -> Clockwork:
    return Clockwork(regular, open_store=store.open, clock=clock, learn=lambda _: None)


def test_what_is_regular_begins_at_once_and_comes_again_in_time(
    store: MemoryStore, clock: FixedClock
) -> None:
    clockwork = make(store, clock, Regular(BUILD, 300))

    first, second = clockwork.tick(), clockwork.tick()
    clock.advance(seconds=300)
    third = clockwork.tick()

    assert (first, second, third) == ([BUILD], [], [BUILD])


def test_two_who_look_defer_one_job(store: MemoryStore, clock: FixedClock) -> None:
    one, other = (make(store, clock, Regular(BUILD, 300)) for _ in range(2))

    assert one.tick() + other.tick() == [BUILD]
    assert store.queue.jobs == [BUILD]


@pytest.mark.parametrize(("late_s", "done"), [(600, [BUILD, SWEEP]), (601, [SWEEP])])
def test_what_is_more_than_ten_minutes_late_waits_for_its_next_time(
    store: MemoryStore, clock: FixedClock, late_s: int, done: list[Job]
) -> None:
    clockwork = make(store, clock, Regular(BUILD, 3600), Regular(SWEEP, 3600, may_be_late=True))
    clockwork.tick()
    clock.advance(seconds=3600 + late_s)

    late = clockwork.tick()
    clock.advance(seconds=3600 - late_s)

    assert late == done
    assert clockwork.tick() == [BUILD, SWEEP]


def test_it_keeps_step_however_late_it_is_looked_at(store: MemoryStore, clock: FixedClock) -> None:
    clockwork = make(store, clock, Regular(BUILD, 60))
    clockwork.tick()
    clock.advance(seconds=119)
    clockwork.tick()

    clock.advance(seconds=1)

    assert clockwork.tick() == [BUILD]


def test_what_went_wrong_waits_until_it_is_tried_again(
    store: MemoryStore, clock: FixedClock
) -> None:
    clockwork = make(store, clock, Regular(BUILD, 10))
    now = int(clock().timestamp())
    with store.open() as opened, opened.transaction() as catalog:
        catalog.agenda.fail(Failure("build", "build", now, 1, now + 30, "the disk is full"))

    early = clockwork.tick()
    clock.advance(seconds=30)

    assert (early, clockwork.tick()) == ([], [BUILD])


def test_those_who_run_jobs_learn_what_went_wrong_elsewhere(
    store: MemoryStore, clock: FixedClock
) -> None:
    told: list[Failure] = []
    failure = Failure("build", "build", 0, 1, 30, "the disk is full")
    with store.open() as opened, opened.transaction() as catalog:
        catalog.agenda.fail(failure)

    Clockwork([], open_store=store.open, clock=clock, learn=told.extend).tick()

    assert told == [failure]
