"""After files have changed, those with one title and body are one article again."""

from feedpub.batches import cut_batches
from feedpub.catalog.duplicates import unite
from feedpub.catalog.identity import Record, State
from feedpub.publishing.changes import Changes
from feedpub.publishing.knowledge import Intake


def unite_equals(intake: Intake, changes: Changes) -> None:
    """Let one of the files with each text that changed stand for the others, or none of them.

    Args:
        intake: Knows the texts, and counts what comes of it.
        changes: Flushed before and after.
    """
    for some in cut_batches(sorted(intake.texts)):
        groups: dict[bytes, list[Record]] = {}
        for record in intake.catalog.sources.records_by_content(some):
            groups.setdefault(record.content, []).append(record)
        for files in groups.values():
            if len(files) > 1 or files[0].state == State.DUPLICATE:
                _unite_group(intake, changes, files)
        changes.flush(intake.tree)


def _unite_group(intake: Intake, changes: Changes, files: list[Record]) -> None:
    united = unite(files, intake.moment)
    if united == files:
        return
    changes.remember(files)
    for before, after in zip(files, united, strict=True):
        if after != before:
            changes.change(after)
            _count(intake, before, after)


def _count(intake: Intake, before: Record, after: Record) -> None:
    counts, is_fresh = intake.counts, after.first_seen == intake.moment.sight
    if after.state == State.DUPLICATE and before.state != State.DUPLICATE:
        counts["duplicates"] += 1
        if is_fresh and before.state == State.LIVE:
            intake.count_new(before, -1)
    elif after.state == State.LIVE and before.state != State.LIVE and is_fresh:
        intake.count_new(after, 1)
        if before.state == State.DUPLICATE:
            counts["duplicates"] -= 1
