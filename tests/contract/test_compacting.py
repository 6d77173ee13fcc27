"""What compacting a store leaves of somebody who was erased."""

from pathlib import Path

import pytest

from feedpub.errors import BusyError
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.store import PostgresStore
from feedpub.store.sql import SqlStore, create
from tests.support.postgres import Cluster
from tests.support.stores import somebody


def test_nothing_of_an_erased_person_is_left_in_the_tables_of_a_server(
    cluster: Cluster, database: str
) -> None:
    store = PostgresStore.open(Address(database))
    with store.transaction() as catalog:
        catalog.people.insert([somebody(row) for row in range(2, 500)])
        catalog.people.insert([somebody(1, address="canary@birds.example", mailbox="canary")])
    cluster.execute("CHECKPOINT")
    assert holds(cluster, b"canary")
    with store.transaction() as catalog:
        catalog.people.erase([1])

    store.compact()

    cluster.execute("CHECKPOINT")
    assert not holds(cluster, b"canary")
    store.close()


def holds(cluster: Cluster, text: bytes) -> bool:
    """Return whether one of the tables' files holds a text; the log keeps it for some hours."""
    files = [path for path in (cluster.data / "base").rglob("*") if path.is_file()]
    return any(text in path.read_bytes() for path in files)


def test_compacting_while_somebody_reads_a_server_says_so(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedpub.store.postgres.address.LOCK_S", 0.05)
    store, reader = (PostgresStore.open(Address(database)) for _ in range(2))

    compact_beside_a_reader(store, reader)


def test_nothing_of_an_erased_person_is_left_in_file_or_log(tmp_path: Path) -> None:
    create(tmp_path / "feedpub.db")
    store = SqlStore.open(tmp_path / "feedpub.db")
    with store.transaction() as catalog:
        # As most builds of SQLite have it; that of Debian writes zeros over what is deleted.
        catalog._connection.exec_driver_sql("PRAGMA secure_delete=off")
        catalog.people.insert([somebody(row) for row in range(2, 500)])
        catalog.people.insert([somebody(1, address="canary@birds.example", mailbox="canary")])
    with store.transaction() as catalog:
        catalog.people.erase([1])
    assert any(b"canary" in path.read_bytes() for path in tmp_path.iterdir())

    store.compact()

    assert not any(b"canary" in path.read_bytes() for path in tmp_path.iterdir())
    store.close()


def test_compacting_while_somebody_reads_says_so(tmp_path: Path) -> None:
    create(tmp_path / "feedpub.db")
    store, reader = (SqlStore.open(tmp_path / "feedpub.db") for _ in range(2))
    for one in (store, reader):
        one._engine.raw_connection().driver_connection.execute("PRAGMA busy_timeout=50")  # type: ignore[union-attr]

    compact_beside_a_reader(store, reader)


def compact_beside_a_reader(
    store: SqlStore | PostgresStore, reader: SqlStore | PostgresStore
) -> None:
    """Hold that a store is not compacted while another reads, and is after that."""
    with reader.transaction() as catalog:
        catalog.people.counts()
        with pytest.raises(BusyError):
            store.compact()

    store.compact()
    store.close()
    reader.close()
