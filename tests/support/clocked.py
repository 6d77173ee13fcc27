"""Run the program as on another day: ``python -m tests.support.clocked 2026-01-02T01:00Z ...``.

libfaketime does the same to any program, but has some waits of threads never end; a test of its own
uses that.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from feedpub import wiring
from feedpub.cli.main import cli
from feedpub.cli.session import Session


class Clocked:
    """The wiring, with a clock that starts at an instant and goes on from there."""

    def __init__(self, start: datetime) -> None:
        self._start, self._began = start, time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def __getattr__(self, name: str) -> Any:
        found = getattr(wiring, name)
        if name in {"open_site", "open_newsletter", "open_audience"}:
            return lambda config: found(config, clock=self.now)
        return found


def main() -> None:
    """Run the command line."""
    start = datetime.fromisoformat(sys.argv[1]).astimezone(UTC)
    cli.main(sys.argv[2:], obj=Session(_wiring=Clocked(start)))  # type: ignore[arg-type] # its twin


if __name__ == "__main__":
    main()
