"""The pages of articles that have no URL elsewhere, and of those that are gone."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from feedpub.catalog.identity import Record, State
from feedpub.model import Entry
from feedpub.ports import Target
from feedpub.publishing.payload import Payload, name_page
from feedpub.publishing.store import Catalog
from feedpub.publishing.workbench import Made, Recipe, load_entries

if TYPE_CHECKING:
    from feedpub.pages import Pages


class ArticlePageMaker:
    """Makes pages of articles; made before the processes are."""

    def __init__(
        self,
        open_catalog: Callable[[], AbstractContextManager[Catalog]],
        target: Target,
        recipe: Recipe,
    ) -> None:
        self._open_catalog = open_catalog
        self._target = target
        self._recipe = recipe

    def __call__(self, rows: Sequence[int]) -> Made:
        """Make the pages of some articles, and take down those of articles that are gone."""
        made = Made()
        with self._open_catalog() as catalog:
            records = {record.id: record for record in catalog.sources.records(rows)}
            if self._recipe.pages is None or not self._recipe.article_pages:
                paths = map(name_page, records.values())
                made.obsolete += [path for path in paths if self._target.exists(path)]
                return made
            shown = _find_shown(catalog, records)
            entries = load_entries(catalog, dict.fromkeys(shown.values()), self._recipe)
            for row, article in shown.items():
                if article in entries:
                    self._make(made, self._recipe.pages, records[row], entries[article])
            for kept in catalog.renditions.get([row for row in records if row not in shown]):
                payload = Payload.from_bytes(kept.payload)
                path = payload.page or name_page(records[kept.article])
                if self._target.exists(path):
                    self._stage(made, path, self._recipe.pages.gone(payload.title, path))
        return made

    def _make(self, made: Made, pages: "Pages", record: Record, entry: Entry) -> None:
        """Make the page of an article, or let the one that it had lead to where it is read."""
        if entry.page is not None and record.same_as is None:
            self._stage(made, entry.page, pages.article(entry))
        elif self._target.exists(former := name_page(record)):
            self._stage(made, former, pages.moved(entry.title, entry.url, former))

    def _stage(self, made: Made, path: str, page: bytes) -> None:
        staged = self._target.stage(path, page)
        if staged is not None:
            made.staged.append(staged)


def _find_shown(catalog: Catalog, records: Mapping[int, Record]) -> dict[int, int]:
    """Return the files whose article is published, and its row: a copy is read where that is."""
    meant = {
        row: record.same_as or row
        for row, record in records.items()
        if record.state in (State.LIVE, State.DUPLICATE)
    }
    others = catalog.sources.records(article for article in meant.values() if article not in meant)
    public = {record.id for record in (*records.values(), *others) if record.state == State.LIVE}
    return {row: article for row, article in meant.items() if article in public}
