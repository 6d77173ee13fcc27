"""Stores that stay open between the requests of a server."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from feedpub.store.sql import SqlStore

_KEPT = 16


class _Mark(NamedTuple):
    """What an open store is good for: this process, and the file that it was opened as."""

    process: int
    device: int
    inode: int


class StorePool:
    """Opens a database file when it is first asked for, and keeps it open for the next one.

    To open it costs more than most requests, and to close it writes its log into the file. A store
    is used by one thread at a time, and by none after an error, a fork, or a ``restore`` that put
    another file in the place of the one that it was opened as.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: dict[bool, deque[tuple[_Mark, SqlStore]]] = {False: deque(), True: deque()}

    @contextmanager
    def __call__(self, *, read_only: bool = False) -> Iterator["SqlStore"]:
        """Give a store for one block.

        Raises:
            StoreError: It cannot be used.
        """
        mark, store = self._take(read_only)
        try:
            yield store
        except BaseException:
            store.close()
            raise
        self._give_back(read_only, mark, store)

    def _take(self, read_only: bool) -> "tuple[_Mark | None, SqlStore]":
        from feedpub.store.sql import SqlStore

        now = self._mark()
        while self._idle[read_only]:
            try:
                mark, store = self._idle[read_only].pop()
            except IndexError:  # another thread was faster
                break
            if mark == now:
                return mark, store
            if now is None or mark.process == now.process:
                store.close()
        return now, SqlStore.open(self._path, read_only=read_only)

    def _give_back(self, read_only: bool, mark: _Mark | None, store: "SqlStore") -> None:
        if mark is None or len(self._idle[read_only]) >= _KEPT:
            store.close()
        else:
            self._idle[read_only].append((mark, store))

    def _mark(self) -> _Mark | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return _Mark(os.getpid(), found.st_dev, found.st_ino)
