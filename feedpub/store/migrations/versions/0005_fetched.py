"""What feeds brought, shared by the machines of a site."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "fetched",
        sa.Column("source", Text, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "name", name=op.f("pk_fetched")),
    )
    op.create_index("ix_fetched_version", "fetched", ["source", "version"])
