"""The tables of the newsletter: people, issues, ledger; instants are seconds since the epoch."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from feedpub.store.schema import RowId, Text, metadata

__all__ = ["metadata"]

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Text),
    Column("mailbox", Text, unique=True),
    Column("state", SmallInteger, nullable=False),
    Column("frequency", Text),
    Column("language", Text),
    Column("choice", Text, nullable=False, server_default=""),
    Column("paused", Boolean, nullable=False, server_default="0"),
    Column("since", BigInteger),
    Column("created", BigInteger, nullable=False),
    Column("confirmed", BigInteger),
    sqlite_autoincrement=True,  # a token of somebody who was erased must never mean another
)
"""``mailbox`` is the address in the form that tells two apart; both are NULL once erased.

``choice`` holds the ids of the chosen categories, ascending, joined by commas; ``""`` means all.
"""

subscribers_by_state = Index("ix_subscribers_state", subscribers.c.state, subscribers.c.frequency)

consents = Table(
    "consents",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("subscriber", RowId, ForeignKey("subscribers.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    Column("wording", Text, nullable=False, server_default=""),
    Column("version", Text, nullable=False, server_default=""),
    Column("network", Text),
    Column("details", Text, nullable=False, server_default=""),
    Index("ix_consents_subscriber", "subscriber"),
)
"""What somebody agreed to, and what became of it; rows are only ever added.

``network`` is the address that the request came from, and is all that erasing takes away.
"""

suppressions = Table(
    "suppressions",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("details", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)
"""Addresses that are never mailed again, by keyed hash: they outlive erasure and every import."""

notices = Table(
    "notices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("subscriber", RowId, ForeignKey("subscribers.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("details", Text, nullable=False, server_default=""),
    Column("state", SmallInteger, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("not_before", BigInteger, nullable=False, server_default="0"),
    Column("created", BigInteger, nullable=False),
    Column("reply", Text, nullable=False, server_default=""),
    Index("ix_notices_state", "state", "not_before"),
)
"""Mails to one person: confirmation, welcome, goodbye; delivered at least once."""

attempts = Table(
    "attempts",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)
"""When something that is limited was asked for, by keyed hash of who asked."""

bounces = Table(
    "bounces",
    metadata,
    Column("subscriber", RowId, ForeignKey("subscribers.id"), primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("message", LargeBinary, primary_key=True),
    Column("delivery", RowId),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)
"""Reports of mail that came back; ``message`` is a hash of the report, which may be read twice."""

issues = Table(
    "issues",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("frequency", Text, nullable=False),
    Column("starts", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("scheduled", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("articles", BigInteger, nullable=False, server_default="0"),
    Column("recipients", BigInteger, nullable=False, server_default="0"),
    Column("created", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("note", Text, nullable=False, server_default=""),
    Column("content", LargeBinary),
    Index("ix_issues_frequency", "frequency", "ends"),
    sqlite_autoincrement=True,
)
"""``content`` is the frozen digest."""

senders = Table(
    "senders",
    metadata,
    Column("issue", RowId, ForeignKey("issues.id"), primary_key=True),
    Column("token", BigInteger, primary_key=True),
    Column("shared", Boolean, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("held_until", BigInteger, nullable=False),
    Column("progressed", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Who sends an issue now: one process alone, or any number of those that share it.

A delivery that is being sent carries the token of its sender, whose row goes in the transaction
that puts back what is left of it.
"""

selections = Table(
    "selections",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("issue", RowId, ForeignKey("issues.id"), nullable=False),
    Column("choice", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    UniqueConstraint("issue", "choice", "language", "since"),
)
"""What the recipients of an issue asked for when it was prepared, each combination once."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("issue", RowId, ForeignKey("issues.id"), nullable=False),
    Column("subscriber", RowId, ForeignKey("subscribers.id"), nullable=False),
    Column("selection", RowId, ForeignKey("selections.id"), nullable=False),
    Column("state", SmallInteger, nullable=False, server_default="0"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("token", BigInteger),
    Column("not_before", BigInteger, nullable=False, server_default="0"),
    Column("first_try", BigInteger),
    Column("at", BigInteger),
    Column("code", Text),
    Column("reply", Text),
    Column("bounced", Boolean, nullable=False, server_default="0"),
    UniqueConstraint("issue", "subscriber"),
    Index("ix_deliveries_subscriber", "subscriber"),
    sqlite_autoincrement=True,  # a return path names a delivery for as long as mail may bounce
)
"""The ledger: one row for each recipient of each issue."""

deliveries_queued = Index(
    "ix_deliveries_queued",
    deliveries.c.issue,
    deliveries.c.not_before,
    sqlite_where=deliveries.c.state == 0,
)
"""Finds the next ones without a look at the others, of which there may be a million.

SQLite takes a partial index only for a query that repeats its condition literally.
"""

schedules = Table(
    "schedules",
    metadata,
    Column("name", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("next_run_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""What workers do regularly; whoever moves ``next_run_at`` does it.

Not procrastinate's own periodic tasks, which drop what is ten minutes late: a weekly digest is not
to be dropped, and without PostgreSQL there is no procrastinate.
"""

failures = Table(
    "failures",
    metadata,
    Column("name", Text, primary_key=True),
    Column("task", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("retry_at", BigInteger),
    Column("message", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Jobs that went wrong and were not done since: procrastinate keeps no reason."""
