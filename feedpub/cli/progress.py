"""A progress bar on stderr, where someone is there to see it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from feedpub.cli.session import Session

if TYPE_CHECKING:
    from rich.progress import Progress

Report = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done and how much there is (0 while not known)."""


@contextmanager
def show_progress(session: Session) -> Iterator[Report | None]:
    """Yield what a build reports to; None off a terminal, where a bar would only be noise."""
    if session.quiet or not sys.stderr.isatty() or session.environ.get("TERM") == "dumb":
        yield None
        return
    with _make_bar() as bar:
        tasks: dict[str, int] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total or None)
            bar.update(tasks[stage], completed=done, total=total or None)  # type: ignore[arg-type] # TaskID is an int

        yield report


def _make_bar() -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from feedpub.cli.output import make_console

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=make_console(sys.stderr),
        transient=True,
    )
