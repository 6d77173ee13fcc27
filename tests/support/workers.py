"""Workers as processes of their own: the real one with a faster clock.

    python -m tests.support.workers SITE [CONCURRENCY]

It looks every second for what the real one looks for every minute, and takes another worker for
dead after two. It writes a line of JSON for each job that has ended.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import clean_environment
from tests.support.real_site import REPOSITORY, RealSite

PATIENCE_S = 90


class Worker:
    """A worker that runs.

    Attributes:
        process: Its process.
        output: What it says on stdout, in a file.
        errors: Likewise on stderr.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path, errors: Path) -> None:
        self.process, self.output, self.errors = process, output, errors

    def said(self) -> list[dict[str, Any]]:
        """Return what it said so far, a dictionary for each line."""
        lines = self.output.read_text("utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def ended(self, task: str) -> list[str]:
        """Return how its jobs of a task ended, in order."""
        return [line["end"] for line in self.said() if line.get("task") == task]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, while the worker runs."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert self.process.poll() is None, self.errors.read_text("utf-8")
            assert time.monotonic() < deadline, (self.said()[-5:], self.errors.read_text("utf-8"))
            time.sleep(0.05)

    def wait_until_ready(self) -> dict[str, Any]:
        """Wait until it works; return what it says of itself."""
        self.wait_until(lambda: bool(self.said()))
        return self.said()[0]

    def end(self, number: int) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@contextmanager
def start_worker(site: RealSite, *words: str, concurrency: int = 2) -> Iterator[Worker]:
    """Start a worker; it is killed at the end.

    Args:
        site: Its site.
        words: Options of the real ``feedpub worker``, which is started if there are any.
        concurrency: Of the faster one.
    """
    number = len(list(site.root.glob("worker-*.out")))
    output, errors = (site.root / f"worker-{number}.{end}" for end in ("out", "err"))
    command = [sys.executable, "-m", "tests.support.workers", str(site.root), str(concurrency)]
    if words:
        command = site.command("--json", "worker", *words)
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            cwd=REPOSITORY, env=clean_environment(),
        )  # fmt: skip
    try:
        yield Worker(process, output, errors)
    finally:
        process.kill()
        process.wait()


def main() -> int:
    """Work."""
    from feedpub.cli.session import Session
    from feedpub.cli.worker import _Output
    from feedpub.config import load_config
    from feedpub.errors import FeedpubError
    from feedpub.wiring.jobs import Pace
    from feedpub.worker import Options, run_worker

    root, concurrency = Path(sys.argv[1]), int(sys.argv[2])
    output = _Output(Session(json=True))
    pace = Pace(read_s=1, build_s=1, sweep_s=1, heartbeat_s=0.5, dead_s=2)
    options = Options(concurrency, pace=pace, allow_private=True)
    try:
        return run_worker(
            load_config(root / "feedpub.toml", dict(os.environ)), options,
            tell=output.tell, ready=output.begin,
        )  # fmt: skip
    except FeedpubError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
