"""Connections to a server that stay open between the requests of a web server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from feedpub.config import Config
from feedpub.wiring.databases import ServerDatabase, make_database
from feedpub.wiring.pool import StorePool

if TYPE_CHECKING:
    from feedpub.store.postgres.address import Address
    from feedpub.store.postgres.store import PostgresStore


class ServerPool:
    """Opens the store of a server; used by several threads, in any process.

    To connect costs more than most requests. A connection that the server has ended meanwhile is
    replaced by a new one.
    """

    def __init__(self, address: "Address") -> None:
        self._address = address
        self._looking = threading.Lock()
        self._is_new = True

    @contextmanager
    def __call__(self, *, read_only: bool = False) -> "Iterator[PostgresStore]":
        """Give a store for one block.

        Raises:
            StoreError: It cannot be used.
        """
        from feedpub.store.postgres.store import PostgresStore

        with self._looking:
            if self._is_new:
                PostgresStore.open(self._address)  # brought up to date
                self._is_new = False
        yield PostgresStore(self._address, read_only=read_only)


def make_pool(config: Config) -> StorePool | ServerPool:
    """Return what opens a site's store for its web server; nothing is opened yet.

    Raises:
        ConfigError: The server's password cannot be read.
    """
    database = make_database(config)
    if isinstance(database, ServerDatabase):
        return ServerPool(database.address)
    return StorePool(config.database_path)
