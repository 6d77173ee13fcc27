"""The store on SQLite, through SQLAlchemy Core."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from feedpub.errors import CorruptStoreError, MissingStoreError, StoreError
from feedpub.store import engine as engines
from feedpub.store.renditions import Renditions
from feedpub.store.shelves import Shelves
from feedpub.store.sources import Sources


class Catalog:
    """Everything the store can do within one transaction.

    Attributes:
        sources: What was read.
        shelves: Where it stands.
        renditions: What was made of it.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.sources = Sources(connection)
        self.shelves = Shelves(connection)
        self.renditions = Renditions(connection)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what happens inside if it raises, and nothing else of the transaction."""
        with self._connection.begin_nested():
            yield


class SqlStore:
    """A store on one engine; not shared between processes, see ``close``."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    @classmethod
    def open(cls, path: Path, *, create: bool = False, read_only: bool = False) -> "SqlStore":
        """Open a database file and bring it up to date.

        Raises:
            MissingStoreError: There is none and ``create`` is false.
            CorruptStoreError: It is damaged.
            StoreVersionError: It is of a newer feedpub.
        """
        with engines.explain_errors(str(path)):
            engine = engines.connect_sqlite(path, create=create, read_only=read_only)
            if not read_only:
                engines.upgrade(engine, str(path))
        return cls(engine, str(path))

    @classmethod
    def in_memory(cls) -> "SqlStore":
        """Return an empty store that lives as long as the object."""
        engine = engines.connect_memory()
        engines.upgrade(engine, "memory")
        return cls(engine, "memory")

    @contextmanager
    def transaction(self) -> Iterator[Catalog]:
        """Give the catalog; commit at the end, undo everything on an error.

        Raises:
            StoreError: The database refuses.
        """
        with engines.explain_errors(self._name), self._engine.begin() as connection:
            yield Catalog(connection)

    def check(self) -> None:
        """Read every page of the database.

        Raises:
            CorruptStoreError: Something does not add up.
        """
        with engines.explain_errors(self._name), self._engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if found != "ok":
            raise CorruptStoreError(
                f"{self._name}: the database is damaged ({found}); bring back a copy with "
                "'feedpub restore BACKUP'"
            )

    def backup(self, path: Path) -> None:
        """Write a whole, compact copy of the database to a new file.

        Raises:
            StoreError: The file exists, or cannot be written.
        """
        if path.exists():
            raise StoreError(f"{path}: the file exists; choose another name")
        with engines.explain_errors(str(path)):
            # VACUUM does not run in a transaction, and our engine begins one at every turn.
            raw = self._engine.raw_connection()
            try:
                raw.driver_connection.execute("VACUUM INTO ?", (str(path),))  # type: ignore[union-attr]
            except sqlite3.Error as error:
                raise StoreError(f"{path}: {error}; choose a folder with room") from error
            finally:
                raw.close()
        path.chmod(0o600)

    def close(self) -> None:
        """Let go of the file; a process must do so before it forks."""
        self._engine.dispose()


def restore(backup: Path, path: Path) -> None:
    """Put a copy made by ``backup`` into the place of a database, after looking at every page.

    Raises:
        MissingStoreError: There is no such copy.
        CorruptStoreError: It is damaged, or no database of feedpub.
    """
    if not backup.exists():
        raise MissingStoreError(f"{backup}: there is no such backup; name an existing file")
    candidate = path.with_name(f".{path.name}.restoring")
    candidate.unlink(missing_ok=True)
    try:
        _copy(backup, candidate)
        store = SqlStore.open(candidate)
        try:
            store.check()
        finally:
            store.close()
        for suffix in ("-wal", "-shm"):  # of the database that is replaced
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        candidate.replace(path)
    finally:
        for suffix in ("", "-wal", "-shm"):
            candidate.with_name(candidate.name + suffix).unlink(missing_ok=True)


def _copy(backup: Path, candidate: Path) -> None:
    os.close(os.open(candidate, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(candidate)) as destination,
        ):
            source.execute("SELECT version_num FROM alembic_version").fetchone()
            source.backup(destination)
    except sqlite3.Error as error:
        raise CorruptStoreError(
            f"{backup}: not a whole backup of feedpub ({error}); choose another"
        ) from error
