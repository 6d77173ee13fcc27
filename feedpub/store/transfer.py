"""All of a database taken over into another one, of either kind, and proven table by table."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from feedpub.errors import StoreError
from feedpub.ports.transfer import Taken
from feedpub.store.dialect import dialect_of, insert_many
from feedpub.store.newsletter_schema import deliveries, issues, metadata
from feedpub.store.schema import categories

_BATCH = 5_000


def copy_database(source: sa.Connection, destination: sa.Connection) -> list[Taken]:
    """Put everything that one database holds in the place of what another one does.

    Args:
        source: In a transaction that sees one state of it.
        destination: In a transaction; of the same version, nobody else writing to it.

    Raises:
        StoreError: What arrived is not what was there; nothing may be committed then.
    """
    dialect = dialect_of(destination)
    dialect.empty(destination)
    for table in metadata.sorted_tables:
        _copy_table(source, destination, table)
    dialect.raise_counters(destination, dialect_of(source).read_counters(source))
    return _prove(source, destination)


def _prove(source: sa.Connection, destination: sa.Connection) -> list[Taken]:
    there, here = describe(source), describe(destination)
    for before, after in zip(there, here, strict=True):
        if before != after:
            raise StoreError(
                f"table {before.table!r} did not arrive as it was ({before.rows} and"
                f" {after.rows} rows); nothing was changed; run it again when nobody writes"
            )
    return here


def describe(connection: sa.Connection) -> list[Taken]:
    """Return what each table holds."""
    return [_describe(connection, table) for table in metadata.sorted_tables]


def _describe(connection: sa.Connection, table: sa.Table) -> Taken:
    digest = hashlib.blake2b(digest_size=16)
    number = 0
    for rows in _read(connection, table):
        number += len(rows)
        digest.update("\n".join(map(repr, rows)).encode("utf-8", "surrogatepass"))
        digest.update(b"\n")
    return Taken(table.name, number, digest.hexdigest())


def is_empty(connection: sa.Connection) -> bool:
    """Return whether a database is as it was made: no article, nobody, nothing published.

    That a worker has looked at the clock changes nothing.
    """
    notes = ("meta", "categories", "schedules", "failures")
    tables = [table for table in metadata.sorted_tables if table.name not in notes]
    found = (
        connection.execute(sa.select(sa.literal(1)).select_from(one).limit(1)) for one in tables
    )
    grown = sa.select(categories.c.id).where(categories.c.id != 0).limit(1)
    return all(rows.first() is None for rows in (*found, connection.execute(grown)))


def _copy_table(source: sa.Connection, destination: sa.Connection, table: sa.Table) -> None:
    if table is deliveries:
        _copy_ledger(source, destination)
        return
    for rows in _read(source, table):
        ordered = _parents_first(rows) if table is categories else rows
        insert_many(destination, table, ordered)


def _copy_ledger(source: sa.Connection, destination: sa.Connection) -> None:
    for issue in source.scalars(sa.select(issues.c.id).order_by(issues.c.id)).all():
        mine = deliveries.c.issue == issue
        if source.execute(sa.select(deliveries.c.id).where(mine).limit(1)).first() is None:
            continue
        with dialect_of(destination).filling_ledger(destination, issue) as ledger:
            for rows in _read(source, deliveries, mine):
                insert_many(destination, ledger, rows)


def _read(
    connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool] | None = None
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows in the order of their keys, which is the same in every database."""
    keys = [table.c.id] if "id" in table.c else list(table.primary_key)
    query = sa.select(table).order_by(*keys)
    if where is not None:
        query = query.where(where)
    # Categories come in one piece, so that they can be brought into order.
    size = 1_000_000 if table is categories else _BATCH
    result = connection.execute(query.execution_options(yield_per=size))
    for rows in result.partitions():
        yield [tuple(row) for row in rows]


def _parents_first(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return categories so that each comes after the one that it is in, after a rename, too."""
    place, parent = (list(categories.c.keys()).index(name) for name in ("id", "parent"))
    waiting, known = list(rows), {None}
    ordered: list[tuple[Any, ...]] = []
    while waiting:
        ready = [row for row in waiting if row[parent] in known]
        if not ready:
            raise StoreError("categories: their order makes no sense; restore a backup")
        ordered += ready
        known |= {row[place] for row in ready}
        waiting = [row for row in waiting if row[place] not in known]
    return ordered
