"""The table that the benchmark prints."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    Attributes:
        what: What was done.
        posts: Among how many.
        ours: Seconds, or megabytes.
        peer: Compared with what.
        theirs: In the same unit.
        must: The limit that the project promised; of the ratio, or of megabytes. None: none.
        aim: What it hopes for.
        unit: "s" or "MB".
    """

    what: str
    posts: int
    ours: float
    peer: str
    theirs: float
    must: float | None = None
    aim: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """Ours by theirs: less is better."""
        return self.ours / self.theirs

    @property
    def verdict(self) -> str:
        """How the row stands against its limits; empty if it has none."""
        if self.must is None or self.aim is None:
            return ""
        value = self.ours if self.unit == "MB" else self.ratio
        return "aim" if value <= self.aim else "must" if value <= self.must else "MISSED"


def format_rows(rows: Sequence[Row]) -> str:
    """Return the comparisons as a table."""
    header = ("what", "posts", "feedpub", "peer", "takes", "ratio", "must", "aim", "reached")
    return format_table([header, *map(_cells, rows)])


def format_table(lines: Sequence[Sequence[str]]) -> str:
    """Return lines of cells in columns; the first line is the header, text left, figures right."""
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join(
        "  ".join(_pad(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (lines[0], rule, *lines[1:])
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.what,
        f"{row.posts:,}",
        _quantity(row.ours, row.unit),
        row.peer,
        _quantity(row.theirs, row.unit),
        f"{row.ratio:.3f}",
        _limit(row.must, row.unit),
        _limit(row.aim, row.unit),
        row.verdict,
    )


def _quantity(value: float, unit: str) -> str:
    return f"{value:,.0f} MB" if unit == "MB" else f"{value:.3f} s"


def _limit(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} MB" if unit == "MB" else f"{value:g}"


def _pad(cell: str, width: int) -> str:
    gap = " " * (width - _width(cell))
    return gap + cell if cell[:1].isdigit() else cell + gap


def _width(cell: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in cell)
