"""The first version of the catalog."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make every table, and the category that holds everything."""
    op.create_table(
        "arrivals",
        sa.Column("category", RowId, autoincrement=False, nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("article", RowId, nullable=False),
        sa.PrimaryKeyConstraint("category", "first_seen", "article", name=op.f("pk_arrivals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "categories",
        sa.Column("id", RowId, nullable=False),
        sa.Column("parent", RowId, nullable=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("slug", Text, nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["categories.id"], name=op.f("fk_categories_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("parent", "name", name=op.f("uq_categories_parent_name")),
        sa.UniqueConstraint("parent", "slug", name=op.f("uq_categories_parent_slug")),
    )
    op.create_table(
        "dirty",
        sa.Column("category", RowId, autoincrement=False, nullable=False),
        sa.Column("month", Text, nullable=False),
        sa.PrimaryKeyConstraint("category", "month", name=op.f("pk_dirty")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "meta",
        sa.Column("key", Text, nullable=False),
        sa.Column("value", Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pictures",
        sa.Column("url", Text, nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("name", Text, nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", Text, nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_pictures")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "placements",
        sa.Column("category", RowId, autoincrement=False, nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("article", RowId, nullable=False),
        sa.PrimaryKeyConstraint("category", "published", "article", name=op.f("pk_placements")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sources",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("first_read", sa.BigInteger(), nullable=True),
        sa.Column("settings", Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )
    op.create_table(
        "aliases",
        sa.Column("folder", Text, nullable=False),
        sa.Column("category", RowId, nullable=False),
        sa.ForeignKeyConstraint(["category"], ["categories.id"], name=op.f("fk_aliases_category")),
        sa.PrimaryKeyConstraint("folder", name=op.f("pk_aliases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "articles",
        sa.Column("id", RowId, nullable=False),
        sa.Column("uid", Text, nullable=False),
        sa.Column("source", RowId, nullable=False),
        sa.Column("folder", Text, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("same_as", RowId, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("details", sa.BigInteger(), nullable=False),
        sa.Column("title", Text, nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=True),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("categories", Text, nullable=False),
        sa.Column("flags", sa.SmallInteger(), nullable=False),
        sa.Column("origin", Text, nullable=True),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_articles_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_content", "articles", ["content"], unique=False)
    op.create_index(
        "ix_articles_expires",
        "articles",
        ["expires"],
        unique=False,
        sqlite_where=sa.text("expires IS NOT NULL"),
        postgresql_where=sa.text("expires IS NOT NULL"),
    )
    op.create_index(
        "ix_articles_held",
        "articles",
        ["published"],
        unique=False,
        sqlite_where=sa.text("state = 1"),
        postgresql_where=sa.text("state = 1"),
    )
    op.create_index("ix_articles_place", "articles", ["source", "folder"], unique=False)
    op.create_index(
        "ix_articles_same_as",
        "articles",
        ["same_as"],
        unique=False,
        sqlite_where=sa.text("same_as IS NOT NULL"),
        postgresql_where=sa.text("same_as IS NOT NULL"),
    )
    op.create_index("ix_articles_uid", "articles", ["uid"], unique=False, postgresql_using="hash")
    op.create_table(
        "folders",
        sa.Column("source", RowId, nullable=False),
        sa.Column("path", Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_folders_source")),
        sa.PrimaryKeyConstraint("source", "path", name=op.f("pk_folders")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "problems",
        sa.Column("id", RowId, nullable=False),
        sa.Column("source", RowId, nullable=False),
        sa.Column("folder", Text, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("level", Text, nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("message", Text, nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_problems_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
    )
    op.create_index("ix_problems_place", "problems", ["source", "folder"], unique=False)
    op.create_table(
        "renditions",
        sa.Column("article", RowId, autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("picture", Text, nullable=True),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_renditions_article")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_renditions")),
    )
    op.create_table(
        "touched",
        sa.Column("article", RowId, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_touched")),
    )
    op.execute("INSERT INTO categories (id, parent, name, slug) VALUES (0, NULL, '', 'all')")
