"""The result of the benchmark as text."""

from itertools import chain

from tests.bench.contest import FEEDPUB, HUGO, NOTHING_NEW, ONE_NEW, STAT
from tests.bench.measure import Memory, Timing
from tests.bench.run import Growth, Result
from tests.bench.table import format_rows, format_table

NOTES = """\
ratio: feedpub by peer, less is better; times are wall time of the whole command
both sides: the same files, three formats for every category, 20 newest, full text, no pages
feedpub besides: catalog in SQLite, cleaning, summaries, lint; Hugo: none of these
one new post, nothing new: Hugo has no incremental build and rebuilds
peak memory: the sum over all processes, sampled every 10 ms in a run of its own
all defaults: pages, archives and picture look-up on, --offline as the pictures do not exist"""


def format_result(result: Result) -> str:
    """Return the comparisons, the growth, the stages and the notes."""
    parts = [format_rows(result.rows)] if result.rows else []
    if result.growth:
        parts += [_format_growth(result.growth), _format_incremental(result.growth)]
    parts += [_format_stages(kind, seconds) for kind, seconds in result.stages.items()]
    parts += [NOTES, *(f"FAULT: {fault}" for fault in result.faults)]
    return "\n\n".join(part for part in parts if part)


def _format_growth(growth: list[Growth]) -> str:
    header = (
        "posts", "cold wall / CPU", "a post", "one new", "nothing new", "bare stat",
        "all defaults", "memory RSS / PSS", "Hugo cold wall / CPU", "Hugo RSS / PSS",
    )  # fmt: skip
    return format_table([header, *map(_growth_cells, growth)])


def _growth_cells(size: Growth) -> tuple[str, ...]:
    ours = size.cold[FEEDPUB]
    return (
        f"{size.posts:,}",
        _times(ours),
        f"{ours.wall_s / size.posts * 1e6:.0f} us",
        _times(size.again[ONE_NEW]),
        _times(size.again[NOTHING_NEW]),
        _times(size.again[STAT]),
        _times(size.defaults) if size.defaults else "",
        _megabytes(size.memory[FEEDPUB]),
        _times(size.cold[HUGO]),
        _megabytes(size.memory[HUGO]),
    )


def _format_incremental(growth: list[Growth]) -> str:
    """Tell how the build of one new post grows when the look at every file is set aside."""
    small = next((size for size in growth if size.posts == 10_000), growth[0])
    large = growth[-1]
    if large is small:
        return ""
    rest = [size.again[ONE_NEW].wall_s - size.again[STAT].wall_s for size in (small, large)]
    return (
        f"one new post, bare stat set aside: {rest[0]:.3f} s at {small.posts:,}, "
        f"{rest[1]:.3f} s at {large.posts:,}: {rest[1] / rest[0]:.2f} times"
    )


def _format_stages(kind: str, seconds: dict[str, float]) -> str:
    total = sum(seconds.values())
    header = (f"stages of: {kind}", "wall", "share")
    lines = [
        (stage, f"{spent:.3f} s", f"{spent / total:.0%}")
        for stage, spent in chain(seconds.items(), [("sum", total)])
    ]
    return format_table([header, *lines])


def _times(timing: Timing) -> str:
    return f"{timing.wall_s:.2f} / {timing.cpu_s:.2f} s"


def _megabytes(memory: Memory) -> str:
    return f"{memory.rss_mb:,.0f} / {memory.pss_mb:,.0f} MB"
