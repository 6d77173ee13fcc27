"""The published form of articles, and the pictures copied for them."""

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from feedpub.batches import cut_batches
from feedpub.ports import PictureRow, PictureState, RenditionRow
from feedpub.store import schema
from feedpub.store.dialect import insert_many


class Renditions:
    """What was made of articles, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, articles: Iterable[int]) -> Iterator[RenditionRow]:
        """Yield the renditions that some articles have, in no order."""
        table = schema.renditions
        for some in cut_batches(articles):
            query = sa.select(table).where(table.c.article.in_(some))
            for row in self._connection.execute(query):
                yield RenditionRow(*row)

    def keys(self, articles: Iterable[int]) -> dict[int, bytes]:
        """Return the keys of the renditions that some articles have."""
        table = schema.renditions
        found: dict[int, bytes] = {}
        for some in cut_batches(articles):
            query = sa.select(table.c.article, table.c.key).where(table.c.article.in_(some))
            found.update((article, key) for article, key in self._connection.execute(query))
        return found

    def put(self, rows: Sequence[RenditionRow]) -> None:
        """Keep renditions, in place of older ones of the same articles."""
        self.drop(row.article for row in rows)
        insert_many(self._connection, schema.renditions, rows)

    def drop(self, articles: Iterable[int]) -> None:
        """Forget the renditions of articles that are no longer published."""
        table = schema.renditions
        for some in cut_batches(articles):
            self._connection.execute(table.delete().where(table.c.article.in_(some)))

    def pictures(self, urls: Iterable[str]) -> dict[str, PictureRow]:
        """Return what is known of some pictures."""
        table = schema.pictures
        found: dict[str, PictureRow] = {}
        for some in cut_batches(urls):
            query = sa.select(table).where(table.c.url.in_(some))
            found.update((row[0], PictureRow(*row)) for row in self._connection.execute(query))
        return found

    def put_pictures(self, rows: Sequence[PictureRow]) -> None:
        """Keep what is known of pictures."""
        table = schema.pictures
        for some in cut_batches([row.url for row in rows]):
            self._connection.execute(table.delete().where(table.c.url.in_(some)))
        insert_many(self._connection, table, rows)

    def pictures_waiting(self) -> list[str]:
        """Return the URLs that an earlier build left for the next one."""
        table = schema.pictures
        query = sa.select(table.c.url).where(table.c.state == int(PictureState.WAITING))
        return list(self._connection.scalars(query.order_by(table.c.url)))

    def pictures_failed(self, limit: int) -> list[tuple[str, str]]:
        """Return URLs that could not be had, in their order, each with the reason."""
        table = schema.pictures
        query = sa.select(table.c.url, sa.func.coalesce(table.c.reason, ""))
        query = query.where(table.c.state == int(PictureState.FAILED))
        rows = self._connection.execute(query.order_by(table.c.url).limit(limit))
        return [(url, reason) for url, reason in rows]

    def articles_showing(self, urls: Iterable[str]) -> list[int]:
        """Return the articles whose rendition shows one of these pictures."""
        table = schema.renditions
        found: list[int] = []
        for some in cut_batches(urls):
            query = sa.select(table.c.article).where(table.c.picture.in_(some))
            found += self._connection.scalars(query)
        return found
