"""Shards that live as long as the object, for your own tests; nobody reads them by itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Self

from feedpub.ports.jobs import make_shard_job
from feedpub.ports.shards import Shard
from feedpub.testing.queue import MemoryQueue


class MemoryShards:
    """See ``feedpub.ports.shards.Shards``; safe for any number of threads.

    Attributes:
        readers: How many workers are said to be alive.
        queue: Where jobs are deferred.
    """

    def __init__(self, readers: int = 0) -> None:
        self.readers = readers
        self.queue = MemoryQueue()
        self._offers: dict[int, Shard] = {}
        self._claimed: set[str] = set()
        self._found: dict[str, bytes] = {}
        self._lock = Lock()

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Give itself."""
        yield self

    def count_readers(self) -> int:
        """Return how many workers are said to be alive."""
        return self.readers

    def offer(self, shards: Sequence[Shard]) -> None:
        """Lay out shards, and defer a job for each."""
        with self._lock:
            self._offers.update((shard.number, shard) for shard in shards)
        self.queue.defer([make_shard_job(shard.number) for shard in shards])

    def claim(self, number: int) -> Shard | None:
        """Take a shard if nobody has it."""
        with self._lock:
            shard = self._offers.get(number)
            if shard is None or shard.token in self._claimed:
                return None
            self._claimed.add(shard.token)
            return shard

    def release(self, shard: Shard) -> None:
        """Give a shard back."""
        with self._lock:
            self._claimed.discard(shard.token)

    def finish(self, shard: Shard, found: bytes) -> None:
        """Hand over what was read."""
        with self._lock:
            if self._offers.get(shard.number) == shard:
                self._found[shard.token] = found

    def collect(self, shard: Shard) -> bytes | None:
        """Return what was read, if anybody is done."""
        with self._lock:
            found = self._found.pop(shard.token, None)
            if found is not None:
                del self._offers[shard.number]
            return found

    def withdraw(self) -> None:
        """Take back all offers, and their jobs."""
        with self._lock:
            self._offers.clear()
        self.queue.jobs = [job for job in self.queue.jobs if "shard" not in job.arguments]
