"""A fault at every system call by which a build changes the site, one run for each.

    python -m tests.matrices.builds [--faults kill,ENOSPC,EIO,EROFS] [--sample N] [--seed S]
                                   [--scenario first|increment|restore] [--jobs 1,2]
                                   [--folder DIR]

After each fault everything that is published must be whole, old or new; nothing that a reader can
reach may be missing; the database must be sound; and the next build must give, byte for byte, what
an undisturbed one gives, and leave nothing behind. A call that fails must also be told, with the
remedy, and whatever was staged be taken down.
"""

import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.matrices.points import (
    make_parser,
    run_well,
    say,
    say_tried,
    tell_failure,
    visit_chosen,
)  # fmt: skip
from tests.support import strace
from tests.support.generations import write_first, write_second
from tests.support.published import find_dead_ends, list_starts
from tests.support.real_site import RealSite, digest
from tests.support.strace import Call

BUILD = ("build", "--offline")
KINDS = ("first", "increment", "restore")
FAULTS = {"kill": strace.KILL, **{name: f"error={name}" for name in ("ENOSPC", "EIO", "EROFS")}}


@dataclass(frozen=True)
class Scenario:
    """A run to disturb.

    Attributes:
        name: For people.
        template: The site right before it.
        command: After ``feedpub -C SITE``.
        old: What is published before.
        new: What is published after an undisturbed run.
        names: What then lies beside the settings.
        knew: What the catalog knows of articles before.
        knows: What it knows then.
        calls: Where it can be disturbed.
        place: The folder in which it runs, always the same, so that runs are alike.
    """

    name: str
    template: RealSite
    command: Sequence[str]
    old: dict[str, bytes]
    new: dict[str, bytes]
    names: set[str]
    knew: list[tuple[object, ...]]
    knows: list[tuple[object, ...]]
    calls: Sequence[Call]
    place: Path


def prepare(folder: Path, kind: str, jobs: int) -> Scenario:
    """Make a scenario: a ``first`` build, an ``increment``, or a ``restore`` over a later state."""
    place = folder / "site"
    command: Sequence[str] = BUILD
    template = RealSite.create(folder / f"{kind}-{jobs}", jobs=jobs, entries=2)
    write_first(template)
    if kind != "first":
        run_well(template, *BUILD)
    if kind == "restore":
        run_well(template, "backup", str(template.root / "backup.db"))
        command = ("restore", "--yes", str(place / "backup.db"))
    if kind != "first":
        write_second(template)
    if kind == "restore":
        run_well(template, *BUILD)
    site = template.copy(place)
    calls = [call for call in strace.record(site.words(*command), place) if call.changes]
    return Scenario(
        f"{kind}, jobs={jobs}", template, command, template.published(), site.published(),
        site.names(), template.articles_known(), site.articles_known(), calls, place,
    )  # fmt: skip


class Point(NamedTuple):
    """One run: a scenario, the call at which it is disturbed, and how."""

    scenario: Scenario
    call: Call
    fault: str


@dataclass
class Tally:
    """What was tried, and how many came through."""

    tried: Counter[str] = field(default_factory=Counter)
    survived: int = 0


def disturb(point: Point, tally: Tally) -> str:
    """Disturb one run at one call, and return whatever is not as promised."""
    scenario, call, fault = point
    site = scenario.template.copy(scenario.place)
    ended = strace.inject(call, FAULTS[fault], site.words(*scenario.command))
    tally.tried[call.name] += 1
    tally.survived += ended.code == 0
    problems = [
        *find_silence(site, ended, fault),
        *find_harm(scenario, site),
        *find_remains(scenario, site),
    ]
    return tell_failure(f"{scenario.name}: {fault} at {call}", problems)


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
    """Yield what readers would complain about between a disturbed run and the next."""
    files, old, new = site.published(), scenario.old, scenario.new
    for path, data in files.items():
        if data not in (old.get(path), new.get(path)):
            yield f"{path} is neither old nor new"
    yield from (f"{path} is lost" for path in sorted((old.keys() & new.keys()) - files.keys()))
    # Of a first build nobody knows more than where the pages begin.
    starts = [path for path in list_starts(files) if path in old or path == "index.html"]
    yield from (f"dead end: {dead}" for dead in find_dead_ends(files, starts))
    try:
        known = site.articles_known()
    except (AssertionError, sqlite3.Error) as error:
        yield f"database: {error}"
    else:
        if known not in (scenario.knew, scenario.knows):
            yield "the catalog knows neither the old articles nor the new"


def find_remains(scenario: Scenario, site: RealSite) -> Iterator[str]:
    """Yield where the next run's outcome differs from that of an undisturbed one."""
    ended = strace.run(["-v", *site.words(*scenario.command)])
    if ended.code:
        yield f"the next run exits with {ended.code}: {ended.said}"
        return
    got, wanted = digest(site.published()), digest(scenario.new)
    for path in sorted(got.keys() | wanted.keys()):
        if got.get(path) != wanted.get(path):
            yield f"{path} is {got.get(path)} after the next run, not {wanted.get(path)}"
    yield from (f"{path} is left" for path in site.waiting())
    # A build that finds nothing to do leaves the log of SQLite to one that writes.
    left = {name for name in site.names() if not name.endswith(("-wal", "-shm"))}
    yield from (f"{name} is left beside the settings" for name in left ^ scenario.names)
    if site.articles_known() != scenario.knows:
        yield "the catalog knows other articles"


def list_points(scenarios: Sequence[Scenario], faults: Sequence[str]) -> list[Point]:
    """Return every run to be made."""
    return [
        Point(scenario, call, fault)
        for scenario in scenarios
        for fault in faults
        for call in scenario.calls
    ]


def main() -> int:
    """Run the matrix; return 1 if a promise is broken."""
    parser = make_parser("python -m tests.matrices.builds", KINDS, FAULTS)
    parser.add_argument("--jobs", default="1,2", help="numbers of processes, such as 1,2")
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="killmatrix-", dir=options.folder) as name:
        scenarios = [
            prepare(Path(name), kind, int(jobs))
            for kind in options.scenario or KINDS
            for jobs in options.jobs.split(",")
        ]
        for scenario in scenarios:
            say(f"{scenario.name}: {len(scenario.calls)} points")
        points = list_points(scenarios, options.faults)
        failures = visit_chosen(points, lambda point: disturb(point, tally), options, group=kind_of)
    say_tried(tally.tried)
    say(
        f"{tally.tried.total()} points, {tally.survived} builds came through, "
        f"{len(failures)} failures"
    )
    return int(bool(failures))


def kind_of(point: Point) -> tuple[str, str, str]:
    """Return by what a point counts as another: every system call of every scenario."""
    return point.scenario.name, point.call.name, point.fault


if __name__ == "__main__":
    sys.exit(main())
