"""What the sweep finds in the database that no job speaks of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feedpub.jobs.inprocess import InProcessEngine
from feedpub.jobs.sweep import NOTICES, Sweep
from feedpub.mailing.preparing import make_prepare_job
from feedpub.model import Frequency, Issue, IssueState, Schedule
from feedpub.ports.jobs import Failure, Job, make_share_job
from feedpub.testing import FixedClock, MemoryStore

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
WEEKLY = Schedule(Frequency.WEEKLY, 9, weekday=4)
PREPARE = make_prepare_job(Frequency.WEEKLY)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(FRIDAY)


def make(
    store: MemoryStore,
    clock: FixedClock,
    *,
    left: tuple[Job, ...] = (),
    engine: InProcessEngine | None = None,
    sends: bool = True,
) -> Sweep:
    return Sweep(
        engine or InProcessEngine(),
        open_store=store.open,
        list_jobs=lambda: list(left),
        schedules=[WEEKLY],
        sends=sends,
        zone=ZoneInfo("UTC"),
        clock=clock,
    )


def add_issue(
    store: MemoryStore, scheduled: datetime, state: IssueState = IssueState.EMPTY
) -> None:
    issue = Issue(
        0, "weekly/1", Frequency.WEEKLY, scheduled - timedelta(days=7), scheduled, scheduled,
        state, created=scheduled, finished=scheduled,
    )  # fmt: skip
    with store.open() as opened, opened.transaction() as catalog:
        catalog.issues.add(issue, b"")


def test_what_builds_left_is_deferred(store: MemoryStore, clock: FixedClock) -> None:
    add_issue(store, FRIDAY)
    build = Job("build", key="build")

    make(store, clock, left=(build,))()

    assert store.queue.jobs == [build]


def test_an_issue_is_prepared_at_its_time_and_not_a_minute_ahead(
    store: MemoryStore, clock: FixedClock
) -> None:
    add_issue(store, FRIDAY - timedelta(days=7))
    clock.now = FRIDAY - timedelta(seconds=1)
    sweep = make(store, clock)

    early = sweep()
    clock.advance(seconds=1)

    assert (early, sweep()) == ([], [PREPARE])


def test_an_issue_that_is_being_prepared_is_not_deferred_again(
    store: MemoryStore, clock: FixedClock
) -> None:
    engine = InProcessEngine()
    engine.defer([PREPARE])

    assert make(store, clock, engine=engine)() == []


def test_what_went_wrong_is_left_alone_until_its_time(
    store: MemoryStore, clock: FixedClock
) -> None:
    now = int(clock().timestamp())
    with store.open() as opened, opened.transaction() as catalog:
        catalog.agenda.fail(Failure(PREPARE.name, "prepare", now, 1, now + 30, "held"))
    sweep = make(store, clock)

    early = sweep()
    clock.advance(seconds=30)

    assert (early, sweep()) == ([], [PREPARE])


@pytest.mark.parametrize(
    ("rows", "jobs"),
    [
        ([(0, 0)] * 501, 2),
        ([(0, 0), (0, 60), (3, 0)], 1),
        # Who waits for a later try needs no job before.
        ([(0, 60), (3, 0)], 0),
        # Whoever had the last one may have died before saying that the issue is finished.
        ([(3, 0), (1, 0)], 1),
    ],
    ids=["due", "some due", "later", "nobody waits"],
)
def test_an_issue_on_its_way_is_shared_out_again(
    store: MemoryStore, clock: FixedClock, rows: list[tuple[int, int]], jobs: int
) -> None:
    add_issue(store, FRIDAY, IssueState.SENDING)
    now = int(clock().timestamp())
    with store.open() as opened, opened.transaction() as catalog:
        execute = catalog._connection.exec_driver_sql
        execute("INSERT INTO selections VALUES (1, 1, '', 'en', 0)")
        for number, (state, wait) in enumerate(rows, 1):
            execute(
                "INSERT INTO subscribers (id, state, choice, created) VALUES (?, 1, '', 0)",
                (number,),
            )
            execute(
                "INSERT INTO deliveries (issue, subscriber, selection, state, not_before)"
                " VALUES (1, ?, 1, ?, ?)",
                (number, state, now + wait),
            )

    assert make(store, clock)() == [make_share_job("weekly/1")] * jobs


def test_mails_to_one_person_that_wait_are_deferred(store: MemoryStore, clock: FixedClock) -> None:
    add_issue(store, FRIDAY)
    with store.open() as opened, opened.transaction() as catalog:
        catalog._connection.exec_driver_sql(
            "INSERT INTO subscribers (id, state, choice, created) VALUES (1, 0, '', 0)"
        )
        catalog._connection.exec_driver_sql(
            "INSERT INTO notices (subscriber, kind, state, created) VALUES (1, 'confirm', 0, 0)"
        )

    assert make(store, clock)() == [NOTICES]


def test_nothing_is_mailed_where_there_is_nothing_to_mail_with(
    store: MemoryStore, clock: FixedClock
) -> None:
    assert make(store, clock, sends=False)() == []


def list_failures(store: MemoryStore) -> list[str]:
    with store.open() as opened, opened.transaction() as catalog:
        return [one.name for one in catalog.agenda.failures()]


def test_what_went_wrong_is_forgotten_once_a_person_has_done_it(
    store: MemoryStore, clock: FixedClock
) -> None:
    with store.open() as opened, opened.transaction() as catalog:
        catalog.agenda.fail(Failure(PREPARE.name, "prepare", 0, 1, 30, "held"))
        catalog.agenda.fail(Failure("build", "build", 0, 1, 30, "the disk is full"))
    sweep = make(store, clock)
    sweep()
    before = list_failures(store)

    add_issue(store, FRIDAY)
    sweep()

    assert (before, list_failures(store)) == (["build", PREPARE.name], ["build"])
