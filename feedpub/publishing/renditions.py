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
        complaints = _Complaints(catalog)
        load_libraries()  # the processes are at work, and those that make feeds inherit them
        for batch in cut_batches(_count(results, len(rows), progress)):
            _keep(setup, catalog, batch, complaints, outcome)
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


def _keep(
    setup: Setup,
    catalog: Catalog,
    results: Sequence[Any],
    complaints: "_Complaints",
    outcome: Outcome,
) -> None:
    staged: list[Staged] = []
    rows: list[RenditionRow] = []
    problems: list[StoredProblem] = []
    for result in results:
        if isinstance(result, Lost):
            result = _report_lost(setup, result.item, result.reason)
        staged += result.media
        problems += result.problems
        if result.row is not None:
            rows.append(result.row)
        if result.failed is not None:
            outcome.failed.append(result.failed)
    # First the files, then the rows that promise them: what is kept is never rendered again.
    outcome.media.extend(place_media(setup.target, staged))
    catalog.renditions.put(rows)
    complaints.add(problems)
    complaints.withdraw([row.article for row in rows])


class _Complaints:
    """What is wrong with files: read once, since every file of a site may have something."""

    def __init__(self, catalog: Catalog) -> None:
        self._sources = catalog.sources
        self._rows = {source.name: source.id for source in self._sources.list_sources()}
        self._names = {row: name for name, row in self._rows.items()}
        self._known: dict[_Place, list[StoredProblem]] = {}
        self._failed: set[_Place] = set()
        for problem in self._sources.problems():
            self._know(problem)

    def _know(self, problem: StoredProblem) -> bool:
        """Remember something; return whether it is new."""
        place = _place(problem)
        there = self._known.setdefault(place, [])
        if problem in there:
            return False
        there.append(problem)
        if _is_failure(problem):
            self._failed.add(place)
        return True

    def add(self, problems: Sequence[StoredProblem]) -> None:
        """Keep what was not known before."""
        fresh: dict[str, list[StoredProblem]] = {}
        for problem in problems:
            if self._know(problem):
                fresh.setdefault(problem.source, []).append(problem)
        for source, some in fresh.items():
            self._sources.replace_problems(self._rows[source], (), some)

    def withdraw(self, rendered: Sequence[int]) -> None:
        """Forget that files could not be read which now could."""
        if not self._failed:
            return
        for record in self._sources.records(rendered):
            place = (self._names[record.source], record.folder, record.name)
            if place in self._failed:
                kept = [problem for problem in self._known[place] if not _is_failure(problem)]
                self._sources.replace_problems(record.source, {place[1:]}, kept)
                self._known[place] = kept
                self._failed.remove(place)


_Place = tuple[str, str, str]


def _place(problem: StoredProblem) -> _Place:
    return problem.source, problem.folder, problem.name


def _is_failure(problem: StoredProblem) -> bool:
    return problem.message.startswith(UNREADABLE)


def _report_lost(setup: Setup, task: RenderTask, reason: str) -> Rendered:
    record = task.record
    message = f"cannot be rendered ({reason}); look for what is unusual in it, or exclude it"
    name = setup.sources[task.source].name
    problem = StoredProblem(name, record.folder, record.name, "error", None, None, message)
    return Rendered(None, [], [problem], record.id)
