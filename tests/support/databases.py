"""Databases in files: damaged ones, what is in one, and a version of the schema to come."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from feedpub.store import engine as engines

_ADD_COLUMN = """
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{before}"
branch_labels = depends_on = None


def upgrade():
    with op.batch_alter_table("articles", recreate="{recreate}") as batch:
        batch.add_column(sa.Column("language", sa.Text(), server_default="new", nullable=False))
    {then}
"""


def release_later(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *, recreate: str = "always", then: str = "pass"
) -> None:
    """Let feedpub be a version later, 9000, whose migration adds a column to the largest table.

    Args:
        monkeypatch: Of the test.
        folder: For the migrations, which are not there yet.
        recreate: Whether the table is made anew, as alembic names it.
        then: What the migration does besides.
    """
    migrations = folder / "migrations"
    shutil.copytree(engines.MIGRATIONS, migrations)
    text = _ADD_COLUMN.format(before=engines.HEAD, recreate=recreate, then=then)
    (migrations / "versions" / "9000_later.py").write_text(text)
    monkeypatch.setattr(engines, "MIGRATIONS", migrations)
    monkeypatch.setattr(engines, "HEAD", "9000")


def dump(path: Path) -> list[str]:
    """Return all that a database holds, as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


# What can happen to a file; each is told its path


def cut_to(size: Callable[[int], int]) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size(path.stat().st_size))


def fill(text: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(text)


def with_other_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (id INTEGER PRIMARY KEY)")


def without_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")


def without_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE placements")
