"""Builds whose files are read by workers of other machines: same feeds, whatever these do."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, Self

import pytest

from feedpub.errors import BusyError, FeedpubError, StoreError
from feedpub.ports import Lost, ReadTask, StoredProblem, Workers
from feedpub.ports.shards import Shard
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
from tests.support.shards import ARTICLES, Helped, Slow, build, make_worker

NONE = pack_files([])
LOGGER = sharding.__name__

pytestmark = pytest.mark.usefixtures("small_shards")


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
    caplog.set_level("INFO", LOGGER)
    alone, _ = build(folder)
    shards = Failing(call, number, error)
    helper = MemoryShards()
    helper._offers, helper._claimed, helper._found = shards._offers, shards._claimed, shards._found
    shards.worker = make_worker(folder, helper)

    assert build(folder, shards)[0] == alone
    after = shards.asked[_find(shards.asked, call, number) + 1 :]
    assert set(after) <= {"withdraw"}  # it is not asked again: each time may take seconds
    told = [record.getMessage() for record in caplog.records if record.name == LOGGER]
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
