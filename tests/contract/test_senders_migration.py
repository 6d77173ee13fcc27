"""Who sends while feedpub is brought up to date keeps what they have until their lease is over."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from feedpub.store import engine as engines
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.engine import make_engine
from tests.support.postgres import Cluster

NOW = 1_800_000_000


@pytest.fixture(params=["file", "server"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """An empty database."""
    if request.param == "file":
        made = engines.connect_memory()
        with engines._unchecked(made):  # as for every migration of a file
            yield made
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    url = cluster.create_empty()
    made = make_engine(Address(url))
    yield made
    made.dispose()
    cluster.drop(url)


def migrate(connection: sa.Connection, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(engines.MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def test_a_lease_of_the_version_before_is_that_of_a_sender(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        migrate(connection, "0003")
        for number, holder in ((1, "'my host 12 345'"), (2, "NULL")):
            connection.exec_driver_sql(
                "INSERT INTO issues (id, key, frequency, starts, ends, scheduled, state, created,"
                f" holder, held_until, progressed) VALUES ({number}, '{number}', 'weekly', 0, 1, 1,"
                f" 1, 1, {holder}, {NOW + 60}, {NOW})"
            )

        migrate(connection, "0004")

        rows = connection.exec_driver_sql(
            "SELECT issue, token, shared, host, pid, held_until, progressed FROM senders"
        )
        found = [tuple(row) for row in rows]
        columns = {one["name"] for one in sa.inspect(connection).get_columns("issues")}

    assert found == [(1, 345, False, "my host", 12, NOW + 60, NOW)]
    assert "holder" not in columns
