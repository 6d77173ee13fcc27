"""A connection for plain statements from several threads, each transaction on disk at its end."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from feedpub.errors import MissingStoreError
from feedpub.store.database import Cursor, FenceRows, Locking
from feedpub.store.engine import explain_errors
from feedpub.store.fence import write_fence

BUSY_TIMEOUT_S = 60
"""A build may hold the database's one write lock for many seconds."""

_CLOSE_S = 1


class PlainDatabase:
    """A database file that is up to date, opened for reading and writing."""

    locking = Locking()  # BEGIN IMMEDIATE keeps everybody else out

    def __init__(self, path: Path) -> None:
        """Open it.

        Args:
            path: Of the file.

        Raises:
            MissingStoreError: There is none.
            StoreError: It cannot be used.
        """
        if not path.exists():
            raise MissingStoreError(
                f"{path}: the database is missing; bring back a copy with 'feedpub restore BACKUP'"
            )
        self._name = str(path)
        self._lock = threading.Lock()
        with explain_errors(self._name):
            self._connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode=rw",
                uri=True,
                timeout=BUSY_TIMEOUT_S,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self._connection.execute("PRAGMA journal_mode=wal")
                self._connection.execute("PRAGMA synchronous=full")
                self._connection.execute("PRAGMA foreign_keys=on")
                self._connection.execute("PRAGMA cache_size=-16384")
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Let go of the file; a thread that is still writing keeps it until the process ends."""
        if self._lock.acquire(timeout=_CLOSE_S):
            self._connection.close()
            self._lock.release()

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Give a cursor; commit at the end, undo everything on an error.

        Raises:
            BusyError: Another process wrote for a minute.
            StoreError: The database refuses.
        """
        with self._lock, explain_errors(self._name):
            cursor = self._connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                # A full disk has already rolled it back, and refuses to do so again.
                with suppress(sqlite3.Error):
                    self._connection.rollback()
                raise

    def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows of a query.

        Raises:
            StoreError: The database refuses.
        """
        with self._lock, explain_errors(self._name):
            return self._connection.execute(query, values).fetchall()

    def write_fence(self, rows: FenceRows) -> set[int]:
        """Write what comes to the fence at once, all of it in one transaction.

        Raises:
            BusyError: Another process wrote for a minute; nothing was written.
            StoreError: The database refuses.
        """
        with self.transaction() as cursor:
            return write_fence(cursor, rows)


def find_suppressed(
    cursor: Cursor, mailboxes: Iterable[str], hash_mailbox: Callable[[str], bytes]
) -> dict[str, str]:
    """Return those mailboxes that are never mailed again, each with the reason."""
    found: dict[str, str] = {}
    if cursor.execute("SELECT 1 FROM suppressions LIMIT 1").fetchone() is None:
        return found
    hashes = {hash_mailbox(mailbox): mailbox for mailbox in mailboxes}
    waiting = list(hashes)
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        # Always as many, so that the statement is prepared once.
        some += some[:1] * (_AT_ONCE - len(some))
        for hash, reason in cursor.execute(_SUPPRESSED, some).fetchall():
            found[hashes[hash]] = str(reason)
    return found


_AT_ONCE = 100
_SUPPRESSED = "SELECT hash, reason FROM suppressions WHERE hash IN ({values})".format(  # noqa: S608 # question marks only
    values=", ".join("?" * _AT_ONCE)
)
