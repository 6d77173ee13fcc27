"""Plain statements for a server, as the ledger and the notices make them.

No lock of the database here: a delivery changes only from the state, and by the token, that its
row still has, so any number of machines may work on rows of their own.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from feedpub.model import DeliveryState
from feedpub.store.database import Cursor, FenceRows, Locking
from feedpub.store.postgres.address import Address, explain_errors
from feedpub.store.postgres.fence import make_fence

if TYPE_CHECKING:
    import psycopg

_WAIT_S = 60
_CLOSE_S = 1


class PostgresDatabase:
    """A database that is up to date, by one connection; a new one where the old one was lost."""

    locking = Locking(
        change=" FOR UPDATE",
        skip=" FOR UPDATE OF {} SKIP LOCKED",
        take="UPDATE deliveries SET state = 1, token = ? WHERE issue = ? AND id = ANY(?)",
    )

    def __init__(self, address: Address) -> None:
        """Connect.

        Raises:
            StoreError: The server cannot be reached, or refuses.
        """
        self._address, self._name = address, address.name
        self._lock = threading.Lock()
        with explain_errors(self._name):
            self._connect()

    def _connect(self) -> None:
        from psycopg import RawCursor

        self._connection = self._address.connect(autocommit=True, wait_s=_WAIT_S)
        # Made here and not for each of its statements, which are as many as mails.
        self._fence = RawCursor(self._connection)

    def close(self) -> None:
        """Let go of it; a thread that is still writing keeps it until the process ends."""
        if self._lock.acquire(timeout=_CLOSE_S):
            self._connection.close()
            self._lock.release()

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Give a cursor; commit at the end, undo everything on an error.

        A commit is never tried again: when its connection is lost, nobody knows whether it
        happened, and recovery decides.

        Raises:
            BusyError: Somebody else changed the same rows for a minute.
            StoreError: The server is gone, or refuses.
        """
        with self._open() as connection:
            try:
                connection.execute(b"BEGIN")
                yield _Cursor(connection.cursor())
                connection.commit()
            except BaseException:
                with suppress(Exception):  # it was lost, and with it what it had not committed
                    connection.rollback()
                raise

    def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows of a query.

        Raises:
            StoreError: The server is gone, or refuses.
        """
        with self._open() as connection:
            return connection.execute(_translate(query), values).fetchall()

    def write_fence(self, rows: FenceRows) -> set[int]:
        """Write what comes to the fence at once, in one statement, which is a transaction.

        Like a commit it is never tried again.

        Raises:
            BusyError: Somebody else changed the same rows for a minute.
            StoreError: The server is gone, or refuses.
        """
        if not rows.outcomes and not rows.crossing:
            return set()
        statement, values = make_fence(rows)
        with self._open():
            changed = self._fence.execute(statement, values, prepare=True).fetchall()
        return {id for id, state in changed if state == DeliveryState.COMMITTING}

    @contextmanager
    def _open(self) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
        """Give the connection, which is at once in no transaction and ours alone."""
        with self._lock, explain_errors(self._name):
            if self._connection.closed:
                self._connect()
            yield self._connection


class _Cursor:
    """Takes statements as SQLite takes them."""

    def __init__(self, cursor: "psycopg.Cursor[tuple[Any, ...]]") -> None:
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> "_Cursor":
        self._cursor.execute(_translate(statement), values)
        return self

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> object:
        rows = list(values)
        if rows:
            self._cursor.executemany(_translate(statement), rows)
        return self

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()


@lru_cache(maxsize=256)
def _translate(statement: str) -> bytes:
    """Return a statement, which has neither ``?`` nor ``%`` in a text, as psycopg takes it."""
    return statement.replace("?", "%s").encode()
