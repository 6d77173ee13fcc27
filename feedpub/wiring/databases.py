"""Wires the database: a file of SQLite or a server of PostgreSQL, whichever the settings name."""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from feedpub.config import BACKUPS, Config
from feedpub.config.secrets import read_database_password
from feedpub.errors import ConfigError, MissingStoreError, StoreError
from feedpub.links import mask_password
from feedpub.locks import FileLock
from feedpub.ports import Glance, Lock
from feedpub.ports.transfer import Taken
from feedpub.store.glance import glance

if TYPE_CHECKING:
    from feedpub.ports.shards import Shards
    from feedpub.store.catalog import Catalog
    from feedpub.store.database import Database
    from feedpub.store.postgres.address import Address
    from feedpub.store.postgres.store import PostgresStore
    from feedpub.store.sql import SqlStore

    Store = SqlStore | PostgresStore

_KEPT_BACKUPS = 7


class SiteDatabase(Protocol):
    """The database of a site; nothing is opened before it is asked for."""

    @property
    def name(self) -> str:
        """Return what people call it, without any password."""
        ...

    def load_libraries(self) -> None:
        """Import what ``open`` takes; a caller that has to wait for others may do it meanwhile."""
        ...

    def open(self, *, read_only: bool = False) -> "AbstractContextManager[Store]":
        """Open the store for one block, brought up to date; in any process.

        Raises:
            StoreError: It cannot be used.
        """
        ...

    def open_plain(self) -> "Database":
        """Return a connection for the ledger or the notices, to be closed.

        Raises:
            StoreError: It cannot be used.
        """
        ...

    def glance(self) -> Glance | None:
        """Return what tells a build whether it has anything to do; None if only ``open`` can."""
        ...

    def lock(self, name: str = "", *, wait_s: float = 10) -> Lock:
        """Return what keeps two runs of one kind apart."""
        ...

    def exists(self) -> bool:
        """Return whether there is something that must not be made anew.

        Raises:
            StoreError: The server cannot be reached.
        """
        ...

    def create(self) -> None:
        """Make it where there is none; it appears whole or not at all.

        Raises:
            StoreError: It cannot be written.
        """
        ...

    def restore(self, backup: Path, prepare: "Callable[[Catalog], None]") -> None:
        """Put a copy in its place, prepared before anybody else sees it.

        Raises:
            StoreError: The copy is missing, damaged or of a newer feedpub.
        """
        ...

    def back_up(self, now: datetime) -> None:
        """Copy it before anybody is mailed, so that none is mailed twice after a restore.

        Raises:
            StoreError: It cannot be written.
        """
        ...


def make_database(config: Config) -> SiteDatabase:
    """Return the database that the settings name.

    Raises:
        ConfigError: The password cannot be read, or the driver is not installed.
    """
    if not config.has_server:
        return FileDatabase(config.database_path)
    if importlib.util.find_spec("psycopg") is None:
        raise ConfigError(
            "the driver for PostgreSQL is not installed; type: pip install 'feedpub[postgres]'",
            path=str(config.path),
            key="database",
        )
    from feedpub.store.postgres.address import Address

    return ServerDatabase(Address(config.database, read_database_password(config)), config.root)


def name_database(config: Config) -> str:
    """Return what people call the database, without any password."""
    return mask_password(config.database) if config.has_server else str(config.database_path)


class FileDatabase:
    """A file of SQLite."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)

    def load_libraries(self) -> None:
        """See ``SiteDatabase``."""
        import feedpub.store.sql  # noqa: F401 # to load it is all

    @contextmanager
    def open(self, *, read_only: bool = False) -> "Iterator[Store]":
        """See ``SiteDatabase``."""
        from feedpub.store.sql import SqlStore

        store = SqlStore.open(self._path, read_only=read_only)
        try:
            yield store
        finally:
            store.close()

    def open_plain(self) -> "Database":
        """See ``SiteDatabase``."""
        from feedpub.store.plain import PlainDatabase

        return PlainDatabase(self._path)

    def glance(self) -> Glance | None:
        """See ``SiteDatabase``."""
        return glance(self._path)

    def lock(self, name: str = "", *, wait_s: float = 10) -> Lock:
        """See ``SiteDatabase``; the lock is a file beside the database."""
        middle = f".{name}" if name else ""
        return FileLock(self._path.with_name(f"{self._path.name}{middle}.lock"), wait_s=wait_s)

    def exists(self) -> bool:
        """See ``SiteDatabase``."""
        return self._path.exists()

    def create(self) -> None:
        """See ``SiteDatabase``."""
        from feedpub.store.sql import create

        create(self._path)

    def restore(self, backup: Path, prepare: "Callable[[Catalog], None]") -> None:
        """See ``SiteDatabase``."""
        from feedpub.store.sql import restore

        restore(backup, self._path, prepare)

    def back_up(self, now: datetime) -> None:
        """See ``SiteDatabase``; the last seven are kept."""
        path = self._path
        folder = path.parent / BACKUPS
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}; let this user write there") from error
        copy = folder / f"{path.stem}-{now:%Y%m%dT%H%M%S}.db"
        if not copy.exists():
            with self.open() as store:
                store.backup(copy)
        copies = folder.glob(f"{escape(path.stem)}-*.db")
        # What seems to be of the future was made while the clock was wrong, and is not the newest.
        by_age = sorted(copies, key=lambda one: (one <= copy, one))
        for old in by_age[:-_KEPT_BACKUPS]:
            old.unlink(missing_ok=True)


class ServerDatabase:
    """A database on a server of PostgreSQL."""

    def __init__(self, address: "Address", folder: Path) -> None:
        self.address = address
        self._folder = folder
        self.name = address.name

    def load_libraries(self) -> None:
        """See ``SiteDatabase``."""
        import feedpub.store.postgres.store  # noqa: F401 # to load it is all

    @contextmanager
    def open(self, *, read_only: bool = False) -> "Iterator[Store]":
        """See ``SiteDatabase``."""
        from feedpub.store.postgres.store import PostgresStore

        store = PostgresStore.open(self.address, read_only=read_only)
        try:
            yield store
        finally:
            store.close()

    def open_plain(self) -> "Database":
        """See ``SiteDatabase``."""
        from feedpub.store.postgres.plain import PostgresDatabase

        return PostgresDatabase(self.address)

    def open_shards(self) -> "AbstractContextManager[Shards]":
        """Open what several machines read together; see ``feedpub.ports.shards``."""
        from feedpub.store.postgres.shards import open_shards

        return open_shards(self.address)

    def glance(self) -> Glance | None:
        """See ``SiteDatabase``."""
        from feedpub.store.postgres.glance import glance

        return glance(self.address)

    def lock(self, name: str = "", *, wait_s: float = 10) -> Lock:
        """See ``SiteDatabase``; the server holds it, for all machines."""
        from feedpub.store.postgres.lock import AdvisoryLock

        return AdvisoryLock(self.address, name or "site", wait_s=wait_s)

    def exists(self) -> bool:
        """See ``SiteDatabase``."""
        try:
            with self.open(read_only=True) as store:
                store.check()
        except MissingStoreError:
            return False
        return True

    def create(self) -> None:
        """See ``SiteDatabase``."""
        from feedpub.store.postgres.store import create

        create(self.address)

    def restore(self, backup: Path, prepare: "Callable[[Catalog], None]") -> None:
        """See ``SiteDatabase``."""
        from feedpub.store.postgres.copies import restore

        restore(backup, self.address, prepare, folder=self._folder)

    def back_up(self, now: datetime) -> None:
        """Nothing: whoever runs a server archives its log, which holds every commit."""

    def load(self, file: Path) -> list[Taken]:
        """Fill the database, which must be empty, from a file that is up to date.

        Raises:
            StoreError: It is not empty, or one of the two refuses.
        """
        from feedpub.store.postgres.copies import load_copy

        return load_copy(self.address, file, prepare=lambda _: None, replace=False)
