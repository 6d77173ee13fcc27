"""What is kept in memory, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

_LARGEST_SHARE = 8
_OVERHEAD = 1024  # of an entry besides its bytes, roughly


class Memory(Generic[T]):
    """Keeps values by key; the one that was asked for longest ago goes first.

    Safe for any number of threads.
    """

    def __init__(self, max_bytes: int) -> None:
        """Begin empty.

        Args:
            max_bytes: Of all values together; one with more than an eighth of it is not kept.
        """
        self._max_bytes = max_bytes
        self._values: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under a key."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Keep a value in the place of what was under its key.

        Args:
            key: Of the value.
            value: What to keep.
            size: Its bytes.
        """
        size += _OVERHEAD
        with self._lock:
            self._drop(key)
            if size > self._max_bytes // _LARGEST_SHARE:
                return
            self._values[key] = value, size
            self.size += size
            while self.size > self._max_bytes:
                self._drop(next(iter(self._values)))

    def _drop(self, key: Hashable) -> None:
        gone = self._values.pop(key, None)
        if gone is not None:
            self.size -= gone[1]
