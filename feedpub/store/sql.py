"""The store on SQLite: a file, opened, checked, copied and put back."""

import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from feedpub.durability import synchronise
from feedpub.errors import BusyError, CorruptStoreError, MissingStoreError, StoreError
from feedpub.store import engine as engines
from feedpub.store.catalog import Catalog, open_catalog
from feedpub.store.jobs import Listener, listen

__all__ = [
    "Catalog",
    "SqlStore",
    "create",
    "make_private",
    "open_copy",
    "remove_database",
    "restore",
]


class SqlStore:
    """A store on one engine; not shared between processes, see ``close``."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "SqlStore":
        """Open a database file and bring it up to date.

        Raises:
            MissingStoreError: There is none.
            CorruptStoreError: It is damaged.
            StoreVersionError: It is of a newer feedpub.
        """
        engine = engines.connect_sqlite(path, read_only=read_only)
        try:
            if not read_only:
                with engines.explain_errors(str(path)):
                    engines.upgrade(engine, str(path))
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, str(path))

    @classmethod
    def in_memory(cls) -> "SqlStore":
        """Return an empty store that lives as long as the object."""
        engine = engines.connect_memory()
        engines.upgrade(engine, "memory", create=True)
        return cls(engine, "memory")

    def transaction(self) -> AbstractContextManager[Catalog]:
        """Give the catalog; commit at the end, undo everything on an error.

        Raises:
            CorruptStoreError: It is damaged, also where that shows only by what follows from it.
            StoreError: The database refuses.
        """
        explain = partial(engines.explain_errors, self._name)
        return open_catalog(self._engine, explain, self.check)

    def listen(self, listener: Listener) -> AbstractContextManager[None]:
        """Tell somebody of the jobs that this store's transactions defer; see ``jobs.listen``."""
        name = self._engine.get_execution_options()["feedpub_name"]
        return listen(name, listener)

    def check(self) -> None:
        """Read every page of the database.

        Raises:
            CorruptStoreError: Something does not add up.
        """
        with engines.explain_errors(self._name), self._engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if found != "ok":
            raise engines.damaged(self._name, str(found))

    def backup(self, path: Path) -> None:
        """Write a whole, compact copy of the database to a new file.

        Raises:
            StoreError: The file exists, or cannot be written.
        """
        if path.exists():
            raise StoreError(f"{path}: the file exists; choose another name")
        waiting = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_COPYING}")
        try:
            _sweep(path.parent)
            make_private(waiting)
            self._copy(waiting)
            synchronise(waiting)
            waiting.rename(path)
            synchronise(path.parent)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise StoreError(f"{path}: {reason}; choose a folder with room") from error
        finally:
            with suppress(OSError):
                remove_database(waiting)

    def _copy(self, path: Path) -> None:
        # VACUUM does not run in a transaction, and our engine begins one at every turn.
        raw = self._engine.raw_connection()
        try:
            raw.driver_connection.execute("VACUUM INTO ?", (str(path),))  # type: ignore[union-attr] # it is open
        finally:
            raw.close()

    def compact(self) -> None:
        """Write the file anew, so that nothing of what was deleted is left in it or its log.

        Raises:
            BusyError: Somebody else is reading or writing.
        """
        raw = self._engine.raw_connection()
        try:
            with engines.explain_errors(self._name):
                raw.cursor().execute("VACUUM")
                blocked = raw.cursor().execute("PRAGMA wal_checkpoint(truncate)").fetchone()[0]
        finally:
            raw.close()
        if blocked == 1:
            raise BusyError(f"{self._name}: another run is reading it; try again later")

    def close(self) -> None:
        """Let go of the file; a process must do so before it forks."""
        self._engine.dispose()


def create(path: Path) -> None:
    """Make an empty catalog where there is no database; it appears whole or not at all.

    Raises:
        StoreError: It cannot be written.
    """
    if path.exists():
        return
    waiting = path.with_name(f".{path.name}.new")
    try:
        remove_database(waiting)
        make_private(waiting)
        with engines.explain_errors(str(path)):
            engine = engines.connect_sqlite(waiting)
            try:
                engines.upgrade(engine, str(path), create=True)
            finally:
                engine.dispose()
        waiting.rename(path)
        synchronise(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        remove_database(waiting)


def restore(backup: Path, path: Path, prepare: Callable[[Catalog], None]) -> None:
    """Put a copy made by ``backup`` into the place of a database, after looking at every page.

    Args:
        backup: The copy; it stays as it is.
        path: Of the database.
        prepare: Is given the catalog before anybody else sees it.

    Raises:
        MissingStoreError: There is no such copy.
        CorruptStoreError: It is damaged, or no database of feedpub.
        StoreError: It is of a newer feedpub, or cannot be written.
    """
    candidate = path.with_name(f".{path.name}.restoring")
    try:
        with open_copy(backup, candidate) as store, store.transaction() as catalog:
            prepare(catalog)
        synchronise(candidate)
        _retire(path)
        candidate.replace(path)
        synchronise(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        remove_database(candidate)


@contextmanager
def open_copy(backup: Path, candidate: Path) -> Iterator[SqlStore]:
    """Copy a backup to a file, open it up to date, and look at every page; the file stays.

    Raises:
        MissingStoreError: There is no such backup.
        CorruptStoreError: It is damaged, or no database of feedpub.
        StoreError: It is of a newer feedpub, or cannot be written.
    """
    if not backup.exists():
        raise MissingStoreError(f"{backup}: there is no such backup; name an existing file")
    try:
        remove_database(candidate)
        make_private(candidate)
    except OSError as error:
        raise _unwritable(candidate, error) from error
    _copy(backup, candidate, str(candidate))
    store = SqlStore.open(candidate)
    try:
        store.check()
        yield store
    finally:
        store.close()


def _copy(backup: Path, candidate: Path, name: str) -> None:
    address = f"file:{quote(str(backup))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source:
        try:
            if source.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("a page of it is damaged")
            source.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.Error as error:
            raise CorruptStoreError(
                f"{backup}: not a whole backup of feedpub ({error}); choose another"
            ) from error
        with (
            engines.explain_errors(name),
            closing(sqlite3.connect(candidate)) as destination,
        ):
            source.backup(destination)


def _retire(path: Path) -> None:
    """Bring what is in a database's log into its file, so that the file can be replaced alone.

    A log that stayed would be taken for that of the new file.
    """
    if not path.exists():
        return
    # Of a damaged one nothing can be saved, and it is to go.
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(truncate)")
    for suffix in LOGS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


LOGS = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for files of its own."""

_COPYING = ".copying"
_LEFT_S = 3600


def remove_database(path: Path) -> None:
    """Delete a file and its logs, as far as they are there."""
    for suffix in ("", *LOGS):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Take down the unfinished copies of runs that were killed; whoever is at one still writes."""
    for left in folder.glob(f".*{_COPYING}*"):
        if left.stat().st_mtime < time.time() - _LEFT_S:
            left.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path}: {error.strerror}; make room, or let this user write there")


def make_private(path: Path) -> None:
    """Make an empty file that nobody else may read, not even for an instant."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
