"""The tables of the queue: procrastinate's own, made and brought up to date by its own scripts.

They are no part of feedpub's schema, and have a version of their own: that of the library which is
installed. A migration of ours makes them once, with whatever procrastinate brings, and notes the
name of its last script in the comment of the table ``procrastinate_jobs``, where a dump of the
database keeps it. A later procrastinate brings more scripts, in two kinds (its documentation, "Keep
the schema up to date"): ``pre`` ones, with which its older releases work as well, are run by the
first worker that starts; a ``post`` one ends what older releases need, so it, and what comes after
it, wait for a worker that starts while no other one is alive. All of it in one transaction, behind
the lock of whoever writes; a copy of the site holds none of it, since the database says what is to
be done.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from feedpub.errors import StoreError
from feedpub.store.postgres.address import Address, explain_errors
from feedpub.store.postgres.engine import make_engine

_READ_NOTE = "SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')"

COUNT_ALIVE = """
SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"""
"""How many workers are alive: they give a sign every ten seconds."""


def make_queue(connection: sa.Connection) -> None:
    """Make the tables of the queue, within a transaction."""
    from procrastinate.schema import SchemaManager

    _execute(connection, SchemaManager.get_schema())
    _note(connection, max(path.name for path in _list_scripts()))


def update_queue(address: Address) -> None:
    """Bring the tables of the queue up to date with the procrastinate that is installed.

    Raises:
        StoreError: They are not there, or of a newer one; or the server refuses.
    """
    with explain_errors(address.name), make_engine(address).begin() as connection:
        follow_queue(connection)


def follow_queue(connection: sa.Connection) -> None:
    """Run the scripts of procrastinate that the tables have not seen, within a transaction.

    Raises:
        StoreError: The tables are not there, or of a newer procrastinate than the one installed.
    """
    seen = str(connection.exec_driver_sql(_READ_NOTE).scalar() or "")
    scripts = sorted(_list_scripts(), key=lambda path: path.name)
    if not seen:
        raise StoreError(
            "the database has no tables of procrastinate of feedpub's; bring back a copy with"
            " 'feedpub restore BACKUP'"
        )
    if seen > scripts[-1].name:
        version = seen.partition("_")[0]
        raise StoreError(
            f"the queue is of a newer procrastinate ({version}); upgrade it here as well, with"
            " pip install --upgrade 'feedpub[postgres]'"
        )
    is_alone = connection.exec_driver_sql(COUNT_ALIVE).scalar() == 0
    for path in scripts:
        if path.name <= seen:
            continue
        if "_post_" in path.name and not is_alone:
            return
        _execute(connection, path.read_text(encoding="utf-8"))
        _note(connection, path.name)


def _list_scripts() -> Iterator[Path]:
    from procrastinate.schema import SchemaManager

    return Path(SchemaManager.get_migrations_path()).glob("*.sql")


def _execute(connection: sa.Connection, script: str) -> None:
    """Execute several statements at once, which SQLAlchemy would not."""
    driver: Any = connection.connection.driver_connection
    driver.execute(script.encode())


def _note(connection: sa.Connection, name: str) -> None:
    connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{name}'")
