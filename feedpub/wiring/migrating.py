"""Wires the way from a database file to a server."""

from contextlib import ExitStack
from pathlib import Path

from feedpub.config import Config
from feedpub.errors import ConfigError
from feedpub.ports.transfer import Taken
from feedpub.wiring.databases import FileDatabase, ServerDatabase, make_database


def migrate_site(config: Config, file: Path) -> list[Taken]:
    """Copy everything in a database file to the server that the settings name, or nothing.

    Args:
        config: Of the site.
        file: Of the database that it had; it stays as it is, but for being brought up to date.

    Returns:
        What each table holds on the server, proven to be what it holds in the file.

    Raises:
        ConfigError: The settings name no server.
        BusyError: A run of one of the two goes on.
        StoreError: The server's database is not empty, or one of the two refuses.
    """
    database = make_database(config)
    if not isinstance(database, ServerDatabase):
        raise ConfigError(
            "not on a server; make an empty database with createdb, then write database ="
            ' "postgresql://user@host/name"',
            path=str(config.path),
            key="database",
        )
    source = FileDatabase(file)
    with ExitStack() as held:
        for one in (source, database):
            for name in ("", "sending", "bounces"):
                held.enter_context(one.lock(name, wait_s=1)())
        with source.open() as store:
            store.check()
        return database.load(file)
