"""All feeds of a site, politely and within a budget."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from urllib.parse import urlsplit

from feedpub.errors import FeedError, FetchError
from feedpub.model import Problem
from feedpub.net import Fetched, Fetcher, host_of
from feedpub.ports import Progress
from feedpub.ports.depot import Depot
from feedpub.reading.remote import make_name, parse_feed
from feedpub.sources.remote.settings import RemoteSource
from feedpub.sources.remote.spool import Kept, Spool
from feedpub.sources.remote.state import NOT_MODIFIED, FeedState, after_answer, after_failure

MAX_BYTES = 5 * 1024 * 1024
_DEADLINE_S = 30.0
_HOSTS_AT_ONCE = 8
_PAUSE_S = 1.0
_WEB_PORTS = {80, 443}
# Feeds come as anything, text/html and no type at all among it; what it is shows when it is read.
_ACCEPT = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/xml",
    "text/xml",
    "application/",
    "text/",
    "",
)


class Gatherer:
    """Brings the spools of a site's feeds up to date.

    One request at a time goes to a host, and a second one after a pause; several hosts are asked
    at once. A feed that fails is left as it is, and asked less and less often.

    Args:
        sources: In the order of the settings.
        home: Zone of the site.
        every_s: Seconds between two requests for a feed, at least.
        budget_s: Seconds in all for one round; what was not reached comes first in the next.
        pause_s: Seconds between two requests to one host.
        depot: Where machines share what feeds brought; None if there is but one.
    """

    def __init__(
        self,
        sources: Sequence[RemoteSource],
        *,
        home: tzinfo,
        every_s: int,
        budget_s: float,
        pause_s: float = _PAUSE_S,
        depot: Depot | None = None,
    ) -> None:
        self._sources, self._home = sources, home
        self._every_s, self._budget_s, self._pause_s = every_s, budget_s, pause_s
        self._depot = depot
        self._spools = {source.name: _open_spool(source, depot) for source in sources}

    @property
    def names(self) -> frozenset[str]:
        """The sources that are remote."""
        return frozenset(self._spools)

    def fetch(self, now: int, *, known: Collection[str], progress: Progress) -> frozenset[str]:
        """Ask the feeds that are due, and keep what they have.

        Args:
            now: Seconds since the epoch.
            known: Sources that the catalog has articles of. Where their folder is missing it was
                lost, and is not made anew: what is in no window any more would count as deleted.
            progress: Is told how far it is.

        Returns:
            The sources that had something new.
        """
        self.__dict__.pop("_taken", None)  # of the round before
        due: list[tuple[int, int, RemoteSource]] = []
        for source in self._sources:
            spool = self._spools[source.name]
            if spool.exists() or source.name not in known:
                spool.open()
                state = spool.load_state(source.url)
                if state.is_due(now):
                    due.append((state.next_at, len(due), source))
        if not due:
            return frozenset()
        return self._fetch_due([source for _, _, source in sorted(due)], now, progress)

    def refresh(self) -> None:
        """Bring the folders up to date with what other machines fetched; ask nobody.

        Raises:
            StoreError: The database cannot tell.
            TargetError: A folder cannot be written.
        """
        versions = self._depot.versions() if self._depot else {}
        for name, spool in self._spools.items():
            spool.refresh(versions.get(name, 0))

    def is_whole(self) -> bool:
        """Return whether all folders are there."""
        return all(spool.exists() for spool in self._spools.values())

    def failing(self) -> tuple[str, ...]:
        """Return the sources whose last request failed."""
        return tuple(source.name for source, state in self._states() if state.error)

    def problems(self) -> list[Problem]:
        """Return what the editor should know of the feeds, as they stood at the last request."""
        return [
            Problem("warning", source.url, message)
            for source, state in self._states()
            for message in _describe(source, state)
        ]

    def _states(self) -> Iterator[tuple[RemoteSource, FeedState]]:
        for source in self._sources:
            yield source, self._spools[source.name].load_state(source.url)

    # A round

    def _fetch_due(
        self, due: Sequence[RemoteSource], now: int, progress: Progress
    ) -> frozenset[str]:
        news: set[str] = set()
        deadline = time.monotonic() + self._budget_s
        hosts: dict[str, list[RemoteSource]] = {}
        for source in due:
            hosts.setdefault(host_of(self._state(source).address), []).append(source)
        progress("fetch", 0, len(due))
        with ExitStack() as stack:
            fetchers = self._open_fetchers(due, stack)
            stop = threading.Event()
            pool = ThreadPoolExecutor(_HOSTS_AT_ONCE, thread_name_prefix="feedpub-feed")
            stack.callback(pool.shutdown)
            stack.callback(stop.set)  # called first: nobody pauses for a round that was broken off
            turns = _Turns(list(hosts.values()), self._pause_s, stop)
            fetch = _Fetch(fetchers, self._state, deadline)
            for number, (source, outcome) in enumerate(turns.run(pool, fetch, deadline), 1):
                if self._take(source, outcome, now):
                    news.add(source.name)
                progress("fetch", number, len(due))
        return frozenset(news)

    @cached_property
    def _taken(self) -> set[str]:
        """The names of all entries: who asks for one that is not in its own spool asks for others.

        Listed when the first feed has something, and kept up to date from then on.
        """
        return set().union(*(spool.list_names() for spool in self._spools.values()))

    def _state(self, source: RemoteSource) -> FeedState:
        return self._spools[source.name].load_state(source.url)

    def _open_fetchers(self, due: Sequence[RemoteSource], stack: ExitStack) -> dict[bool, Fetcher]:
        """Return what asks in public, on the ports that the settings name, and what in private."""
        ports = {urlsplit(source.url).port for source in due} - {None}
        public = Fetcher(ports={*_WEB_PORTS, *filter(None, ports)}, per_host=1)
        private = Fetcher(allow_private=True, ports=None, per_host=1)
        return {False: stack.enter_context(public), True: stack.enter_context(private)}

    def _take(self, source: RemoteSource, outcome: Fetched | FetchError, now: int) -> bool:
        """Keep what arrived, then remember that it did; in this order, and at once.

        Returns:
            Whether any of it was new.
        """
        spool = self._spools[source.name]
        state = spool.load_state(source.url)
        if isinstance(outcome, Fetched):
            try:
                kept, notes = self._keep(spool, outcome, now)
            except FeedError as error:
                outcome = error
            else:
                every_s = self._every_s
                spool.save_state(after_answer(state, outcome, now, every_s=every_s, notes=notes))
                return any(kept)
        reason = f"{outcome}{_suggest_private(source, outcome)}"
        spool.save_state(after_failure(state, outcome, now, every_s=self._every_s, reason=reason))
        return False

    def _keep(
        self, spool: Spool, fetched: Fetched, now: int
    ) -> tuple[Kept, tuple[str, ...] | None]:
        if fetched.status == NOT_MODIFIED:
            return Kept(0, 0), None
        feed = parse_feed(
            fetched.body,
            url=fetched.url,
            home=self._home,
            content_type=fetched.headers.get("content-type", ""),
        )
        kept = spool.keep(feed.entries, now, self._taken)
        self._taken.update(map(make_name, feed.entries))
        return kept, tuple(f"left out: {reason}" for reason in feed.left_out)


def _open_spool(source: RemoteSource, depot: Depot | None) -> Spool:
    return Spool(source.folder, None if depot is None else (source.name, depot))


class _Fetch:
    """Asks for one feed, in a thread."""

    def __init__(
        self,
        fetchers: dict[bool, Fetcher],
        state: Callable[[RemoteSource], FeedState],
        deadline: float,
    ) -> None:
        self._fetchers, self._state, self._deadline = fetchers, state, deadline
        # At most half of the round, so that whoever is slow is told from a round that is over.
        self._patience_s = min(_DEADLINE_S, (deadline - time.monotonic()) / 2)

    def __call__(self, source: RemoteSource) -> Fetched | FetchError | None:
        """Return the answer or the error; None if it was our time that ran out."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            return None
        state = self._state(source)
        try:
            return self._fetchers[source.private].get(
                state.address,
                max_bytes=MAX_BYTES,
                deadline_s=min(left, self._patience_s),
                accept=_ACCEPT,
                known=state.known,
            )
        except FetchError as error:
            late = error.retry and error.status is None and left < self._patience_s
            return None if late else error


class _Turns:
    """Sources by host: many hosts at once, each asked for one source after the other."""

    def __init__(
        self, queues: list[list[RemoteSource]], pause_s: float, stop: threading.Event
    ) -> None:
        self._queues, self._pause_s, self._stop = queues, pause_s, stop

    def run(
        self, pool: ThreadPoolExecutor, fetch: _Fetch, deadline: float
    ) -> Iterator[tuple[RemoteSource, Fetched | FetchError]]:
        """Yield each source that was asked, with what came of it, as they come.

        Args:
            pool: Asks one at a time in each of its threads.
            fetch: Asks one.
            deadline: By ``time.monotonic``; after it none is asked that was not yet.
        """
        running: dict[Future[Fetched | FetchError | None], list[RemoteSource]] = {}
        for queue in self._queues:
            running[pool.submit(fetch, queue[0])] = queue
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                source, *rest = running.pop(future)
                outcome = future.result()
                if outcome is not None:
                    yield source, outcome
                if rest and time.monotonic() < deadline:
                    running[pool.submit(self._ask_later, fetch, rest[0])] = rest

    def _ask_later(self, fetch: _Fetch, source: RemoteSource) -> Fetched | FetchError | None:
        self._stop.wait(self._pause_s)
        return None if self._stop.is_set() else fetch(source)


def _suggest_private(source: RemoteSource, error: FetchError) -> str:
    """Return the remedy for an address that the guard refused, as it may be the editor's own."""
    refused = any(
        sign in str(error) for sign in ("not on the public internet", "is not used; only")
    )
    if source.private or not refused:
        return ""
    return ", or write private = true if the feed is on your own network"


def _describe(source: RemoteSource, state: FeedState) -> Iterator[str]:
    if state.gone:
        yield (
            f"source '{source.name}': the feed is gone for good (410) and is not asked again;"
            " its articles stay; give the source another url, or take it out"
        )
    elif state.error:
        since = datetime.fromtimestamp(state.failing_since, UTC)
        again = datetime.fromtimestamp(state.next_at, UTC)
        yield (
            f"source '{source.name}' could not be fetched, its articles stay: {state.error}"
            f" (failing since {since:%Y-%m-%d %H:%M} UTC, asked again after {again:%Y-%m-%d %H:%M})"
        )
    if state.moved:
        yield f"source '{source.name}' has moved for good; write url = \"{state.moved}\""
    for note in state.notes:
        yield f"source '{source.name}', entries {note}"
