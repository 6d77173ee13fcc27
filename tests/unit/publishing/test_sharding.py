"""Builds whose files are read by workers of other machines: same feeds, whatever these do."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, Self

import pytest

from feedpub.errors import BusyError, FeedpubError, StoreError
from feedpub.model import BuildReport
from feedpub.ports import Lost, ReadTask, StoredProblem, Workers
from feedpub.ports.shards import Shard
from feedpub.publisher import Publisher
from feedpub.publishing import sharding
from feedpub.publishing.parcels import pack_files
from feedpub.publishing.sharding import Found
from feedpub.sources.source import FolderSource
from feedpub.testing import (
    FixedClock,
    MemoryShards,
    MemoryTarget,
    make_config,
    make_publisher,
)
from tests.support.blog import Blog

ARTICLES = 50
NONE = pack_files([])


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharding, "SHARD", 4)
    monkeypatch.setattr(sharding, "_OFFERED", 5)
    monkeypatch.setattr(sharding, "_PAUSE_S", 0)


@pytest.fixture
def folder(blog: Blog) -> Path:
    for number in range(ARTICLES):
        blog.write(f"{number % 7}/a{number:02}.md", categories=[f"c{number % 3}"])
    return blog.place("")


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


@pytest.mark.parametrize(
    ("takes", "brought"),
    [
        (lambda _: True, 13),
        (lambda number: number == 0, 3),
        (lambda number: number == 4, 2),
        (lambda _: False, 0),
    ],
    ids=["all", "the first", "the last", "none"],
)
def test_what_workers_read_is_published_as_a_build_alone_would(
    folder: Path, takes: Callable[[int], bool], brought: int
) -> None:
    alone, _ = build(folder)
    shards = Helped(takes)
    shards.worker = make_worker(folder, shards)

    files, report = build(folder, shards)

    assert files == alone
    assert report.articles == ARTICLES
    assert shards.brought == brought
    assert [shards.claim(number) for number in range(5)] == [None] * 5  # nothing is left behind


@pytest.mark.parametrize("asked", [1, 3, 20])
@pytest.mark.parametrize("first", [0, 1, 3])
def test_what_comes_late_comes_in_its_place(folder: Path, asked: int, first: int) -> None:
    alone, _ = build(folder)
    shards = Slow(asked, lambda number: number >= first)
    shards.worker = make_worker(folder, shards)

    assert build(folder, shards)[0] == alone
    assert shards.brought


def test_what_a_worker_takes_and_never_brings_is_read_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "_PATIENCE_S", 0)
    alone, _ = build(folder)
    shards = Slow(10_000, lambda number: number != 1)
    shards.worker = make_worker(folder, shards)

    assert build(folder, shards)[0] == alone


class Time:
    """A clock that goes on while somebody reads or waits; a shard takes a second."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, 0.0
        self.order: list[str] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += seconds

    def read(self, workers: Workers, tasks: Iterable[ReadTask]) -> Iterator[Any]:
        tasks = list(tasks)
        self.order.append(f"{tasks[0].folder}/{tasks[0].file.name}")
        found = list(workers.map(tasks))
        self.now += 1
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


def test_a_worker_that_does_not_see_the_same_files_gives_them_back(
    folder: Path, tmp_path: Path
) -> None:
    alone, _ = build(folder)
    other = tmp_path / "elsewhere" / folder.name
    shutil.copytree(folder, other)  # with other times
    for path in other.rglob("*.md"):
        path.touch()
    shards = Helped()
    shards.worker = make_worker(other, shards)
    shards.worker._setup = replace(shards.worker._setup, make_pool=fail)  # it reads none of them

    assert build(folder, shards)[0] == alone
    assert shards.brought == 0


@pytest.mark.parametrize(
    "changes", [{"dates": "author"}, {"name": "other"}], ids=["settings", "name"]
)
def test_a_worker_with_other_settings_gives_everything_back(
    folder: Path, changes: dict[str, Any]
) -> None:
    alone, _ = build(folder)
    config = make_config(folder)
    shards = Helped()
    sources = (replace(config.sources[0], **changes),)
    shards.worker = make_publisher(replace(config, sources=sources), shards=shards)

    assert build(folder, shards)[0] == alone
    assert shards.brought == 0


def test_a_broken_file_is_reported_from_wherever_it_was_read(blog: Blog, folder: Path) -> None:
    blog.write_bytes("broken.md", b"---\ntitle: [\n---\n")
    blog.write_bytes("odd.md", "---\ntitle: 標題\ndate: tomorrow\n---\n".encode())
    _, alone = build(folder)
    shards = Helped()
    shards.worker = make_worker(folder, shards)

    _, report = build(folder, shards)

    assert alone.problems
    assert report.problems == alone.problems
    assert shards.brought == 13


class Losing:
    """Processes that read no file."""

    def __init__(self, lose: Callable[[ReadTask], Found]) -> None:
        self._lose = lose

    def map(self, items: Iterable[ReadTask], **_: int) -> Iterator[Found]:
        return map(self._lose, items)


def deny(task: ReadTask) -> StoredProblem:
    """Return what this machine alone has against a file."""
    reason = "cannot be opened: Permission denied"
    return StoredProblem("posts", task.folder, task.file.name, "error", None, None, reason, True)


@pytest.mark.parametrize("lose", [Lost, deny])
def test_what_a_worker_could_not_read_is_read_here(
    folder: Path, lose: Callable[[ReadTask], Found]
) -> None:
    alone, _ = build(folder)
    shards = Helped()
    worker = make_worker(folder, shards)
    worker._setup = replace(worker._setup, make_pool=lambda *_, **__: nullcontext(Losing(lose)))
    shards.worker = worker

    assert build(folder, shards)[0] == alone
    assert shards.brought == 0


def test_a_worker_reads_in_a_process_that_may_die(folder: Path) -> None:
    """One, as it does other jobs beside; what it dies of costs the worker nothing."""
    asked: list[dict[str, Any]] = []

    def make_pool(_reader: Any, jobs: int, **options: Any) -> Any:
        asked.append({"jobs": jobs, **options})
        return nullcontext(Losing(Lost))

    shards = Helped(lambda number: number == 0)
    worker = make_worker(folder, shards)
    worker._setup = replace(worker._setup, make_pool=make_pool)
    shards.worker = worker

    build(folder, shards)

    assert asked
    assert all(one == {"jobs": 1, "apart": True} for one in asked)


def fail(*_: object, **__: object) -> NoReturn:
    raise OSError("no process to be had")


def test_a_worker_that_fails_gives_back_what_it_has(folder: Path) -> None:
    shards = MemoryShards(readers=1)
    worker = make_worker(folder, shards)
    worker._setup = replace(worker._setup, make_pool=fail)
    (source,) = worker._setup.sources
    shard = Shard(0, "token", source.name, sharding._describe_reading(worker._setup, source), NONE)
    shards.offer([shard])

    with pytest.raises(OSError, match="no process"):
        worker.read_shard(0)

    assert shards.claim(0) == shard


class Failing(Helped):
    """A database that fails at a call of one kind, and would answer the next."""

    def __init__(self, call: str, number: int, error: type[FeedpubError]) -> None:
        super().__init__(lambda number: number % 2 == 0)
        self._call, self._left, self._error = call, number, error
        self.asked: list[str] = []

    def _ask(self, call: str) -> None:
        self.asked.append(call)
        if call == self._call:
            self._left -= 1
            if self._left == 0:
                raise self._error("the server is gone; start it")

    @contextmanager
    def open(self) -> Iterator[Self]:
        self._ask("open")
        yield self

    def count_readers(self) -> int:
        self._ask("count_readers")
        return super().count_readers()

    def offer(self, shards: Sequence[Shard]) -> None:
        self._ask("offer")
        super().offer(shards)

    def claim(self, number: int) -> Shard | None:
        self._ask("claim")
        return super().claim(number)

    def collect(self, shard: Shard) -> bytes | None:
        self._ask("collect")
        return super().collect(shard)

    def withdraw(self) -> None:
        self._ask("withdraw")
        super().withdraw()


@pytest.mark.parametrize("error", [BusyError, StoreError])
@pytest.mark.parametrize(
    ("call", "number"),
    [
        ("open", 1), ("open", 2), ("count_readers", 1), ("offer", 1), ("offer", 3), ("claim", 1),
        ("claim", 2), ("claim", 4), ("collect", 1), ("collect", 2), ("collect", 5), ("withdraw", 1),
    ],
)  # fmt: skip
def test_a_build_goes_on_alone_when_the_database_fails(
    folder: Path,
    call: str,
    number: int,
    error: type[FeedpubError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "feedpub.publishing.sharding")
    alone, _ = build(folder)
    shards = Failing(call, number, error)
    helper = MemoryShards()
    helper._offers, helper._claimed, helper._found = shards._offers, shards._claimed, shards._found
    shards.worker = make_worker(folder, helper)

    assert build(folder, shards)[0] == alone
    after = shards.asked[_find(shards.asked, call, number) + 1 :]
    assert set(after) <= {"withdraw"}  # it is not asked again: each time may take seconds
    told = [record.getMessage() for record in caplog.records]
    expected = f"source {folder.name!r} is read by this machine alone: the server is gone; start it"
    assert told == ([] if call == "withdraw" else [expected])


def _find(calls: list[str], call: str, number: int) -> int:
    return [place for place, one in enumerate(calls) if one == call][number - 1]


def test_what_is_replaced_while_a_worker_reads_is_given_back(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build would keep what another file says, under a size and a time that never change."""
    alone, _ = build(folder)
    other = tmp_path / "elsewhere" / folder.name
    shutil.copytree(folder, other)
    shards = Helped()
    shards.worker = make_worker(other, shards)
    read = sharding._read

    def read_after_a_change(workers: Workers, tasks: Iterable[ReadTask]) -> Iterator[Any]:
        tasks = list(tasks)
        for path in other.rglob("*.md"):
            path.write_bytes(b"---\ntitle: another\n---\nanother\n")
        return read(workers, tasks)

    worker_reads = sharding._read_along

    def read_along(*given: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(sharding, "_read", read_after_a_change)
            return worker_reads(*given)

    monkeypatch.setattr(sharding, "_read_along", read_along)

    assert build(folder, shards)[0] == alone
    assert shards.brought == 0


class Counting(Helped):
    """Counts the shards that are laid out, whatever becomes of them."""

    def __init__(self, readers: int = 1) -> None:
        super().__init__()
        self.readers, self.offered = readers, 0

    def offer(self, shards: Sequence[Shard]) -> None:
        self.offered += len(shards)
        super().offer(shards)


@pytest.mark.parametrize(("files", "offered"), [(7, 0), (8, 2), (9, 3)])
def test_few_files_are_read_where_they_are_wanted(blog: Blog, files: int, offered: int) -> None:
    for number in range(files):
        blog.write(f"{number}.md")
    shards = Counting()

    build(blog.place(""), shards)

    assert shards.offered == offered


@pytest.mark.parametrize(
    ("readers", "by_jobs", "shares"),
    [(0, False, False), (1, False, True), (1, True, False), (2, True, True)],
)
def test_only_what_others_could_read_is_laid_out(
    folder: Path, readers: int, by_jobs: bool, shares: bool
) -> None:
    """A build by a worker is one of those that are alive."""
    shards = Counting(readers)

    with make_publisher(make_config(folder), shards=shards) as publisher:
        publisher.build(by_jobs=by_jobs)

    assert bool(shards.offered) == shares


def test_what_is_unpacked_here_is_read_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every machine unpacks it by itself, at another time."""
    monkeypatch.setattr(FolderSource, "is_unpacked", property(lambda _: True))
    shards = Counting()

    build(folder, shards)

    assert shards.offered == 0


def test_each_source_is_read_where_it_is(blog: Blog, folder: Path) -> None:
    more = folder.with_name("more")
    for number in range(20):
        blog.write(f"../more/b{number}.md")
    config = make_config(folder, more)
    alone, shared = MemoryTarget(), MemoryTarget()
    with make_publisher(config, target=alone, clock=FixedClock()) as publisher:
        publisher.build()
    shards = Helped()
    shards.worker = make_publisher(config, shards=shards)
    with make_publisher(config, target=shared, shards=shards, clock=FixedClock()) as publisher:
        report = publisher.build()

    assert shared.files == alone.files
    assert report.articles == ARTICLES + 20
    assert shards.brought == 13 + 5


@pytest.mark.parametrize("changes", [{"site_id": "another"}, {"settings": "of another version"}])
def test_a_worker_of_another_site_or_version_gives_everything_back(
    folder: Path, changes: dict[str, Any]
) -> None:
    shards = Helped()
    shards.worker = make_worker(folder, shards)
    shards.worker._setup = replace(shards.worker._setup, **changes)

    build(folder, shards)

    assert shards.brought == 0
