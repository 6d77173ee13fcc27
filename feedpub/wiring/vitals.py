"""Wires what a site says of itself to whoever watches it."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from feedpub.model.vitals import Numbers

if TYPE_CHECKING:
    from feedpub.store.catalog import Catalog

_KEPT_S = 10.0


class _Store(Protocol):
    def transaction(self) -> "AbstractContextManager[Catalog]": ...


class _OpenStore(Protocol):
    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[_Store]: ...


class SiteVitals:
    """Asks the database; safe for any number of threads."""

    def __init__(self, open_store: _OpenStore, clock: Callable[[], datetime]) -> None:
        """Ask nothing yet.

        Args:
            open_store: Opens the store.
            clock: Now, aware.
        """
        self._open, self._clock = open_store, clock
        self._lock = threading.Lock()
        self._measured: tuple[float, Numbers] | None = None

    def check(self) -> None:
        """Look whether the database answers.

        Raises:
            StoreError: It does not.
        """
        with self._open(read_only=True) as store, store.transaction() as catalog:
            catalog.shelves.meta()

    def measure(self) -> Numbers:
        """Return the sums, at most ten seconds old: to count a large ledger takes a while.

        Raises:
            StoreError: The database does not answer.
        """
        with self._lock:
            if self._measured is None or time.monotonic() - self._measured[0] > _KEPT_S:
                self._measured = time.monotonic(), self._ask()
            return self._measured[1]

    def _ask(self) -> Numbers:
        now = int(self._clock().timestamp())
        with self._open(read_only=True) as store, store.transaction() as catalog:
            return catalog.measure(now)
