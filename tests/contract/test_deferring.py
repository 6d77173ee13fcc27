"""Jobs that are deferred in a transaction, on every store; and what is done regularly."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress

import pytest

from feedpub.ports.jobs import Failure, Job
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.plain import PostgresDatabase
from feedpub.store.sql import SqlStore
from feedpub.store.transfer import is_empty
from tests.support.stores import Store

Deferred = Callable[[], list[tuple[str, dict[str, object]]]]

NOON = 1_700_000_000


@pytest.fixture
def deferred(store: Store, request: pytest.FixtureRequest) -> Iterator[Deferred]:
    """What arrived: rows of the queue on a server, what a listener was told elsewhere."""
    if isinstance(store, SqlStore):
        told: list[Job] = []

        def hear(jobs: Sequence[Job]) -> None:
            told.extend(jobs)

        with ExitStack() as stack:
            stack.enter_context(store.listen(hear))
            yield lambda: [(job.task, dict(job.arguments)) for job in told]
        return
    server = PostgresDatabase(Address(request.getfixturevalue("database")))
    yield lambda: server.read("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
    server.close()


def test_jobs_arrive_in_order_when_the_transaction_is_committed(
    store: Store, deferred: Deferred
) -> None:
    with store.transaction() as catalog:
        catalog.jobs.defer([Job("deliver", {"issue": 7}), Job("deliver", {"issue": 7})])
        catalog.jobs.defer([Job("build")])
        before = deferred()

    assert before == []
    assert deferred() == [("deliver", {"issue": 7}), ("deliver", {"issue": 7}), ("build", {})]


def test_no_job_is_left_of_a_transaction_that_was_undone(store: Store, deferred: Deferred) -> None:
    with suppress(KeyboardInterrupt), store.transaction() as catalog:
        catalog.jobs.defer([Job("deliver", {"issue": 7})])
        raise KeyboardInterrupt

    assert deferred() == []


def test_deferring_nothing_is_harmless(store: Store, deferred: Deferred) -> None:
    with store.transaction() as catalog:
        catalog.jobs.defer([])

    assert deferred() == []


def test_a_schedule_is_taken_by_one_only(store: Store) -> None:
    with store.transaction() as catalog:
        first = catalog.agenda.take("build", "300 s", now=NOON, next_run_at=NOON + 300)
    with store.transaction() as catalog:
        second = catalog.agenda.take("build", "300 s", now=NOON + 1, next_run_at=NOON + 301)
        known = catalog.agenda.next_run("build", "300 s")

    assert (first, second, known) == (NOON, None, NOON + 300)


def test_a_schedule_tells_when_it_was_due(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.agenda.take("build", "300 s", now=NOON, next_run_at=NOON + 300)
        late = catalog.agenda.take("build", "300 s", now=NOON + 999, next_run_at=NOON + 1200)

    assert late == NOON + 300


def test_a_schedule_whose_period_changed_is_a_new_one(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.agenda.take("build", "300 s", now=NOON, next_run_at=NOON + 300)
        taken = catalog.agenda.take("build", "60 s", now=NOON + 1, next_run_at=NOON + 61)
        old = catalog.agenda.next_run("build", "300 s")

    assert (taken, old) == (NOON + 1, None)


def test_a_failure_is_known_until_the_job_is_done(store: Store) -> None:
    failure = Failure("deliver issue=7", "deliver", NOON, 1, NOON + 60, "no answer")
    with store.transaction() as catalog:
        catalog.agenda.fail(failure)
        catalog.agenda.fail(failure._replace(attempts=2))
        before = catalog.agenda.failures()
        catalog.agenda.forgive("deliver issue=7")
        after = catalog.agenda.failures()

    assert (before, after) == ([failure._replace(attempts=2)], [])


def test_whoever_restarts_a_worker_need_not_wait_for_what_went_wrong(store: Store) -> None:
    failure = Failure("deliver issue=7", "deliver", NOON, 9, NOON + 3600, "no password")
    with store.transaction() as catalog:
        catalog.agenda.fail(failure)
        catalog.agenda.hasten(NOON + 1)
        catalog.agenda.hasten(NOON)
        found = catalog.agenda.failures()

    assert found == [failure._replace(retry_at=NOON)]


def test_a_database_that_a_worker_has_only_looked_at_may_still_be_filled(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.agenda.take("build", "300 s", now=NOON, next_run_at=NOON + 300)

        assert is_empty(catalog._connection)
