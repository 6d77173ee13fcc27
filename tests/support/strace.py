"""Faults at system calls: kill the program at the Nth of a kind, or let that one fail.

The program is forked off this process, which has its libraries loaded already, and waits for strace
to attach: so it costs a fifth of a start of its own, and thousands of runs can be afforded. This
process must have one thread only.

Strace counts the calls of each thread by itself. So that one in the middle of another thread can be
met, too, the program can be held when its second, third ... thread begins, to follow that alone.
"""

import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from tests.support import needs
from tests.support.preloaded import preload
from tests.support.real_site import environment

# The question mark lets strace pass over what this architecture does not have.
CALLS = (
    "openat", "?mkdir", "mkdirat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync",
    "?syncfs", "?rename", "?renameat", "renameat2", "?unlink", "unlinkat", "?rmdir",
)  # fmt: skip
KILL = "signal=SIGKILL"
Program = Callable[[Sequence[str]], int]
_LINE = re.compile(r"^(\w+)\((.*)$")
_STREAMS = ("1<", "2<")
_ATTACH_S = 90


@dataclass(frozen=True)
class Call:
    """A system call of a recorded run.

    Attributes:
        name: Of the system call.
        number: From 1, among those of its name.
        text: Arguments and result, as strace shows them.
    """

    name: str
    number: int
    text: str

    @property
    def changes(self) -> bool:
        """Whether it may change what is on disk; to die before another is to die before this."""
        return self.name != "openat" or "O_CREAT" in self.text

    def __str__(self) -> str:
        return f"{self.name} #{self.number} ({self.text[:140]})"


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes:
        code: Exit code, or minus the signal's number.
        said: Both of its streams.
        traced: Whether the thread that was to be followed ever began.
    """

    code: int
    said: str
    traced: bool = False


def needed() -> pytest.MarkDecorator:
    """Return the mark that skips a test where strace is missing, or this user may not trace."""
    if needs.find("strace") is None:
        return needs.program("strace")
    return pytest.mark.skipif(not _may_trace(), reason="needs the right to trace processes")


@cache
def _may_trace() -> bool:
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True)
    return tried.returncode == 0


def record(words: Sequence[str], below: Path) -> list[Call]:
    """Run the program and return its calls that touch what is below a folder, in order.

    Only the main thread is followed: the others are its helpers. What the program says on its
    streams may name the folder, but is not written there.
    """
    calls, _ = record_thread(words, CALLS)
    return [
        call
        for call in calls
        if os.fspath(below) in call.text and not call.text.startswith(_STREAMS)
    ]


def record_thread(
    words: Sequence[str], names: Sequence[str], *, program: Program | None = None, thread: int = 0
) -> tuple[list[Call], bool]:
    """Run the program and return the calls of some names that one of its threads makes, in order.

    Args:
        words: Of the command line.
        names: Of system calls.
        program: Run with these words; feedpub if None.
        thread: 0 is the main one, the others follow as they begin.

    Returns:
        The calls, and whether there was such a thread.
    """
    with tempfile.NamedTemporaryFile("r", errors="replace") as log:
        options = ("-y", "-s", "300", "-o", log.name, "-e", f"trace={','.join(names)}")
        ended = trace(words, *options, program=program, thread=thread)
        assert ended.code == 0, ended.said
        lines = log.read().splitlines()
    counts: Counter[str] = Counter()
    found = []
    for line in lines:
        if match := _LINE.match(line):
            name, text = match.groups()
            counts[name] += 1
            found.append(Call(name, counts[name], text))
    return found, ended.traced


def inject(
    call: Call,
    fault: str,
    words: Sequence[str],
    *,
    program: Program | None = None,
    thread: int = 0,
) -> Ended:
    """Run the program with a fault at one call: ``KILL``, or such as ``error=ENOSPC``."""
    options = (
        "-o", "/dev/null", "-e", f"trace={call.name}",
        "-e", f"inject={call.name}:{fault}:when={call.number}",
    )  # fmt: skip
    return trace(words, *options, program=program, thread=thread)


def trace(
    words: Sequence[str], *options: str, program: Program | None = None, thread: int = 0
) -> Ended:
    """Run the program with one of its threads under strace."""
    with tempfile.TemporaryFile("w+b") as output:
        pid = _fork(words, output.fileno(), program, thread)
        _, status = os.waitpid(pid, os.WUNTRACED)
        traced = os.WIFSTOPPED(status)
        if traced:
            status = _continue_under_strace(
                pid, pid if thread == 0 else max(_threads(pid)), options
            )
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
        return Ended(os.waitstatus_to_exitcode(status), said, traced)


def _continue_under_strace(pid: int, thread: int, options: Sequence[str]) -> int:
    """Return the status with which the process ends."""
    tracer = subprocess.Popen(["strace", "-qq", *options, "-p", str(thread)])
    try:
        _wait_for_tracer(pid, thread, tracer)
    finally:
        os.kill(pid, signal.SIGCONT)
        _, status = os.waitpid(pid, 0)
        tracer.wait(_ATTACH_S)
    return status


def _threads(pid: int) -> list[int]:
    return [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]


def run(words: Sequence[str], *, program: Program | None = None) -> Ended:
    """Run the program undisturbed."""
    with tempfile.TemporaryFile("w+b") as output:
        pid = _fork(words, output.fileno(), program)
        os.waitpid(pid, os.WUNTRACED)
        os.kill(pid, signal.SIGCONT)
        _, status = os.waitpid(pid, 0)
        output.seek(0)
        return Ended(os.waitstatus_to_exitcode(status), output.read().decode("utf-8", "replace"))


def _fork(words: Sequence[str], output: int, program: Program | None, thread: int = 0) -> int:
    """Return the process that will run the program once it is continued."""
    if program is None:
        preload()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir("/")
        os.environ.clear()
        os.environ.update(environment())
        if thread:
            _stop_when_it_begins(thread)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)
        code = (program or _run_feedpub)(words)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _stop_when_it_begins(number: int) -> None:
    """Have the process stop itself as a thread begins; the highest thread id is then its."""
    begun, run_thread = itertools.count(1), threading.Thread.run

    def stop_and_run(self: threading.Thread) -> None:
        if next(begun) == number:  # another thread could take the signal of the process, later
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
        run_thread(self)

    threading.Thread.run = stop_and_run  # type: ignore[method-assign]


def _run_feedpub(words: Sequence[str]) -> int:
    try:
        import_module("feedpub.cli.main").cli.main(list(words))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _wait_for_tracer(pid: int, thread: int, tracer: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _ATTACH_S
    status = Path(f"/proc/{pid}/task/{thread}/status")
    while "TracerPid:\t0\n" in status.read_text():
        assert tracer.poll() is None, "strace has ended"
        assert time.monotonic() < deadline, "strace does not attach"
        time.sleep(0.002)
