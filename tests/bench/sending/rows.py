"""The table of the sending benchmark: what was measured, against what, and what was promised."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.table import format_table


@dataclass(frozen=True, slots=True)
class Limit:
    """What the project promised of a figure.

    Attributes:
        must: The least, or the most if less is better.
        aim: What it hopes for.
        less: Whether less is better.
    """

    must: float
    aim: float
    less: bool = False

    def judge(self, value: float) -> str:
        """Return how a figure stands: "aim", "must" or "MISSED"."""
        sign = -1 if self.less else 1
        if sign * value >= sign * self.aim:
            return "aim"
        return "must" if sign * value >= sign * self.must else "MISSED"


# The table "Speed and memory" of the newsletter's promises.
LIMITS = {
    "smtp-sink, 1 connection": Limit(1.0, 1.5),
    "smtp-sink, 16 connections": Limit(1.5, 2.0),
    "Postfix": Limit(0.8, 0.95),
    "replies 25 ms later, 1 connection": Limit(0.8, 0.95),
    "replies 25 ms later, 16 connections": Limit(0.8, 0.95),
    "commits 5 ms longer, 16 connections": Limit(0.25, 0.35),
    "CPU per recipient, unsigned": Limit(12, 25),
    "CPU per recipient, RSA-2048": Limit(10, 20),
    "peak memory": Limit(120, 80, less=True),
    "growth of memory, ten times the recipients": Limit(10, 5, less=True),
    "import of subscribers": Limit(10_000, 10_000),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    Attributes:
        what: What was done; its limits are those of this name.
        ours: What feedpub needed, for people.
        peer: Compared with what.
        theirs: What that needed, for people.
        value: What is judged.
        unit: Of the value; empty for a ratio.
    """

    what: str
    ours: str
    peer: str
    theirs: str
    value: float
    unit: str = ""

    @property
    def verdict(self) -> str:
        """How the row stands against its limits; empty if it has none."""
        limit = LIMITS.get(self.what)
        return limit.judge(self.value) if limit else ""


def format_rows(rows: Sequence[Row]) -> str:
    """Return the comparisons as a table."""
    header = ("what", "feedpub", "peer", "takes", "figure", "must", "aim", "reached")
    return format_table([header, *map(_cells, rows)])


def _cells(row: Row) -> tuple[str, ...]:
    limit = LIMITS.get(row.what)
    limits = (_figure(limit.must, row.unit), _figure(limit.aim, row.unit)) if limit else ("", "")
    return (
        row.what, row.ours, row.peer, row.theirs, _figure(row.value, row.unit), *limits,
        row.verdict,
    )  # fmt: skip


def _figure(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return f"{text} {unit}".strip()
