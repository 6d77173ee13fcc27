"""What builds lay out for other machines to read; only where there can be several."""

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the table, which is the queue's, in a way: no copy of the site holds it."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        """
        CREATE UNLOGGED TABLE read_shards (
            number smallint PRIMARY KEY,
            token text NOT NULL,
            source text NOT NULL,
            reading text NOT NULL,
            files bytea NOT NULL,
            claimed boolean NOT NULL DEFAULT false,
            found bytea
        )
        """
    )
