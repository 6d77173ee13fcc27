"""The store on PostgreSQL."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from feedpub.store.catalog import Catalog, open_catalog
from feedpub.store.postgres.address import Address, explain_errors
from feedpub.store.postgres.engine import make_engine, upgrade

_PERSONAL = ("subscribers", "consents", "notices", "deliveries")
"""Tables that may hold an address: servers repeat it in what they answer."""


class PostgresStore:
    """A store on a server; not shared between processes, see ``close``."""

    def __init__(self, address: Address, *, read_only: bool = False) -> None:
        self._address = address
        self._engine = make_engine(address, read_only=read_only)

    @classmethod
    def open(cls, address: Address, *, read_only: bool = False) -> "PostgresStore":
        """Open a database and bring it up to date.

        Raises:
            MissingStoreError: It is not there, or empty.
            StoreVersionError: It is of a newer feedpub.
            StoreError: The server cannot be reached.
        """
        if not read_only:
            upgrade(address)
        return cls(address, read_only=read_only)

    def transaction(self) -> AbstractContextManager[Catalog]:
        """Give the catalog; commit at the end, undo everything on an error.

        Raises:
            StoreError: The server refuses.
        """
        return open_catalog(self._engine, self._explain, self.check)

    def check(self) -> None:
        """Ask the server whether it answers; it guards its pages itself, by checksums.

        Raises:
            StoreError: It does not.
        """
        with self._explain(), self._engine.connect() as connection:
            connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    def backup(self, path: Path) -> None:
        """Write a whole copy of the database to a new file, which is a database of SQLite.

        Raises:
            StoreError: The file exists, or cannot be written.
        """
        from feedpub.store.postgres.copies import save_copy

        save_copy(self._address, path)

    def compact(self) -> None:
        """Write the tables with addresses anew, so that nothing of what was deleted is in them.

        Raises:
            BusyError: Somebody else is reading or writing.
        """
        with self._explain(), self._address.connect(autocommit=True) as connection:
            connection.execute(f"VACUUM FULL {', '.join(_PERSONAL)}".encode())

    def close(self) -> None:
        """Let go of the connections; a process must do so before it forks."""
        self._engine.dispose()

    @contextmanager
    def _explain(self) -> Iterator[None]:
        with explain_errors(self._address.name):
            yield


def create(address: Address) -> None:
    """Make the tables in an empty database; they appear together or not at all.

    Raises:
        MissingStoreError: There is no such database.
        StoreError: It holds tables of another program, or cannot be written.
    """
    upgrade(address, create=True)
    make_engine(address).dispose()
