"""What catalog and newsletter do in PostgreSQL's own way: COPY, and a partition for each issue."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from feedpub.store.newsletter_schema import deliveries, metadata


class PostgresDialect:
    """See ``feedpub.store.dialect.Dialect``."""

    def insert(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        """COPY takes a third of the time of the fastest INSERT."""
        columns = ", ".join(f'"{name}"' for name in names)
        driver: Any = connection.connection.driver_connection
        with (
            driver.cursor() as cursor,
            cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy,
        ):
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def filling_ledger(self, connection: sa.Connection, issue: int) -> Iterator[sa.Table]:
        """Give a table of the issue's own; it becomes part of the ledger when it is filled.

        So its indexes are made once, sorted, and the ledgers of other issues are written to
        meanwhile: to attach a table keeps nobody out, to create a partition would.
        """
        name = f"deliveries_{int(issue)}"
        execute = connection.exec_driver_sql
        execute(f"CREATE TABLE {name} (LIKE deliveries INCLUDING DEFAULTS)")
        yield deliveries.to_metadata(sa.MetaData(), name=name)
        # What is checked need not be looked through again.
        execute(f"ALTER TABLE {name} ADD CONSTRAINT one_issue CHECK (issue = {int(issue)})")
        execute(f"ALTER TABLE deliveries ATTACH PARTITION {name} FOR VALUES IN ({int(issue)})")
        execute(f"ALTER TABLE {name} DROP CONSTRAINT one_issue")
        # Without statistics the planner takes every claim for a walk through the whole table.
        execute(f"ANALYZE {name}")

    def empty(self, connection: sa.Connection) -> None:
        """At once, and with the partitions of the ledger."""
        partitions = connection.exec_driver_sql(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'deliveries'::regclass"
        )
        for name in partitions.scalars().all():
            connection.exec_driver_sql(f"DROP TABLE {name}")
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.exec_driver_sql(f"TRUNCATE {names}")
        # They speak of what is no longer there; a worker is still at the others.
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE status <> 'doing'")

    def read_counters(self, connection: sa.Connection) -> dict[str, int]:
        """Return what the sequences gave last."""
        rows = connection.exec_driver_sql(
            "SELECT sequencename, last_value FROM pg_sequences"
            " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
        numbers = {name.removesuffix("_id_seq"): number for name, number in rows}
        return {name: number for name, number in numbers.items() if name in metadata.tables}

    def raise_counters(self, connection: sa.Connection, numbers: Mapping[str, int]) -> None:
        """Rows that brought their numbers have not raised them."""
        rows = connection.exec_driver_sql(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()"
        )
        for sequence in rows.scalars().all():
            table = metadata.tables.get(sequence.removesuffix("_id_seq"))
            if table is None:  # of the queue
                continue
            highest = connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
            if highest := max(highest, numbers.get(table.name, 0)):
                connection.execute(sa.select(sa.func.setval(sequence, highest)))


POSTGRES = PostgresDialect()
