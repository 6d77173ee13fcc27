"""Where the time of a build goes: run as ``python -m tests.bench.stages SITE``, prints JSON.

Listens to the progress of the build, which is how a face learns of its stages too.
"""

import json
import sys
import time
from pathlib import Path


class StageClock:
    """Adds up the wall time between one report of progress and the next, by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = "import and open"
        self._since = time.perf_counter()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note of a report."""
        if stage != self._stage:
            self.enter(stage)

    def enter(self, stage: str) -> None:
        """End the current stage and begin another."""
        now = time.perf_counter()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now


def main(folder: Path) -> None:
    """Build a site and print the seconds of each stage, in the order of the build."""
    clock = StageClock()
    from feedpub.config import load_config
    from feedpub.wiring import open_site

    with open_site(load_config(folder / "feedpub.toml", {})) as publisher:
        publisher.build(progress=clock, offline=True)
        clock.enter("close")
    clock.enter("")
    print(json.dumps(clock.seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
