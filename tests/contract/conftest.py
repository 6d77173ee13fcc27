from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bucket import CREDENTIALS, Bucket, make_bucket, run_store
from tests.support.ledger_server import LedgerServer
from tests.support.ledgers import ADDRESSES, MemoryWorld, SqlWorld, World


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


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Address of a store that speaks S3."""
    with run_store() as address:
        yield address


@pytest.fixture
def bucket(object_store: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, and the credentials for it in the environment."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return make_bucket(object_store)
