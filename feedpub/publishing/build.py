"""One build, from the first look at the sources to the last file in its place."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from feedpub.catalog.identity import Moment
from feedpub.catalog.lookup import look_up
from feedpub.errors import TargetError
from feedpub.feeds import FORMATS
from feedpub.model import BuildReport, FeedReport, FeedSummary, Problem
from feedpub.ports import Glance, Progress
from feedpub.publishing.chores import PICTURES, list_leftovers
from feedpub.publishing.frontpage import summarise_feeds
from feedpub.publishing.hub import forget_topics, load_topics
from feedpub.publishing.lookout import Lookout
from feedpub.publishing.observation import Observation
from feedpub.publishing.output import PROBE, Output
from feedpub.publishing.setup import BuildOptions, Setup, open_transaction
from feedpub.publishing.standing import ALL_MONTHS, EVERYTHING
from feedpub.publishing.store import Catalog, Store
from feedpub.publishing.transcription import start_transcriber

RESTORED = "restored"
"""Note of the site: the database came from a backup, and nothing was built since."""

_RESTORED_NEWS = Problem(
    "warning",
    "feedpub.db",
    "restored from a backup: what came since counts as known, as it may have been mailed; "
    "those who left since, unless the replaced database told of them, have to leave again",
)


class Build:
    """A run of ``Publisher.build``."""

    def __init__(self, setup: Setup, options: BuildOptions, progress: Progress) -> None:
        self._setup = setup
        self._options = options
        self._progress = progress
        self._now = int(setup.clock().timestamp())
        self._interrupted = False
        self._restored = False
        self._choices = f"drafts={options.drafts} future={options.future}"

    def run(self) -> BuildReport:
        """Do it, or find that there is nothing to do."""
        setup = self._setup
        glance = setup.glance()
        if glance is None:
            with setup.open_store():  # gives the error, or brings the database up to date
                pass
            glance = setup.glance()
        new = self._fetch(glance)
        reader = setup.reader.knowing(self._list_known(glance))
        with (
            setup.make_pool(reader, setup.jobs) as workers,
            start_transcriber(setup, is_first=self._is_first(glance)) as read,
            setup.make_ready(glance) as tell_news,
        ):
            looking = Lookout(workers, tell_news)
            observation = Observation(
                setup, looking, self._progress, read, new=new, by_jobs=self._options.by_jobs
            )
            if glance is not None and self._is_idle(glance, observation):
                return self._report_idle(glance)
            observation.read_ahead(glance)
            if glance is not None and glance.meta.get("building") and not self._options.dry_run:
                setup.target.sweep()
            with setup.open_store() as store:
                planned = self._take_in(store, observation)
        return planned or self._publish(observation)

    def _fetch(self, glance: Glance | None) -> frozenset[str]:
        """Let remote sources be brought here; return those that the catalog has nothing of."""
        remotes, options = self._setup.remotes, self._options
        if remotes is None:
            return frozenset()
        known = {name for name, folders in glance.folders.items() if folders} if glance else set()
        if not (options.offline or options.dry_run or options.by_jobs):
            believed = () if options.accept_deletions else known
            remotes.fetch(self._now, known=believed, progress=self._progress)
        elif not options.dry_run:
            remotes.refresh()
        return remotes.names - known

    def _list_remote(self) -> list[Problem]:
        return self._setup.remotes.problems() if self._setup.remotes else []

    def _list_unfetched(self) -> tuple[str, ...]:
        return self._setup.remotes.failing() if self._setup.remotes else ()

    def _is_first(self, glance: Glance | None) -> bool:
        names = {source.name for source in self._setup.sources}
        return glance is not None and not names <= glance.settings.keys()

    def _list_known(self, glance: Glance | None) -> dict[str, Mapping[str, bytes]]:
        """Return the fingerprints of folders that need not be listed if they are unchanged."""
        if glance is None:
            return {}
        return {
            source.name: glance.folders[source.name]
            for source in self._setup.sources
            if glance.settings.get(source.name) == source.settings
        }

    # Nothing to do

    def _is_idle(self, glance: Glance, observation: Observation) -> bool:
        options, meta = self._options, glance.meta
        due = meta.get("due")
        return (
            not glance.pending
            and not meta.get("building")
            and not options.everything
            and options.category is None  # which may be one that there is not
            and not (options.drafts or options.future)  # no moment is noted for what is shown ahead
            and meta.get("settings") == self._setup.settings
            and meta.get("options") == self._choices
            and (due is None or int(due) > self._now)
            and (options.by_jobs or options.offline or meta.get(PICTURES, "0") == "0")
            and (options.by_jobs or not load_topics(meta))
            and observation.is_unchanged(glance)
            and self._setup.target.exists(PROBE)
        )

    def _report_idle(self, glance: Glance) -> BuildReport:
        problems = [self._setup.make_problem(problem) for problem in glance.problems]
        problems += self._list_remote()
        summary = json.loads(glance.meta.get("summary", "{}"))
        return BuildReport(
            articles=summary.get("articles", 0),
            held=summary.get("held", 0),
            feeds=summary.get("feeds", 0),
            problems=tuple(problems),
            pictures_pending=int(glance.meta.get(PICTURES, "0")),
            dry_run=self._options.dry_run,
            unfetched=self._list_unfetched(),
        )

    # Reading

    def _take_in(self, store: Store, observation: Observation) -> BuildReport | None:
        """Bring the catalog in line; return the report of a dry run, which leaves it as it was."""
        options = self._options
        report = None
        try:
            with store.transaction() as catalog:
                meta = catalog.shelves.meta()
                moment = Moment.after(
                    int(meta.get("clock", "0")),
                    self._now,
                    drafts=options.drafts,
                    future=options.future,
                )
                self._interrupted = "building" in meta
                if self._is_stale(meta):
                    catalog.shelves.mark_dirty([(EVERYTHING, ALL_MONTHS)])
                observation.take_in(
                    catalog,
                    moment,
                    accept_deletions=options.accept_deletions,
                    settle_all=options.drafts
                    or options.future
                    or meta.get("options") != self._choices,
                )
                if meta.get(RESTORED):
                    self._close_windows(catalog, moment)
                if options.category is not None:
                    look_up(catalog.shelves.load_tree(), options.category)
                self._note_beginning(catalog, moment)
                if options.dry_run:
                    summaries = summarise_feeds(catalog.shelves, catalog.shelves.load_tree())
                    report = self._report(observation, self._count(catalog, summaries))
                    raise _UndoneError
        except _UndoneError:
            pass
        return report

    def _note_beginning(self, catalog: Catalog, moment: Moment) -> None:
        due = catalog.sources.next_due(self._now)
        catalog.shelves.set_meta(
            {
                "due": "" if due is None else str(due),
                "options": self._choices,
                "building": "1",
                "clock": str(moment.sight),
            }
        )

    def _close_windows(self, catalog: Catalog, moment: Moment) -> None:
        """Count what came since a backup was made as known: issues it knows not may have had it."""
        if catalog.issues.knows_people():
            catalog.issues.close_windows(moment.sight + 1, self._now)
            self._restored = True
        catalog.shelves.set_meta({RESTORED: ""})

    def _is_stale(self, meta: Mapping[str, str]) -> bool:
        """Return whether every document has to be made again, whatever the articles say."""
        return meta.get("settings") != self._setup.settings or not self._setup.target.exists(PROBE)

    # Publishing

    def _publish(self, observation: Observation) -> BuildReport:
        output = Output(
            self._setup, self._options, self._progress, self._now, mend=self._interrupted
        )
        try:
            output.publish()
            if self._setup.publish_more is not None:
                output.written += self._setup.publish_more()
        except BaseException:
            # What waits beside its place takes room that a full disk may lack.
            with suppress(TargetError):
                self._setup.target.sweep()
            raise
        pinged = self._ping(output)
        with open_transaction(self._setup.open_store) as catalog:
            result = self._count(catalog, output.summaries)
            catalog.shelves.set_meta(
                {
                    "building": "",
                    "settings": self._setup.settings,
                    "last_build": str(self._now),
                    PICTURES: str(output.pictures_pending),
                    "summary": json.dumps(result.numbers),
                }
            )
            if self._options.by_jobs:
                catalog.jobs.defer(list_leftovers(self._setup, catalog.shelves.meta()))
        return self._report(observation, result, output, pinged)

    def _count(self, catalog: Catalog, summaries: Sequence[FeedSummary]) -> "_Result":
        return _Result(
            summaries,
            {
                "articles": summaries[0].articles,
                "held": catalog.sources.count_held(),
                "feeds": len(summaries) * len(FORMATS),
            },
            [self._setup.make_problem(problem) for problem in catalog.sources.problems()],
        )

    def _ping(self, output: Output) -> tuple[str, ...]:
        """Tell the hub, when all files are in place; what a crash kept back is told now."""
        notifier = self._setup.notifier
        if notifier is None or not output.topics:
            return ()
        if self._options.offline or self._options.by_jobs:
            return ()
        told, problems = notifier.ping(output.topics)
        output.problems += problems
        with open_transaction(self._setup.open_store) as catalog:
            forget_topics(catalog.shelves)
        return tuple(told)

    def _report(
        self,
        observation: Observation,
        result: "_Result",
        output: Output | None = None,
        pinged: tuple[str, ...] = (),
    ) -> BuildReport:
        counts = observation.counts
        problems = [
            *self._list_problems(observation, result),
            *(output.problems if output else ()),
        ]
        return BuildReport(
            **result.numbers,
            new=counts["new"],
            updated=counts["updated"],
            moved=counts["moved"],
            deleted=counts["deleted"],
            duplicates=counts["duplicates"],
            baseline=counts["baseline"],
            written=len(output.written) if output else 0,
            removed=len(output.removed) if output else 0,
            pictures_pending=output.pictures_pending if output else 0,
            pictures_failed=output.pictures_failed if output else 0,
            problems=tuple(problems),
            summaries=tuple(
                FeedReport(item.category, item.articles, self._list_files(item))
                for item in result.summaries
                if item.articles or not item.category.path
            ),
            pinged=pinged,
            dry_run=self._options.dry_run,
            held_sources=tuple(observation.held),
            unfetched=self._list_unfetched(),
        )

    def _list_problems(self, observation: Observation, result: "_Result") -> Iterator[Problem]:
        for name, error in observation.held.items():
            yield Problem("error", name, str(error))
        yield from result.problems
        yield from self._list_remote()
        yield from _describe_news(observation)
        if self._restored:
            yield _RESTORED_NEWS

    def _list_files(self, summary: FeedSummary) -> tuple[str, ...]:
        names = [form.file for form in FORMATS]
        if self._setup.make_pages is not None:
            names.append("index.html")
        return tuple(f"{summary.category.folder}/{name}" for name in names)


class _Result(NamedTuple):
    """What the catalog holds at the end.

    Attributes:
        summaries: A line for each category, everything first.
        numbers: Articles, held ones and feeds.
        problems: With files.
    """

    summaries: Sequence[FeedSummary]
    numbers: Mapping[str, int]
    problems: Sequence[Problem]


class _UndoneError(Exception):
    """Undoes the transaction of a dry run."""


def _describe_news(observation: Observation) -> Iterator[Problem]:
    if backdated := observation.counts["backdated"]:
        yield Problem(
            "warning",
            "articles",
            f"new, but dated more than 30 days back: {backdated}; "
            "published, and no newsletter will bring them",
        )
