"""Where published articles stand: categories, who is in them, and what has to be made again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from feedpub.batches import cut_batches
from feedpub.catalog.categories import CategoryTree, Row
from feedpub.catalog.identity import State
from feedpub.store import schema
from feedpub.store.dialect import insert_many
from feedpub.store.people import People
from feedpub.store.statements import Statement

_ALL = (1 << 63) - 1  # as a limit none, to every database


def _given(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.BigInteger)


def _on_shelf(table: sa.Table, *columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).where(table.c.category == _given("shelf"))


def _latest_first(table: sa.Table) -> sa.Select[Any]:
    _, time, article = table.columns
    return _on_shelf(table, time, article).order_by(time.desc(), article.desc())


_PUBLISHED = schema.placements.c.published
_NEWEST = Statement(_latest_first(schema.placements).limit(_given("most")))
_ARRIVALS = Statement(_latest_first(schema.arrivals).limit(_given("most")))
_BETWEEN = Statement(
    _latest_first(schema.placements).where(
        _given("start") <= _PUBLISHED, _given("end") > _PUBLISHED
    )
)
_BEFORE = Statement(
    _on_shelf(schema.placements, sa.func.max(_PUBLISHED)).where(_given("moment") > _PUBLISHED)
)
_FROM = Statement(
    _on_shelf(schema.placements, sa.func.min(_PUBLISHED)).where(_given("moment") <= _PUBLISHED)
)

# Not COPY, which knows of no conflict, nor a look before at what may be thousands of rows.
_MARK = sa.text(
    "INSERT INTO dirty (category, month) VALUES (:category, :month) ON CONFLICT DO NOTHING"
)


class Shelves:
    """The publishing side of the catalog, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load_tree(self) -> CategoryTree:
        """Return every category, and the old folders of renamed ones."""
        table, aliases = schema.categories, schema.aliases
        rows = self._connection.execute(sa.select(table).where(table.c.id != 0))
        found = self._connection.execute(sa.select(aliases).order_by(aliases.c.folder))
        return CategoryTree.from_rows(
            (Row(row.id, row.parent or None, row.name, row.slug) for row in rows),
            dict(found.all()),
        )

    def save_tree(self, tree: CategoryTree, *, known: CategoryTree) -> None:
        """Keep a tree that was grown or renamed from a known one."""
        table = schema.categories
        before = {row.id: row for row in known.to_rows()}
        rows = {row.id: row for row in tree.to_rows()}
        changed = [row for row in rows.values() if row.id in before and before[row.id] != row]
        for row in changed:  # out of the way first: two may swap their names
            self._connection.execute(
                table.update()
                .where(table.c.id == row.id)
                .values(name=f"\n{row.id}", slug=f"\n{row.id}")
            )
        fresh = [row for row in rows.values() if row.id not in before]
        insert_many(self._connection, table, [(row.id, row.parent or 0, *row[2:]) for row in fresh])
        for row in changed:
            self._connection.execute(
                table.update()
                .where(table.c.id == row.id)
                .values(parent=row.parent or 0, name=row.name, slug=row.slug)
            )
        if tree.aliases != known.aliases:
            self._connection.execute(schema.aliases.delete())
            insert_many(self._connection, schema.aliases, sorted(tree.aliases.items()))
        merged = sorted(before.keys() - rows.keys(), reverse=True)
        for category in merged:
            self._connection.execute(table.delete().where(table.c.id == category))

    def merge(self, merged: Mapping[int, int]) -> None:
        """Put what stands on some shelves on others, after a rename that made one of two.

        Whoever chose a shelf that is gone gets the other.

        Args:
            merged: Category that is gone, to the one that takes its articles.
        """
        People(self._connection).merge_categories(merged)
        for table in (schema.placements, schema.arrivals):
            _, time, article = table.columns
            for gone, there in merged.items():
                moving = sa.select(sa.literal(there), time, article).where(table.c.category == gone)
                present = sa.select(*table.columns).where(table.c.category == there)
                self._connection.execute(
                    table.insert().from_select(
                        [column.name for column in table.columns], moving.except_(present)
                    )
                )
                self._connection.execute(table.delete().where(table.c.category == gone))

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

    def newest(self, category: int, limit: int | None) -> list[tuple[int, int]]:
        """Return the newest articles on one shelf, newest first: published, article.

        Args:
            category: Of the shelf.
            limit: Articles at most; all if None.
        """
        rows = _NEWEST(self._connection, shelf=category, most=_ALL if limit is None else limit)
        return [(published, article) for published, article in rows]

    def latest_arrivals(self, category: int, limit: int) -> list[tuple[int, int]]:
        """Return the latest news on one shelf, latest first: first_seen, article."""
        rows = _ARRIVALS(self._connection, shelf=category, most=limit)
        return [(seen, article) for seen, article in rows]

    def between(self, category: int, start: int, end: int) -> list[tuple[int, int]]:
        """Return what one shelf holds of a half-open period, newest first: published, article."""
        rows = _BETWEEN(self._connection, shelf=category, start=start, end=end)
        return [(published, article) for published, article in rows]

    def last_before(self, category: int, moment: int) -> int | None:
        """Return when the last article of one shelf before a moment was published."""
        found: int | None = _BEFORE(self._connection, shelf=category, moment=moment)[0][0]
        return found

    def first_from(self, category: int, moment: int) -> int | None:
        """Return when the first article of one shelf from a moment on was published."""
        found: int | None = _FROM(self._connection, shelf=category, moment=moment)[0][0]
        return found

    def counts(self) -> dict[int, int]:
        """Return how many articles each shelf holds."""
        table = schema.placements
        query = sa.select(table.c.category, sa.func.count()).group_by(table.c.category)
        return dict(self._connection.execute(query).all())

    def overlaps(self) -> dict[tuple[int, ...], int]:
        """Return how many articles stand on the same several shelves, everything apart."""
        articles = schema.articles
        copies = articles.alias()
        # Only categories that are a list, or a copy, put an article on a second shelf.
        alone = (
            sa.select(articles.c.categories, sa.func.count())
            .where(
                articles.c.state == int(State.LIVE),
                articles.c.categories.contains(" "),
                ~sa.exists().where(copies.c.same_as == articles.c.id),
            )
            .group_by(articles.c.categories)
        )
        found: Counter[tuple[int, ...]] = Counter()
        for categories, number in self._connection.execute(alone):
            found[tuple(sorted(map(int, categories.split())))] += number
        found.update(self._list_united())
        return found

    def _list_united(self) -> Iterator[tuple[int, ...]]:
        """Yield the shelves of each article that others repeat, where they are several."""
        articles = schema.articles
        repeated = sa.select(articles.c.same_as).where(articles.c.same_as.is_not(None))
        for some in cut_batches(self._connection.scalars(repeated.distinct()).all()):
            query = sa.select(articles.c.id, articles.c.same_as, articles.c.categories).where(
                articles.c.state.in_([int(State.LIVE), int(State.DUPLICATE)]),
                sa.or_(articles.c.id.in_(some), articles.c.same_as.in_(some)),
            )
            shelves: dict[int, set[int]] = {}
            public: set[int] = set()
            for row, same_as, categories in self._connection.execute(query):
                if same_as is None:
                    public.add(row)
                shelves.setdefault(same_as or row, set()).update(map(int, categories.split()))
            # What repeats a hidden article stands nowhere.
            yield from (tuple(sorted(shelves[row])) for row in public if len(shelves[row]) > 1)

    def mark_dirty(self, shelves: Iterable[tuple[int, str]]) -> None:
        """Note feeds to be made again: category, and a month of its archive or ``""``."""
        rows = [{"category": category, "month": month} for category, month in sorted({*shelves})]
        if rows:
            self._connection.execute(_MARK, rows)

    def dirty(self) -> list[tuple[int, str]]:
        """Return the feeds that wait to be made again, in order."""
        query = sa.select(schema.dirty).order_by(schema.dirty.c.category, schema.dirty.c.month)
        return [(category, month) for category, month in self._connection.execute(query)]

    def clear_dirty(self, shelves: Iterable[tuple[int, str]]) -> None:
        """Forget those that are published."""
        table = schema.dirty
        for category, month in shelves:
            self._connection.execute(
                table.delete().where(table.c.category == category, table.c.month == month)
            )

    def touch(self, articles: Iterable[int]) -> None:
        """Note articles whose own page has to be made again or taken down."""
        column, wanted = schema.touched.c.article, sorted(set(articles))
        for some in cut_batches(wanted):
            known = set(self._connection.scalars(sa.select(column).where(column.in_(some))))
            fresh = [(article,) for article in some if article not in known]
            insert_many(self._connection, schema.touched, fresh)

    def touched(self) -> list[int]:
        """Return those articles."""
        return list(self._connection.scalars(sa.select(schema.touched.c.article)))

    def clear_touched(self) -> None:
        """Forget them all."""
        self._connection.execute(schema.touched.delete())

    def meta(self) -> dict[str, str]:
        """Return the site's own notes."""
        return dict(self._connection.execute(sa.select(schema.meta)).all())

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Replace some notes; an empty value removes one."""
        table = schema.meta
        for keys in cut_batches(values):
            self._connection.execute(table.delete().where(table.c.key.in_(keys)))
        insert_many(self._connection, table, [item for item in values.items() if item[1]])
