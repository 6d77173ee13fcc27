"""Sums over the whole database, for whoever watches it."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from feedpub.model import DeliveryState, IssueState, SubscriberState
from feedpub.model.vitals import Numbers
from feedpub.store.jobs import jobs_of
from feedpub.store.newsletter_schema import deliveries, failures, issues, notices
from feedpub.store.people import People
from feedpub.store.schema import categories, meta, placements

_EVERYTHING = 0
_OPEN = (IssueState.PREPARED, IssueState.SENDING)


def measure(connection: sa.Connection, now: int) -> Numbers:
    """Return the sums of one instant.

    Args:
        connection: In a transaction.
        now: Seconds since the epoch.
    """
    people = People(connection).counts()
    ledger = _count(connection, deliveries.c.state)
    shelves = _count(connection, placements.c.category)
    built = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "last_build"))
    return Numbers(
        articles=shelves.get(_EVERYTHING, 0),
        feeds=_count_feeds(connection, shelves),
        # All states, also empty ones: a sum that is not there cannot be watched.
        subscribers={one.name.lower(): people.get(one, 0) for one in SubscriberState},
        notices=_number(connection, notices, notices.c.state == DeliveryState.QUEUED),
        deliveries={one.name.lower(): ledger.get(one, 0) for one in DeliveryState},
        due=_number(
            connection,
            deliveries,
            deliveries.c.state == sa.literal_column(str(int(DeliveryState.QUEUED))),
            deliveries.c.not_before <= now,
            deliveries.c.issue.in_(sa.select(issues.c.id).where(issues.c.state.in_(_OPEN))),
        ),
        last_build=None if built is None else int(built),
        last_send=connection.scalar(sa.select(sa.func.max(issues.c.finished))),
        jobs=jobs_of(connection).counts(),
        failures=_number(connection, failures),
    )


def _count_feeds(connection: sa.Connection, shelves: Collection[int]) -> int:
    """Return how many shelves have articles, be it in a category below them."""
    query = sa.select(categories.c.id, categories.c.parent)
    parents: dict[int, int | None] = dict(connection.execute(query).all())
    found = set(shelves)
    for shelf in shelves:
        above = parents.get(shelf)
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return len(found)


def _count(connection: sa.Connection, column: sa.Column[Any]) -> dict[int, int]:
    query = sa.select(column, sa.func.count()).group_by(column)
    return dict(connection.execute(query).all())


def _number(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0)
