"""The newsletter: people, issues and the ledger."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


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
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("scheduled", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("articles", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("recipients", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
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
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("mailbox", sa.Text(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("choice", sa.Text(), server_default="", nullable=False),
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
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_suppressions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bounces",
        sa.Column("subscriber", RowId, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("delivery", RowId, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
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
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("wording", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
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
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("not_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("reply", sa.Text(), server_default="", nullable=False),
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
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
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
    op.create_table(
        "deliveries",
        sa.Column("id", RowId, nullable=False),
        sa.Column("issue", RowId, nullable=False),
        sa.Column("subscriber", RowId, nullable=False),
        sa.Column("selection", RowId, nullable=False),
        sa.Column("state", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_try", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("bounced", sa.Boolean(), server_default="0", nullable=False),
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
    op.create_index(
        "ix_deliveries_queued",
        "deliveries",
        ["issue", "not_before"],
        unique=False,
        sqlite_where=sa.text("state = 0"),
    )
    op.create_index("ix_deliveries_subscriber", "deliveries", ["subscriber"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        _keep_consents()


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
