"""Renditions that are missing or out of date are made, in as many processes as there are cores."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from feedpub.batches import cut_batches
from feedpub.feeds import load_libraries
from feedpub.ports import Lost, Progress, RenditionRow, Staged, StoredProblem, Target
from feedpub.publishing.payload import MEDIA, make_key, satisfies
from feedpub.publishing.rendering import Rendered, Renderer, RenderTask
from feedpub.publishing.setup import Setup, count_jobs, open_transaction
from feedpub.publishing.store import Catalog

_CHUNK, _AHEAD = 16, 4  # articles that travel together, and how often a process gets some more
UNREADABLE = "cannot be "
"""How the message of a fault begins that may pass though the file does not change."""

_COPY = re.compile(MEDIA.encode() + rb"[0-9a-f]{32}\.jpg")


class Outcome(NamedTuple):
    """What came of rendering.

    Attributes:
        media: Pictures that were published.
        failed: Articles that are to be tried again.
    """

    media: list[str]
    failed: list[int]


def render_stale(
    setup: Setup, wanted: Mapping[int, bool], *, pages: bool, search: bool, progress: Progress
) -> Outcome:
    """Render what the kept renditions do not serve for.

    Args:
        setup: Of the site.
        wanted: Articles, and whether with their bodies.
        pages: Whether an article without a URL gets a page of its own.
        search: Look whether the pictures of what is kept are there, since the output may be gone.
        progress: Is told how far it is.
    """
    with open_transaction(setup.open_store) as catalog:
        rows = list(_list_stale(setup, catalog, wanted))
        if search:
            rows = sorted({*rows, *_list_broken(setup.target, catalog, wanted)})
    outcome = Outcome([], [])
    if not rows:
        return outcome
    renderer = Renderer(
        setup.sources, setup.target, setup.thumbnailer, setup.site, mode=setup.mode, pages=pages
    )
    progress("render", 0, len(rows))
    # The processes come first: none may inherit an open database.
    with (
        setup.make_pool(renderer, count_jobs(setup, len(rows))) as pool,
        open_transaction(setup.open_store) as catalog,
    ):
        results = pool.map(_make_tasks(setup, catalog, rows, wanted), chunk=_CHUNK, ahead=_AHEAD)
        load_libraries()  # the processes are at work, and those that make feeds inherit them
        for batch in cut_batches(_count(results, len(rows), progress)):
            _keep(setup, catalog, batch, outcome)
    return outcome


def place_media(target: Target, staged: Sequence[Staged]) -> list[str]:
    """Publish pictures, to which nothing refers yet; return their paths."""
    target.commit(staged)
    return list(dict.fromkeys(item.path for item in staged))


def _list_stale(setup: Setup, catalog: Catalog, wanted: Mapping[int, bool]) -> Iterator[int]:
    for rows in cut_batches(wanted):
        keys = catalog.renditions.keys(rows)
        for record in sorted(catalog.sources.records(rows)):
            key = make_key(record, setup.settings, full=wanted[record.id])
            if not satisfies(keys.get(record.id), key):
                yield record.id


def _list_broken(target: Target, catalog: Catalog, wanted: Mapping[int, bool]) -> Iterator[int]:
    """Yield the articles that show a copied picture that is not there."""
    for rows in cut_batches(wanted):
        for kept in catalog.renditions.get(rows):
            names = _COPY.findall(kept.payload)
            if not all(target.exists(name.decode()) for name in names):
                yield kept.article


def _make_tasks(
    setup: Setup, catalog: Catalog, rows: Sequence[int], wanted: Mapping[int, bool]
) -> Iterator[RenderTask]:
    places = {catalog.sources.open_source(source.name).id: source.index for source in setup.sources}
    for some in cut_batches(rows):
        for record in sorted(catalog.sources.records(some)):
            if record.source in places:
                key = make_key(record, setup.settings, full=wanted[record.id])
                yield RenderTask(places[record.source], record, key)


def _count(results: Iterator[Any], total: int, progress: Progress) -> Iterator[Any]:
    for number, result in enumerate(results, 1):
        if number % 100 == 0 or number == total:
            progress("render", number, total)
        yield result


def _keep(setup: Setup, catalog: Catalog, results: Sequence[Any], outcome: Outcome) -> None:
    staged: list[Staged] = []
    rows: list[RenditionRow] = []
    for result in results:
        if isinstance(result, Lost):
            result = _report_lost(setup, result.item, result.reason)
        staged += result.media
        if result.problems:
            _keep_problems(catalog, result.problems)
        if result.row is not None:
            rows.append(result.row)
        if result.failed is not None:
            outcome.failed.append(result.failed)
    # First the files, then the rows that promise them: what is kept is never rendered again.
    outcome.media.extend(place_media(setup.target, staged))
    catalog.renditions.put(rows)
    _withdraw_failures(catalog, [row.article for row in rows])


def _withdraw_failures(catalog: Catalog, rendered: Sequence[int]) -> None:
    """Forget that files could not be read which now could."""
    problems = catalog.sources.problems()
    failed = {_place(problem) for problem in problems if problem.message.startswith(UNREADABLE)}
    if not failed:
        return
    names = {source.id: source.name for source in catalog.sources.list_sources()}
    for record in catalog.sources.records(rendered):
        place = (names[record.source], record.folder, record.name)
        if place in failed:
            kept = [
                problem
                for problem in problems
                if _place(problem) == place and not problem.message.startswith(UNREADABLE)
            ]
            catalog.sources.replace_problems(record.source, {place[1:]}, kept)


def _place(problem: StoredProblem) -> tuple[str, str, str]:
    return problem.source, problem.folder, problem.name


def _keep_problems(catalog: Catalog, problems: Sequence[StoredProblem]) -> None:
    known = set(catalog.sources.problems())
    source = catalog.sources.open_source(problems[0].source)
    fresh = [problem for problem in problems if problem not in known]
    catalog.sources.replace_problems(source.id, (), fresh)


def _report_lost(setup: Setup, task: RenderTask, reason: str) -> Rendered:
    record = task.record
    message = f"cannot be rendered ({reason}); look for what is unusual in it, or exclude it"
    name = setup.sources[task.source].name
    problem = StoredProblem(name, record.folder, record.name, "error", None, None, message)
    return Rendered(None, [], [problem], record.id)
