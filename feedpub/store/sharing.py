"""Writers of one process that meet share a commit.

A commit waits for the disk, some milliseconds, while all the rest of a request takes one. So a
transaction that ends while others wait for their turn leaves the commit to the last of them;
nobody goes on before it. What one of them raises undoes its own part only.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy

from feedpub.errors import FeedpubError, StoreError
from feedpub.store.catalog import Catalog
from feedpub.store.sql import SqlStore

_MOST = 64
"""Parts of one commit: other processes wait as long as it is open."""


class _Batch:
    """A transaction with the parts of several writers.

    Attributes:
        catalog: What they write to.
        parts: How many there are.
        is_done: Set once it is committed, or not.
        error: Why it was not.
    """

    def __init__(self, transaction: AbstractContextManager[Catalog]) -> None:
        self._transaction = transaction
        self.catalog = transaction.__enter__()
        self.parts = 0
        self.is_done = threading.Event()
        self.error: BaseException | None = None

    def end(self, error: BaseException | None = None) -> None:
        """Commit it; undo all of it on an error."""
        try:
            kind = None if error is None else type(error)
            trace = None if error is None else error.__traceback__
            self._transaction.__exit__(kind, error, trace)
        except BaseException as found:  # noqa: BLE001 # told to each of those who wait for it
            self.error = found
        finally:
            self.is_done.set()

    def wait(self) -> None:
        """Wait until it is committed.

        Raises:
            StoreError: It was not; nothing of it is kept.
        """
        self.is_done.wait()
        if self.error is not None:  # each thread raises one of its own
            copied = copy(self.error) if isinstance(self.error, StoreError) else None
            raise copied or StoreError(f"{self.error}") from self.error


class SharedStore:
    """A store for any number of threads."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._coming = 0
        self._batch: _Batch | None = None

    @contextmanager
    def transaction(self) -> Iterator[Catalog]:
        """Give the catalog; what was done is committed when the block has been left.

        Raises:
            CorruptStoreError: The database is damaged.
            StoreError: It refuses.
        """
        with self._take_turn():
            batch = self._batch = self._batch or _Batch(self._store.transaction())
            batch.parts += 1
            try:
                # The first part is undone with the whole, which holds nothing else yet.
                with nullcontext() if batch.parts == 1 else batch.catalog.attempt():
                    yield batch.catalog
            except FeedpubError as error:  # of the rules, not of the database
                self._undo(batch, error)
                raise
            except BaseException as error:
                self._batch = None
                batch.end(error)
                if batch.error is not None:
                    raise batch.error from None
                raise
            self._leave(batch)
        batch.wait()

    @contextmanager
    def _take_turn(self) -> Iterator[None]:
        with self._counting:
            self._coming += 1
        with self._turn:
            with self._counting:
                self._coming -= 1
            yield

    def _undo(self, batch: _Batch, error: FeedpubError) -> None:
        if batch.parts > 1:
            self._leave(batch)
            return
        self._batch = None
        batch.end(error)

    def _leave(self, batch: _Batch) -> None:
        """Commit, unless somebody waits who can do it for all."""
        with self._counting:
            if self._coming and batch.parts < _MOST:
                return
        self._batch = None
        batch.end()

    def compact(self) -> None:
        """Write the file anew; see ``SqlStore.compact``."""
        with self._take_turn():
            self._flush()
            self._store.compact()

    def close(self) -> None:
        """Let go of the file, after those who are at it."""
        with self._take_turn():
            self._flush()
            self._store.close()

    def _flush(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.end()
