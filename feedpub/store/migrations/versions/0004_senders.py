"""Several senders for one issue, each with a lease of its own."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, and let whoever sends now keep what they have until their lease is over."""
    senders = op.create_table(
        "senders",
        sa.Column("issue", RowId, nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("host", Text, nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("progressed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["issue"], ["issues.id"], name=op.f("fk_senders_issue")),
        sa.PrimaryKeyConstraint("issue", "token", name=op.f("pk_senders")),
        sqlite_with_rowid=False,
    )
    held = op.get_bind().exec_driver_sql(
        "SELECT id, holder, held_until, progressed FROM issues WHERE holder IS NOT NULL"
    )
    for issue, holder, until, progressed in held.all():
        host, pid, token = holder.rsplit(" ", 2)
        row = {
            "issue": issue, "token": int(token), "shared": False, "host": host, "pid": int(pid),
            "held_until": until, "progressed": progressed,
        }  # fmt: skip
        op.execute(sa.insert(senders).values(row))
    # A sender of the version before finds its lease gone, stops, and nobody passes its fence.
    kept = {"sqlite_autoincrement": True}
    with op.batch_alter_table("issues", recreate="auto", table_kwargs=kept) as batch:
        for name in ("holder", "held_until", "progressed"):
            batch.drop_column(name)
