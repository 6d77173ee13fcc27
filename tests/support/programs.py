"""The program ``feedpub`` as a process."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.support import warm
from tests.support.processes import clean_environment

PROGRAM = [sys.executable, "-m", "feedpub"]
PATIENCE_S = 180
Ended = subprocess.CompletedProcess[str]


def environment(**variables: str) -> dict[str, str]:
    """Return that of a user in Shanghai."""
    return clean_environment(TZ="Asia/Shanghai", LANG="C.UTF-8") | variables


def finish(
    *words: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run to the end, with nobody at the keyboard."""
    command = [*PROGRAM, *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=environment(**(env or {})), capture_output=True,
        timeout=PATIENCE_S, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def fork(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Ended:
    """Do the same by a process that need not load feedpub, where the start is not the point."""
    return warm.run(
        [str(word) for word in words], environment=environment(**(env or {})), folder=cwd,
        timeout=PATIENCE_S,
    )  # fmt: skip


@contextmanager
def start(*words: str, cwd: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run beside the test, and never longer than it."""
    with subprocess.Popen([*PROGRAM, *words], cwd=cwd, env=environment(), **options) as process:
        # A program that says nothing would keep its reader for ever.
        watchdog = threading.Timer(PATIENCE_S, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def wait_for_line(stream: Iterable[bytes] | None, part: bytes) -> bytes:
    """Return the first line with a part; the program's end without one is a failure."""
    for line in stream or ():
        if part in line:
            return line
    raise AssertionError(f"the program ended without {part!r}")


def wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server that was just started answers, whatever it says; fail if it ends."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(url, timeout=60).close()
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    process.terminate()
    said = (process.communicate()[1] or b"").decode()
    raise AssertionError(f"{process.args!r} does not answer: {said}")
