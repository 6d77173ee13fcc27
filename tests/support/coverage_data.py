"""Leftovers of processes that were killed while they wrote what they had counted."""

import sqlite3
from contextlib import closing
from pathlib import Path


def remove_broken(folder: Path) -> None:
    """Remove files of coverage.py that it could not read: it would complain of each."""
    for path in folder.glob(".coverage.*"):
        if not _is_whole(path):
            path.unlink(missing_ok=True)


def _is_whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT version FROM coverage_schema").fetchall()
            return connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.Error:
        return False
