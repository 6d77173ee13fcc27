"""The benchmark: which sizes, and what is compared with what."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.contest import (
    FEEDPUB,
    HUGO,
    NAIVE,
    NOTHING_NEW,
    ONE_NEW,
    STAT,
    Contest,
    Places,
)
from tests.bench.measure import Memory, Timing
from tests.bench.table import Row

COLD, DEFAULTS, MEMORY = "cold build", "cold build, all defaults", "peak memory, all processes"
REBUILD = "Hugo's rebuild"

# What the project promised: (what, posts, peer) to must and aim.
LIMITS = {
    (COLD, 10_000, HUGO): (0.33, 0.2),
    (COLD, 100_000, HUGO): (0.25, 0.12),
    (COLD, 10_000, NAIVE): (0.6, 0.35),
    (MEMORY, 100_000, HUGO): (400, 250),
    (ONE_NEW, 100_000, REBUILD): (0.05, 0.03),
    (ONE_NEW, 100_000, STAT): (3, 1.5),
    (NOTHING_NEW, 100_000, REBUILD): (0.04, 0.025),
}
# Beyond this size nothing is promised against the naive script, and it takes its time.
NAIVE_AT_MOST = 10_000
# Ten years of monthly archives for every category are some 100,000 files from this size on.
DEFAULTS_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Growth:
    """What one number of posts cost.

    Attributes:
        cold: By contender.
        again: By ONE_NEW, NOTHING_NEW, HUGO and STAT.
        memory: By contender.
    """

    posts: int
    cold: dict[str, Timing]
    again: dict[str, Timing]
    memory: dict[str, Memory]
    defaults: Timing | None


@dataclass(slots=True)
class Result:
    """What the benchmark found out.

    Attributes:
        stages: Wall seconds of each stage by kind of build, at the largest size.
        faults: Where the contenders did not do the same work; none in a valid result.
    """

    rows: list[Row] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    stages: dict[str, dict[str, float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def run_benchmark(
    places: Places, sizes: Sequence[int], rounds: int, *, hugo_binary: Path
) -> Result:
    """Run every contender at every size."""
    result = Result()
    for posts in sizes:
        _tell(f"{posts:,} posts: generating, or reusing what is there")
        contest = Contest(places, posts, hugo_binary=hugo_binary)
        try:
            growth = _measure(contest, rounds)
            if posts == max(sizes):
                result.stages = _read_stages(contest)
        finally:
            contest.close()
        result.growth.append(growth)
        result.rows += compare_growth(growth)
        result.faults += contest.faults
    return result


def _measure(contest: Contest, rounds: int) -> Growth:
    _tell(f"{contest.count:,} posts: cold builds, {rounds} rounds")
    cold = contest.run_cold(rounds, naive=contest.count <= NAIVE_AT_MOST)
    _tell(f"{contest.count:,} posts: builds again, {rounds} rounds")
    again = contest.run_again(rounds)
    _tell(f"{contest.count:,} posts: memory")
    memory = contest.watch_memory()
    defaults = None
    if contest.count <= DEFAULTS_AT_MOST:
        _tell(f"{contest.count:,} posts: all defaults")
        defaults = contest.run_defaults()
    return Growth(contest.count, cold, again, memory, defaults)


def compare_growth(growth: Growth) -> list[Row]:
    """Return the comparisons for one number of posts."""
    cold, again = growth.cold, growth.again
    pairs = [
        (COLD, cold[FEEDPUB].wall_s, peer, cold[peer].wall_s) for peer in cold if peer != FEEDPUB
    ]
    pairs += [
        (ONE_NEW, again[ONE_NEW].wall_s, REBUILD, again[HUGO].wall_s),
        (ONE_NEW, again[ONE_NEW].wall_s, STAT, again[STAT].wall_s),
        (NOTHING_NEW, again[NOTHING_NEW].wall_s, REBUILD, again[HUGO].wall_s),
    ]
    if growth.defaults:
        pairs.append((DEFAULTS, growth.defaults.wall_s, f"{HUGO}, no pages", cold[HUGO].wall_s))
    rows = [_make_row(what, growth.posts, ours, peer, theirs) for what, ours, peer, theirs in pairs]
    memory = growth.memory
    # The sum of resident memory is the stricter one: what two processes share counts twice.
    ours, theirs = memory[FEEDPUB].rss_mb, memory[HUGO].rss_mb
    return [*rows, _make_row(MEMORY, growth.posts, ours, HUGO, theirs, unit="MB")]


def _make_row(
    what: str, posts: int, ours: float, peer: str, theirs: float, *, unit: str = "s"
) -> Row:
    must, aim = LIMITS.get((what, posts, peer), (None, None))
    return Row(what, posts, ours, peer, theirs, must, aim, unit)


def _read_stages(contest: Contest) -> dict[str, dict[str, float]]:
    _tell(f"{contest.count:,} posts: stages")
    return {
        kind: json.loads(timing.output.splitlines()[-1])
        for kind, timing in contest.time_stages().items()
    }


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
