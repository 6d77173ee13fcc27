"""A fault at every system call by which a build changes the site, one run for each.

    python -m tests.e2e.killmatrix [--fault kill|ENOSPC|EIO|EROFS] [--sample N] [--seed S]
                                   [--scenario first|increment] [--jobs 1,2] [--folder DIR]

After each fault everything that is published must be whole, old or new; nothing that a reader can
reach may be missing; the database must be sound; and the next build must give, byte for byte, what
an undisturbed one gives, and leave nothing behind. A call that fails must also be told, with the
remedy, and whatever was staged be taken down.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import strace
from tests.support.published import find_dead_ends, list_starts
from tests.support.real_site import RealSite, digest
from tests.support.strace import Call

BUILD = ("build", "--offline")
KINDS = ("first", "increment")
FAULTS = {"kill": strace.KILL, **{name: f"error={name}" for name in ("ENOSPC", "EIO", "EROFS")}}


def write_first(site: RealSite) -> None:
    """Write articles of three months with pictures, without a URL of their own."""
    site.picture("one.png")
    site.picture("two.png")
    site.post("old.md", "Old", date="2025-10-03 10:00:00", categories="[a, b]", cover="one.png")
    site.post("mid.md", "Mid", date="2025-11-03 10:00:00", categories="[a, b]")
    site.post("gone.md", "Gone", date="2025-11-04 10:00:00", categories="[c]", cover="two.png")
    body = "![](two.png) and ![](one.png)"
    site.post("new.md", "New", date="2025-12-05 10:00:00", categories="[a]", body=body)


def write_second(site: RealSite) -> None:
    """Add an article with a picture to a new category, change one, delete one."""
    site.picture("three.png")
    site.post(
        "fresh.md", "Fresh", date="2025-12-06 10:00:00", categories="[z, y]", cover="three.png"
    )
    # With a time of its own, for otherwise it is that of the build.
    site.post(
        "old.md", "Old", number=1, date="2025-10-03 10:00:00", updated="2025-12-07 10:00:00",
        categories="[a, b]", cover="two.png", body="Changed.",
    )  # fmt: skip
    (site.articles / "gone.md").unlink()


@dataclass(frozen=True)
class Scenario:
    """A build to disturb.

    Attributes:
        name: For people.
        template: The site right before it.
        old: What is published before.
        new: What an undisturbed build publishes.
        names: What then lies beside the settings.
        known: What the catalog then knows of articles.
        calls: Where it can be disturbed.
        place: The folder in which it runs, always the same, so that runs are alike.
    """

    name: str
    template: RealSite
    old: dict[str, bytes]
    new: dict[str, bytes]
    names: set[str]
    known: list[tuple[object, ...]]
    calls: Sequence[Call]
    place: Path


def prepare(folder: Path, kind: str, jobs: int) -> Scenario:
    """Make a scenario: a ``first`` build, or an ``increment``."""
    template = RealSite.create(folder / f"{kind}-{jobs}", jobs=jobs, entries=2)
    write_first(template)
    if kind == "increment":
        template.build_well()
        write_second(template)
    place = folder / "site"
    site = template.copy(place)
    calls = [call for call in strace.record(site.words(*BUILD), place) if call.changes]
    site = template.copy(place)
    site.build_well()
    return Scenario(
        f"{kind}, jobs={jobs}", template, template.published(), site.published(), site.names(),
        site.articles_known(), calls, place,
    )  # fmt: skip


@dataclass
class Tally:
    """What was tried and what was found."""

    tried: Counter[str] = field(default_factory=Counter)
    survived: int = 0
    failures: list[str] = field(default_factory=list)


def disturb(scenario: Scenario, call: Call, fault: str, tally: Tally) -> None:
    """Disturb one build at one call, and note whatever is not as promised."""
    site = scenario.template.copy(scenario.place)
    ended = strace.inject(call, FAULTS[fault], site.words(*BUILD))
    tally.tried[call.name] += 1
    tally.survived += ended.code == 0
    problems = [
        *find_silence(site, ended, fault),
        *find_harm(scenario, site),
        *find_remains(scenario, site),
    ]
    if problems:
        tally.failures.append("\n  ".join((f"{scenario.name}: {call}", *problems)))


def find_silence(site: RealSite, ended: strace.Ended, fault: str) -> Iterator[str]:
    """Yield what an error of the system is not told about."""
    if fault == "kill":
        if ended.code not in (0, -signal.SIGKILL):
            yield f"exits with {ended.code}: {ended.said}"
        return
    if ended.code not in (0, 1):
        yield f"exits with {ended.code}: {ended.said}"
    if "defect" in ended.said or (ended.code and str(site.root) not in ended.said):
        yield f"says {ended.said}"
    if left := site.waiting():
        yield f"leaves {left}"


def find_harm(scenario: Scenario, site: RealSite) -> Iterator[str]:
    """Yield what readers would complain about between a disturbed build and the next."""
    files, old, new = site.published(), scenario.old, scenario.new
    for path, data in files.items():
        if data not in (old.get(path), new.get(path)):
            yield f"{path} is neither old nor new"
    yield from (f"{path} is lost" for path in sorted((old.keys() & new.keys()) - files.keys()))
    known = [path for path in list_starts(files) if path in old or "/" not in path]
    yield from (f"dead end: {dead}" for dead in find_dead_ends(files, known))
    found = site.check_database(scenario.place.with_name("scratch"))
    if found != "ok":
        yield f"database: {found}"


def find_remains(scenario: Scenario, site: RealSite) -> Iterator[str]:
    """Yield where the next build's outcome differs from that of an undisturbed one."""
    ended = strace.run(site.words(*BUILD))
    if ended.code:
        yield f"the next build exits with {ended.code}: {ended.said}"
        return
    got, wanted = digest(site.published()), digest(scenario.new)
    for path in sorted(got.keys() | wanted.keys()):
        if got.get(path) != wanted.get(path):
            yield f"{path} is {got.get(path)} after the next build, not {wanted.get(path)}"
    yield from (f"{path} is left" for path in site.waiting())
    # A build that finds nothing to do leaves the log of SQLite to one that writes.
    left = {name for name in site.names() if not name.endswith(("-wal", "-shm"))}
    yield from (f"{name} is left beside the settings" for name in left ^ scenario.names)
    if site.articles_known() != scenario.known:
        yield "the catalog knows other articles"


def run(
    scenarios: Sequence[Scenario],
    fault: str,
    *,
    sample: int | None,
    seed: int,
    tell: Callable[[str], None],
) -> Tally:
    """Disturb at all calls, or at a sample spread over scenarios and system calls."""
    tally = Tally()
    points = [(scenario, call) for scenario in scenarios for call in scenario.calls]
    if sample is not None:
        points = spread(points, sample, random.Random(seed))
    started = time.monotonic()
    for number, (scenario, call) in enumerate(points, 1):
        known = len(tally.failures)
        disturb(scenario, call, fault, tally)
        for failure in tally.failures[known:]:
            tell(failure)
        if number % 100 == 0:
            tell(f"{number} of {len(points)} in {time.monotonic() - started:.0f} s")
    return tally


def spread(
    points: Sequence[tuple[Scenario, Call]], size: int, chance: random.Random
) -> list[tuple[Scenario, Call]]:
    """Return a sample in which every system call of every scenario has its turn."""
    groups: dict[tuple[str, str], list[tuple[Scenario, Call]]] = {}
    for scenario, call in points:
        groups.setdefault((scenario.name, call.name), []).append((scenario, call))
    for group in groups.values():
        chance.shuffle(group)
    queues = list(groups.values())
    chance.shuffle(queues)
    chosen: list[tuple[Scenario, Call]] = []
    while queues and len(chosen) < size:
        chosen += [queue.pop() for queue in queues]
        queues = [queue for queue in queues if queue]
    return chosen[:size]


def main() -> int:
    """Run the matrix; return 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.killmatrix")
    parser.add_argument("--fault", choices=FAULTS, default="kill")
    parser.add_argument("--sample", type=int, help="points in all, instead of every one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scenario", choices=KINDS, action="append")
    parser.add_argument("--jobs", default="1,2", help="numbers of processes, such as 1,2")
    parser.add_argument("--folder", type=Path, help="where to work; what is made there is removed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="killmatrix-", dir=options.folder) as name:
        folder = Path(name)
        scenarios = [
            prepare(folder, kind, int(jobs))
            for kind in options.scenario or KINDS
            for jobs in options.jobs.split(",")
        ]
        for scenario in scenarios:
            say(f"{scenario.name}: {len(scenario.calls)} points")
        tally = run(scenarios, options.fault, sample=options.sample, seed=options.seed, tell=say)
    say(", ".join(f"{name} {count}" for name, count in sorted(tally.tried.items())))
    say(
        f"{tally.tried.total()} points, {tally.survived} builds came through, "
        f"{len(tally.failures)} failures"
    )
    return int(bool(tally.failures))


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
