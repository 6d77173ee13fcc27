"""A database of an older version is brought up to date as a whole; a newer one is left alone."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from feedpub import wiring
from feedpub.errors import StoreVersionError
from feedpub.store import engine as engines
from feedpub.store import schema
from feedpub.store.sql import SqlStore, create
from tests.support.databases import dump, release_later
from tests.support.real_site import RealSite

EXIT_FAILURE = 1


def test_a_database_of_a_newer_version_is_refused(site: RealSite) -> None:
    before = site.published()
    with closing(sqlite3.connect(site.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    done = site.build()

    assert done.returncode == EXIT_FAILURE
    assert "has schema 9999" in done.stderr
    assert "install the newer feedpub" in done.stderr
    assert site.published() == before


def test_the_newest_version_is_the_same_for_all_who_name_it() -> None:
    heads = ScriptDirectory(str(engines.MIGRATIONS)).get_heads()

    assert heads == [engines.HEAD] == [wiring.SCHEMA]


def test_databases_made_by_several_threads_at_once_are_each_whole(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.db" for number in range(6)]

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(create, paths))

    for path in paths:
        with closing(sqlite3.connect(path)) as connection:
            ((version,),) = connection.execute("SELECT version_num FROM alembic_version")
        assert version == engines.HEAD


def test_the_migrations_make_the_schema_that_the_code_knows() -> None:
    engine = engines.connect_memory()
    engines.upgrade(engine, "memory", create=True)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, schema.metadata)

    assert differences == []


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Lets feedpub be a version later."""
    return partial(release_later, monkeypatch, tmp_path)


def test_a_database_of_an_older_version_opens_with_all_it_holds(
    site: RealSite, later: Callable[..., None]
) -> None:
    known = site.articles_known()
    renditions = site.look("SELECT article, payload FROM renditions ORDER BY article")
    later()

    SqlStore.open(site.database).close()

    assert site.articles_known() == known
    assert site.look("SELECT article, payload FROM renditions ORDER BY article") == renditions
    assert site.look("SELECT DISTINCT language FROM articles") == [("new",)]
    assert site.look("SELECT version_num FROM alembic_version") == [("9000",)]


@pytest.mark.parametrize(
    "then",
    ["raise RuntimeError('halfway')", "op.execute('DELETE FROM sources')"],
    ids=["it fails", "it breaks a reference"],
)
def test_a_migration_that_goes_wrong_leaves_the_database_as_it_was(
    then: str, site: RealSite, later: Callable[..., None]
) -> None:
    before = dump(site.database)
    later(then=then)

    with pytest.raises(Exception, match=r"halfway|breaks a reference"):
        SqlStore.open(site.database)

    assert dump(site.database) == before


def test_a_reader_does_not_migrate(site: RealSite, later: Callable[..., None]) -> None:
    before = dump(site.database)
    later()

    SqlStore.open(site.database, read_only=True).close()

    assert dump(site.database) == before


def test_a_store_in_memory_is_of_the_newest_version() -> None:
    store = SqlStore.in_memory()

    with store.transaction() as catalog:
        assert catalog.sources.next_id() == 1


def test_a_newer_version_is_an_error_with_a_type_of_its_own(site: RealSite) -> None:
    with closing(sqlite3.connect(site.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreVersionError):
        SqlStore.open(site.database)


def test_metadata_of_sqlalchemy_is_what_the_tables_are(site: RealSite) -> None:
    engine = sa.create_engine(f"sqlite:///{site.database}")
    with engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
    engine.dispose()

    assert tables == {*schema.metadata.tables, "alembic_version"}
