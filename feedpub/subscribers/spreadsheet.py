"""CSV that a spreadsheet shows and does not run, and that we read back as it was."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from feedpub.catalog.categories import CategoryTree
from feedpub.model import Subscriber

HEADINGS = (
    "address",
    "state",
    "categories",
    "frequency",
    "language",
    "paused",
    "created",
    "confirmed",
)

# What defusedcsv looks after; the rest is what it lets pass.
_ITS = ("@", "+", "-", "=", "|", "%")
_OURS = ("\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
_ROWS_A_CHUNK = 1000


def write_rows(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield rows as CSV, many at a time; no cell of it can be a formula.

    A cell that a spreadsheet could take for one is led by an apostrophe,
    as is one that has an apostrophe there itself, so that ``restore_cell`` can tell.
    """
    from defusedcsv import csv  # type: ignore[import-untyped] # ships none

    text = io.StringIO()
    writer = csv.writer(text)
    for number, row in enumerate(rows, 1):
        writer.writerow([_guard(cell) for cell in row])
        if number % _ROWS_A_CHUNK == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _guard(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_OURS) else text


def restore_cell(cell: str) -> str:
    """Return a cell of ``write_rows`` as it was before."""
    if not cell.startswith("'"):
        return cell
    cell = cell[1:]
    # Where defusedcsv puts an apostrophe, it puts a backslash before each bar, too.
    return cell.replace("\\|", "|") if cell.startswith((*_ITS, "\\|")) else cell


def make_row(subscriber: Subscriber, tree: CategoryTree) -> tuple[str, ...]:
    """Return a subscriber as a row under ``HEADINGS``; categories by the folders they have."""
    return (
        subscriber.address,
        subscriber.state.name.lower(),
        "; ".join(tree[one].folder for one in subscriber.choice),
        subscriber.frequency or "",
        subscriber.language or "",
        "yes" if subscriber.paused else "",
        _spell(subscriber.created),
        _spell(subscriber.confirmed),
    )


def _spell(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
