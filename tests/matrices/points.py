"""What matrices share: which points they visit, and what they say meanwhile."""

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from tests.support import strace
from tests.support.real_site import REPOSITORY, RealSite, environment

P = TypeVar("P")


def make_parser(
    prog: str, kinds: Iterable[str], faults: Iterable[str] = ()
) -> argparse.ArgumentParser:
    """Return a parser of the options that matrices have.

    Args:
        prog: What is typed.
        kinds: Of scenarios.
        faults: Names; none where there is but one.
    """
    parser = argparse.ArgumentParser(prog=prog)
    if faults:
        known = f"of {', '.join(faults)}; default: kill"
        parser.add_argument(
            "--faults", type=lambda text: text.split(","), default="kill", help=known
        )
    parser.add_argument("--sample", type=int, help="so many points, instead of every one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scenario", choices=tuple(kinds), action="append")
    parser.add_argument("--folder", type=Path, help="where to work; what is made there is removed")
    return parser


def spread(
    points: Sequence[P], size: int, chance: random.Random, *, group: Callable[[P], Hashable]
) -> list[P]:
    """Return a sample in which every group of points has its turn."""
    groups: dict[Hashable, list[P]] = {}
    for point in points:
        groups.setdefault(group(point), []).append(point)
    queues = list(groups.values())
    for queue in queues:
        chance.shuffle(queue)
    chance.shuffle(queues)
    chosen: list[P] = []
    while queues and len(chosen) < size:
        chosen += [queue.pop() for queue in queues]
        queues = [queue for queue in queues if queue]
    return chosen[:size]


def visit_chosen(
    points: Sequence[P],
    disturb: Callable[[P], str],
    options: argparse.Namespace,
    *,
    group: Callable[[P], Hashable],
) -> list[str]:
    """Disturb a run at each of the points, or at a sample if the options say so; see ``visit``."""
    if options.sample is not None:
        points = spread(points, options.sample, random.Random(options.seed), group=group)
    return visit(points, disturb)


def visit(points: Sequence[P], disturb: Callable[[P], str]) -> list[str]:
    """Disturb a run at each of the points, and say how it goes.

    Args:
        points: In the order in which they are visited.
        disturb: Returns what is not as promised; nothing if all is.

    Returns:
        The failures.
    """
    failures = []
    started = time.monotonic()
    for number, point in enumerate(points, 1):
        if failure := disturb(point):
            failures.append(failure)
            say(failure)
        if number % 50 == 0:
            say(f"{number} of {len(points)} in {time.monotonic() - started:.0f} s")
    return failures


def tell_failure(where: str, problems: Iterable[str]) -> str:
    """Return what is not as promised at a point; nothing if all is."""
    found = list(problems)
    return "\n  ".join((where, *found)) if found else ""


def run_well(site: RealSite, *words: str) -> None:
    """Run a command undisturbed."""
    ended = strace.run(site.words(*words))
    assert ended.code == 0, ended.said


def say_tried(tried: "Counter[str]") -> None:
    """Say how many points there were of each kind."""
    say(", ".join(f"{name} {number}" for name, number in sorted(tried.items())))


def say(text: str) -> None:
    print(text, flush=True)


def run_matrix(name: str, *words: str, spare: Path) -> "subprocess.CompletedProcess[str]":
    """Run a matrix as a process of its own, which may have one thread only.

    Args:
        name: Of its module.
        words: Its options.
        spare: Where it works if no file system of memory is there, which waits for no disk.
    """
    memory = Path("/dev/shm")
    folder = memory if os.access(memory, os.W_OK) else spare
    matrix = [sys.executable, "-m", f"tests.matrices.{name}", "--folder", str(folder)]
    return subprocess.run(
        [*matrix, *words], capture_output=True, text=True, cwd=REPOSITORY, env=environment()
    )
