"""What feedpub's sender is measured against: Postfix's smtp-source, and the naive mailer."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support import needs
from tests.support.processes import clean_environment

NAIVE = Path(__file__).with_name("naive.py")
_PATIENCE_S = 3600


@dataclass(frozen=True, slots=True)
class Cost:
    """What it took to send some messages.

    Attributes:
        messages: How many.
        wall_s: From the first to the last.
        cpu_s: Of the client alone.
        size: Of one message, in bytes.
    """

    messages: int
    wall_s: float
    cpu_s: float
    size: int

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.wall_s

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU for each message."""
        return self.cpu_s / self.messages * 1e6


def run_smtp_source(port: int, messages: int, *, size: int, sessions: int = 1) -> Cost:
    """Send messages of a size with smtp-source, which keeps its connections (``-d``)."""
    program = needs.find("smtp-source")
    assert program
    command = [
        program, "-d", "-s", str(sessions), "-m", str(messages), "-l", str(size),
        "-f", "bounce@bench.test", "-t", "reader@inbox.test", f"127.0.0.1:{port}",
    ]  # fmt: skip
    started = time.perf_counter()
    subprocess.run(command, check=True, timeout=_PATIENCE_S, cwd="/", stdin=subprocess.DEVNULL)
    return Cost(messages, time.perf_counter() - started, 0.0, size)


def run_naive(port: int, messages: int, *, key: Path | None = None) -> Cost:
    """Make and send messages with the naive mailer."""
    command = [sys.executable, "-P", str(NAIVE), str(port), str(messages)]
    return read_cost(run_json([*command, *([str(key)] if key else [])]), messages)


def run_json(command: list[str], folder: Path | None = None) -> dict[str, float]:
    """Run a program and return the object that its last line is."""
    done = subprocess.run(
        command, check=False, timeout=_PATIENCE_S, capture_output=True, text=True, cwd=folder,
        stdin=subprocess.DEVNULL, env=clean_environment(),
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def read_cost(found: dict[str, float], messages: int) -> Cost:
    """Return the cost that a program printed."""
    return Cost(messages, found["wall_s"], found["cpu_s"], int(found["size"]))
