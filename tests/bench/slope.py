"""The table of what building costs by the number of articles, and how steeply it rises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from tests.bench.measure import Memory, Timing
from tests.bench.table import format_table

STEEP = 1.1
"""An exponent above this is more than the noise of a linear cost."""

MOST_MEMORY_MB, AIMED_MEMORY_MB = 800, 400
MOST_STATS, AIMED_STATS = 3.0, 1.5

NOTES = """\
slope: exponent of the growth from the size before, 1 is linear; of CPU time, of memory, of bytes
memory: the sum over feedpub's processes, what they share counted twice; not that of a server
one new / stat: wall time of a build with one new post by that of a bare stat of every file"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a number of posts cost.

    Attributes:
        posts: How many.
        database: Where the catalog is.
        cold: From nothing, its memory watched meanwhile.
        one: With one new post.
        nothing: With nothing new.
        stat: A bare stat of every file.
        memory: Peaks of the cold build.
        size: Bytes of the database after it.
    """

    posts: int
    database: str
    cold: Timing
    one: Timing
    nothing: Timing
    stat: Timing
    memory: Memory
    size: int

    @property
    def stats(self) -> float:
        """How many bare looks at every file one new post takes."""
        return self.one.wall_s / self.stat.wall_s


def measure_slope(sizes: tuple[int, int], values: tuple[float, float]) -> float:
    """Return the exponent with which a value grows between two sizes; 1 is linear."""
    return log(values[1] / values[0]) / log(sizes[1] / sizes[0])


def format_costs(costs: Sequence[Cost]) -> str:
    """Return the table, what rises more steeply than the posts, and how the promises stand."""
    header = (
        "posts", "database", "cold wall", "CPU", "a post", "slope", "memory RSS", "PSS", "slope",
        "size", "slope", "one new", "nothing new", "bare stat", "one new / stat",
    )  # fmt: skip
    before = _find_before(costs)
    lines = [_cells(cost, before.get((cost.database, cost.posts))) for cost in costs]
    told = [*_list_steep(costs), *_judge(costs)]
    return "\n\n".join([format_table([header, *lines]), "\n".join(told), NOTES])


def _find_before(costs: Sequence[Cost]) -> dict[tuple[str, int], Cost]:
    """Return, for each cost but the first of a database, that of the next smaller size."""
    names = dict.fromkeys(cost.database for cost in costs)
    lists = [sorted(_of(costs, name), key=lambda cost: cost.posts) for name in names]
    return {(now.database, now.posts): past for some in lists for past, now in pairwise(some)}


def _of(costs: Sequence[Cost], name: str) -> list[Cost]:
    return [cost for cost in costs if cost.database == name]


def _cells(cost: Cost, before: Cost | None) -> tuple[str, ...]:
    def slope(value: Callable[[Cost], float]) -> str:
        if before is None:
            return ""
        sizes = before.posts, cost.posts
        return f"{measure_slope(sizes, (value(before), value(cost))):.2f}"

    return (
        f"{cost.posts:,}",
        cost.database,
        f"{cost.cold.wall_s:.2f} s",
        f"{cost.cold.cpu_s:.2f} s",
        f"{cost.cold.cpu_s / cost.posts * 1e6:,.0f} us",
        slope(_cpu),
        f"{cost.memory.rss_mb:,.0f} MB",
        f"{cost.memory.pss_mb:,.0f} MB",
        slope(_memory),
        f"{cost.size / 1e6:,.0f} MB",
        slope(_size),
        _times(cost.one),
        _times(cost.nothing),
        _times(cost.stat),
        f"{cost.stats:.2f}",
    )


def _cpu(cost: Cost) -> float:
    return cost.cold.cpu_s


def _memory(cost: Cost) -> float:
    return cost.memory.rss_mb


def _size(cost: Cost) -> float:
    return cost.size


def _times(timing: Timing) -> str:
    return f"{timing.wall_s:.2f} / {timing.cpu_s:.2f} s"


def _list_steep(costs: Sequence[Cost]) -> list[str]:
    """Tell of costs that rise more than the posts, from the largest step to the one before it."""
    before = _find_before(costs)
    found = []
    for cost in costs:
        past = before.get((cost.database, cost.posts))
        for name, value in (("CPU time", _cpu), ("memory", _memory), ("size", _size)):
            if past is None:
                continue
            slope = measure_slope((past.posts, cost.posts), (value(past), value(cost)))
            if slope > STEEP:
                found.append(
                    f"STEEP: {name} with {cost.database} from {past.posts:,} to {cost.posts:,}"
                    f" posts: {slope:.2f}"
                )
    return found or [f"nothing rises more steeply than the posts to the power of {STEEP}"]


def _judge(costs: Sequence[Cost]) -> list[str]:
    largest = max(cost.posts for cost in costs)
    return [
        f"{cost.database} at {largest:,} posts: memory {_verdict(cost.memory.rss_mb, *_MEMORY)},"
        f" one new post {_verdict(cost.stats, *_STATS)}"
        for cost in costs
        if cost.posts == largest
    ]


_MEMORY, _STATS = (MOST_MEMORY_MB, AIMED_MEMORY_MB), (MOST_STATS, AIMED_STATS)


def _verdict(value: float, must: float, aim: float) -> str:
    reached = "aim" if value <= aim else "must" if value <= must else "MISSED"
    return f"{value:,.1f} (must {must:g}, aim {aim:g}: {reached})"
