"""What is in a bucket, as far as this machine knows: nobody lists a million objects a build."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from feedpub.errors import TargetError


class Presence(IntEnum):
    """Where an object stands.

    THERE: published. ARRIVING: never published before, and perhaps there by now. CHANGING: it
    was there, with bytes that perhaps changed. GOING: to be deleted, perhaps gone by now.
    """

    THERE = 0
    ARRIVING = 1
    CHANGING = 2
    GOING = 3


class Known(NamedTuple):
    """An object.

    Attributes:
        hash: Of the bytes and headers; None where they are not known.
        etag: As the store gave it; None likewise.
        presence: Where it stands.
    """

    hash: bytes | None
    etag: str | None
    presence: Presence


_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    path TEXT PRIMARY KEY, hash BLOB, etag TEXT, presence INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Manifest:
    """A small database of its own.

    Not part of the site's: a backup that is restored must not bring back what the bucket held
    long ago. What is written ahead of a change is on disk before the change is made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: tuple[int, sqlite3.Connection] | None = None

    def __del__(self) -> None:
        if self._open is not None and self._open[0] == os.getpid():
            self._open[1].close()

    def __getstate__(self) -> dict[str, object]:
        return {"_path": self._path, "_open": None}

    @contextmanager
    def _transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Give the connection; what is not durable may be undone by a power cut."""
        try:
            connection = self._connect()
            connection.execute(f"PRAGMA synchronous={'full' if durable else 'normal'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _connect(self) -> sqlite3.Connection:
        """Return the connection of this process; one that was forked off needs its own."""
        if self._open is None or self._open[0] != os.getpid():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self._path, timeout=60, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=wal")
            connection.executescript(_SCHEMA)
            self._open = (os.getpid(), connection)
        return self._open[1]

    def _explain(self, error: sqlite3.Error) -> TargetError:
        return TargetError(
            f"{self._path}: {error}; delete this file, and the next build looks through the bucket"
        )

    def get(self, path: str) -> Known | None:
        """Return what is known of an object; None if there is none."""
        return self.find([path]).get(path)

    def find(self, paths: Sequence[str]) -> dict[str, Known]:
        """Return what is known of some objects."""
        query = "SELECT hash, etag, presence FROM objects WHERE path = ?"
        found: dict[str, Known] = {}
        try:
            connection = self._connect()
            for path in paths:
                if row := connection.execute(query, (path,)).fetchone():
                    found[path] = Known(row[0], row[1], Presence(row[2]))
        except sqlite3.Error as error:
            raise self._explain(error) from error
        return found

    def list_going(self) -> list[str]:
        """Return what an interrupted run did not come to delete."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT path FROM objects WHERE presence = ?", (Presence.GOING,)
            )
            return [path for (path,) in rows]

    def note(self, name: str) -> str:
        """Return a note; empty if there is none."""
        with self._transaction() as connection:
            row = connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_note(self, name: str, value: str) -> None:
        """Replace a note."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def expect(self, paths: Iterable[str]) -> None:
        """Write down, ahead of it, that the bytes of some objects change."""
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO objects VALUES (?, NULL, NULL, ?) ON CONFLICT (path) DO UPDATE SET"
                " hash = NULL, presence = CASE presence WHEN ? THEN ? ELSE presence END",
                ((path, Presence.ARRIVING, Presence.THERE, Presence.CHANGING) for path in paths),
            )

    def put(self, path: str, hash: bytes, etag: str | None) -> None:
        """Write down that an object has these bytes now."""
        with self._transaction(durable=False) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)",
                (path, hash, etag, Presence.THERE),
            )

    def let_go(self, paths: Iterable[str]) -> None:
        """Write down, ahead of it, that some objects are deleted."""
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE objects SET hash = NULL, presence = ? WHERE path = ?",
                ((Presence.GOING, path) for path in paths),
            )

    def remove(self, paths: Iterable[str]) -> None:
        """Forget objects that are gone."""
        with self._transaction(durable=False) as connection:
            connection.executemany("DELETE FROM objects WHERE path = ?", ((one,) for one in paths))

    def adopt(self, listed: Mapping[str, str | None]) -> None:
        """Take a listing of the whole bucket for what it holds.

        Args:
            listed: ETag by path. What has the ETag that is known has the bytes that are known.
        """
        with self._transaction() as connection:
            before = {
                path: Known(*rest)
                for path, *rest in connection.execute(
                    "SELECT path, hash, etag, presence FROM objects"
                )
            }
            connection.execute("DELETE FROM objects")
            connection.executemany(
                "INSERT INTO objects VALUES (?, ?, ?, ?)",
                ((path, *_recognise(before.get(path), etag)) for path, etag in listed.items()),
            )


def _recognise(known: Known | None, etag: str | None) -> tuple[bytes | None, str | None, int]:
    if known is None:
        return None, etag, Presence.THERE
    if known.presence == Presence.GOING:
        return None, etag, Presence.GOING
    same = etag is not None and known.etag == etag
    return (known.hash if same else None), etag, Presence.THERE
