"""Machines of one site, each a folder of its own, whose workers look at the clock more often."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.bucket import CREDENTIALS
from tests.support.programs import PATIENCE_S, environment, fork

_SETTINGS = """\
{places}
[site]
id = "7e0cf2a2-4c3f-4c3a-9e26-6d7d5b2c0a11"
title = "门户"
url = "https://portal.example/"
[[sources]]
path = "articles"
{source}
[feeds]
url = "https://feeds.example/"
[thumbnails]
mode = "none"
[build]
jobs = 1
"""
# As `feedpub worker` does, but for how often it looks; it looks for articles at its start only.
WORKER = """
import sys
from pathlib import Path
from feedpub.config import load_config
from feedpub.wiring.jobs import Pace
from feedpub.worker import Options, run_worker
pace = Pace(read_s=1, build_s=86_400, sweep_s=2, heartbeat_s=1, dead_s=4)
options = Options(queues=tuple(sys.argv[2:]), pace=pace, allow_private=True)
config = load_config(Path(sys.argv[1]), {})
sys.exit(run_worker(config, options, tell=print, ready=print))
"""


def make_settings(source: str = "", places: str = "") -> str:
    """Return what a ``feedpub.toml`` says.

    Args:
        source: More of the source in the folder ``articles``, and tables that follow it.
        places: Where the site has its database and its feeds, if elsewhere.
    """
    return _SETTINGS.format(source=source, places=places)


class Machine:
    """A machine of a site, with a folder of its own."""

    def __init__(self, root: Path, settings: str, articles: Path) -> None:
        """Make the folder.

        Args:
            root: It.
            settings: What its ``feedpub.toml`` says.
            articles: Are copied, with their times.
        """
        self.root = root
        root.mkdir()
        shutil.copytree(articles, root / "articles")
        (root / "feedpub.toml").write_text(settings, "utf-8")
        (root / "feedpub.key").write_text("5e" * 32 + "\n")
        (root / "feedpub.key").chmod(0o600)

    @contextmanager
    def work(self, *queues: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a worker beside the test; it is not asked to end, but killed."""
        command = [sys.executable, "-u", "-c", WORKER, str(self.root / "feedpub.toml"), *queues]
        log = (self.root / f"log-{time.monotonic_ns()}").open("wb")
        env = environment(**CREDENTIALS)
        with log, subprocess.Popen(command, env=env, stdout=log, stderr=log) as process:
            try:
                yield process
            finally:
                process.kill()

    def build(self) -> None:
        done = fork("build", cwd=self.root)
        assert done.returncode == 0, done.stderr

    def files(self) -> dict[str, bytes]:
        folder = self.root / "feeds"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}

    def titles(self) -> list[str]:
        place = self.root / "feeds/all/feed.json"
        items = json.loads(place.read_bytes())["items"] if place.exists() else []
        return [item["title"] for item in items]

    def logs(self) -> str:
        return "".join(log.read_text("utf-8") for log in sorted(self.root.glob("log-*")))


def wait_until(holds: Callable[[], bool], *machines: Machine) -> None:
    """Wait until something holds; tell what the workers said if it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "\n".join(machine.logs() for machine in machines)
        time.sleep(0.2)
