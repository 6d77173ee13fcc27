"""Runs of the program that are forked off a process which has loaded feedpub already.

Each is a process of its own, with the words, the environment, the streams and the end of one that
was started, for a third of its cost. What is about the start itself, or about signals, runs below
another program or stays is started (``RealSite.start``, ``tests.support.programs``).
"""

import atexit
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO

from tests.support import warm_feedpub
from tests.support.processes import clean_environment

_REPOSITORY = Path(__file__).resolve().parents[2]


def run(
    words: Sequence[str],
    *,
    environment: dict[str, str],
    program: str = warm_feedpub.FEEDPUB,
    folder: Path = Path("/"),
    timeout: float,
) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, without input.

    Args:
        words: Of its command line.
        environment: All of it, but for what Python looks at as it starts.
        program: A module whose ``main`` takes its words from ``sys.argv``.
        folder: Where it runs.
        timeout: Seconds.

    Raises:
        TimeoutExpired: It took longer, and was killed.
    """
    with (
        Path(os.devnull).open() as nothing,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
    ):
        streams = [nothing.fileno(), output.fileno(), errors.fileno()]
        arguments = [str(_REPOSITORY / "feedpub" / "__main__.py"), *words]
        try:
            code = warm_feedpub.ask(
                line(), arguments, environment, program=program, folder=str(folder),
                streams=streams,
                patience_s=timeout,
            )  # fmt: skip
        except TimeoutError:
            raise subprocess.TimeoutExpired(arguments, timeout, _read(output)) from None
        return subprocess.CompletedProcess(arguments, code, _read(output), _read(errors))


def _read(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


def write_program(path: Path) -> None:
    """Write ``feedpub`` for a shell that is given the line (``WARM_LINE``)."""
    words = f'"{sys.executable}" -IS "{warm_feedpub.__file__}"'
    installed = Path(sys.executable).with_name("feedpub")
    path.write_text(f'#!/bin/sh\nexec {words} "{installed}" "$@"\n')
    path.chmod(0o755)


def line() -> socket.socket:
    """Return this process' line to the one that forks, which ends when nobody holds the line."""
    return _start(os.getpid())


@cache
def _start(_: int) -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm_server", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            cwd=_REPOSITORY, env=clean_environment(LC_ALL="C.UTF-8"),
        )  # fmt: skip
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours
