"""What workers do: schedules, failures and, on PostgreSQL, procrastinate's queue."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "schedules",
        sa.Column("name", Text, nullable=False),
        sa.Column("period", Text, nullable=False),
        sa.Column("next_run_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "period", name=op.f("pk_schedules")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "failures",
        sa.Column("name", Text, nullable=False),
        sa.Column("task", Text, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("message", Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_failures")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        from feedpub.store.postgres.queue import make_queue

        make_queue(op.get_bind())
