"""Renditions that are missing or out of date are made, in as many processes as there are cores."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feedpub.ports import Lost, Progress, RenditionRow, Staged, StoredProblem, Target
from feedpub.publishing.payload import MEDIA, make_key, satisfies
from feedpub.publishing.rendering import Rendered, Renderer, RenderTask
from feedpub.publishing.setup import Setup, count_jobs, cut, open_transaction
from feedpub.publishing.store import Catalog

_BATCH = 500
_CHUNK = 8
_COPY = re.compile(MEDIA.encode() + rb"[0-9a-f]{32}\.jpg")


def render_stale(
    setup: Setup, wanted: Mapping[int, bool], *, pages: bool, search: bool, progress: Progress
) -> list[str]:
    """Render what the kept renditions do not serve for; return the pictures that it published.

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
    if not rows:
        return []
    renderer = Renderer(
        setup.sources, setup.target, setup.thumbnailer, setup.site, mode=setup.mode, pages=pages
    )
    progress("render", 0, len(rows))
    media: list[str] = []
    # The processes come first: none may inherit an open database.
    with (
        setup.make_pool(renderer, count_jobs(setup, len(rows))) as pool,
        open_transaction(setup.open_store) as catalog,
    ):
        results = pool.map(_make_tasks(setup, catalog, rows, wanted), chunk=_CHUNK)
        for batch in cut_iterator(_count(results, len(rows), progress), _BATCH):
            media += _keep(setup, catalog, batch)
    return media


def place_media(target: Target, staged: Sequence[Staged]) -> list[str]:
    """Publish pictures, to which nothing refers yet; return their paths."""
    target.commit(staged)
    return list(dict.fromkeys(item.path for item in staged))


def _list_stale(setup: Setup, catalog: Catalog, wanted: Mapping[int, bool]) -> Iterator[int]:
    for rows in cut(list(wanted), _BATCH):
        keys = catalog.renditions.keys(rows)
        for record in sorted(catalog.sources.records(rows)):
            key = make_key(record, setup.settings, full=wanted[record.id])
            if not satisfies(keys.get(record.id), key):
                yield record.id


def _list_broken(target: Target, catalog: Catalog, wanted: Mapping[int, bool]) -> Iterator[int]:
    """Yield the articles that show a copied picture that is not there."""
    for rows in cut(list(wanted), _BATCH):
        for kept in catalog.renditions.get(rows):
            names = _COPY.findall(kept.payload)
            if not all(target.exists(name.decode()) for name in names):
                yield kept.article


def _make_tasks(
    setup: Setup, catalog: Catalog, rows: Sequence[int], wanted: Mapping[int, bool]
) -> Iterator[RenderTask]:
    places = {catalog.sources.open_source(source.name).id: source.index for source in setup.sources}
    for some in cut(rows, _BATCH):
        for record in sorted(catalog.sources.records(some)):
            if record.source in places:
                key = make_key(record, setup.settings, full=wanted[record.id])
                yield RenderTask(places[record.source], record, key)


def _count(results: Iterator[Any], total: int, progress: Progress) -> Iterator[Any]:
    for number, result in enumerate(results, 1):
        if number % 100 == 0 or number == total:
            progress("render", number, total)
        yield result


def cut_iterator(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Yield the items in lists of at most ``size``."""
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _keep(setup: Setup, catalog: Catalog, results: Sequence[Any]) -> list[str]:
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
    # First the files, then the rows that promise them: what is kept is never rendered again.
    media = place_media(setup.target, staged)
    catalog.renditions.put(rows)
    return media


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
    return Rendered(None, [], [problem])
