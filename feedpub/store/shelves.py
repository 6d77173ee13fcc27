"""Where published articles stand: categories, who is in them, and what has to be made again."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from feedpub.ports import CategoryRow
from feedpub.store import schema
from feedpub.store.sources import batches, insert_many


class Shelves:
    """The publishing side of the catalog, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def categories(self) -> list[CategoryRow]:
        """Return every category but that of everything; parents before children."""
        table = schema.categories
        query = sa.select(table).where(table.c.id != 0).order_by(table.c.id)
        return [CategoryRow(*row) for row in self._connection.execute(query)]

    def add_categories(self, rows: Sequence[CategoryRow]) -> None:
        """Add categories, parents first."""
        insert_many(self._connection, schema.categories, rows)

    def rename_category(self, category: CategoryRow, *, alias: str) -> None:
        """Give a category another name, place or slug, and keep its old folder as an alias."""
        table = schema.categories
        self._connection.execute(
            table.update()
            .where(table.c.id == category.id)
            .values(parent=category.parent, name=category.name, slug=category.slug)
        )
        self._connection.execute(schema.aliases.delete().where(schema.aliases.c.folder == alias))
        self._connection.execute(schema.aliases.insert().values(folder=alias, category=category.id))

    def aliases(self) -> dict[str, int]:
        """Return the old folders of renamed categories."""
        query = sa.select(schema.aliases).order_by(schema.aliases.c.folder)
        return dict(self._connection.execute(query))

    def place(self, placements: Sequence[tuple[int, int, int]]) -> None:
        """Put articles on shelves: category, published, article."""
        insert_many(self._connection, schema.placements, placements)

    def announce(self, arrivals: Sequence[tuple[int, int, int]]) -> None:
        """Note articles that are news: category, first_seen, article."""
        insert_many(self._connection, schema.arrivals, arrivals)

    def withdraw(self, shelves: Iterable[tuple[int, int, int | None, int]]) -> None:
        """Take articles off: category, published, first_seen, article."""
        for category, published, first_seen, article in shelves:
            table = schema.placements
            self._connection.execute(
                table.delete().where(
                    table.c.category == category,
                    table.c.published == published,
                    table.c.article == article,
                )
            )
            if first_seen is not None:
                news = schema.arrivals
                self._connection.execute(
                    news.delete().where(
                        news.c.category == category,
                        news.c.first_seen == first_seen,
                        news.c.article == article,
                    )
                )

    def newest(self, category: int, limit: int) -> list[tuple[int, int]]:
        """Return the newest articles on one shelf, newest first: published, article."""
        table = schema.placements
        query = (
            sa.select(table.c.published, table.c.article)
            .where(table.c.category == category)
            .order_by(table.c.published.desc(), table.c.article.desc())
            .limit(limit)
        )
        return [(published, article) for published, article in self._connection.execute(query)]

    def latest_arrivals(self, category: int, limit: int) -> list[tuple[int, int]]:
        """Return the latest news on one shelf, latest first: first_seen, article."""
        table = schema.arrivals
        query = (
            sa.select(table.c.first_seen, table.c.article)
            .where(table.c.category == category)
            .order_by(table.c.first_seen.desc(), table.c.article.desc())
            .limit(limit)
        )
        return [(seen, article) for seen, article in self._connection.execute(query)]

    def between(self, category: int, start: int, end: int) -> list[tuple[int, int]]:
        """Return what one shelf holds of a half-open period, newest first: published, article."""
        table = schema.placements
        query = (
            sa.select(table.c.published, table.c.article)
            .where(
                table.c.category == category,
                table.c.published >= start,
                table.c.published < end,
            )
            .order_by(table.c.published.desc(), table.c.article.desc())
        )
        return [(published, article) for published, article in self._connection.execute(query)]

    def published_times(self, category: int) -> list[int]:
        """Return when the articles of one shelf were published, newest first."""
        table = schema.placements
        query = (
            sa.select(table.c.published)
            .where(table.c.category == category)
            .order_by(table.c.published.desc())
        )
        return list(self._connection.scalars(query))

    def counts(self) -> dict[int, int]:
        """Return how many articles each shelf holds."""
        table = schema.placements
        query = sa.select(table.c.category, sa.func.count()).group_by(table.c.category)
        return dict(self._connection.execute(query))

    def mark_dirty(self, shelves: Iterable[tuple[int, str]]) -> None:
        """Note feeds to be made again: category, and a month of its archive or ``""``."""
        known = set(self.dirty())
        fresh = sorted({shelf for shelf in shelves if shelf not in known})
        insert_many(self._connection, schema.dirty, fresh)

    def dirty(self) -> list[tuple[int, str]]:
        """Return the feeds that wait to be made again, in order."""
        query = sa.select(schema.dirty).order_by(schema.dirty.c.category, schema.dirty.c.month)
        return [(category, month) for category, month in self._connection.execute(query)]

    def clear_dirty(self) -> None:
        """Forget them all: they are published."""
        self._connection.execute(schema.dirty.delete())

    def meta(self) -> dict[str, str]:
        """Return the site's own notes."""
        return dict(self._connection.execute(sa.select(schema.meta)))

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Replace some notes; an empty value removes one."""
        table = schema.meta
        for keys in batches(values):
            self._connection.execute(table.delete().where(table.c.key.in_(keys)))
        insert_many(self._connection, table, [item for item in values.items() if item[1]])
