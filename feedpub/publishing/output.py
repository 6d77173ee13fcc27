"""The publishing half of a build: what is dirty in the catalog goes into its place."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from feedpub.batches import cut_batches
from feedpub.catalog.identity import State
from feedpub.embeds.places import FOLDER, INDEX
from feedpub.feeds import FORMATS
from feedpub.model import FeedSummary, Problem
from feedpub.ports import Lost, Progress, Staged
from feedpub.publishing.articlepages import ArticlePageMaker
from feedpub.publishing.demand import Demand, share
from feedpub.publishing.feedmaker import FeedMaker
from feedpub.publishing.frontpage import find_children, make_front_pages, summarise_feeds
from feedpub.publishing.hub import note_topics
from feedpub.publishing.pictures import PictureDesk
from feedpub.publishing.renditions import place_media, render_stale
from feedpub.publishing.setup import (
    BuildOptions,
    ReadOnly,
    Setup,
    count_jobs,
    open_transaction,
)
from feedpub.publishing.standing import Difference
from feedpub.publishing.standings import load_standings
from feedpub.publishing.store import Catalog
from feedpub.publishing.workbench import FeedTask, Made, Recipe

PROBE = "all/" + FORMATS[0].file
"""A document that every site has; without it the output is gone, and is made anew."""


class Output:
    """Publishes what is dirty.

    Attributes:
        written: Paths whose bytes changed, in the order in which they were put into place.
        removed: Paths that were deleted.
        problems: Entries that were left out.
        pictures_pending: Left for the next build.
        pictures_failed: Asked for and not had; not asked for again within a day, or ever.
        summaries: A line for each category.
        topics: URLs of live feeds that changed, in this build or before an interruption.
    """

    def __init__(
        self,
        setup: Setup,
        options: BuildOptions,
        progress: Progress,
        now: int,
        *,
        mend: bool,
    ) -> None:
        """Begin.

        Args:
            setup: Of the site.
            options: Of the build.
            progress: Is told how far it is.
            now: Seconds since the epoch.
            mend: The build before was interrupted.
        """
        self.written: list[str] = []
        self.removed: list[str] = []
        self.problems: list[Problem] = []
        self.pictures_pending = 0
        self.pictures_failed = 0
        self.summaries: list[FeedSummary] = []
        self.topics: list[str] = []
        self._setup = setup
        self._options = options
        self._progress = progress
        self._now = now
        self._mend = mend
        self._is_gone = options.everything or not setup.target.exists(PROBE)
        self._media: list[str] = []
        self._staged: list[Staged] = []
        self._obsolete: list[str] = []
        self._pages = setup.make_pages() if setup.make_pages else None
        self._embeds = setup.make_embeds() if setup.make_embeds else None

    def publish(self) -> None:
        """Render, fetch pictures, make documents, put them into place, in this order."""
        setup, pages = self._setup, self._pages is not None and self._setup.article_pages
        with self._transaction() as catalog:
            wanted = Demand(setup, self._options, catalog).list_articles(pages=pages)
        rendered = render_stale(
            setup, wanted, pages=pages, search=self._is_gone, progress=self._progress
        )
        self._media += rendered.media
        if setup.mode == "copy":
            self._fetch_pictures(list(wanted))
        with self._transaction() as catalog:
            demand = Demand(setup, self._options, catalog)
            recipe = self._make_recipe(catalog, demand)
            feeds = demand.feeds
            had_pages = bool(catalog.shelves.meta().get("article_pages"))
            articles = demand.list_pages(wanted) if pages or had_pages else []
        self._make(FeedMaker, recipe, share(feeds, recipe.tree), "feeds", len(feeds))
        self._make(ArticlePageMaker, recipe, cut_batches(articles), "pages", len(articles))
        self._make_front(recipe)
        self._commit()
        self._forget(feeds, articles, rendered.failed)

    def _transaction(self) -> AbstractContextManager[Catalog]:
        return open_transaction(self._setup.open_store)

    # Pictures

    def _fetch_pictures(self, rows: Sequence[int]) -> None:
        desk = PictureDesk(self._setup.thumbnailer, self._setup.target, self._now)
        with self._transaction() as catalog:
            urls = _list_pictures(catalog, rows)
            desk.choose(catalog.renditions, urls)
        self._progress("pictures", 0, len(urls))
        # Outside of a transaction, since others may want the database within this minute.
        self.pictures_pending = desk.fetch(
            budget_s=self._setup.picture_budget_s, offline=self._options.offline
        )
        self.pictures_failed = desk.failed
        # First the files, then the rows that promise them: a picture whose row is kept is never
        # made again.
        self._media += place_media(self._setup.target, desk.staged)
        with self._transaction() as catalog:
            catalog.renditions.put_pictures(desk.rows)
            mark_articles_dirty(catalog, catalog.renditions.articles_showing(desk.changed))

    # Documents

    def _make_recipe(self, catalog: Catalog, demand: Demand) -> Recipe:
        self.summaries = summarise_feeds(catalog.shelves, demand.tree)
        return Recipe(
            site=self._setup.site,
            tree=demand.tree,
            entries=self._setup.entries,
            archive=self._setup.archive,
            mode=self._setup.mode,
            pages=self._pages,
            embeds=self._embeds,
            article_pages=self._setup.article_pages,
            children=find_children(self.summaries, demand.tree),
            mend=self._mend,
        )

    def _make(
        self,
        maker: Callable[..., Any],
        recipe: Recipe,
        tasks: Iterable[Any],
        stage: str,
        total: int,
    ) -> None:
        tasks = list(tasks)
        if not tasks:
            return
        self._progress(stage, 0, total)
        function = maker(ReadOnly(self._setup.open_store), self._setup.target, recipe)
        jobs = count_jobs(self._setup, total) if len(tasks) > 1 else 1
        done = 0
        with self._setup.make_pool(function, jobs) as pool:
            for task, made in zip(tasks, pool.map(tasks), strict=True):
                self._take(made)
                done += len(task)
                self._progress(stage, done, total)

    def _take(self, made: Made | Lost) -> None:
        if isinstance(made, Lost):
            # Without these documents others would point at nothing, so nothing is published.
            raise RuntimeError(f"documents cannot be made: {made.reason}")
        self._staged += made.staged
        self._obsolete += made.obsolete
        self.problems += [
            Problem("error", path, f"{reason}; the entry is left out")
            for path, reason in dict.fromkeys(made.problems)
        ]

    def _make_front(self, recipe: Recipe) -> None:
        documents = make_front_pages(self.summaries, recipe.site, self._pages, self._embeds)
        if INDEX not in documents:
            self._obsolete.append(INDEX)
        staged = (self._setup.target.stage(path, data) for path, data in documents.items())
        self._staged += [item for item in staged if item is not None]

    # Into place

    def _commit(self) -> None:
        staged = sorted({item.path: item for item in self._staged}.values(), key=_rank)
        self._progress("publish", 0, len(staged))
        self._note_topics(staged)
        # New documents may refer to one another in a circle, but nothing refers to them before
        # one that is known is replaced.
        is_known = [self._setup.target.exists(item.path) for item in staged]
        fresh = [item for item, known in zip(staged, is_known, strict=True) if not known]
        known = [item for item, known in zip(staged, is_known, strict=True) if known]
        self._setup.target.commit(fresh)
        self._setup.target.commit(known)
        self.written = [*self._media, *(item.path for item in (*fresh, *known))]
        # Pictures stay for good: readers keep entries that show them long after a feed has dropped
        # them, and their names are those of their bytes.
        written = {*self.written}
        self.removed = self._setup.target.delete(
            [path for path in self._obsolete if path not in written]
        )

    def _note_topics(self, staged: Sequence[Staged]) -> None:
        """Write down whom the hub will be told of, before anybody can see the change."""
        if self._setup.notifier is None:
            return
        base = self._setup.site.feeds_url
        changed = [base + item.path for item in staged if _rank(item)[0] == _LIVE]
        with self._transaction() as catalog:
            self.topics = note_topics(catalog.shelves, changed)

    def _forget(
        self, feeds: Sequence[FeedTask], articles: Sequence[int], failed: Sequence[int]
    ) -> None:
        """Note what is published now, so that the next build does not make it again."""
        with self._transaction() as catalog:
            shelves = catalog.shelves
            if self._options.category is None:
                shelves.clear_dirty(shelves.dirty())
                shelves.clear_touched()
                own = self._pages is not None and self._setup.article_pages
                shelves.set_meta({"article_pages": "1" if own else ""})
            else:
                shelves.clear_dirty((task.category, "") for task in feeds)
                shelves.clear_dirty(
                    (task.category, month) for task in feeds for month in task.months
                )
            gone = [
                record.id
                for rows in cut_batches(articles)
                for record in catalog.sources.records(rows)
                if record.state == State.DELETED
            ]
            catalog.renditions.drop(gone)
            mark_articles_dirty(catalog, failed)


def _list_pictures(catalog: Catalog, rows: Sequence[int]) -> list[str]:
    """Return remote pictures of articles, the newest article's first."""
    published: dict[str, int] = {}
    for some in cut_batches(rows):
        times = {record.id: record.published for record in catalog.sources.records(some)}
        for kept in catalog.renditions.get(some):
            if kept.picture is not None:
                time = times.get(kept.article, 0)
                published[kept.picture] = max(time, published.get(kept.picture, 0))
    return sorted(published, key=lambda url: (-published[url], url))


def mark_articles_dirty(catalog: Catalog, articles: Sequence[int]) -> None:
    """Note that the feeds and pages that show these articles have to be made."""
    tree = catalog.shelves.load_tree()
    difference = Difference()
    for some in cut_batches(articles):
        for standing in load_standings(catalog.sources, some):
            if standing.is_public:
                difference.mark_dirty(standing, tree)
    catalog.shelves.mark_dirty(difference.dirty)
    catalog.shelves.touch(difference.touched)


_DOCUMENTS = tuple(form.file for form in FORMATS)
_ROOTS = {"media": 0, "assets": 0, "articles": 1}
_ARCHIVE, _LIVE, _EMBED, _PAGE, _FRONT = 2, 3, 4, 5, 6
_SCRIPTS = (".js", ".css")


def _rank(staged: Staged) -> tuple[int, str]:
    return rank_path(staged.path), staged.path


def rank_path(path: str) -> int:
    """Return the place of a file in the publishing order: nothing points at what is not there."""
    root, _, rest = path.partition("/")
    if root in _ROOTS:
        return _ROOTS[root]
    if not rest or path == INDEX:
        return _FRONT
    if root == FOLDER:
        return _ROOTS["assets"] if path.endswith(_SCRIPTS) else _EMBED
    if path.endswith(_DOCUMENTS):
        return _ARCHIVE if "/archive/" in path else _LIVE
    return _PAGE
