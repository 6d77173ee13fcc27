"""An empty store in each of its forms, and what is put into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedpub.catalog.identity import Record
from feedpub.model import SubscriberState
from feedpub.ports.people import Person
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.store import PostgresStore
from feedpub.store.sql import SqlStore, create

STORES = ["disk", "memory", "postgres"]
Store = SqlStore | PostgresStore


@contextmanager
def open_store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """Give the store that a fixture's parameter, one of ``STORES``, names."""
    opened: Store
    if request.param == "postgres":
        opened = PostgresStore.open(Address(request.getfixturevalue("database")))
    elif request.param == "disk":
        create(folder / "feedpub.db")
        opened = SqlStore.open(folder / "feedpub.db")
    else:
        opened = SqlStore.in_memory()
    try:
        yield opened
    finally:
        opened.close()


def somebody(row: int, state: int = int(SubscriberState.ACTIVE), **changes: object) -> Person:
    """Return a subscriber as the store keeps one."""
    name = f"a{row}@example.com"
    return Person(row, name, name, state, 100)._replace(**changes)  # type: ignore[arg-type]


def insert(store: Store, *records: Record) -> None:
    """Have a store keep files."""
    with store.transaction() as catalog:
        catalog.sources.insert(records)
