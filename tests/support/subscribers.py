"""``feedpub subscribers`` of a test's site, as a function."""

import json
import subprocess
from collections.abc import Callable

Run = Callable[..., subprocess.CompletedProcess[str]]
"""Runs the command with more words."""


def listed(run: Run, *words: str) -> list[dict[str, object]]:
    """Return what ``list`` tells of everybody, or of whom more words ask for."""
    done = run("list", "--json", *words)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found
