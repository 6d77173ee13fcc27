"""What ``feedpub check`` tells: every article read as a build would, nothing written."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from feedpub.batches import cut_batches
from feedpub.catalog.identity import Sighting, State
from feedpub.errors import SourceHeldError
from feedpub.model import Problem
from feedpub.ports import Lost, ReadTask, Scan, StoredProblem
from feedpub.publishing.generation import list_warnings
from feedpub.publishing.payload import Payload
from feedpub.publishing.setup import Setup, open_transaction
from feedpub.publishing.source import ArticleSource
from feedpub.publishing.standing import EVERYTHING
from feedpub.publishing.store import Catalog

_CHUNK = 64


def check_sources(setup: Setup, paths: Sequence[Path]) -> list[Problem]:
    """Return what is wrong with articles, sources in order of the configuration.

    Args:
        setup: The site.
        paths: Files or folders, absolute; everything if empty.
    """
    problems: list[Problem] = []
    with setup.make_pool(setup.reader, setup.jobs) as workers:
        for source in setup.sources:
            try:
                scan = source.scan(workers)
            except SourceHeldError as error:
                problems.append(_explain_held(setup, source, error))
                continue
            tasks = [
                task for task in _list_tasks(source, scan) if _is_asked_for(source, task, paths)
            ]
            results = workers.map(tasks, chunk=_CHUNK)
            for task, result in zip(tasks, results, strict=True):
                lost = isinstance(result, Lost)
                found = source.report_lost(task, result.reason) if lost else result
                problems += [
                    setup.make_problem(problem._replace(source=source.name))
                    for problem in _list_problems(found)
                ]
    return problems + (setup.remotes.problems() if setup.remotes and not paths else [])


def _explain_held(setup: Setup, source: ArticleSource, error: SourceHeldError) -> Problem:
    is_remote = setup.remotes is not None and source.name in setup.remotes.names
    if is_remote and source.scan_absence() is not None:
        message = "nothing was fetched yet, or it was lost; run 'feedpub build'"
        return Problem("warning", source.label, message)
    return Problem("error", source.label, str(error))


def _list_tasks(source: ArticleSource, scan: Scan) -> Iterator[ReadTask]:
    for folder in scan.folders:
        for file in folder.files:
            yield source.make_task(folder.path, file)


def _is_asked_for(source: ArticleSource, task: ReadTask, paths: Sequence[Path]) -> bool:
    place = Path(source.root, task.folder, task.file.name)
    return not paths or any(place.is_relative_to(path) for path in paths)


def _list_problems(found: Sighting | StoredProblem) -> list[StoredProblem]:
    return [found] if isinstance(found, StoredProblem) else list_warnings(found)


def check_links(setup: Setup) -> list[Problem]:
    """Ask for the web address of every published article, and return those that do not answer.

    A generator may put an article elsewhere than its pattern says: Hexo's day depends on the zone
    of the machine.
    """
    with open_transaction(setup.open_store) as catalog:
        rows = [row for _, row in catalog.shelves.newest(EVERYTHING, None)]
        pages = dict(_list_addresses(setup, catalog, rows))
    answers = setup.probe(list(pages))
    return [
        Problem("error", pages[url], f"{url} does not answer: {reason}")
        for url, reason in answers.items()
        if reason is not None
    ]


def _list_addresses(
    setup: Setup, catalog: Catalog, rows: Sequence[int]
) -> Iterator[tuple[str, str]]:
    """Yield address and file of the articles that others serve."""
    labels = {catalog.sources.open_source(source.name).id: source.label for source in setup.sources}
    for some in cut_batches(rows):
        records = {record.id: record for record in catalog.sources.records(some)}
        for kept in catalog.renditions.get(some):
            payload = Payload.from_bytes(kept.payload)
            record = records[kept.article]
            if payload.page is None and record.state == State.LIVE:
                yield payload.url, f"{labels.get(record.source, '')}/{record.path}"
