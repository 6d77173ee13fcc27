"""Where articles stand, as the catalog has it."""

from collections.abc import Iterable

from feedpub.catalog.identity import Record
from feedpub.publishing.standing import Standing, stand
from feedpub.publishing.store import Sources


def load_standings(sources: Sources, rows: Iterable[int]) -> list[Standing]:
    """Return the records of some rows with the categories of what repeats them, in no order."""
    rows = list(rows)
    duplicates: dict[int | None, list[Record]] = {}
    for duplicate in sources.duplicates_of(rows):
        duplicates.setdefault(duplicate.same_as, []).append(duplicate)
    return [stand(record, duplicates.get(record.id, ())) for record in sources.records(rows)]
