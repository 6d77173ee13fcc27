"""The newsletter: people, issues and the ledger."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, and let nobody rewrite what was agreed to."""
    op.create_table(
        "attempts",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "at", "number", name=op.f("pk_attempts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "issues",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", Text, nullable=False),
        sa.Column("frequency", Text, nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("scheduled", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("subject", Text, server_default="", nullable=False),
        sa.Column("articles", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("recipients", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("note", Text, server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("holder", Text, nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("progressed", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sa.UniqueConstraint("key", name=op.f("uq_issues_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_issues_frequency", "issues", ["frequency", "ends"], unique=False)
    op.create_table(
        "subscribers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("address", Text, nullable=True),
        sa.Column("mailbox", Text, nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("frequency", Text, nullable=True),
        sa.Column("language", Text, nullable=True),
        sa.Column("choice", Text, server_default="", nullable=False),
        sa.Column("paused", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("mailbox", name=op.f("uq_subscribers_mailbox")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscribers_state", "subscribers", ["state", "frequency"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("details", Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_suppressions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bounces",
        sa.Column("subscriber", RowId, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("delivery", RowId, nullable=True),
        sa.Column("kind", Text, nullable=False),
        sa.Column("code", Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name=op.f("fk_bounces_subscriber")
        ),
        sa.PrimaryKeyConstraint("subscriber", "at", "message", name=op.f("pk_bounces")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consents",
        sa.Column("id", RowId, nullable=False),
        sa.Column("subscriber", RowId, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", Text, nullable=False),
        sa.Column("source", Text, server_default="", nullable=False),
        sa.Column("wording", Text, server_default="", nullable=False),
        sa.Column("version", Text, server_default="", nullable=False),
        sa.Column("network", Text, nullable=True),
        sa.Column("details", Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name=op.f("fk_consents_subscriber")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_subscriber", "consents", ["subscriber"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", RowId, nullable=False),
        sa.Column("subscriber", RowId, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("details", Text, server_default="", nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("not_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("reply", Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name=op.f("fk_notices_subscriber")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_state", "notices", ["state", "not_before"], unique=False)
    op.create_table(
        "selections",
        sa.Column("id", RowId, nullable=False),
        sa.Column("issue", RowId, nullable=False),
        sa.Column("choice", Text, nullable=False),
        sa.Column("language", Text, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["issue"], ["issues.id"], name=op.f("fk_selections_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selections")),
        sa.UniqueConstraint(
            "issue",
            "choice",
            "language",
            "since",
            name=op.f("uq_selections_issue_choice_language_since"),
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        _make_partitioned_ledger()
        order = ["issue", "not_before", "id"]
    else:
        _make_ledger()
        order = ["issue", "not_before"]  # SQLite adds the number of the row to every index
    op.create_index(
        "ix_deliveries_queued",
        "deliveries",
        order,
        unique=False,
        sqlite_where=sa.text("state = 0"),
        postgresql_where=sa.text("state = 0"),
    )
    op.create_index("ix_deliveries_subscriber", "deliveries", ["subscriber"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        _keep_consents_on_postgresql()
    else:
        _keep_consents()


def _ledger_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("issue", RowId, nullable=False),
        sa.Column("subscriber", RowId, nullable=False),
        sa.Column("selection", RowId, nullable=False),
        sa.Column("state", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_try", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("code", Text, nullable=True),
        sa.Column("reply", Text, nullable=True),
        sa.Column("bounced", sa.Boolean(), server_default="0", nullable=False),
    ]


def _make_ledger() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", RowId, nullable=False),
        *_ledger_columns(),
        sa.ForeignKeyConstraint(["issue"], ["issues.id"], name=op.f("fk_deliveries_issue")),
        sa.ForeignKeyConstraint(
            ["selection"], ["selections.id"], name=op.f("fk_deliveries_selection")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name=op.f("fk_deliveries_subscriber")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("issue", "subscriber", name=op.f("uq_deliveries_issue_subscriber")),
        sqlite_autoincrement=True,
    )


def _make_partitioned_ledger() -> None:
    """Make a ledger that has a table for each issue, filled and dropped at once.

    Its rows are made from the rows that they would refer to, which are never deleted: a foreign
    key would look each of ten million up again, and lock those tables while a partition is added.
    """
    op.create_table(
        "deliveries",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        *_ledger_columns(),
        # The number first: the return path of a mail has nothing else.
        sa.PrimaryKeyConstraint("id", "issue", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("issue", "subscriber", name=op.f("uq_deliveries_issue_subscriber")),
        postgresql_partition_by="LIST (issue)",
    )


def _keep_consents() -> None:
    """Refuse to change or delete rows of the consent log; only the network may be taken away."""
    op.execute(
        "CREATE TRIGGER consents_stay BEFORE DELETE ON consents"
        " BEGIN SELECT raise(abort, 'the consent log is only ever added to'); END"
    )
    columns = ("id", "subscriber", "at", "event", "source", "wording", "version", "details")
    changed = " OR ".join(f"new.{name} IS NOT old.{name}" for name in columns)
    op.execute(
        "CREATE TRIGGER consents_hold BEFORE UPDATE ON consents"
        f" WHEN {changed} OR new.network IS NOT NULL"
        " BEGIN SELECT raise(abort, 'the consent log is only ever added to'); END"
    )


def _keep_consents_on_postgresql() -> None:
    columns = ("id", "subscriber", "at", "event", "source", "wording", "version", "details")
    changed = " OR ".join(f"new.{name} IS DISTINCT FROM old.{name}" for name in columns)
    op.execute(
        "CREATE FUNCTION refuse_consents() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the consent log is only ever added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER consents_stay BEFORE DELETE ON consents"
        " FOR EACH ROW EXECUTE FUNCTION refuse_consents()"
    )
    op.execute(
        "CREATE TRIGGER consents_hold BEFORE UPDATE ON consents FOR EACH ROW"
        f" WHEN ({changed} OR new.network IS NOT NULL) EXECUTE FUNCTION refuse_consents()"
    )
