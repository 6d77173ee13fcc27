"""What PostgreSQL wants to know of the tables besides what SQLite does."""

from functools import cache

from feedpub.store.newsletter_schema import metadata
from feedpub.store.schema import articles_by_uid


@cache
def suit_schema() -> None:
    """Give indexes the conditions that they have on SQLite, and ids, which may be long, a hash."""
    for table in metadata.tables.values():
        for index in table.indexes:
            condition = index.dialect_options["sqlite"]["where"]
            if condition is not None:
                index.dialect_options["postgresql"]["where"] = condition
    articles_by_uid.dialect_options["postgresql"]["using"] = "hash"
