"""What ``feedpub check`` tells: every article read as a build would, nothing written."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from feedpub.catalog.identity import Record, Sighting
from feedpub.errors import SourceHeldError
from feedpub.feeds import FORMATS
from feedpub.model import Problem
from feedpub.ports import Lost, StoredProblem
from feedpub.publishing.build import make_problem
from feedpub.publishing.setup import Setup

_CHUNK = 64
__all__ = ["FORMATS", "Record", "check_sources"]


def check_sources(setup: Setup, paths: Sequence[Path], *, links: bool) -> list[Problem]:
    """Return what is wrong with articles, sources in order of the configuration.

    Args:
        setup: The site.
        paths: Files or folders, absolute; everything if empty.
        links: Also ask whether the articles' own URLs answer.
    """
    problems: list[Problem] = []
    with setup.make_pool(setup.reader, setup.jobs) as workers:
        for source in setup.sources:
            try:
                scan = source.scan(workers)
            except SourceHeldError as error:
                problems.append(Problem("error", source.name, str(error)))
                continue
            tasks = [
                task for task in _list_tasks(source, scan) if _is_asked_for(source, task, paths)
            ]
            results = workers.map(tasks, chunk=_CHUNK)
            for task, result in zip(tasks, results, strict=True):
                lost = isinstance(result, Lost)
                found = source.report_lost(task, result.reason) if lost else result
                problems += _describe(source, found)
    return problems


def _list_tasks(source: Any, scan: Any) -> Iterator[Any]:
    for folder in scan.folders:
        for file in folder.files:
            yield source.make_task(folder.path, file)


def _is_asked_for(source: Any, task: Any, paths: Sequence[Path]) -> bool:
    place = Path(source.root, task.folder, task.file.name)
    return not paths or any(place.is_relative_to(path) for path in paths)


def _describe(source: Any, found: Sighting | StoredProblem) -> Iterator[Problem]:
    if isinstance(found, StoredProblem):
        yield make_problem(found._replace(source=source.name))
        return
    for warning in found.warnings:
        problem = StoredProblem(
            source.name, found.folder, found.name, "warning", None, None, warning
        )
        yield make_problem(problem)
