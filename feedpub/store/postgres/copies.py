"""A server's database as a file of SQLite, and the way back; both whole or not at all."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from feedpub.durability import synchronise
from feedpub.errors import StoreError
from feedpub.ports.transfer import Taken
from feedpub.store import engine as engines
from feedpub.store import sql
from feedpub.store.catalog import Catalog
from feedpub.store.postgres.address import Address, explain_errors
from feedpub.store.postgres.engine import make_engine, upgrade
from feedpub.store.transfer import copy_database, is_empty


def save_copy(address: Address, path: Path) -> None:
    """Write one state of a database to a new file, which SQLite opens; others may go on writing.

    Raises:
        StoreError: The file exists, or one of the two refuses.
    """
    if path.exists():
        raise StoreError(f"{path}: the file exists; choose another name")
    waiting = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        sql.create(waiting)
        _fill(address, waiting, str(path))
        synchronise(waiting)
        waiting.rename(path)
        synchronise(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; choose a folder with room") from error
    finally:
        with suppress(OSError):
            sql.remove_database(waiting)


def _fill(address: Address, path: Path, name: str) -> None:
    server, file = make_engine(address, read_only=True), engines.connect_sqlite(path)
    try:
        with (
            engines.explain_errors(name),
            explain_errors(address.name),
            server.begin() as source,
            file.begin() as destination,
        ):
            copy_database(source, destination)
    finally:
        file.dispose()
        server.dispose()


def load_copy(
    address: Address,
    path: Path,
    *,
    prepare: Callable[[Catalog], None],
    replace: bool,
) -> list[Taken]:
    """Put what a file of SQLite holds into a database, in one transaction.

    Args:
        address: Of the database; its tables are made if it has none.
        path: Of the file, up to date, which nobody writes to; it stays as it is.
        prepare: Is given the catalog before anybody else sees it.
        replace: Whether what the database holds may go.

    Returns:
        What each table holds now, proven to be what the file holds.

    Raises:
        StoreError: The database is not empty and not to be replaced, or something went wrong.
    """
    upgrade(address, create=True)
    # Not for reading only: nobody may add to the file what would not arrive.
    server, file = make_engine(address), engines.connect_sqlite(path)
    try:
        with (
            engines.explain_errors(str(path)),
            explain_errors(address.name),
            file.begin() as source,
            server.begin() as destination,
        ):
            if not replace and not is_empty(destination):
                raise StoreError(
                    f"{address.name}: the database is not empty; make a new one with createdb, or"
                    " replace what it holds with 'feedpub restore'"
                )
            found = copy_database(source, destination)
            prepare(Catalog(destination))
            destination.exec_driver_sql("ANALYZE")
        return found
    finally:
        file.dispose()
        server.dispose()


def restore(
    backup: Path, address: Address, prepare: Callable[[Catalog], None], *, folder: Path
) -> None:
    """Put a copy made by ``save_copy``, or by SQLite's store, into the place of a database.

    Args:
        backup: The copy; it stays as it is.
        address: Of the database.
        prepare: Is given the catalog before anybody else sees it.
        folder: With room for another copy, which is brought up to date.

    Raises:
        MissingStoreError: There is no such copy.
        CorruptStoreError: It is damaged, or no database of feedpub.
        StoreError: It is of a newer feedpub, or the server refuses.
    """
    candidate = folder / f".{backup.name}.restoring"
    with sql.open_copy(backup, candidate):
        pass  # looked at, and brought up to date
    try:
        load_copy(address, candidate, prepare=prepare, replace=True)
    finally:
        sql.remove_database(candidate)
