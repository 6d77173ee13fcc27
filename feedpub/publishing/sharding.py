"""The files of a source, read by several machines together.

Whoever builds lays out what has to be read in shards, a few at a time; a job for each lets workers
take them. The build reads along: always the first shard that nobody has, and what others bring goes
in between, in order. So it needs nobody: it waits only when others have all that it could read now,
and no longer than reading a shard takes. Then it does so after all: to read twice gives the same.

A worker brings a shard whole or not at all. It must see the files that the build saw, down to size
and time, with the same settings and the same version; and what failed there may succeed here. When
the database fails, or keeps us waiting, the build goes on alone.
"""

import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from feedpub.batches import cut_batches
from feedpub.catalog.identity import Sighting
from feedpub.errors import BusyError, StoreError
from feedpub.ports import File, Lost, ReadTask, StoredProblem, Workers
from feedpub.ports.shards import Shard, Shards
from feedpub.publishing.parcels import pack_files, pack_findings, unpack_files, unpack_findings
from feedpub.publishing.setup import Setup
from feedpub.publishing.source import ArticleSource
from feedpub.publishing.tasks import ReadTasks

Found = Sighting | StoredProblem | Lost
R = TypeVar("R")

_log = logging.getLogger(__name__)

_CHUNK = 64  # files that travel to a process together
_AHEAD = 64  # of them: reading goes on while the database is opened, and what it takes imported

SHARD = 4096
"""Files of a shard: half a second of reading, so that handing it over hardly counts."""

_OFFERED = 16  # at a time: enough for as many workers, and a few MB in the database
_HELD = 4  # read here while a worker has one before them, at some 4 MB each
_PATIENCE_S = 10.0  # at most, and as long as nothing was read here
_PAUSE_S = 0.02


def start_reading(
    setup: Setup, workers: Workers, tasks: ReadTasks, *, by_jobs: bool
) -> Iterator[Found]:
    """Yield what files say, in the order of the tasks; processes begin at once.

    Args:
        setup: Of the site.
        workers: Each with the site's reader.
        tasks: What has to be read of one source.
        by_jobs: Whether this process is a worker itself.
    """
    if len(tasks) >= 2 * SHARD and _has_readers(setup, tasks.source, besides=int(by_jobs)):
        return _SharedReading(setup, workers, tasks).run()
    return _read(workers, tasks)


def read_shard(setup: Setup, number: int) -> bool:
    """Read a shard that a build on another machine has laid out; return whether it was brought.

    Raises:
        BusyError: Somebody else keeps it for too long.
        StoreError: The database cannot be used.
    """
    if setup.open_shards is None:
        return False
    with setup.open_shards() as shards:
        shard = shards.claim(number)
        if shard is None:
            return False
        findings = None
        try:
            findings = _read_along(setup, shard)
        finally:
            if findings is None:
                shards.release(shard)
        if findings is not None:
            shards.finish(shard, pack_findings(findings))
    return findings is not None


def _has_readers(setup: Setup, source: ArticleSource, *, besides: int) -> bool:
    """Return whether a worker is alive that this build is not a part of, and could see the files.

    What we unpack ourselves has another time on every machine.
    """
    if setup.open_shards is None or source.is_unpacked:
        return False
    try:
        with setup.open_shards() as shards:
            return shards.count_readers() > besides
    except (BusyError, StoreError) as error:
        _tell_alone(source, error)
        return False


def _tell_alone(source: ArticleSource, error: Exception) -> None:
    _log.info("source %r is read by this machine alone: %s", source.name, error)


def _read(workers: Workers, tasks: Iterable[ReadTask]) -> Iterator[Found]:
    return workers.map(tasks, chunk=_CHUNK, ahead=_AHEAD)


def _describe_reading(setup: Setup, source: ArticleSource) -> str:
    """Return a digest of all that changes what reading gives; the site's holds the version."""
    return f"{setup.site_id} {setup.settings} {source.settings}"


def _read_along(setup: Setup, shard: Shard) -> list[Sighting | StoredProblem] | None:
    """Return what the files of a shard say; None if whoever laid it out has to look himself."""
    source = next((one for one in setup.sources if one.name == shard.source), None)
    if source is None or _describe_reading(setup, source) != shard.reading:
        return None
    files = unpack_files(shard.files)
    if not _sees(source, files):
        return None
    tasks = [source.make_task(folder, file) for folder, file in files]
    findings = []
    with setup.make_pool(setup.reader, 1, apart=True) as workers:
        for found in _read(workers, tasks):
            if isinstance(found, Lost) or (isinstance(found, StoredProblem) and found.passing):
                return None
            findings.append(found)
    # Once more: what was replaced meanwhile is not what the build saw, and its size and time would
    # keep every later build from looking again.
    return findings if _sees(source, files) else None


def _sees(source: ArticleSource, files: Iterable[tuple[str, File]]) -> bool:
    return all(source.holds(folder, file) for folder, file in files)


@dataclass(slots=True)
class _Part:
    """A shard on its way.

    Attributes:
        shard: As on offer.
        found: What was read of it here, or is about to be; None while it is on offer.
        taken: Whether it was seen that a worker has it.
    """

    shard: Shard
    found: Iterator[Found] | None = None
    taken: bool = False


class _SharedReading:
    """One reading of one source."""

    def __init__(self, setup: Setup, workers: Workers, tasks: ReadTasks) -> None:
        assert setup.open_shards is not None  # noqa: S101 - somebody was counted there
        self._open = setup.open_shards
        self._workers = workers
        self._source = tasks.source
        self._reading = _describe_reading(setup, tasks.source)
        self._batches = cut_batches(tasks, SHARD)
        self._shards: Shards | None = None  # until they are opened, and from a failure on
        self._patience_s = _PATIENCE_S  # as long as the quickest shard took here
        self._began_at = self._idle_at = 0.0  # when we began to read one, and had something to do
        self._parts: deque[_Part] = deque()
        self._current: _Part | None = None  # being read by our own processes
        self._held = 0

    def run(self) -> Iterator[Found]:
        """Yield what files say, in their order."""
        with self._share():
            yield from self._run()

    @contextmanager
    def _share(self) -> Iterator[None]:
        """Open the shards, and take back in the end what is still on offer."""
        with ExitStack() as stack:
            try:
                shards = stack.enter_context(self._open())
            except (BusyError, StoreError) as error:
                self._go_on_alone(error)
            else:
                self._shards = shards
                stack.callback(self._withdraw, shards)
            yield

    def _withdraw(self, shards: Shards) -> None:
        with suppress(BusyError, StoreError):  # what is left there is replaced by the next offers
            shards.withdraw()

    def _ask(self, question: Callable[[Shards], R], *, alone: R) -> R:
        """Return the answer of the database, or that of whoever is alone, once it has failed."""
        if self._shards is None:
            return alone
        try:
            return question(self._shards)
        except (BusyError, StoreError) as error:
            self._go_on_alone(error)
            return alone

    def _go_on_alone(self, error: Exception) -> None:
        _tell_alone(self._source, error)
        self._shards, self._patience_s = None, 0.0

    def _run(self) -> Iterator[Found]:
        while self._offer():
            self._begin()
            front = self._parts[0]
            if front.found is not None:
                yield from self._yield_own(front)
            elif (data := self._collect(front.shard)) is not None:
                self._parts.popleft()
                yield from unpack_findings(data)
            elif self._current is not None and self._held < _HELD:
                self._hold()
            elif time.monotonic() - self._idle_at >= self._patience_s:
                self._read_here(front)
            else:
                time.sleep(_PAUSE_S)
                continue
            self._idle_at = time.monotonic()

    def _offer(self) -> bool:
        """Lay out the next shards under the numbers that are free; return whether any is left."""
        free = set(range(_OFFERED)) - {part.shard.number for part in self._parts}
        fresh = list(map(self._make_shard, sorted(free), self._batches))
        if fresh:
            self._parts.extend(map(_Part, fresh))
            self._ask(lambda shards: shards.offer(fresh), alone=None)
            self._idle_at = time.monotonic()
        return bool(self._parts)

    def _claim(self, shard: Shard) -> bool:
        return self._ask(lambda shards: shards.claim(shard.number) is not None, alone=True)

    def _collect(self, shard: Shard) -> bytes | None:
        return self._ask(lambda shards: shards.collect(shard), alone=None)

    def _make_shard(self, number: int, tasks: list[ReadTask]) -> Shard:
        token = uuid.uuid4().hex
        return Shard(number, token, self._source.name, self._reading, pack_files(tasks))

    def _begin(self) -> None:
        """Have our own processes read the first shard that nobody has, if they have none."""
        if self._current is not None:
            return
        for part in self._parts:
            # The first one may have been given back, by a worker that does not see its files.
            if part.found is None and (not part.taken or part is self._parts[0]):
                if self._claim(part.shard):
                    self._read_here(part)
                    return
                part.taken = True

    def _read_here(self, part: _Part) -> None:
        if self._current is not None:
            self._hold()
        files = unpack_files(part.shard.files)
        tasks = [self._source.make_task(folder, file) for folder, file in files]
        part.found = _read(self._workers, tasks)
        self._current, self._began_at = part, time.monotonic()

    def _yield_own(self, part: _Part) -> Iterator[Found]:
        assert part.found is not None  # noqa: S101 - the caller saw to it
        if part is not self._current:
            self._held -= 1
        yield from part.found
        if part is self._current:
            self._end_current()
        self._parts.popleft()

    def _hold(self) -> None:
        """Read what our own processes are at to its end, though its turn has not come."""
        current = self._current
        assert current is not None and current.found is not None  # noqa: S101, PT018 - likewise
        current.found = iter(list(current.found))
        self._end_current()
        self._held += 1

    def _end_current(self) -> None:
        self._current = None
        self._patience_s = min(self._patience_s, time.monotonic() - self._began_at)
