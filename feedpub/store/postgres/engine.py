"""SQLAlchemy's way to a PostgreSQL database, and the schema brought up to date.

Whoever writes to catalog or subscribers takes one lock of the database first, as SQLite's
``BEGIN IMMEDIATE`` does: so the same code is right on both. The ledger of a mass mailing does
without, see ``feedpub.store.postgres.plain``.
"""

import atexit
import os
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import event

from feedpub.errors import StoreError
from feedpub.store import engine as engines
from feedpub.store.postgres.address import Address, explain_errors, missing
from feedpub.store.postgres.lock import check_held
from feedpub.store.postgres.schema import suit_schema

WRITER_KEY = "hashtextextended('feedpub:writer:' || current_schema(), 0)"


def make_engine(address: Address, *, read_only: bool = False) -> sa.Engine:
    """Return the engine of a database; its connections are closed by ``dispose``.

    One for each process: to bring up another one takes longer than most commands' queries, and
    none may use the connections of the process that it was forked from.
    """
    return _make_engine(address, read_only, os.getpid())


def _take_leave(engine: sa.Engine, process: int) -> None:
    """Close what is idle at the end of a process, and nothing of the one it was forked from."""
    if process == os.getpid():
        engine.dispose()


@lru_cache(maxsize=8)
def _make_engine(address: Address, read_only: bool, process: int) -> sa.Engine:
    suit_schema()
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: address.connect(read_only=read_only),
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        pool_reset_on_return="rollback",
        pool_size=8,
        max_overflow=-1,
        pool_pre_ping=True,
    )
    atexit.register(_take_leave, engine, process)
    if not read_only:

        @event.listens_for(engine, "begin")
        def wait_for_others(connection: sa.Connection) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_KEY})")
            check_held(address)

    return engine


def upgrade(address: Address, *, create: bool = False) -> None:
    """Bring the schema up to date, in one transaction.

    Args:
        address: Of the database.
        create: Whether an empty database is filled; one that lost its tables never is.

    Raises:
        MissingStoreError: It is not there, or empty.
        StoreVersionError: It is newer than this feedpub.
        StoreError: The server refuses.
    """
    engine = make_engine(address)
    try:
        with explain_errors(address.name):
            if _read_version(engine) != engines.HEAD:
                _migrate(engine, address.name, create=create)
    except BaseException:
        engine.dispose()
        raise


def _migrate(engine: sa.Engine, name: str, *, create: bool) -> None:
    with engine.begin() as connection:
        # Read again, behind the lock: another machine may have been faster.
        version = engines.read_version(connection)
        if version is None and not create:
            raise missing(name, "it has no tables of feedpub")
        if version is None and sa.inspect(connection).get_table_names():
            raise StoreError(
                f"{name}: the database has tables of another program;"
                " make one of feedpub's own with createdb"
            )
        engines.check_version(version, name)
        if version != engines.HEAD:
            engines.apply_migrations(connection)


def _read_version(engine: sa.Engine) -> str | None:
    """Return the version of the schema, without waiting for whoever writes."""
    import psycopg

    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("SELECT version_num FROM alembic_version")
        row = cursor.fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    finally:
        raw.close()
    return None if row is None else str(row[0])
