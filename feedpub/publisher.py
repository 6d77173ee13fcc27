"""The API behind every face: read what is new, publish what changed."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Self

from feedpub.catalog.identity import Flag, State
from feedpub.catalog.lookup import look_up
from feedpub.errors import BusyError, ConfigError
from feedpub.feeds import build_opml
from feedpub.model import (
    BuildReport,
    EmbedForm,
    EmbedLook,
    FailedJob,
    FeedSummary,
    Problem,
    SiteStatus,
    Snippet,
    SourceStatus,
)
from feedpub.model.instants import to_instant
from feedpub.model.keeping import ExportReport
from feedpub.ports import Progress, SourceRow
from feedpub.ports.jobs import Failure, Job
from feedpub.publishing.build import Build
from feedpub.publishing.changes import Changes
from feedpub.publishing.checking import check_links, check_sources
from feedpub.publishing.chores import BUILD, defer_later, fetch_left_over, list_jobs, read_feeds
from feedpub.publishing.exporting import Export, check_place
from feedpub.publishing.frontpage import summarise_feeds
from feedpub.publishing.hub import tell_hub
from feedpub.publishing.lookup import find_article
from feedpub.publishing.setup import BuildOptions, Setup, open_transaction
from feedpub.publishing.sharding import read_shard
from feedpub.publishing.store import Catalog

__all__ = ["Publisher", "Setup"]

_PICTURES_TOLD = 100


class Publisher:
    """Reads the sources of one site and publishes its feeds; made by ``feedpub.wiring.open_site``.

    A build does the same work whoever asks for it, and holds the site while it does.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of processes that were kept for the next build."""
        self._setup.thumbnailer.close()

    def build(
        self,
        *,
        category: str | None = None,
        drafts: bool = False,
        future: bool = False,
        offline: bool = False,
        dry_run: bool = False,
        accept_deletions: bool = False,
        everything: bool = False,
        by_jobs: bool = False,
        progress: Progress | None = None,
    ) -> BuildReport:
        """Read what is new in the sources and publish what changed by it.

        Args:
            category: Publish only this category and those below it, such as ``a/b``, and those
                that were never published, as the index leads there; what else is new waits for
                the next build. Nothing waits where every document has to be made again.
            drafts: Publish drafts too.
            future: Publish articles dated ahead too.
            offline: Fetch nothing.
            dry_run: Read and decide, write nothing.
            accept_deletions: Believe a source that lost more than a fifth of its articles.
            everything: Make every document again.
            by_jobs: Leave to jobs what waits for the network: ``read``, ``ping``, and
                ``thumbnails`` for the pictures that did not come in time. Somebody has to work
                them off, as ``feedpub worker`` does.
            progress: Is told how far it is.

        Raises:
            BusyError: Another run holds the site.
            StoreError: The database is missing, damaged or full.
            TargetError: The output cannot be written.
        """
        options = BuildOptions(
            category, drafts, future, offline, dry_run, accept_deletions, everything, by_jobs
        )
        try:
            with self._setup.lock(), _rare_collections():
                self._setup.target.begin()
                return Build(self._setup, options, progress or _ignore).run()
        except BusyError:
            if by_jobs:  # whoever has the site may have looked before there was what we look for
                defer_later(self._setup)
            raise

    def read(self, *, progress: Progress | None = None) -> frozenset[str]:
        """Ask the remote sources that are due, for builds on any machine.

        A job to build is deferred if there is anything new. Where another run is asking already,
        nothing is done: no server is asked by two machines at once.

        Returns:
            The names of the sources that had something new.

        Raises:
            ConfigError: The libraries that read feeds are missing.
            StoreError: The database is missing, damaged or full.
            TargetError: A folder cannot be written.
        """
        return read_feeds(self._setup, progress or _ignore)

    def read_shard(self, number: int) -> bool:
        """Read files that a build on another machine has laid out; return whether it got them.

        Args:
            number: That the shard has, see ``feedpub.ports.shards``.

        Raises:
            BusyError: Somebody else keeps it for too long.
            StoreError: The database is missing, damaged or full.
        """
        return read_shard(self._setup, number)

    def thumbnails(self, *, progress: Progress | None = None) -> int:
        """Fetch pictures that builds left over; return how many are left now.

        A job to build what shows them is deferred with them, and one for those that are left.

        Raises:
            BusyError: Another run fetches pictures, or a build did not end in time.
            StoreError: The database is missing, damaged or full.
            TargetError: A picture cannot be put into place.
        """
        return fetch_left_over(self._setup, progress or _ignore)

    def ping(self) -> list[Problem]:
        """Tell the hub which feeds changed, where a build left that; return what went wrong.

        Raises:
            StoreError: The database is missing, damaged or full.
        """
        return tell_hub(self._setup)

    def list_jobs(self) -> list[Job]:
        """Return the jobs for all that builds left to be done, so that none is forgotten.

        Raises:
            StoreError: The database is missing or damaged.
        """
        with self._catalog() as catalog:
            return list_jobs(self._setup, catalog)

    def check(self, paths: Sequence[Path] = (), *, links: bool = False) -> list[Problem]:
        """Read articles as a build would, write nothing, and return what is wrong.

        Args:
            paths: Files or folders; everything if empty.
            links: Also ask for the web address of every published article.
        """
        problems = check_sources(self._setup, [path.resolve() for path in paths])
        return [*problems, *(check_links(self._setup) if links else ())]

    def status(self) -> SiteStatus:
        """Return what is published, and what to type next; also while a build is under way."""
        with self._look() as catalog:
            meta = catalog.shelves.meta()
            counts = catalog.sources.count_states()
            summaries = self._summarize(catalog)
            problems = [self._setup.make_problem(problem) for problem in catalog.sources.problems()]
            rows = {row.name: row for row in catalog.sources.list_sources()}
            names = [source.name for source in self._setup.sources]
            sources = tuple(_describe_source(name, rows.get(name), counts) for name in names)
            pending = bool(catalog.shelves.dirty())
            failed_pictures = catalog.renditions.pictures_failed(_PICTURES_TOLD)
            jobs = tuple(catalog.jobs.counts())
            failed = tuple(map(_describe_failure, catalog.agenda.failures()))
        if self._setup.remotes is not None:
            problems += self._setup.remotes.problems()
        last_build = meta.get("last_build")
        return SiteStatus(
            last_build=None if last_build is None else to_instant(int(last_build)),
            articles=summaries[0].articles,
            categories=sum(1 for item in summaries[1:] if item.articles),
            pending=pending,
            pictures_pending=int(meta.get("pictures_pending", "0")),
            sources=sources,
            problems=tuple(problems),
            next_command="feedpub serve" if last_build and not pending else "feedpub build",
            jobs=jobs,
            pictures_failed=tuple(Problem("warning", *one) for one in failed_pictures),
            failed_jobs=failed,
        )

    def opml(self) -> bytes:
        """Return the list of all feeds with articles, as OPML 2.0."""
        with self._look() as catalog:
            return build_opml(self._summarize(catalog), self._setup.site)

    def embed(
        self, category: str = "all", form: EmbedForm = "element", look: EmbedLook | None = None
    ) -> Snippet:
        """Return what a portal's editor copies to show the latest articles.

        Args:
            category: Names, such as ``a/b``, or the folder; ``all`` for everything.
            form: Which of the five.
            look: As by default if None; only an element and an iframe can be told.

        Raises:
            CategoryError: There is no such category.
            ConfigError: Embeds are switched off.
        """
        if self._setup.make_embeds is None:
            raise ConfigError(
                "embeds are switched off; set enabled = true in [embed]", key="embed.enabled"
            )
        with self._look() as catalog:
            node = look_up(catalog.shelves.load_tree(), category)
            summaries = self._summarize(catalog)
        articles = next(one.articles for one in summaries if one.category.id == node.id)
        return self._setup.make_embeds().snippets.make(node, form, look, articles)

    def export(
        self,
        folder: str,
        *,
        category: str | None = None,
        source: str | None = None,
        progress: Progress | None = None,
    ) -> ExportReport:
        """Keep what is published as files with front matter; see ``feedpub.publishing.exporting``.

        Args:
            folder: Path; made if it is missing. What is in it and not ours is left alone.
            category: Only this one and those below it, such as ``a/b``.
            source: Only what comes from this one.
            progress: Is told how far it is.

        Raises:
            BusyError: Another run holds the site.
            CategoryError: There is no such category.
            ConfigError: There is no such source.
            TargetError: The folder cannot be written, or a source would read it.
        """
        check_place(self._setup, folder)
        with self._setup.lock(), self._catalog() as catalog:
            export = Export(self._setup, self._setup.open_folder(folder), catalog)
            return export.run(category, source, progress or _ignore)

    def hide(self, article: str) -> str:
        """Withdraw an article from feeds, archives and pages with the next build.

        Args:
            article: Its id, its path, or the end of its path.

        Returns:
            Its title.

        Raises:
            ArticleError: There is none, or more than one.
        """
        return self._set_hidden(article, hidden=True)

    def unhide(self, article: str) -> str:
        """Take back ``hide``; see there."""
        return self._set_hidden(article, hidden=False)

    def _set_hidden(self, article: str, *, hidden: bool) -> str:
        with self._setup.lock(), self._catalog() as catalog:
            record = find_article(catalog, article)
            first_reads = {row.id: row.first_read or 0 for row in catalog.sources.list_sources()}
            flags = record.flags | Flag.HIDDEN if hidden else record.flags & ~Flag.HIDDEN
            state = State.HELD if hidden else State.LIVE
            changes = Changes(catalog, first_reads)
            changes.remember([record])
            changes.change(record._replace(flags=int(flags), state=state))
            changes.flush(catalog.shelves.load_tree())
            # The next build settles whether its time has come.
            catalog.shelves.set_meta({"options": "changed"})
            catalog.jobs.defer([BUILD])
        return record.title

    def backup(self, path: Path) -> None:
        """Write a whole copy of the database to a new file; readable while others write.

        Raises:
            StoreError: The file exists or cannot be written.
        """
        with self._setup.open_store() as store:
            store.check()
            store.backup(path)

    def _catalog(self) -> AbstractContextManager[Catalog]:
        return open_transaction(self._setup.open_store)

    def _look(self) -> AbstractContextManager[Catalog]:
        """Give the catalog to whoever only reads, so that nobody waits for a build to end."""
        with self._setup.open_store():  # an older database is brought up to date
            pass
        return open_transaction(self._setup.open_store, read_only=True)

    def _summarize(self, catalog: Catalog) -> list[FeedSummary]:
        return summarise_feeds(catalog.shelves, catalog.shelves.load_tree())


def _describe_source(
    name: str, row: SourceRow | None, counts: Mapping[tuple[int, int], int]
) -> SourceStatus:
    """Return how a source stands; one that no build has come to has no row."""
    if row is None:
        return SourceStatus(name, 0, None)
    first_read = None if row.first_read is None else to_instant(row.first_read)
    return SourceStatus(name, counts.get((row.id, int(State.LIVE)), 0), first_read)


def _describe_failure(failure: Failure) -> FailedJob:
    retry_at = None if failure.retry_at is None else to_instant(failure.retry_at)
    return FailedJob(
        failure.name, to_instant(failure.since), failure.attempts, retry_at, failure.message
    )


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the garbage collector look for cycles less often, here and in the processes made here.

    A build makes very many objects and hardly a cycle: looking for them takes a quarter of it.
    """
    kept = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*kept)


def _ignore(_stage: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""
