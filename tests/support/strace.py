"""Faults at system calls: kill the program at the Nth of a kind, or let that one fail.

The program is forked off this process, which has its libraries loaded already, and waits for strace
to attach: so it costs a fifth of a start of its own, and thousands of runs can be afforded. This
process must have one thread only.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.support import needs
from tests.support.real_site import environment

# The question mark lets strace pass over what this architecture does not have.
CALLS = (
    "openat", "?mkdir", "mkdirat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync",
    "?rename", "?renameat", "renameat2", "?unlink", "unlinkat", "?rmdir",
)  # fmt: skip
PRELOADED = (
    "feedpub.cli.main", "feedpub.cli.build", "feedpub.cli.keep", "feedpub.cli.site",
    "feedpub.wiring", "feedpub.config", "feedpub.store.sql", "feedpub.feeds", "feedpub.pages",
    "feedpub.thumbnails", "feedpub.net", "feedpub.publishing.checking", "PIL.PngImagePlugin",
    "PIL.JpegImagePlugin", "markdown_it", "nh3",
)  # fmt: skip
KILL = "signal=SIGKILL"
_LINE = re.compile(r"^(\w+)\((.*)$")
_ATTACH_S = 20


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
    """

    code: int
    said: str


@cache
def may_trace() -> bool:
    """Return whether strace is there and this user may trace."""
    if needs.find("strace") is None:
        return False
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True)
    return tried.returncode == 0


def record(words: Sequence[str], below: Path) -> list[Call]:
    """Run the program and return its calls that touch what is below a folder, in order.

    Only the main thread is followed: the others are its helpers.
    """
    with tempfile.NamedTemporaryFile("r", errors="replace") as log:
        ended = trace(words, "-y", "-s", "300", "-o", log.name, "-e", f"trace={','.join(CALLS)}")
        assert ended.code == 0, ended.said
        lines = log.read().splitlines()
    counts: Counter[str] = Counter()
    found = []
    for line in lines:
        if match := _LINE.match(line):
            name, text = match.groups()
            counts[name] += 1
            if os.fspath(below) in text:
                found.append(Call(name, counts[name], text))
    return found


def inject(call: Call, fault: str, words: Sequence[str]) -> Ended:
    """Run the program with a fault at one call: ``KILL``, or such as ``error=ENOSPC``."""
    return trace(
        words, "-o", "/dev/null", "-e", f"trace={call.name}",
        "-e", f"inject={call.name}:{fault}:when={call.number}",
    )  # fmt: skip


def trace(words: Sequence[str], *options: str) -> Ended:
    """Run the program under strace."""
    with tempfile.TemporaryFile("w+b") as output:
        pid = _fork(words, output.fileno())
        os.waitpid(pid, os.WUNTRACED)
        tracer = subprocess.Popen(["strace", "-qq", *options, "-p", str(pid)])
        try:
            _wait_for_tracer(pid, tracer)
        finally:
            os.kill(pid, signal.SIGCONT)
            _, status = os.waitpid(pid, 0)
            tracer.wait(_ATTACH_S)
        output.seek(0)
        return Ended(os.waitstatus_to_exitcode(status), output.read().decode("utf-8", "replace"))


def run(words: Sequence[str]) -> Ended:
    """Run the program undisturbed."""
    with tempfile.TemporaryFile("w+b") as output:
        pid = _fork(words, output.fileno())
        os.waitpid(pid, os.WUNTRACED)
        os.kill(pid, signal.SIGCONT)
        _, status = os.waitpid(pid, 0)
        output.seek(0)
        return Ended(os.waitstatus_to_exitcode(status), output.read().decode("utf-8", "replace"))


def _fork(words: Sequence[str], output: int) -> int:
    """Return the process that will run the program once it is continued."""
    for name in PRELOADED:
        import_module(name)
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
        os.kill(os.getpid(), signal.SIGSTOP)
        code = _run_program(words)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _run_program(words: Sequence[str]) -> int:
    try:
        import_module("feedpub.cli.main").cli.main(list(words))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _wait_for_tracer(pid: int, tracer: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _ATTACH_S
    status = Path(f"/proc/{pid}/status")
    while "TracerPid:\t0\n" in status.read_text():
        assert tracer.poll() is None, "strace has ended"
        assert time.monotonic() < deadline, "strace does not attach"
        time.sleep(0.002)
