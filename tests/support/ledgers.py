"""The send ledger in its three forms, filled and changed in the same way."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from feedpub.model import DeliveryState, IssueState, SubscriberState
from feedpub.ports.mailing import Change, Claim, Ledger, Outcome
from feedpub.store.ledger import SqlLedger
from feedpub.store.postgres.plain import PostgresDatabase
from feedpub.testing import MemoryLedger
from tests.support.ledger import ISSUE, LedgerFile
from tests.support.ledger_server import LedgerServer

NOW = 1_800_000_000
ADDRESSES = ["a@x.example", "b@x.example", "c@y.example", "d@y.example"]
_SINCE = 1_790_000_000  # as LedgerFile has it


class World(Protocol):
    """An issue whose recipients are subscribers 1, 2, 3 ... in deliveries of the same numbers."""

    def open(self) -> Ledger:
        """Return the ledger as one more sender has it."""
        ...

    def set_subscriber(
        self,
        number: int,
        *,
        state: SubscriberState = SubscriberState.ACTIVE,
        paused: bool = False,
        suppressed: str | None = None,
    ) -> None:
        """Change somebody."""
        ...

    def set_issue(self, state: IssueState) -> None:
        """Change where the issue stands."""
        ...

    def forget_senders(self) -> None:
        """Lose every lease, as in a database that knew of none."""
        ...

    def issue_state(self) -> IssueState:
        """Return where the issue stands."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class MemoryWorld:
    """``MemoryLedger``."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._ledger = MemoryLedger(list(addresses))
        for row in self._ledger.deliveries.values():
            row.claim = row.claim._replace(since=_SINCE)

    def open(self) -> Ledger:
        return self._ledger.join()

    def set_subscriber(
        self,
        number: int,
        *,
        state: SubscriberState = SubscriberState.ACTIVE,
        paused: bool = False,
        suppressed: str | None = None,
    ) -> None:
        row = self._ledger.deliveries[number]
        row.subscriber, row.paused, row.suppressed = state, paused, suppressed

    def set_issue(self, state: IssueState) -> None:
        self._ledger.state = state

    def forget_senders(self) -> None:
        self._ledger.forget_senders()

    def issue_state(self) -> IssueState:
        return self._ledger.state

    def close(self) -> None:
        pass


class SqlWorld:
    """``SqlLedger`` on a database."""

    def __init__(self, file: LedgerFile | LedgerServer) -> None:
        self.file = file
        self._opened: list[SqlLedger] = []

    @classmethod
    def create(cls, folder: Path, addresses: Iterable[str]) -> "SqlWorld":
        """Return one in a file."""
        return cls(LedgerFile.create(folder / "feedpub.db", addresses))

    def open(self) -> Ledger:
        if isinstance(self.file, LedgerServer):
            ledger = SqlLedger(PostgresDatabase(self.file.address), hash_mailbox)
        else:
            ledger = SqlLedger.open(self.file.path, hash_mailbox)
        self._opened.append(ledger)
        return ledger

    def set_subscriber(
        self,
        number: int,
        *,
        state: SubscriberState = SubscriberState.ACTIVE,
        paused: bool = False,
        suppressed: str | None = None,
    ) -> None:
        change = self.file.change
        change(
            "UPDATE subscribers SET state = ?, paused = ? WHERE id = ?", int(state), paused, number
        )
        ((mailbox,),) = self.file.look(f"SELECT mailbox FROM subscribers WHERE id = {number}")
        hashed = hash_mailbox(str(mailbox))
        change("DELETE FROM suppressions WHERE hash = ?", hashed)
        if suppressed is not None:
            change("INSERT INTO suppressions VALUES (?, ?, 0, '')", hashed, suppressed)

    def set_issue(self, state: IssueState) -> None:
        self.file.change("UPDATE issues SET state = ?", int(state))

    def forget_senders(self) -> None:
        self.file.change("DELETE FROM senders")

    def issue_state(self) -> IssueState:
        return self.file.issue_state()

    def close(self) -> None:
        for ledger in self._opened:
            ledger.close()


def hash_mailbox(mailbox: str) -> bytes:
    """Return what stands for a mailbox in the suppression list."""
    return mailbox.encode()[::-1]


def states(ledger: Ledger) -> dict[int, DeliveryState]:
    """Return the state of each delivery."""
    return {row.delivery: row.state for row in ledger.rows(ISSUE, list(DeliveryState))}


def claim(ledger: Ledger, *, now: int = NOW, limit: int = 100) -> list[Claim]:
    """Return what a sender gets."""
    return list(ledger.claim(ISSUE, now=now, limit=limit).claims)


def cross(ledger: Ledger, delivery: int) -> bool:
    """Return whether a delivery passes the fence."""
    return ledger.commit([Change(crossing=delivery)], NOW)[0]


def settle(ledger: Ledger, delivery: int, state: DeliveryState, **more: object) -> None:
    """Say what became of a delivery."""
    outcome = Outcome(delivery, state, **more)  # type: ignore[arg-type]
    ledger.commit([Change([outcome])], NOW)
