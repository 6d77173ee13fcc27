"""What the ledger and the notices ask of a database: plain statements, from several threads."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from feedpub.ports.mailing import Outcome


class Cursor(Protocol):
    """Takes statements in which ``?`` stands for a value."""

    @property
    def rowcount(self) -> int:
        """How many rows the last statement, or all of ``executemany``, changed."""
        ...

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> "Cursor":
        """Execute a statement."""
        ...

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> object:
        """Execute a statement once for each of several rows of values."""
        ...

    def fetchone(self) -> Any:
        """Return the next row; None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows."""
        ...


class Locking(NamedTuple):
    """What has to be said so that rows stay as they were read; nothing where one writes at a time.

    Attributes:
        change: Ends a query for rows that are changed next.
        skip: Ends a query, with the name of a table in it, and leaves rows out which others change.
        take: Takes deliveries for a token: token, issue, list of ids; empty where one after the
            other is as fast.
    """

    change: str = ""
    skip: str = ""
    take: str = ""


class FenceRows(NamedTuple):
    """What is written in one transaction; rows that are not the sender's stay as they are.

    Attributes:
        issue: Id.
        token: Of the sender.
        outcomes: Of deliveries that are done with, written before any delivery crosses.
        crossing: Ids of deliveries whose dot comes next.
        now: Seconds since the epoch.
    """

    issue: int
    token: int
    outcomes: Sequence[Outcome]
    crossing: Sequence[int]
    now: int


class Database(Protocol):
    """A connection for plain statements, used by several threads."""

    @property
    def locking(self) -> Locking:
        """What has to be said besides."""
        ...

    def transaction(self) -> AbstractContextManager[Cursor]:
        """Give a cursor; commit at the end, undo everything on an error.

        Raises:
            BusyError: Another process wrote for a minute.
            StoreError: The database refuses.
        """
        ...

    def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows of a query.

        Raises:
            StoreError: The database refuses.
        """
        ...

    def write_fence(self, rows: FenceRows) -> set[int]:
        """Write what comes to the fence at once, all of it in one transaction.

        Returns:
            The deliveries that crossed.

        Raises:
            BusyError: Another process wrote for a minute; nothing was written.
            StoreError: The database refuses.
        """
        ...

    def close(self) -> None:
        """Let go of it; a thread that is still writing keeps it until the process ends."""
        ...
