"""A server of PostgreSQL: its schema, who may use it, and what can be wrong with it."""

from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from feedpub.errors import BusyError, MissingStoreError, StoreError, StoreVersionError
from feedpub.model import DeliveryState
from feedpub.ports import StoredProblem
from feedpub.ports.mailing import Change, Outcome, Recovery
from feedpub.store import newsletter_schema
from feedpub.store.ledger import SqlLedger
from feedpub.store.postgres import address as addresses
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.engine import make_engine
from feedpub.store.postgres.lock import AdvisoryLock
from feedpub.store.postgres.plain import PostgresDatabase
from feedpub.store.postgres.store import PostgresStore, create
from tests.support.databases import release_later
from tests.support.ledger import ISSUE
from tests.support.ledger_server import LedgerServer
from tests.support.ledgers import NOW, hash_mailbox, states
from tests.support.postgres import REASON, Cluster
from tests.support.records import make_record

QUEUED, SENT, UNKNOWN = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.UNKNOWN


# Versions


def test_a_servers_database_of_an_older_version_opens_with_all_it_holds(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = PostgresStore.open(Address(database))
    with store.transaction() as catalog:
        source = catalog.sources.open_source("posts").id
        catalog.sources.insert([make_record(1, source=source)])
    release_later(monkeypatch, tmp_path, recreate="auto")

    PostgresStore.open(Address(database)).close()

    server = PostgresDatabase(Address(database))
    assert server.read("SELECT title, language FROM articles") == [("Same", "new")]
    assert server.read("SELECT version_num FROM alembic_version") == [("9000",)]
    server.close()
    store.close()


def test_a_servers_database_of_a_newer_version_is_refused(database: str) -> None:
    server = PostgresDatabase(Address(database))
    with server.transaction() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '9999'")
    server.close()

    with pytest.raises(StoreVersionError, match="has schema 9999"):
        PostgresStore.open(Address(database))


def test_the_migrations_make_the_same_schema_on_a_server(database: str) -> None:
    engine = make_engine(Address(database))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, newsletter_schema.metadata)
    engine.dispose()

    found = {(what, str(getattr(item, "table", item))) for what, item in differences}
    # The ledger of a server has no foreign keys, and one index more to say; see the migration. The
    # queue is procrastinate's, and what machines read together goes with it.
    queue = ("procrastinate_", "read_shards")
    assert {one for one in found if not one[1].startswith(queue)} == {
        (what, "deliveries") for what in ("add_fk", "remove_index", "add_index")
    }


# What can be wrong with a server


def test_a_database_without_tables_is_refused_with_the_remedy(cluster: Cluster) -> None:
    url = cluster.create_empty()

    with pytest.raises(
        MissingStoreError, match=r"no tables of feedpub.*feedpub migrate .*feedpub init --database"
    ):
        PostgresStore.open(Address(url))

    cluster.drop(url)


def test_a_database_of_another_program_is_left_alone(cluster: Cluster) -> None:
    url = cluster.create_empty()
    engine = make_engine(Address(url))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE other (id bigint)")
    engine.dispose()

    with pytest.raises(StoreError, match="tables of another program"):
        create(Address(url))

    cluster.drop(url)


def test_a_missing_database_is_never_made_anew(cluster: Cluster) -> None:
    with pytest.raises(MissingStoreError, match="no such database"):
        PostgresStore.open(Address(cluster.url("nowhere")))


def test_a_server_that_is_gone_is_told_without_its_password(tmp_path: Path) -> None:
    address = Address(f"postgresql://ann:hunter2@/feeds?host={tmp_path}", "hunter2")

    with pytest.raises(StoreError, match="can be reached") as found:
        PostgresStore.open(address)

    assert "hunter2" not in str(found.value)


def test_two_runs_keep_apart_and_the_next_one_comes_in(database: str) -> None:
    first, second = (AdvisoryLock(Address(database), "site", wait_s=0) for _ in range(2))

    with first(), pytest.raises(BusyError, match="holds this site"), second():
        pass

    with second():
        pass


def test_a_lock_of_one_kind_does_not_hold_up_another(database: str) -> None:
    site, sending = (AdvisoryLock(Address(database), n, wait_s=0) for n in ("site", "sending"))

    with site(), sending():
        pass


def test_who_writes_waits_for_the_other_writer(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "LOCK_S", 0.05)
    first, second = (PostgresStore(Address(database)) for _ in range(2))

    with first.transaction() as catalog:
        catalog.shelves.set_meta({"a": "1"})
        with pytest.raises(BusyError, match="try again later"), second.transaction():
            pass

    with second.transaction() as catalog:
        assert catalog.shelves.meta() == {"a": "1"}
    first.close()


# A server that stops in the middle


def test_a_server_that_stops_at_the_fence_leaves_everything_explained(
    cluster: Cluster, database: str
) -> None:
    file = LedgerServer.create(database, [f"{n}@x.example" for n in range(4)])
    ledger = SqlLedger(PostgresDatabase(file.address), hash_mailbox)
    ledger.acquire(ISSUE, NOW)
    claims = ledger.claim(ISSUE, now=NOW, limit=3).claims
    assert ledger.commit([Change(crossing=claims[0].delivery)], NOW) == [True]

    cluster.stop()
    with pytest.raises(StoreError):
        ledger.commit([Change(crossing=claims[1].delivery)], NOW)
    cluster.start()

    assert ledger.commit([Change(crossing=claims[1].delivery)], NOW) == [True]
    ledger.commit([Change([Outcome(claims[1].delivery, SENT)])], NOW)
    ledger.release(ISSUE, NOW)
    assert ledger.acquire(ISSUE, NOW) == Recovery(0, 0)
    assert list(states(ledger).values()) == [UNKNOWN, SENT, QUEUED, QUEUED]
    ledger.close()


# Its language


def test_texts_are_in_order_of_code_points_whatever_the_servers_language(
    cluster: Cluster,
) -> None:
    try:
        cluster.execute(
            "CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'"
        )
    except psycopg.errors.FeatureNotSupported:  # that of the wheel speaks no language
        pytest.skip(REASON)
    address = Address(cluster.url("english"))
    create(address)
    names = ["Z", "a", "b", "Ä", "中", "😀"]
    store = PostgresStore.open(address)
    with store.transaction() as catalog:
        source = catalog.sources.open_source("posts").id
        found = [StoredProblem("posts", "", one, "error", None, None, "bad") for one in names]
        catalog.sources.replace_problems(source, [], found[::-1])

        assert [one.name for one in catalog.sources.problems()] == names
    store.close()
    cluster.drop(address.url)
