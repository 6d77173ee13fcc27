"""Builds beside which workers read, in one process."""

from collections.abc import Callable, Sequence
from pathlib import Path

from feedpub.model import BuildReport
from feedpub.ports.shards import Shard
from feedpub.publisher import Publisher
from feedpub.testing import (
    FixedClock,
    MemoryShards,
    MemoryTarget,
    make_config,
    make_publisher,
)

ARTICLES = 50
"""In the folder of the fixture ``folder`` of the tests of publishing."""


def make_worker(folder: Path, shards: MemoryShards) -> Publisher:
    """Return the site as another machine has it."""
    return make_publisher(make_config(folder), shards=shards)


def build(folder: Path, shards: MemoryShards | None = None) -> tuple[dict[str, bytes], BuildReport]:
    target = MemoryTarget()
    config = make_config(folder)
    with make_publisher(config, target=target, shards=shards, clock=FixedClock()) as publisher:
        return target.files, publisher.build()


class Helped(MemoryShards):
    """Shards of which a worker takes some as soon as they are laid out."""

    def __init__(self, takes: Callable[[int], bool] = lambda _: True) -> None:
        super().__init__(readers=1)
        self.worker: Publisher | None = None
        self.brought = 0
        self._takes = takes

    def offer(self, shards: Sequence[Shard]) -> None:
        super().offer(shards)
        for job in self.queue.jobs:
            number = job.arguments["shard"]
            if self.worker is not None and isinstance(number, int) and self._takes(number):
                self.brought += self.worker.read_shard(number)
        self.queue.jobs.clear()


class Slow(Helped):
    """A worker that brings what it took when it was asked for it many times."""

    def __init__(self, asked: int, takes: Callable[[int], bool]) -> None:
        super().__init__(takes)
        self._asked, self._left = asked, asked
        self._ready: list[tuple[Shard, bytes]] = []

    def finish(self, shard: Shard, found: bytes) -> None:
        self._ready.append((shard, found))

    def collect(self, shard: Shard) -> bytes | None:
        self._left -= 1
        if self._left < 0:
            self._left = self._asked
            for one, found in self._ready:
                super().finish(one, found)
            self._ready.clear()
        return super().collect(shard)
