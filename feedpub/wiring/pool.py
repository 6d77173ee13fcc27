"""Stores that stay open between the requests of a server."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from feedpub.errors import StoreError

if TYPE_CHECKING:
    from feedpub.store.sharing import SharedStore
    from feedpub.store.sql import SqlStore

_KEPT = 16


class _Mark(NamedTuple):
    """What an open store is good for: this process, and the file that it was opened as."""

    process: int
    device: int
    inode: int


class StorePool:
    """Opens a database file when it is first asked for, and keeps it open for the next one.

    To open it costs more than most requests, and to close it writes its log into the file. Those
    who write share one store, and their commits; one for reading is used by one thread at a time.
    None is used after an error of the database, a fork, or a ``restore`` that put another file in
    the place of the one that it was opened as.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[tuple[_Mark, SqlStore]] = deque()
        self._writer: tuple[_Mark, SharedStore] | None = None
        self._opening = threading.Lock()

    def __call__(
        self, *, read_only: bool = False
    ) -> "AbstractContextManager[SqlStore | SharedStore]":
        """Give a store for one block.

        Raises:
            StoreError: It cannot be used.
        """
        return self._read() if read_only else self._write()

    @contextmanager
    def _write(self) -> "Iterator[SharedStore]":
        store = self._open_writer()
        try:
            yield store
        except StoreError:
            self._retire(store)
            raise

    def _open_writer(self) -> "SharedStore":
        from feedpub.store.sharing import SharedStore
        from feedpub.store.sql import SqlStore

        with self._opening:
            now = self._mark()
            if self._writer is not None and self._writer[0] == now:
                return self._writer[1]
            old, self._writer = self._writer, None
            if old is not None and now is not None and old[0].process == now.process:
                old[1].close()
            store = SharedStore(SqlStore.open(self._path))
            mark = now or self._mark()
            self._writer = None if mark is None else (mark, store)
            return store

    def _retire(self, store: "SharedStore") -> None:
        """Have the next one open another; those who are at it finish."""
        with self._opening:
            if self._writer is None or self._writer[1] is not store:
                return
            self._writer = None
        store.close()

    @contextmanager
    def _read(self) -> "Iterator[SqlStore]":
        mark, store = self._take()
        try:
            yield store
        except BaseException:
            store.close()
            raise
        self._give_back(mark, store)

    def _take(self) -> "tuple[_Mark | None, SqlStore]":
        from feedpub.store.sql import SqlStore

        now = self._mark()
        while self._idle:
            try:
                mark, store = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if mark == now:
                return mark, store
            if now is None or mark.process == now.process:
                store.close()
        return now, SqlStore.open(self._path, read_only=True)

    def _give_back(self, mark: _Mark | None, store: "SqlStore") -> None:
        if mark is None or len(self._idle) >= _KEPT:
            store.close()
        else:
            self._idle.append((mark, store))

    def _mark(self) -> _Mark | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return _Mark(os.getpid(), found.st_dev, found.st_ino)
