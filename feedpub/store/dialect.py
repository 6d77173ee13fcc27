"""The few things of catalog and newsletter that the databases do not have in common."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from feedpub.store.newsletter_schema import deliveries, metadata


class Dialect(Protocol):
    """How one kind of database does it."""

    def insert(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        """Insert rows, at least one, whose values stand in the order of the names."""
        ...

    def filling_ledger(
        self, connection: sa.Connection, issue: int
    ) -> AbstractContextManager[sa.Table]:
        """Give the table that takes the rows of an issue, all of them within the block."""
        ...

    def empty(self, connection: sa.Connection) -> None:
        """Take everything out of all tables."""
        ...

    def read_counters(self, connection: sa.Connection) -> dict[str, int]:
        """Return, by table, the highest number that a row ever had, as far as that is kept."""
        ...

    def raise_counters(self, connection: sa.Connection, numbers: Mapping[str, int]) -> None:
        """Give new rows numbers above these, and above those that are there."""
        ...


class SqliteDialect:
    """SQLite's way, and that of standard SQL."""

    def insert(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        """The statement is Core's; its rows go straight to the driver, at five times the speed."""
        statement, places = _compile_insert(table, tuple(names))
        if places is not None:
            rows = [tuple(row[place] for place in places) for row in rows]
        connection.exec_driver_sql(statement, list(rows))

    @contextmanager
    def filling_ledger(self, connection: sa.Connection, issue: int) -> Iterator[sa.Table]:  # noqa: ARG002 # as the other has it
        """All issues are in one table."""
        yield deliveries

    def empty(self, connection: sa.Connection) -> None:
        """A file that is filled is a new one: only the first category is there."""
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))

    def read_counters(self, connection: sa.Connection) -> dict[str, int]:
        """Where numbers are never used again, SQLite keeps the highest."""
        return dict(connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all())

    def raise_counters(self, connection: sa.Connection, numbers: Mapping[str, int]) -> None:
        """Rows that were inserted have raised them already."""
        known = self.read_counters(connection)
        for table in metadata.sorted_tables:
            if table.dialect_options["sqlite"]["autoincrement"] and table.name in numbers:
                highest = max(numbers[table.name], known.get(table.name, 0))
                connection.exec_driver_sql(
                    "DELETE FROM sqlite_sequence WHERE name = ?", (table.name,)
                )
                connection.exec_driver_sql(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, highest)
                )


@cache
def _compile_insert(table: sa.Table, names: tuple[str, ...]) -> tuple[str, list[int] | None]:
    """Return SQLite's statement, and the order that it wants values in; None for that of names."""
    statement = sa.insert(table).values({name: sa.bindparam(name) for name in names})
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    order = list(compiled.positiontup or names)
    places = None if order == list(names) else [names.index(name) for name in order]
    return str(compiled), places


_SQLITE = SqliteDialect()


def dialect_of(connection: sa.Connection) -> Dialect:
    """Return how the database of a connection does it."""
    if connection.dialect.name == "sqlite":
        return _SQLITE
    from feedpub.store.postgres.dialect import POSTGRES

    return POSTGRES


def insert_many(
    connection: sa.Connection,
    table: sa.Table,
    rows: Sequence[tuple[Any, ...]],
    names: Sequence[str] = (),
) -> None:
    """Insert rows as fast as the database can.

    Args:
        connection: In a transaction.
        table: That takes them.
        rows: Values in the order of the names.
        names: Of columns; all of the table if empty.
    """
    if rows:
        columns = names or [column.name for column in table.columns]
        dialect_of(connection).insert(connection, table, columns, rows)
