"""Sources as they are now become rows of the catalog, one source after the other."""

from collections.abc import Iterable

from feedpub.catalog.identity import Record, State, loses_too_much, settle_again
from feedpub.errors import SourceHeldError
from feedpub.publishing.changes import Changes
from feedpub.publishing.generation import GenerationRun
from feedpub.publishing.knowledge import Generation, Intake, Outcome
from feedpub.publishing.store import Catalog
from feedpub.publishing.uniting import unite_equals


def take_in(intake: Intake, generation: Generation, *, accept_deletions: bool) -> Outcome:
    """Bring the catalog in line with what a source shows.

    Raises:
        SourceHeldError: The source lost too much; the caller undoes what was done to the catalog,
            and nothing was done to the intake.
    """
    if not loses_too_much(len(generation.vanished), 0):
        return _take_in(intake, generation, known=None)
    known = None if accept_deletions else intake.catalog.sources.count_known(generation.source.id)
    kept = intake.tree, intake.counts.copy(), intake.articles.copy(), intake.holders.copy()
    try:
        return _take_in(intake, generation, known=known)
    except SourceHeldError:
        intake.tree, intake.counts, intake.articles, intake.holders = kept
        raise


def _take_in(intake: Intake, generation: Generation, *, known: int | None) -> Outcome:
    """Do it; a source that loses too much of what was known of it is held, if that is counted."""
    source = generation.source
    run = GenerationRun(intake, generation)
    run.take_in(generation.sightings)
    lost = run.find_lost()
    if known is not None and loses_too_much(len(lost), known):
        raise held(source.name, len(lost), known)
    run.bury(lost)
    return Outcome(run.problems, run.unsettled)


def settle_records(intake: Intake, due: Iterable[Record]) -> None:
    """Publish what is due, withdraw what has expired, unite what is equal now.

    Args:
        intake: Of this build.
        due: Records whose time may have come, in any state.
    """
    changes = Changes(intake.catalog, intake.first_reads, all_dirty=intake.empty)
    broken = _find_broken(intake.catalog)
    for record in due:
        settled = settle_again(record, intake.moment)
        place = (record.source, record.folder, record.name)
        if record.state == State.HELD and record.first_seen is None and place in broken:
            continue  # nothing of it was ever published, and nothing can be now
        if record.state == State.DUPLICATE:
            intake.texts.add(record.content)
        elif record.state != State.DELETED and settled != record:
            changes.remember([record])
            changes.change(settled)
            intake.texts.add(record.content)
            intake.count_first_sight(record, settled)
    changes.flush(intake.tree)
    if intake.empty:
        intake.texts |= intake.catalog.sources.repeated_contents()
    unite_equals(intake, changes)


def _find_broken(catalog: Catalog) -> set[tuple[int, str, str]]:
    """Return source, folder and name of the files that cannot be read."""
    rows = {row.name: row.id for row in catalog.sources.list_sources()}
    return {
        (rows[problem.source], problem.folder, problem.name)
        for problem in catalog.sources.problems()
        if problem.level == "error"
    }


def held(name: str, missing: int, known: int) -> SourceHeldError:
    """Return the error of a source that lost too much."""
    return SourceHeldError(
        f"source '{name}': {missing} of {known} articles are gone, so nothing of it was changed; "
        "if that is meant, run 'feedpub build --accept-deletions'",
        source=name,
        missing=missing,
        known=known,
    )


def forgotten(name: str, known: int) -> SourceHeldError:
    """Return the error of a source that the settings no longer name."""
    return SourceHeldError(
        f"source '{name}' is no longer in the settings, and its {known} articles are still "
        f"published; name a source '{name}' again, or run 'feedpub build --accept-deletions'",
        source=name,
        missing=known,
        known=known,
    )
