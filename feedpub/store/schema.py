"""The tables of the catalog, for SQLite and PostgreSQL alike; instants are seconds since the epoch.

The migrations make these tables; a test holds the two against each other.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
)
from sqlalchemy import Text as AnyText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers only a column of the exact type INTEGER by itself.
RowId = BigInteger().with_variant(Integer, "sqlite")

# In the order of code points, as SQLite has it: what is published must not depend on a server's
# language.
Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

sources = Table(
    "sources",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("first_read", BigInteger),
    Column("settings", Text, nullable=False, server_default=""),
)

folders = Table(
    "folders",
    metadata,
    Column("source", RowId, ForeignKey("sources.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

articles = Table(
    "articles",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("source", RowId, ForeignKey("sources.id"), nullable=False),
    Column("folder", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("same_as", RowId),
    Column("content", LargeBinary, nullable=False),
    Column("details", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("first_seen", BigInteger),
    Column("expires", BigInteger),
    Column("categories", Text, nullable=False),
    Column("flags", SmallInteger, nullable=False),
    Column("origin", Text),
    Index("ix_articles_place", "source", "folder"),
)
"""One row a file. A duplicate points at the row of its article by ``same_as``."""

# What PostgreSQL wants besides is said in feedpub.store.postgres.schema: to say it here brings up
# a library that most sites have no use for.
articles_by_uid = Index("ix_articles_uid", articles.c.uid)
articles_by_content = Index("ix_articles_content", articles.c.content)
Index(
    "ix_articles_same_as",
    articles.c.same_as,
    sqlite_where=articles.c.same_as.is_not(None),
)
Index(
    "ix_articles_expires",
    articles.c.expires,
    sqlite_where=articles.c.expires.is_not(None),
)
Index(
    "ix_articles_held",
    articles.c.published,
    sqlite_where=articles.c.state == 1,
)

categories = Table(
    "categories",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("parent", RowId, ForeignKey("categories.id")),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False),
    UniqueConstraint("parent", "name"),
    UniqueConstraint("parent", "slug"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("folder", Text, primary_key=True),
    Column("category", RowId, ForeignKey("categories.id"), nullable=False),
    sqlite_with_rowid=False,
)
"""Folders where a renamed category was published before."""

placements = Table(
    "placements",
    metadata,
    Column("category", RowId, primary_key=True, autoincrement=False),
    Column("published", BigInteger, primary_key=True),
    Column("article", RowId, primary_key=True),
    sqlite_with_rowid=False,
)
"""Where a published article stands itself; category 0 holds every article."""

arrivals = Table(
    "arrivals",
    metadata,
    Column("category", RowId, primary_key=True, autoincrement=False),
    Column("first_seen", BigInteger, primary_key=True),
    Column("article", RowId, primary_key=True),
    sqlite_with_rowid=False,
)
"""The same for those that are news: seen after the first reading of their source."""

renditions = Table(
    "renditions",
    metadata,
    Column("article", RowId, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("picture", Text),
)
"""The published form of an article, made once; also its last good version."""

pictures = Table(
    "pictures",
    metadata,
    Column("url", Text, primary_key=True),
    Column("state", SmallInteger, nullable=False),
    Column("name", Text),
    Column("width", Integer),
    Column("height", Integer),
    Column("length", Integer),
    Column("retry_at", BigInteger),
    Column("reason", Text),
    sqlite_with_rowid=False,
)
"""Copied pictures, those that failed, and those that wait for the next build."""

problems = Table(
    "problems",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source", RowId, ForeignKey("sources.id"), nullable=False),
    Column("folder", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("line", Integer),
    Column("position", Integer),
    Column("message", Text, nullable=False),
    Index("ix_problems_place", "source", "folder"),
)

dirty = Table(
    "dirty",
    metadata,
    Column("category", RowId, primary_key=True, autoincrement=False),
    Column("month", Text, primary_key=True),
    sqlite_with_rowid=False,
)
"""What an interrupted build still has to publish; month ``""`` is the live feed."""

touched = Table(
    "touched",
    metadata,
    Column("article", RowId, primary_key=True, autoincrement=False),
)
"""Articles whose own page an interrupted build still has to make or to take down."""

fetched = Table(
    "fetched",
    metadata,
    Column("source", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("ix_fetched_version", "source", "version"),
)
"""Files that feeds of others became, where several machines need them; else they are in a folder.

By the name of the source, not by its row: what is fetched is read, and gets a row, later.
"""
