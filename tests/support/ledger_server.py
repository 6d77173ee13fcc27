"""A send ledger on a server, filled as ``tests.support.ledger`` fills one in a file."""

from collections.abc import Iterable
from dataclasses import dataclass

from feedpub.model import DeliveryState, IssueState, SubscriberState
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.dialect import POSTGRES
from feedpub.store.postgres.engine import make_engine
from feedpub.store.postgres.plain import PostgresDatabase
from tests.support.ledger import ISSUE

_THEN = 1_790_000_000


@dataclass(frozen=True)
class LedgerServer:
    """A server's database with one issue.

    Attributes:
        address: Of the database.
    """

    address: Address

    @classmethod
    def create(cls, url: str, addresses: Iterable[str]) -> "LedgerServer":
        """Prepare an issue for some addresses in a new site's database."""
        made = cls(Address(url))
        engine = make_engine(made.address)
        with engine.begin() as connection:
            execute = connection.exec_driver_sql
            people = list(enumerate(addresses, 1))
            execute(
                "INSERT INTO issues (id, key, frequency, starts, ends, scheduled, state,"
                " recipients, created, articles) VALUES (%s, 'weekly/2026-11-27', 'weekly', %s,"
                " %s, %s, %s, %s, %s, 1)",
                (ISSUE, _THEN - 604_800, _THEN, _THEN, int(IssueState.PREPARED), len(people),
                 _THEN),
            )  # fmt: skip
            execute("INSERT INTO selections VALUES (1, %s, '', 'en', %s)", (ISSUE, _THEN))
            execute(
                "INSERT INTO subscribers (id, address, mailbox, state, choice, paused, created,"
                f" confirmed) VALUES (%s, %s, %s, {SubscriberState.ACTIVE.value}, '', false,"
                f" {_THEN}, {_THEN})",
                [(number, address, address) for number, address in people],
            )
            with POSTGRES.filling_ledger(connection, ISSUE) as table:
                execute(
                    f"INSERT INTO {table.name} (id, issue, subscriber, selection, state) SELECT"
                    f" id, {ISSUE}, id, 1, {DeliveryState.QUEUED.value} FROM subscribers"
                )
        engine.dispose()
        return made

    def change(self, statement: str, *values: object) -> None:
        """Execute a statement."""
        database = PostgresDatabase(self.address)
        try:
            with database.transaction() as cursor:
                cursor.execute(statement, values)
        finally:
            database.close()

    def look(self, query: str) -> list[tuple[object, ...]]:
        """Return rows."""
        database = PostgresDatabase(self.address)
        try:
            return database.read(query)
        finally:
            database.close()

    def issue_state(self) -> IssueState:
        """Return where the issue stands."""
        ((state,),) = self.look("SELECT state FROM issues")
        return IssueState(int(str(state)))
