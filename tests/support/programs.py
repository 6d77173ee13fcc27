"""The program ``feedpub`` as a process."""

import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import clean_environment

PROGRAM = [sys.executable, "-m", "feedpub"]
PATIENCE_S = 60


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
