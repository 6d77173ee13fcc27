"""A send ledger filled by SQL: one issue, its recipients queued."""

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from feedpub.model import DeliveryState, IssueState, SubscriberState
from feedpub.store import sql

ISSUE = 1
_THEN = 1_790_000_000


@dataclass(frozen=True)
class Delivery:
    """Where one recipient stands.

    Attributes:
        state: Of the ledger.
        attempts: How often it was tried.
        code: Of the last answer.
        reply: The last answer.
        not_before: Seconds since the epoch.
    """

    state: DeliveryState
    attempts: int
    code: str
    reply: str
    not_before: int


@dataclass(frozen=True)
class LedgerFile:
    """A database file with one issue.

    Attributes:
        path: Of the file.
    """

    path: Path

    @classmethod
    def create(cls, path: Path, addresses: Iterable[str]) -> "LedgerFile":
        """Make a database in which an issue is prepared for some addresses."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_empty_database())
        ledger = cls(path)
        with closing(ledger._connect()) as connection, connection:
            _fill(connection, list(addresses))
        return ledger

    def copy(self, path: Path) -> "LedgerFile":
        """Copy the database, which nobody has open, over another."""
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.path, path)
        return LedgerFile(path)

    def _connect(self, timeout_s: float = 30) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout_s)
        connection.execute("PRAGMA foreign_keys=on")
        return connection

    def change(self, statement: str, *values: object, timeout_s: float = 30) -> None:
        """Execute a statement.

        Raises:
            sqlite3.OperationalError: Somebody else writes for longer.
        """
        with closing(self._connect(timeout_s)) as connection, connection:
            connection.execute(statement, values)

    def look(self, query: str) -> list[tuple[object, ...]]:
        """Return rows."""
        with closing(self._connect()) as connection:
            return connection.execute(query).fetchall()

    def deliveries(self) -> dict[str, Delivery]:
        """Return where each recipient stands, by address."""
        rows = self.look(
            "SELECT s.address, d.state, d.attempts, d.code, d.reply, d.not_before"
            " FROM deliveries d JOIN subscribers s ON s.id = d.subscriber ORDER BY d.id"
        )
        return {
            str(address): Delivery(
                DeliveryState(int(str(state))), int(str(attempts)), str(code or ""),
                str(reply or ""), int(str(not_before)),
            )
            for address, state, attempts, code, reply, not_before in rows
        }  # fmt: skip

    def states(self) -> dict[str, DeliveryState]:
        """Return the state of each recipient, by address."""
        return {address: delivery.state for address, delivery in self.deliveries().items()}

    def count(self) -> Counter[DeliveryState]:
        """Return how many stand in each state."""
        return Counter(self.states().values())

    def issue_state(self) -> IssueState:
        """Return where the issue stands."""
        ((state,),) = self.look("SELECT state FROM issues")
        return IssueState(int(str(state)))

    def let_time_pass(self) -> None:
        """Make everything that waits for another attempt due, and every lease old."""
        self.change("UPDATE deliveries SET not_before = 0")
        self.change("UPDATE senders SET held_until = 0")

    def check(self) -> None:
        """Hold that the database is sound."""
        assert self.look("PRAGMA integrity_check") == [("ok",)]
        assert self.look("PRAGMA foreign_key_check") == []


@cache
def _empty_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "feedpub.db")
        sql.create(path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


def _fill(connection: sqlite3.Connection, addresses: Sequence[str]) -> None:
    connection.execute(
        "INSERT INTO issues (id, key, frequency, starts, ends, scheduled, state, recipients,"
        " created, articles) VALUES (?, 'weekly/2026-11-27', 'weekly', ?, ?, ?, ?, ?, ?, 1)",
        (ISSUE, _THEN - 604_800, _THEN, _THEN, IssueState.PREPARED, len(addresses), _THEN),
    )
    connection.execute("INSERT INTO selections VALUES (1, ?, '', 'en', ?)", (ISSUE, _THEN))
    connection.executemany(
        "INSERT INTO subscribers (id, address, mailbox, state, choice, paused, created, confirmed)"
        f" VALUES (?, ?, ?, {SubscriberState.ACTIVE.value}, '', 0, {_THEN}, {_THEN})",
        ((number, address, address) for number, address in enumerate(addresses, 1)),
    )
    connection.execute(
        "INSERT INTO deliveries (id, issue, subscriber, selection, state)"
        f" SELECT id, {ISSUE}, id, 1, {DeliveryState.QUEUED.value} FROM subscribers"
    )
