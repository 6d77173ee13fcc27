"""Runs by which a test only prepares: forked off a process that has loaded feedpub already.

Each is a process of its own that runs the program's ``main``, for a third of what a start costs.
What a test is about is started as a user starts it (``RealSite.run``).
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

from tests.support.preloaded import preload
from tests.support.processes import clean_environment

FEEDPUB = "feedpub.cli.main"
_REPOSITORY = Path(__file__).resolve().parents[2]
_LARGEST = 1 << 20
_one_at_a_time = threading.Lock()


def run(
    words: Sequence[str], *, environment: dict[str, str], program: str = FEEDPUB, timeout: float
) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, from the root of the file system, without input.

    Args:
        words: Of its command line.
        environment: All of it, but for what Python looks at as it starts.
        program: A module whose ``main`` takes its words from ``sys.argv``.
        timeout: Seconds.

    Raises:
        TimeoutError: It took longer, and was killed.
    """
    request = json.dumps([program, list(words), environment]).encode()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, _one_at_a_time:
        channel = _start(os.getpid())
        socket.send_fds(channel, [request], [output.fileno(), errors.fileno()])
        pid = int(channel.recv(_LARGEST))
        channel.settimeout(timeout)
        try:
            code = int(channel.recv(_LARGEST))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            channel.settimeout(None)
            channel.recv(_LARGEST)
            raise
        channel.settimeout(None)
        return subprocess.CompletedProcess(list(words), code, _read(output), _read(errors))


def _read(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


@cache
def _start(_: int) -> socket.socket:
    """Return this process' line to the one that forks, which ends when nobody holds the line."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            cwd=_REPOSITORY, env=clean_environment(LC_ALL="C.UTF-8"),
        )  # fmt: skip
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def main() -> None:
    """Fork a process for each request, until nobody is there to ask."""
    preload()
    channel = socket.socket(fileno=int(sys.argv[1]))
    while True:
        request, descriptors, _, _ = socket.recv_fds(channel, _LARGEST, 2)
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            channel.close()
            break
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())
    _become(request, descriptors)


def _become(request: bytes, descriptors: Sequence[int]) -> None:
    """Run what was asked for, in the process that was forked for it."""
    program, words, environment = json.loads(request)
    for number, descriptor in enumerate(descriptors, 1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir("/")
    sys.argv[1:] = words
    import_module(program).main()


if __name__ == "__main__":
    main()
