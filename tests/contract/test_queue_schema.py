"""The tables of procrastinate follow the procrastinate that is installed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager

from feedpub.errors import StoreError
from feedpub.ports.jobs import Job
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.dialect import POSTGRES
from feedpub.store.postgres.engine import make_engine
from feedpub.store.postgres.plain import PostgresDatabase
from feedpub.store.postgres.queue import update_queue
from feedpub.store.postgres.store import PostgresStore

Look = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def look(database: str) -> Iterator[Look]:
    server = PostgresDatabase(Address(database))
    yield server.read
    server.close()


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let procrastinate be a version later, with a script of each kind."""
    for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (tmp_path / "99.00.00_01_pre_more.sql").write_text("CREATE TABLE procrastinate_more (id int);")
    (tmp_path / "99.00.00_50_post_less.sql").write_text(
        "DROP FUNCTION procrastinate_retry_job_v1; -- 100% gone\n"
    )
    monkeypatch.setattr(SchemaManager, "get_migrations_path", staticmethod(lambda: str(tmp_path)))
    return tmp_path


def noted(look: Look) -> str:
    ((name,),) = look("SELECT obj_description('procrastinate_jobs'::regclass)")
    return str(name)


def functions(look: Look) -> set[str]:
    return {str(name) for (name,) in look("SELECT proname FROM pg_proc WHERE proname ~ '^procr'")}


def test_what_is_up_to_date_stays_as_it_is(database: str, look: Look) -> None:
    before = noted(look)

    update_queue(Address(database))

    assert noted(look) == before
    assert before == max(p.name for p in Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def test_a_later_procrastinate_brings_its_scripts(database: str, look: Look, later: Path) -> None:
    update_queue(Address(database))

    assert noted(look) == "99.00.00_50_post_less.sql"
    assert "procrastinate_retry_job_v1" not in functions(look)
    assert look("SELECT * FROM procrastinate_more") == []


def test_what_older_workers_need_stays_until_none_is_alive(
    database: str, look: Look, later: Path
) -> None:
    server = PostgresDatabase(Address(database))
    with server.transaction() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")

    update_queue(Address(database))
    beside_another = noted(look), "procrastinate_retry_job_v1" in functions(look)
    with server.transaction() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        )
    server.close()
    update_queue(Address(database))

    assert beside_another == ("99.00.00_01_pre_more.sql", True)
    assert noted(look) == "99.00.00_50_post_less.sql"


def test_a_queue_of_a_newer_procrastinate_is_refused(database: str, look: Look) -> None:
    server = PostgresDatabase(Address(database))
    with server.transaction() as cursor:
        cursor.execute("COMMENT ON TABLE procrastinate_jobs IS '99.00.00_50_post_less.sql'")
    server.close()

    with pytest.raises(StoreError, match=r"newer procrastinate \(99\.00\.00\); upgrade it here"):
        update_queue(Address(database))


def test_jobs_of_a_database_that_is_replaced_go_with_it(database: str, look: Look) -> None:
    store = PostgresStore.open(Address(database))
    with store.transaction() as catalog:
        catalog.jobs.defer([Job("deliver", {"issue": "weekly/2026-11-27"})])
    with make_engine(Address(database)).begin() as connection:
        POSTGRES.empty(connection)

    assert look("SELECT * FROM procrastinate_jobs") == []
    store.close()
