"""Keeps two runs of one site apart, on whatever machines they are."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from feedpub.errors import BusyError
from feedpub.store.postgres.address import Address, explain_errors

if TYPE_CHECKING:
    import psycopg

_PAUSE_S = 0.1
_held = threading.local()
_TAKE = b"SELECT pg_try_advisory_lock(hashtextextended(current_schema() || %s, 0))"


class AdvisoryLock:
    """A lock that the server lets go of when its holder's connection ends, however it ends."""

    def __init__(self, address: Address, name: str, *, wait_s: float = 10) -> None:
        """Prepare.

        Args:
            address: Of the database; another one has locks of its own.
            name: What is held.
            wait_s: How long to wait for another run to end.
        """
        self._address = address
        self._name = name
        self._wait_s = wait_s

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            BusyError: Another run holds it and did not end in time.
            StoreError: The server cannot be reached.
        """
        with explain_errors(self._address.name):
            connection = self._address.connect(autocommit=True)
        try:
            deadline = time.monotonic() + self._wait_s
            while not self._take(connection):
                if time.monotonic() >= deadline:
                    raise BusyError(
                        f"{self._address.name}: another run of feedpub holds this site;"
                        " try again when it has ended"
                    )
                time.sleep(_PAUSE_S)
            with self._noted(connection):
                yield
        finally:
            # Said, since the server takes some milliseconds to notice that a connection ended.
            with suppress(Exception):  # it was lost, and the lock with it
                connection.execute(b"SELECT pg_advisory_unlock_all()")
            connection.close()

    def _take(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> bool:
        with explain_errors(self._address.name):
            row = connection.execute(_TAKE, [f":feedpub:{self._name}"]).fetchone()
        return bool(row and row[0])

    @contextmanager
    def _noted(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> Iterator[None]:
        """Have this thread look at the connection before it writes."""
        held = _held.__dict__.setdefault("connections", [])
        held.append((self._address.name, connection))
        try:
            yield
        finally:
            held.pop()


def check_held(address: Address) -> None:
    """Hold that no lock was lost that this thread has taken; called before it writes.

    Raises:
        BusyError: One was, so that another run may have begun.
    """
    for name, connection in getattr(_held, "connections", ()):
        if name != address.name:
            continue
        try:
            connection.execute(b"SELECT 1")
        except Exception as error:
            raise BusyError(
                f"{name}: the connection was lost that kept other runs away; what was not written"
                " yet is left to the next one: run it again"
            ) from error
