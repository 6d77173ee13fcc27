from collections.abc import Iterator
from pathlib import Path

import pytest

from feedpub.ports.mailing import Ledger
from tests.support.ledger import ISSUE
from tests.support.ledger_server import LedgerServer
from tests.support.ledgers import ADDRESSES, NOW, MemoryWorld, SqlWorld, World
from tests.support.stores import STORES, Store, open_store


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, in each of its forms."""
    with open_store(request, tmp_path) as opened:
        yield opened


@pytest.fixture
def source(store: Store) -> int:
    """The row of a source without files."""
    with store.transaction() as catalog:
        return catalog.sources.open_source("posts").id


@pytest.fixture(params=["memory", "file", "server"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """An issue with four recipients, in each form of the ledger."""
    made: World
    if request.param == "memory":
        made = MemoryWorld(ADDRESSES)
    elif request.param == "file":
        made = SqlWorld.create(tmp_path, ADDRESSES)
    else:
        made = SqlWorld(LedgerServer.create(request.getfixturevalue("database"), ADDRESSES))
    yield made
    made.close()


@pytest.fixture
def ledger(world: World) -> Ledger:
    """Return a ledger that has the lease."""
    ledger = world.open()
    ledger.acquire(ISSUE, NOW)
    return ledger
