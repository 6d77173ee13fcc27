"""How long a build waits for workers that read along, and how far it reads ahead of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from feedpub.errors import StoreError
from feedpub.ports import ReadTask, Workers
from feedpub.ports.shards import Shard
from feedpub.publishing import sharding
from feedpub.testing import MemoryShards
from tests.support.shards import Slow, build, make_worker

pytestmark = pytest.mark.usefixtures("small_shards")


class Time:
    """A clock that goes on while somebody reads or waits.

    A shard takes a second, and eight after so many quick ones.
    """

    def __init__(self) -> None:
        self.now, self.slept = 100.0, 0.0
        self.quick, self.order = 1000, list[str]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += seconds

    def read(self, workers: Workers, tasks: Iterable[ReadTask]) -> Iterator[Any]:
        tasks = list(tasks)
        self.order.append(f"{tasks[0].folder}/{tasks[0].file.name}")
        found = list(workers.map(tasks))
        self.now += 1 if len(self.order) <= self.quick else 8
        yield from found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    """What builds look at that are made after it was asked for."""
    made = Time()
    monkeypatch.setattr(sharding, "time", made)
    monkeypatch.setattr(sharding, "_PAUSE_S", 0.1)
    monkeypatch.setattr(sharding, "_read", made.read)
    return made


@pytest.mark.parametrize(
    ("takes", "least", "most"),
    [
        (lambda number: number == 1, 0, 4),  # 13 shards, of which 3 have this number
        (lambda number: number > 0, 1, 12),
        (lambda _: True, 10, 24),  # until the first is read, nobody knows how long it takes here
    ],
    ids=["one", "all but the first", "all"],
)
def test_nobody_is_waited_for_longer_than_reading_takes(
    folder: Path, clock: Time, takes: Callable[[int], bool], least: float, most: float
) -> None:
    alone, _ = build(folder)
    shards = Slow(10_000, takes)
    shards.worker = make_worker(folder, shards)

    assert build(folder, shards)[0] == alone
    assert least <= clock.slept <= most


def test_that_reading_took_long_once_makes_no_build_more_patient(folder: Path, clock: Time) -> None:
    """It may have stood still meanwhile: what it reads comes in when its turn has come."""
    shards = Slow(10_000, lambda number: number > 0)
    shards.worker = make_worker(folder, shards)
    clock.quick = 5  # four by the worker, and the first by the build

    build(folder, shards)

    assert clock.slept < 12


def hold(folder: Path, number: int) -> MemoryShards:
    """Return shards of which one is taken, and never brought."""
    shards = Slow(10_000, lambda one: one == number)
    shards.worker = make_worker(folder, shards)
    return shards


def test_the_last_shard_is_waited_for_as_well(
    folder: Path, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "_OFFERED", 20)

    build(folder, hold(folder, 12))

    assert 1 <= clock.slept < 1.2


def test_while_it_waits_a_build_asks_for_the_first_shard_alone(folder: Path, clock: Time) -> None:
    """Each question is one to the database, fifty times a second."""

    class Asked(Slow):
        asked = 0

        def claim(self, number: int) -> Shard | None:
            self.asked += 1
            return super().claim(number)

    shards = Asked(10_000, lambda _: True)
    shards.worker = make_worker(folder, shards)

    build(folder, shards)

    assert clock.slept > 10
    assert shards.asked < 10 * clock.slept + 100


def test_so_much_is_read_ahead_of_what_a_worker_has_and_no_more(
    folder: Path, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept in memory: four shards, and what our own processes are at."""
    build(folder)
    monkeypatch.setattr(sharding, "_OFFERED", 20)
    clock.order.clear()

    build(folder, hold(folder, 0))

    by_worker, *ahead, here = clock.order[:7]
    assert here == by_worker
    assert [by_worker, *ahead] == sorted({by_worker, *ahead})


class Returning(MemoryShards):
    """Shards that somebody takes and gives back, a little later."""

    def __init__(self) -> None:
        super().__init__(readers=1)
        self._taken: list[Shard] = []

    def offer(self, shards: Sequence[Shard]) -> None:
        super().offer(shards)
        self._taken += [taken for shard in shards if (taken := self.claim(shard.number))]

    def collect(self, shard: Shard) -> bytes | None:
        while self._taken:
            self.release(self._taken.pop())
        return super().collect(shard)


def test_what_is_given_back_is_read_at_once(folder: Path, clock: Time) -> None:
    build(folder, Returning())

    assert clock.slept < 2


def test_who_is_alone_waits_for_nobody(folder: Path, clock: Time) -> None:
    class Gone(Slow):
        def collect(self, shard: Shard) -> bytes | None:
            raise StoreError("the server is gone; start it")

    shards = Gone(10_000, lambda _: True)
    shards.worker = make_worker(folder, shards)

    build(folder, shards)

    assert clock.slept == 0
