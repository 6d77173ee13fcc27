"""What was read of each source: its folders, its articles, its problems."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from feedpub.batches import cut_batches
from feedpub.catalog.identity import Record, State
from feedpub.ports import SourceRow, StoredProblem
from feedpub.store import schema
from feedpub.store.dialect import insert_many

_CATEGORIES = Record._fields.index("categories")


def to_row(record: Record) -> tuple[object, ...]:
    """Return a record as a row of ``articles``."""
    text = " ".join(map(str, record.categories))
    return (*record[:_CATEGORIES], text, *record[_CATEGORIES + 1 :])


def to_record(row: Sequence[Any]) -> Record:
    """Return a row of ``articles`` as a record."""
    values = list(row)
    values[_CATEGORIES] = tuple(map(int, values[_CATEGORIES].split()))
    return Record._make(values)


class Sources:
    """The reading side of the catalog, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def open_source(self, name: str) -> SourceRow:
        """Return the row of a source, made if it is new."""
        table = schema.sources
        row = self._connection.execute(sa.select(table).where(table.c.name == name)).first()
        if row is None:
            self._connection.execute(table.insert().values(name=name, settings=""))
            return self.open_source(name)
        return SourceRow(*row)

    def list_sources(self) -> list[SourceRow]:
        """Return every source that was ever opened, also those that the settings forgot."""
        table = schema.sources
        rows = self._connection.execute(sa.select(table).order_by(table.c.id))
        return [SourceRow(*row) for row in rows]

    def update_source(self, source: int, *, first_read: int | None, settings: str) -> None:
        """Keep when a source was first read, and with which settings last."""
        table = schema.sources
        self._connection.execute(
            table.update()
            .where(table.c.id == source)
            .values(first_read=first_read, settings=settings)
        )

    def fingerprints(self, source: int) -> dict[str, bytes]:
        """Return the fingerprint of each folder as last read."""
        table = schema.folders
        rows = self._connection.execute(
            sa.select(table.c.path, table.c.fingerprint).where(table.c.source == source)
        )
        return dict(rows.all())

    def save_fingerprints(
        self, source: int, found: Mapping[str, bytes], gone: Iterable[str]
    ) -> None:
        """Keep the fingerprints of folders that were read, forget those that are gone."""
        table = schema.folders
        for paths in cut_batches([*gone, *found]):
            self._connection.execute(
                table.delete().where(table.c.source == source, table.c.path.in_(paths))
            )
        rows = [(source, path, fingerprint) for path, fingerprint in found.items()]
        insert_many(self._connection, table, rows)

    def records_in(self, source: int, folders: Iterable[str]) -> Iterator[Record]:
        """Yield every record of some folders, tombstones too."""
        table = schema.articles
        for paths in cut_batches(folders):
            query = sa.select(table).where(table.c.source == source, table.c.folder.in_(paths))
            yield from map(to_record, self._connection.execute(query))

    def records_by_content(self, contents: Iterable[bytes]) -> Iterator[Record]:
        """Yield every record with one of these contents."""
        yield from self._records_where(schema.articles.c.content, contents)

    def repeated_contents(self) -> set[bytes]:
        """Return the contents that more than one record has."""
        content = schema.articles.c.content
        query = sa.select(content).group_by(content).having(sa.func.count() > 1)
        return set(self._connection.scalars(query))

    def records_by_uid(self, uids: Iterable[str]) -> Iterator[Record]:
        """Yield every record with one of these ids."""
        yield from self._records_where(schema.articles.c.uid, uids)

    def records(self, ids: Iterable[int]) -> Iterator[Record]:
        """Yield the records of some rows, in no order."""
        yield from self._records_where(schema.articles.c.id, ids)

    def duplicates_of(self, ids: Iterable[int]) -> Iterator[Record]:
        """Yield the files that repeat these articles, oldest row first."""
        yield from sorted(self._records_where(schema.articles.c.same_as, ids))

    def _records_where(self, column: sa.Column[Any], values: Iterable[Any]) -> Iterator[Record]:
        for some in cut_batches(values):
            query = sa.select(schema.articles).where(column.in_(some))
            yield from map(to_record, self._connection.execute(query))

    def records_due(self, now: int) -> Iterator[Record]:
        """Yield the held ones whose time may have come, and the published ones that expired."""
        table = schema.articles
        query = sa.select(table).where(
            sa.or_(
                sa.and_(table.c.state == int(State.HELD), table.c.published <= now),
                sa.and_(table.c.expires.is_not(None), table.c.expires <= now),
            )
        )
        yield from map(to_record, self._connection.execute(query))

    def records_held(self, now: int) -> Iterator[Record]:
        """Yield every record that is held, or is by another kind of build, as drafts are.

        Also those that were shown by such a build alone.
        """
        table = schema.articles
        query = sa.select(table).where(
            sa.or_(
                table.c.state == int(State.HELD),
                table.c.flags != 0,
                table.c.published > now,
                table.c.expires <= now,
                table.c.first_seen.is_(None),
            )
        )
        yield from map(to_record, self._connection.execute(query))

    def next_due(self, now: int) -> int | None:
        """Return when the next held article is due or the next published one expires."""
        table = schema.articles
        ahead = sa.select(sa.func.min(table.c.published)).where(
            table.c.state == int(State.HELD), table.c.published > now
        )
        ending = sa.select(sa.func.min(table.c.expires)).where(
            table.c.expires.is_not(None), table.c.expires > now
        )
        moments = [self._connection.scalar(query) for query in (ahead, ending)]
        return min((moment for moment in moments if moment is not None), default=None)

    def find_articles(self, wanted: str) -> list[Record]:
        """Return the records that an id, a path or the end of a path means."""
        table = schema.articles
        path = table.c.folder + sa.case((table.c.folder == "", ""), else_="/") + table.c.name
        exact = sa.select(table).where(sa.or_(table.c.uid == wanted, path == wanted))
        found = [to_record(row) for row in self._connection.execute(exact)]
        if found:
            return found
        ending = wanted.rpartition("/")[2]
        query = sa.select(table).where(table.c.name == ending)
        records = [to_record(row) for row in self._connection.execute(query)]
        return [
            record
            for record in records
            if f"/{wanted}".endswith(f"/{record.path}") or f"/{record.path}".endswith(f"/{wanted}")
        ]

    def count_known(self, source: int) -> int:
        """Return how many files of a source the catalog holds, tombstones apart."""
        table = schema.articles
        query = sa.select(sa.func.count()).where(
            table.c.source == source, table.c.state != int(State.DELETED)
        )
        return int(self._connection.scalar(query) or 0)

    def count_held(self) -> int:
        """Return how many files are held, without a look at the others."""
        table = schema.articles
        # The literal lets both databases take the index that has nothing but them.
        query = sa.select(sa.func.count()).where(table.c.state == sa.literal_column("1"))
        return int(self._connection.scalar(query) or 0)

    def count_states(self) -> dict[tuple[int, int], int]:
        """Return how many files there are, by source and state."""
        table = schema.articles
        query = sa.select(table.c.source, table.c.state, sa.func.count()).group_by(
            table.c.source, table.c.state
        )
        return {(source, state): count for source, state, count in self._connection.execute(query)}

    def next_id(self) -> int:
        """Return the row that the next new record gets."""
        return int(self._connection.scalar(sa.select(sa.func.max(schema.articles.c.id))) or 0) + 1

    @contextmanager
    def bulk_load(self) -> Iterator[None]:
        """Fill an empty table: its indexes are made at the end, sorted, at a tenth of the cost."""
        indexes = [schema.articles_by_uid, schema.articles_by_content]
        for index in indexes:
            index.drop(self._connection)
        yield
        for index in indexes:
            index.create(self._connection)

    def insert(self, records: Sequence[Record]) -> None:
        """Add records, which bring their row ids."""
        insert_many(self._connection, schema.articles, [to_row(record) for record in records])

    def update(self, records: Sequence[Record]) -> None:
        """Replace the rows of records."""
        table = schema.articles
        columns = [column.name for column in table.columns]
        statement = (
            table.update()
            .where(table.c.id == sa.bindparam("row"))
            .values({name: sa.bindparam(f"new_{name}") for name in columns[1:]})
        )
        rows = [
            {"row": record.id}
            | {f"new_{name}": value for name, value in zip(columns, to_row(record), strict=True)}
            for record in records
        ]
        if rows:
            self._connection.execute(statement, rows)

    def merge_categories(self, merged: Mapping[int, int]) -> None:
        """Give the files of some categories to others: the one that is gone, to the one there."""
        table = schema.articles
        padded = " " + table.c.categories + " "
        for gone, there in merged.items():
            query = sa.select(table).where(padded.contains(f" {gone} "))
            records = [to_record(row) for row in self._connection.execute(query)]
            moved = [
                tuple(dict.fromkeys(there if id == gone else id for id in record.categories))
                for record in records
            ]
            self.update(
                [
                    record._replace(categories=categories)
                    for record, categories in zip(records, moved, strict=True)
                ]
            )

    def remove(self, ids: Sequence[int]) -> None:
        """Drop rows whose identity lives on in another row."""
        for some in cut_batches(ids):
            for column in (schema.renditions.c.article, schema.articles.c.id):
                self._connection.execute(sa.delete(column.table).where(column.in_(some)))

    def replace_problems(
        self,
        source: int,
        places: Collection[tuple[str, str]],
        problems: Sequence[StoredProblem],
    ) -> None:
        """Forget what was wrong with some files, keep what is wrong with them now."""
        table = schema.problems
        stale: dict[str, list[str]] = {}
        for folder, name in places:
            stale.setdefault(folder, []).append(name)
        for folder, names in stale.items():
            for some in cut_batches(names):
                self._connection.execute(
                    table.delete().where(
                        table.c.source == source,
                        table.c.folder == folder,
                        table.c.name.in_(some),
                    )
                )
        rows = [
            {
                "source": source,
                "folder": problem.folder,
                "name": problem.name,
                "level": problem.level,
                "line": problem.line,
                "position": problem.column,
                "message": problem.message,
            }
            for problem in problems
        ]
        if rows:
            self._connection.execute(table.insert(), rows)

    def problems(self) -> list[StoredProblem]:
        """Return what is wrong with the files of all sources, in order of source and path."""
        table = schema.problems
        query = sa.select(
            schema.sources.c.name,
            table.c.folder,
            table.c.name,
            table.c.level,
            table.c.line,
            table.c.position,
            table.c.message,
        ).join(schema.sources, schema.sources.c.id == table.c.source)
        query = query.order_by(table.c.source, table.c.folder, table.c.name, table.c.id)
        return [StoredProblem(*row) for row in self._connection.execute(query)]
