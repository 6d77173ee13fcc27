"""The pages of articles that have no URL elsewhere, and of those that are gone."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from feedpub.catalog.identity import State
from feedpub.ports import Staged, Target
from feedpub.publishing.feedmaker import Made, Recipe, load_entries
from feedpub.publishing.payload import Payload, name_page
from feedpub.publishing.store import Catalog


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
            if self._recipe.pages is None or not self._recipe.article_pages:
                paths = map(name_page, catalog.sources.records(rows))
                made.obsolete += [path for path in paths if self._target.exists(path)]
                return made
            public = {
                record.id: record
                for record in catalog.sources.records(rows)
                if record.state == State.LIVE
            }
            entries = load_entries(catalog, [row for row in rows if row in public], self._recipe)
            for row, entry in entries.items():
                if entry.page is not None:
                    _add(made, self._target.stage(entry.page, self._recipe.pages.article(entry)))
                elif self._target.exists(former := name_page(public[row])):
                    made.obsolete.append(former)  # it has a URL elsewhere by now
            for kept in catalog.renditions.get([row for row in rows if row not in public]):
                payload = Payload.from_bytes(kept.payload)
                if payload.page is not None and self._target.exists(payload.page):
                    page = self._recipe.pages.gone(payload.title, payload.page)
                    _add(made, self._target.stage(payload.page, page))
        return made


def _add(made: Made, staged: Staged | None) -> None:
    if staged is not None:
        made.staged.append(staged)
