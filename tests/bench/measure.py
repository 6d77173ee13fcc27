"""Wall time, CPU time and memory of a command with all the processes that it starts."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO

from tests.support.processes import clean_environment

SAMPLE_EVERY_S = 0.01
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MB = 1_000_000


class CommandFailedError(Exception):
    """A measured command did not end well."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is measured.

    Attributes:
        arguments: The program and its arguments.
        folder: Where it runs.
        prepare: Called before each run, outside the timing.
    """

    arguments: Sequence[str]
    folder: Path = field(default_factory=Path.cwd)
    prepare: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class Timing:
    """One run, or the medians of several.

    Attributes:
        wall_s: From the start of the process to its end.
        cpu_s: User and system time of it and of all its descendants.
        blocks: Blocks of 512 bytes written to a disk; tmpfs does not count.
        output: What it printed.
    """

    wall_s: float
    cpu_s: float
    blocks: int = 0
    output: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Memory:
    """Peaks over one run, each a sum over all processes alive at one moment.

    Attributes:
        rss_mb: Resident memory; what two processes share counts twice.
        pss_mb: Proportional memory; what they share counts once.
        processes: Alive at once, at most.
    """

    rss_mb: float
    pss_mb: float
    processes: int


def run(command: Command) -> Timing:
    """Prepare and run a command once.

    Raises:
        CommandFailedError: It exited with anything but 0, or left a process behind, whose work
            would have gone unmeasured.
    """
    command.prepare()
    with _capture() as said:
        started = time.perf_counter()
        process = _start(command, said.fileno())
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read()
    _check(command, process, output)
    return Timing(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_oublock, output)


def run_in_turn(commands: Mapping[str, Command], rounds: int) -> dict[str, Timing]:
    """Run all commands, then all again, and return the medians of each.

    In turn, so that whatever else the machine does meanwhile falls on all of them alike.
    """
    timings: dict[str, list[Timing]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            timings[name].append(run(command))
    return {name: _median(several) for name, several in timings.items()}


def watch_memory(command: Command) -> Memory:
    """Run a command once and return its peaks, sampled every 10 ms; slower than a timed run."""
    return run_watched(command)[1]


def run_watched(command: Command, *, every_s: float = SAMPLE_EVERY_S) -> tuple[Timing, Memory]:
    """Prepare and run a command once; return its time, which the watching adds to, and its peaks.

    Args:
        command: What is measured.
        every_s: Between two samples of its memory.

    Raises:
        CommandFailedError: See ``run``.
    """
    command.prepare()
    with _capture() as said:
        started = time.perf_counter()
        process = _start(command, said.fileno())
        ended = threading.Event()
        samples: list[Memory] = []
        watcher = threading.Thread(target=_watch, args=(process.pid, ended, samples, every_s))
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watcher.join()
        said.seek(0)
        output = said.read()
    _check(command, process, output)
    return Timing(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_oublock, output), Memory(
        rss_mb=max((sample.rss_mb for sample in samples), default=0),
        pss_mb=max((sample.pss_mb for sample in samples), default=0),
        processes=max((sample.processes for sample in samples), default=0),
    )


def warm(folder: Path) -> int:
    """Read every file once, so that no contender pays for the disk; return the bytes read."""
    return sum(len(path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def _capture() -> IO[str]:
    # In memory: what a command says must not count among what it writes to the disk.
    return os.fdopen(os.memfd_create("said"), "w+", encoding="utf-8", errors="replace")


def _start(command: Command, output: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        # Not measured by coverage, which would write to the disk, too.
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _check(command: Command, process: subprocess.Popen[bytes], output: str) -> None:
    if process.returncode:
        line = " ".join(command.arguments)
        raise CommandFailedError(f"{line}: exit code {process.returncode}\n{output[-2000:]}")
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return
    raise CommandFailedError(f"{' '.join(command.arguments)}: left a process behind")


def _median(several: Sequence[Timing]) -> Timing:
    return Timing(
        wall_s=median(timing.wall_s for timing in several),
        cpu_s=median(timing.cpu_s for timing in several),
        blocks=max(timing.blocks for timing in several),
        output=several[-1].output,
    )


def _watch(pid: int, ended: threading.Event, samples: list[Memory], every_s: float) -> None:
    while not ended.wait(every_s):
        family = _family(pid)
        samples.append(
            Memory(
                rss_mb=sum(map(_resident_bytes, family)) / _MB,
                pss_mb=sum(map(_proportional_bytes, family)) / _MB,
                processes=len(family),
            )
        )


def _family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    family = [pid]
    for member in family:
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            family.extend(map(int, _read(children).split()))
    return family


def _resident_bytes(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/statm")).split()
    return int(fields[1]) * _PAGE if fields else 0


def _proportional_bytes(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # It has ended meanwhile.
        return ""
