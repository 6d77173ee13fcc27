"""Twins of what feedpub talks to, for your own tests: no database file, no output, no network.

    config = make_config(tmp_path / "articles")
    target, clock = MemoryTarget(), FixedClock()
    publisher = make_publisher(config, target=target, clock=clock)

    publisher.build()

    assert b"<rss" in target.files["all/rss.xml"]

Only articles are read from the disk. Whatever is not given is a fresh twin.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedpub.audience import Audience, AudienceSetup
from feedpub.config import (
    Config,
    EmbedConfig,
    FeedsConfig,
    PagesConfig,
    SourceConfig,
    ThumbnailsConfig,
)
from feedpub.errors import FetchError
from feedpub.model import Frequency, Problem, Site
from feedpub.ports import Glance, Staged
from feedpub.publisher import Publisher
from feedpub.store.sql import SqlStore
from feedpub.testing.ledger import MemoryLedger, MemoryMailer
from feedpub.testing.queue import MemoryQueue
from feedpub.testing.shards import MemoryShards
from feedpub.thumbnails import Thumbnailer
from feedpub.tokens import Signer
from feedpub.wiring import make_setup
from feedpub.workers import Pool

__all__ = [
    "FixedClock",
    "MemoryHub",
    "MemoryLedger",
    "MemoryMailer",
    "MemoryPictures",
    "MemoryQueue",
    "MemoryShards",
    "MemoryStore",
    "MemoryTarget",
    "make_audience",
    "make_config",
    "make_publisher",
    "no_processes",
]

SITE_ID = "6f1d2c9e-3b57-4f0a-9a55-0c1d7e8b2a34"


class FixedClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)) -> None:
        """Set it.

        Args:
            now: Aware.
        """
        self.now = now

    def __call__(self) -> datetime:
        """Return the time, aware."""
        return self.now

    def advance(self, **time: float) -> datetime:
        """Go on, such as by ``days=2``, and return the time.

        Args:
            time: What ``timedelta`` takes.
        """
        self.now += timedelta(**time)
        return self.now


class MemoryTarget:
    """Publishes into a dictionary; one process only.

    Attributes:
        files: What is published, by path.
        written: Paths in the order in which they were put into place, since the beginning.
        deleted: Paths in the order in which they were deleted.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.written: list[str] = []
        self.deleted: list[str] = []
        self._waiting: dict[str, bytes] = {}
        self._tickets = 0

    def begin(self) -> None:
        """See ``feedpub.ports.Target``: nobody else publishes here."""

    def stage(self, path: str, data: bytes) -> Staged | None:
        """See ``feedpub.ports.Target``."""
        if self.files.get(path) == data:
            return None
        self._tickets += 1
        ticket = str(self._tickets)
        self._waiting[ticket] = bytes(data)
        return Staged(path, ticket)

    def commit(self, staged: Sequence[Staged]) -> None:
        """See ``feedpub.ports.Target``."""
        for path, ticket in staged:
            self.files[path] = self._waiting.pop(ticket)
            self.written.append(path)

    def delete(self, paths: Sequence[str]) -> list[str]:
        """See ``feedpub.ports.Target``."""
        deleted = [path for path in dict.fromkeys(paths) if self.files.pop(path, None) is not None]
        self.deleted += deleted
        return deleted

    def exists(self, path: str) -> bool:
        """See ``feedpub.ports.Target``."""
        return path in self.files

    def sweep(self) -> None:
        """See ``feedpub.ports.Target``."""
        self._waiting.clear()


class MemoryStore:
    """A catalog that lives as long as the object; opened as often as one likes, by one thread.

    Attributes:
        queue: What its transactions deferred.
    """

    def __init__(self) -> None:
        self._store = SqlStore.in_memory()
        self.queue = MemoryQueue()
        self._listening = ExitStack()
        self._listening.enter_context(self._store.listen(self.queue.defer))

    @contextmanager
    def open(self, *, read_only: bool = False) -> Iterator[SqlStore]:  # noqa: ARG002 # as the port has it
        """Give the store; it stays open."""
        yield self._store

    def glance(self) -> Glance:
        """Return what tells a build whether it has anything to do."""
        with self._store.transaction() as catalog:
            sources = catalog.sources.list_sources()
            return Glance(
                folders={row.name: catalog.sources.fingerprints(row.id) for row in sources},
                settings={row.name: row.settings for row in sources},
                meta=catalog.shelves.meta(),
                pending=bool(catalog.shelves.dirty()),
                problems=catalog.sources.problems(),
            )

    def close(self) -> None:
        """Forget everything."""
        self._listening.close()
        self._store.close()


class MemoryPictures(Thumbnailer):
    """The network, as far as pictures go.

    Attributes:
        remote: Bytes by URL; whatever else is asked for does not arrive.
        asked: URLs in the order in which they were asked for.
    """

    def __init__(self, remote: Mapping[str, bytes] | None = None) -> None:
        super().__init__(None, isolate=False)
        self.remote = dict(remote or {})
        self.asked: list[str] = []

    def fetch_all(
        self,
        urls: Iterable[str],
        *,
        done: Callable[[str, Any], None],
        budget_s: float = 60,  # noqa: ARG002 # as the port has it
        at_most: int = 8,  # noqa: ARG002 # as the port has it
    ) -> list[str]:
        """Tell what became of each URL, in order; the budget is never used up."""
        for url in dict.fromkeys(urls):
            self.asked.append(url)
            done(url, self._get(url))
        return []

    def _get(self, url: str) -> Any:
        if url not in self.remote:
            return FetchError("no answer in this test", url=url)
        try:
            return self.from_bytes(self.remote[url], url=url)
        except FetchError as error:
            return error


class MemoryHub:
    """A WebSub hub that takes everything.

    Attributes:
        pings: Topics of each call, in order.
    """

    def __init__(self) -> None:
        self.pings: list[list[str]] = []

    def ping(self, topics: Sequence[str]) -> tuple[list[str], list[Problem]]:
        """See ``feedpub.ports.Notifier``."""
        self.pings.append(list(topics))
        return list(topics), []


def no_processes(
    function: Callable[[Any], Any],
    jobs: int,  # noqa: ARG001 # as the port has it
    *,
    apart: bool = False,  # noqa: ARG001 # as the port has it
) -> Pool[Any, Any]:
    """Return a pool that does the work itself, however many processes are asked for."""
    return Pool(function, 1)


def make_config(*articles: Path, root: Path | None = None, **changes: Any) -> Config:
    """Return settings without a file: pages, embeds and thumbnails off, everything else as usual.

    Args:
        articles: Folder of each source, which gets the folder's name.
        root: Of the site; the folder above the first source if None.
        changes: Fields of ``Config`` in place of these, such as ``sources``.

    Raises:
        TypeError: There is neither a folder nor ``sources``.
    """
    sources = changes.get("sources") or [SourceConfig(path.name, path) for path in articles]
    if not sources:
        raise TypeError("make_config() needs the folder of a source, or sources=...")
    root = root or sources[0].path.parent
    site = Site(
        title="A site",
        url="https://example.org/",
        feeds_url="https://example.org/feeds/",
        language="en",
        zone=ZoneInfo("Asia/Shanghai"),
        id=SITE_ID,
        pages=False,
    )
    config = Config(
        path=root / "feedpub.toml",
        root=root,
        site=site,
        site_id=SITE_ID,
        sources=tuple(sources),
        feeds=FeedsConfig(folder=root / "feeds"),
        thumbnails=ThumbnailsConfig(mode="none"),
        pages=PagesConfig(templates=root / "templates", enabled=False),
        embed=EmbedConfig(enabled=False),
        renames={},
        database="feedpub.db",
        jobs=1,
    )
    return replace(config, **{**changes, "sources": tuple(sources)})


def make_publisher(
    config: Config,
    *,
    target: Any = None,
    store: MemoryStore | None = None,
    clock: Callable[[], datetime] | None = None,
    pictures: MemoryPictures | None = None,
    hub: MemoryHub | None = None,
    shards: MemoryShards | None = None,
) -> Publisher:
    """Return the API of a site whose surroundings are twins.

    Args:
        config: Of ``make_config`` or ``feedpub.config.load_config``.
        target: Where documents go.
        store: Keeps the catalog; give the same one to go on with a site under other settings.
        clock: Now, aware.
        pictures: The network.
        hub: Told of changed feeds; None if nobody is.
        shards: What several machines read together; None if there is but one.
    """
    catalog = store or MemoryStore()
    setup = replace(
        make_setup(config, clock=clock or FixedClock()),
        target=target or MemoryTarget(),
        open_store=catalog.open,
        glance=catalog.glance,
        make_pool=no_processes,
        thumbnailer=pictures or MemoryPictures(),
        notifier=hub,
        lock=_no_lock,
        picture_lock=_no_lock,
        open_shards=None if shards is None else shards.open,
    )
    return Publisher(setup)


def make_audience(
    store: MemoryStore | None = None,
    *,
    clock: Callable[[], datetime] | None = None,
    default_frequency: Frequency | None = Frequency.WEEKLY,
    frequencies: Sequence[Frequency] = tuple(Frequency),
    **changes: Any,
) -> Audience:
    """Return the API of subscribers who live as long as the store.

    Args:
        store: Give that of a publisher to let its categories be chosen.
        clock: Now, aware.
        default_frequency: Of those who chose none.
        frequencies: Those that are sent, oftenest first.
        changes: Fields of ``AudienceSetup`` in place of these, such as ``policy``.
    """
    setup = AudienceSetup(
        open_store=(store or MemoryStore()).open,
        signer=Signer(SITE_ID.encode()),
        clock=clock or FixedClock(),
        default_frequency=default_frequency,
        frequencies=tuple(frequencies),
    )
    return Audience(replace(setup, **changes))


def _no_lock() -> AbstractContextManager[None]:
    return nullcontext()
