"""A look at the catalog by the standard library alone.

Importing SQLAlchemy takes longer than all the rest of a build that finds nothing new, and that is
what most builds of a cron job are. Everything that writes goes through ``feedpub.store.sql``.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from feedpub.ports import Glance, StoredProblem


def glance(path: Path) -> Glance | None:
    """Return what a build has to know; None if only the whole store can tell.

    That is so for a database that is missing, damaged, locked or of another version: opening it
    properly then gives the error, or mends it.
    """
    # Without a log beside it nobody has the database open, and a plain look leaves no trace; with
    # one, SQLite has to read the log too, and keeps its index of it in a file.
    quiet = "&immutable=1" if not path.with_name(path.name + "-wal").exists() else ""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro{quiet}", uri=True)
        with closing(connection):
            return look(connection)
    except (sqlite3.Error, LookupError, TypeError, ValueError):  # the latter of damaged rows
        return None


class _Connection(Protocol):
    def execute(self, query: Any, /) -> Any: ...


def look(connection: _Connection) -> Glance:
    """Return what a build has to know, from any kind of database."""
    folders: dict[str, dict[str, bytes]] = {}
    settings: dict[str, str] = {}
    names: dict[int, str] = {}
    for row, name, digest in connection.execute("SELECT id, name, settings FROM sources"):
        names[row], settings[name], folders[name] = name, digest, {}
    for source, path, fingerprint in connection.execute(
        "SELECT source, path, fingerprint FROM folders"
    ):
        folders[names[source]][path] = fingerprint
    meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    meta["schema"] = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    pending = connection.execute("SELECT 1 FROM dirty LIMIT 1").fetchone() is not None
    problems = [
        StoredProblem(names[source], *rest)
        for source, *rest in connection.execute(
            "SELECT source, folder, name, level, line, position, message FROM problems"
            " ORDER BY source, folder, name, id"
        )
    ]
    return Glance(folders, settings, meta, pending, problems)
