"""A connection to the database, as feedpub wants it, and the schema brought up to date."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event

from feedpub.errors import (
    BusyError,
    CorruptStoreError,
    MissingStoreError,
    StoreError,
    StoreOutageError,
    StoreVersionError,
)

BUSY_TIMEOUT_MS = 10_000
HEAD = "0006"
"""Newest version of the schema; known here so that an up-to-date database needs no alembic."""

MIGRATIONS = Path(__file__).parent / "migrations"
_migrating = threading.Lock()


def connect_sqlite(path: Path, *, read_only: bool = False) -> sa.Engine:
    """Return an engine for a database file; one connection, not shared between threads.

    Raises:
        MissingStoreError: There is none.
        CorruptStoreError: It is cut off within a page, which SQLite would take for zeros.
    """
    if not path.exists():
        raise MissingStoreError(
            f"{path}: the database is missing; bring back a copy with "
            "'feedpub restore BACKUP', or begin anew with 'feedpub init --database' "
            "(every article then counts as old, and no subscriber is known)"
        )
    if _is_cut(path):
        raise damaged(str(path), "its end is missing")
    # Whoever may write takes the log away when the last one leaves; a reader could not.
    mode = "ro" if read_only and not os.access(path, os.W_OK) else "rw"
    address = f"file:{quote(str(path))}?mode={mode}"
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(address, uri=True, check_same_thread=False),
        poolclass=sa.pool.StaticPool,
        execution_options={"feedpub_name": str(path)},
    )
    _prepare(engine, begin="BEGIN" if read_only else "BEGIN IMMEDIATE", write=not read_only)
    return engine


def _is_cut(path: Path) -> bool:
    if path.with_name(path.name + "-wal").exists():  # a run was killed as it made the file larger
        return False
    try:
        with path.open("rb") as file:
            header = file.read(18)
    except OSError:  # SQLite tells it better
        return False
    # https://sqlite.org/fileformat.html#page_size, where 1 stands for 65,536
    page_size = int.from_bytes(header[16:18], "big")
    return page_size > 1 and path.stat().st_size % page_size != 0


def connect_memory() -> sa.Engine:
    """Return an engine whose database lives as long as the engine."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    engine.update_execution_options(feedpub_name=f"memory:{id(engine)}")
    _prepare(engine, begin="BEGIN", write=True)
    return engine


def _prepare(engine: sa.Engine, *, begin: str, write: bool) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that it can be IMMEDIATE
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA synchronous=full" if write else "PRAGMA query_only=on")
        cursor.execute("PRAGMA foreign_keys=on")
        cursor.execute("PRAGMA cache_size=-32768")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_now(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)


_DAMAGED = ("malformed", "not a database", "disk image", "Could not decode to UTF-8", "no such")
_REMEDIES = {
    "database or disk is full": "make room and try again",
    "attempt to write a readonly database": "make it writable for this user",
    "unable to open database file": "let this user read and write it, and the folder around it",
    "disk I/O error": "make room if the disk is full, look after it if not",
}


@contextmanager
def explain_errors(name: str) -> Iterator[None]:
    """Turn the driver's errors into ours, with the remedy.

    Raises:
        CorruptStoreError: The file is damaged or no database.
        BusyError: Another process is writing.
        StoreOutageError: The disk is full, fails, or may not be written.
        StoreError: Anything else that the database refuses.
    """
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        text = str(error.orig if isinstance(error, sa.exc.DBAPIError) else error)
        if any(sign in text for sign in _DAMAGED):
            raise damaged(name, text) from error
        if "is locked" in text:
            raise BusyError(f"{name}: another run is writing to it; try again later") from error
        if (remedy := _REMEDIES.get(text)) is not None:
            raise StoreOutageError(f"{name}: {text}", remedy=remedy) from error
        raise StoreError(f"{name}: {text}; nothing was changed") from error


def damaged(name: str, reason: str) -> CorruptStoreError:
    """Return the error of a damaged database."""
    return CorruptStoreError(
        f"{name}: the database is damaged ({reason}); bring back a copy with "
        "'feedpub restore BACKUP'; what is published stays as it is"
    )


def upgrade(engine: sa.Engine, name: str, *, create: bool = False) -> None:
    """Bring the schema up to date, in one transaction.

    Args:
        engine: Of the database.
        name: For errors.
        create: Whether an empty database is filled; one that lost its tables never is.

    Raises:
        CorruptStoreError: It is empty, or that of another program.
        StoreVersionError: It is newer than this feedpub.
    """
    version = _peek_version(engine)
    if version is None and not create:
        raise damaged(name, "it has no tables of feedpub")
    check_version(version, name)
    # Only now, since this writes to the file, which may be that of another program.
    _execute(engine, "PRAGMA journal_mode=wal")
    if version != HEAD:
        _migrate(engine)


def check_version(version: str | None, name: str) -> None:
    """Refuse a database that a newer feedpub has brought up to date.

    Raises:
        StoreVersionError: It is one.
    """
    if version is not None and version > HEAD:
        raise StoreVersionError(
            f"{name}: the database has schema {version}, this feedpub knows {HEAD}; "
            "install the newer feedpub again"
        )


def read_version(connection: sa.Connection) -> str | None:
    """Return the version of a database's schema; None if it is not one of feedpub."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _peek_version(engine: sa.Engine) -> str | None:
    """Return the same without waiting for whoever writes, as a transaction of ours would."""
    raw = engine.raw_connection()
    try:
        row = raw.cursor().execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if str(error).startswith("no such table"):
            return None
        raise
    finally:
        raw.close()
    return None if row is None else str(row[0])


def apply_migrations(connection: sa.Connection) -> None:
    """Bring the schema up to date, within a transaction."""
    from alembic import command  # half a second, and needed once a version
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    # alembic keeps what it works on once a process: another thread's tables would go into ours.
    with _migrating:
        command.upgrade(config, "head")


def _migrate(engine: sa.Engine) -> None:
    with _unchecked(engine), engine.begin() as connection:
        apply_migrations(connection)
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise StoreError(f"the new schema breaks a reference of table {broken[0]}")


@contextmanager
def _unchecked(engine: sa.Engine) -> Iterator[None]:
    """Switch foreign keys off, which SQLite allows between transactions only.

    A migration that makes a table anew drops the old one, and with it what refers to its rows.
    """
    _execute(engine, "PRAGMA foreign_keys=off")
    try:
        yield
    finally:
        _execute(engine, "PRAGMA foreign_keys=on")


def _execute(engine: sa.Engine, statement: str) -> None:
    """Execute what SQLite takes between transactions only; SQLAlchemy begins one at every turn."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(statement)
    finally:
        raw.close()
