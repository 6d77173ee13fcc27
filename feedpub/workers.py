"""Spread pure work over the cores: processes, because parsing and cleaning hold the interpreter.

A worker that dies (out of memory, a fault in native code) costs one article, not the run: its task
is tried again in pieces, and a piece that kills a worker on its own comes back as ``Lost``. So does
one on which the function fails in a way that nobody thought of.
"""

import ctypes
import fcntl
import logging
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import _bootstrap
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from feedpub.batches import cut_batches
from feedpub.errors import BusyError, FeedpubError
from feedpub.ports import Lost

T = TypeVar("T")
R = TypeVar("R")

_log = logging.getLogger(__name__)
# What a pipe should hold, so that workers go on while we are busy; the system may grant less.
_PIPE_BYTES = 1024 * 1024
_LEAST_PIPE_BYTES = 64 * 1024
_PATIENCE_S = 2
_IMPORT_PATIENCE_S = 60.0
_PAUSE_S = 0.005

_forking = threading.Lock()
_ends: WeakSet[Connection] = WeakSet()
"""Our ends of the pipes to all workers of this process, whichever pool and thread made them."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """What ends the run, on its way to the process that asked."""

    error: FeedpubError


@dataclass(slots=True)
class _Worker(Generic[T]):
    process: Any
    tasks: Connection
    results: Connection
    room: int
    given: deque[tuple[int, Sequence[T]]] = field(default_factory=deque)
    sizes: deque[int] = field(default_factory=deque)

    def give(self, number: int, task: Sequence[T]) -> None:
        """Send a task; that the worker has died shows when its result is asked for."""
        data = ForkingPickler.dumps(task)
        self.given.append((number, task))
        self.sizes.append(len(data))
        with suppress(ConnectionError):
            self.tasks.send_bytes(data)

    def take(self) -> tuple[int, Sequence[T]]:
        """Return the task whose result comes next, and count it as done."""
        self.sizes.popleft()
        return self.given.popleft()

    def has_room(self) -> bool:
        """Return whether another task surely fits into its pipe.

        Beyond that we would wait for the worker to take its task while the worker waits for us to
        take its result.
        """
        return sum(self.sizes) < self.room

    def close(self) -> None:
        """Let the worker see that nobody asks any more."""
        with _forking:
            for end in (self.tasks, self.results):
                _ends.discard(end)
                end.close()


def count_cores() -> int:
    """Return how many cores this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def _give_memory_back() -> None:
    """Return what is free to the system: each process to come would hold it once more."""
    with suppress(OSError, AttributeError):  # only the GNU library offers it
        ctypes.CDLL(None).malloc_trim(0)


def _widen(connection: Connection) -> int:
    """Let a pipe hold as much as we like; return how much it holds."""
    if not hasattr(fcntl, "F_SETPIPE_SZ"):  # only Linux has it
        return _LEAST_PIPE_BYTES
    with suppress(OSError):  # an administrator may have set a limit
        fcntl.fcntl(connection.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return int(fcntl.fcntl(connection.fileno(), fcntl.F_GETPIPE_SZ))


def _wait_for_imports() -> None:
    """Wait until no other thread is importing: a child would wait for it for ever.

    A fork copies the lock of a module that is being imported, but not the thread that holds it
    (https://github.com/python/cpython/issues/6721).

    Raises:
        BusyError: One goes on importing for a minute.
    """
    deadline = time.monotonic() + _IMPORT_PATIENCE_S
    while name := _find_import():
        if time.monotonic() >= deadline:
            raise BusyError(
                f"another thread is still importing {name!r}; build when it is imported, or set"
                " build.jobs = 1"
            )
        time.sleep(_PAUSE_S)


def _find_import() -> str | None:
    """Return a module that another thread of this process is importing."""
    # Private, but nothing public tells; a test sees when an interpreter keeps it elsewhere.
    locks: dict[str, Any] = getattr(_bootstrap, "_module_locks", {})
    # A copy is made at once; a list of items may be interrupted, and then the others go on.
    for name, reference in locks.copy().items():
        owner = getattr(reference(), "owner", None)
        if owner is not None and owner != threading.get_ident():
            return str(name)
    return None


def _serve(
    function: Callable[[Any], Any],
    tasks: Connection,
    results: Connection,
    inherited: Sequence[Connection],
) -> None:
    # While one process holds the other end of a pipe, its reader waits: a worker that kept what
    # the fork gave it would outlive a killed parent, and hold the site's lock for ever.
    for other in inherited:
        other.close()
    while True:
        try:
            task = tasks.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            results.send(_apply(function, task))
        except (BrokenPipeError, KeyboardInterrupt):  # nobody waits for it any more
            return


def _apply(function: Callable[[Any], Any], task: Sequence[Any]) -> "list[Any] | _Failure":
    try:
        return [_attempt(function, item) for item in task]
    except FeedpubError as error:
        return _Failure(error)


def _attempt(function: Callable[[Any], Any], item: Any) -> Any:
    try:
        return function(item)
    except FeedpubError:
        raise
    except Exception as error:  # noqa: BLE001 # a worker's loop: an item must not cost the others
        _log.info("lost: %.500r", item, exc_info=True)
        return Lost(item, f"{type(error).__name__}: {error}")


class Pool(Generic[T, R]):
    """A few processes that apply one function to items.

    The processes inherit what is imported when the pool is made, so no open database may be: a
    fork would share its locks. Without ``fork`` the function must be picklable.
    """

    def __init__(self, function: Callable[[T], R], jobs: int, *, apart: bool = False) -> None:
        """Start the processes; with one job there are none, and the work is done here.

        Args:
            function: What they do.
            jobs: How many.
            apart: One job, too, has a process.
        """
        self._function = function
        self._workers: list[_Worker[T]] = []
        processes = jobs if jobs > 1 or apart else 0
        if processes:
            _give_memory_back()
        method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        for _ in range(processes):
            self._workers.append(self._start())

    def _start(self) -> _Worker[T]:
        is_fork = self._context.get_start_method() == "fork"
        # One at a time: a worker that another thread forks meanwhile would keep what is the
        # worker's alone, and its death would go unseen.
        with _forking:
            there_tasks, tasks = self._context.Pipe(duplex=False)
            results, there_results = self._context.Pipe(duplex=False)
            room = min(map(_widen, (tasks, results))) // 2
            inherited = [*_ends, tasks, results] if is_fork else []
            process = self._context.Process(
                target=_serve,
                args=(self._function, there_tasks, there_results, inherited),
                daemon=True,
            )
            if is_fork:
                _wait_for_imports()
            process.start()
            _ends.update((tasks, results))
            there_tasks.close()
            there_results.close()
        return _Worker(process, tasks, results, room)

    def __enter__(self) -> "Pool[T, R]":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, whatever they do."""
        for worker in self._workers:
            worker.close()
        for worker in self._workers:
            if not worker.given:  # it sees that nobody asks any more, and ends by itself
                worker.process.join(_PATIENCE_S)
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()
        self._workers = []

    def map(self, items: Iterable[T], *, chunk: int = 1, ahead: int = 8) -> Iterator[R | Lost]:
        """Return the function's value of each item, in the items' order.

        The processes begin at once, so that they work while the caller prepares for the results;
        one call has to be read to its end before the next.

        Args:
            items: Read ahead by a few chunks only.
            chunk: Items that travel together, at least 1.
            ahead: Chunks that a process is given at once: enough that it has work while the
                caller is busy, and so few that at the end none is left with most of the rest.

        Raises:
            FeedpubError: The function's own; anything else costs the item.
        """
        if not self._workers:
            return map(partial(_attempt, self._function), items)
        tasks = enumerate(cut_batches(items, chunk))
        for worker in self._workers:
            _feed(worker, tasks, ahead)
        return self._collect_all(tasks, ahead)

    def _collect_all(
        self, tasks: Iterator[tuple[int, Sequence[T]]], ahead: int
    ) -> Iterator[R | Lost]:
        done: dict[int, list[R | Lost]] = {}
        following = 0
        while busy := [worker for worker in self._workers if worker.given]:
            ready = wait([worker.results for worker in busy])
            for worker in busy:
                if worker.results not in ready:
                    continue
                number, results = self._collect(worker)
                done[number] = results
                _feed(worker, tasks, ahead)
            while following in done:
                yield from done.pop(following)
                following += 1

    def _collect(self, worker: _Worker[T]) -> tuple[int, list[R | Lost]]:
        number, _task = worker.given[0]
        try:
            results: list[R | Lost] = _open(worker.results.recv())
        except (EOFError, ConnectionError):
            results = self._recover(worker)
        else:
            worker.take()
        return number, results

    def _recover(self, worker: _Worker[T]) -> list[R | Lost]:
        """Replace a dead worker; do its first task item by item, then give it the rest."""
        _number, task = worker.take()
        rest = list(worker.given)
        results: list[R | Lost] = []
        for item in task:
            self._replace(worker)
            try:
                worker.tasks.send([item])
                results += _open(worker.results.recv())
            except (EOFError, ConnectionError):
                results.append(Lost(item))
        self._replace(worker)
        worker.given.clear()
        worker.sizes.clear()
        for waiting in rest:
            worker.give(*waiting)
        return results

    def _replace(self, worker: _Worker[T]) -> None:
        worker.close()
        worker.process.terminate()
        worker.process.join()
        fresh = self._start()
        worker.process, worker.tasks, worker.results = fresh.process, fresh.tasks, fresh.results


def _feed(worker: _Worker[T], tasks: Iterator[tuple[int, Sequence[T]]], ahead: int) -> None:
    while (
        len(worker.given) < ahead and worker.has_room() and (task := next(tasks, None)) is not None
    ):
        worker.give(*task)


def _open(results: "list[Any] | _Failure") -> list[Any]:
    if isinstance(results, _Failure):
        raise results.error
    return results
