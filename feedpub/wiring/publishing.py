"""Wires what a build needs: settings in, a ``Setup`` with its adapters out."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedpub import __version__
from feedpub.catalog.identity import mint_id
from feedpub.config import KEY_NAME, UPLOAD, Config
from feedpub.embeds.places import oembed_path
from feedpub.errors import FetchError
from feedpub.feeds import load_libraries
from feedpub.model import Problem
from feedpub.ports import Glance, Target
from feedpub.publishing.build import RESTORED
from feedpub.publishing.setup import Setup
from feedpub.publishing.standing import ALL_MONTHS, EVERYTHING
from feedpub.resources import locale_folder, static_folder, templates_folder
from feedpub.sources.source import Reader
from feedpub.targets.keep import KeptFolder
from feedpub.targets.local import LocalTarget
from feedpub.wiring.databases import ServerDatabase, SiteDatabase, make_database
from feedpub.wiring.depot import StoreDepot
from feedpub.wiring.readiness import Readiness
from feedpub.wiring.sources import make_remotes, make_sources
from feedpub.workers import Pool, count_cores

if TYPE_CHECKING:
    from feedpub.net import Fetcher
    from feedpub.store.catalog import Catalog

_ALL = [(EVERYTHING, ALL_MONTHS)]


def create_site(config: Config) -> None:
    """Make the database and the key of a new site; what exists is kept."""
    database = make_database(config)
    with database.lock()():
        _create_key(config.root / KEY_NAME)
        database.create()


def _create_key(key: Path) -> None:
    """Make a secret, whole or not at all, that nobody else may read."""
    if key.exists():
        return
    waiting = key.with_name(f".{key.name}.new")
    waiting.unlink(missing_ok=True)  # of a run that was killed
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(descriptor)
    waiting.rename(key)


def restore_site(config: Config, archive: Path) -> None:
    """Put a backup in the place of the database; whoever left since stays gone.

    Raises:
        BusyError: A run holds the site.
        MissingStoreError: There is no such backup.
        CorruptStoreError: It is damaged.
    """
    from feedpub.wiring.departures import keep_departures

    database = make_database(config)
    with database.lock()():
        keep = keep_departures(database, config.root / KEY_NAME)

        def prepare(catalog: "Catalog") -> None:
            _distrust(catalog)
            keep(catalog)

        database.restore(archive, prepare)


def _distrust(catalog: "Catalog") -> None:
    """Note in a copy of the database that the world went on since: files, and perhaps mails."""
    from feedpub.mailing.archive import MADE

    catalog.shelves.mark_dirty(_ALL)
    catalog.fetched.start_era()
    catalog.issues.doubt_open(
        "the database was restored from a backup; it may have been mailed since",
        int(datetime.now(UTC).timestamp()),
    )
    catalog.shelves.set_meta({RESTORED: "1", MADE: ""})


def make_setup(
    config: Config,
    *,
    clock: Callable[[], datetime] | None = None,
    allow_private: bool = False,
    publish_more: Callable[[], list[str]] | None = None,
) -> Setup:
    """Return a site's settings and adapters; nothing is opened yet.

    Args:
        config: Of the site.
        clock: Now, aware; that of the machine if None.
        allow_private: Let pictures and feeds come from private addresses.
        publish_more: Publishes what a build does not know of; None if there is nothing.
    """
    sources = make_sources(config)
    jobs = config.jobs or count_cores()
    database = make_database(config)
    return Setup(
        site=config.site,
        site_id=config.site_id,
        sources=sources,
        renames=config.renames,
        entries=config.feeds.entries,
        archive=config.feeds.archive,
        mode=config.thumbnails.mode,
        picture_budget_s=config.thumbnails.budget_s,
        jobs=jobs,
        settings=digest_settings(config),
        target=_make_target(config),
        open_store=database.open,
        glance=lambda: _glance(database),
        make_ready=Readiness(sources, partial(_load_libraries, database)),
        make_pool=Pool,
        reader=Reader(sources),
        make_pages=_PageMaker(config) if config.pages.enabled else None,
        make_embeds=_EmbedMaker(config) if config.embed.enabled else None,
        article_pages=config.pages.enabled and config.pages.articles == "auto",
        thumbnailer=_LazyThumbnailer(allow_private=allow_private),
        probe=_Probe(allow_private=allow_private),
        notifier=_Hub(config.site.hub) if config.site.hub and config.feeds.ping else None,
        publish_more=publish_more,
        open_folder=lambda path: KeptFolder(Path(path), label=path.rstrip("/") or "/"),
        lock=database.lock(),
        picture_lock=database.lock("pictures", wait_s=0),
        clock=clock or (lambda: datetime.now(UTC)),
        mint=lambda source, path, attempt: mint_id(config.site_id, source, path, attempt=attempt),
        remotes=make_remotes(
            config,
            database.lock("feeds"),
            depot=StoreDepot(database.open) if config.has_server else None,
            allow_private=allow_private,
        ),
        open_shards=database.open_shards if isinstance(database, ServerDatabase) else None,
    )


def _load_libraries(database: SiteDatabase) -> None:
    database.load_libraries()
    load_libraries()


def _make_target(config: Config) -> Target:
    """Return where everything is published; nothing is asked of it yet."""
    if config.bucket is None:
        return LocalTarget(config.feeds.folder)
    from feedpub.publishing.output import rank_path
    from feedpub.targets.bucket import BucketSettings
    from feedpub.targets.s3 import S3Target

    settings = BucketSettings(**asdict(config.bucket), retry_s=config.bucket.timeout_s)
    return S3Target(settings, config.root / UPLOAD, rank_path)


def digest_settings(config: Config) -> str:
    """Return a digest over all that changes what is published besides articles."""
    digest = hashlib.sha256()
    values = (
        __version__,
        config.site,
        str(config.site.zone),
        [(source.name, source.permalink) for source in config.sources],
        config.feeds.entries,
        config.feeds.archive,
        config.thumbnails.mode,
        config.thumbnails.placeholders,
        config.pages.enabled,
        config.pages.articles,
        config.embed,
    )
    digest.update(repr(values).encode("utf-8", "replace"))
    if config.pages.enabled or config.embed.enabled:
        for file in _page_files(config.pages.templates):
            digest.update(f"{file.name}\n".encode("utf-8", "replace") + file.read_bytes())
    return digest.hexdigest()[:32]


def _page_files(overrides: Path) -> Iterator[Path]:
    """Yield what pages and embeds are made of; the templates of mails are nobody's page."""
    own = (overrides / "pages", overrides / "embed", overrides / "assets")
    ours = templates_folder()
    for folder in (*own, ours / "pages", ours / "embed", static_folder(), locale_folder()):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".po":
                yield file


def _glance(database: SiteDatabase) -> Glance | None:
    found = database.glance()
    if found is None or found.meta.get("schema") != SCHEMA:
        return None
    return found


SCHEMA = "0006"
"""The version that ``glance`` understands; held against the store's by a test."""


class _PageMaker:
    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(self) -> Any:
        from feedpub.pages import Pages

        config = self._config
        return Pages(
            config.site,
            templates=[config.pages.templates],
            oembed_path=oembed_path if config.embed.enabled else None,
        )


class _EmbedMaker:
    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(self) -> Any:
        from feedpub.embeds.maker import Embeds

        return Embeds(
            self._config.site,
            entries=self._config.embed.entries,
            templates=[self._config.pages.templates],
        )


class _LazyThumbnailer:
    """Brings up HTTP and picture libraries when the first picture needs them."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._made: Any = None

    def _get(self) -> Any:
        if self._made is None:
            from feedpub.net import Fetcher
            from feedpub.thumbnails import Thumbnailer

            fetcher = Fetcher(allow_private=True, ports=None) if self._allow_private else Fetcher()
            self._made = Thumbnailer(fetcher)
        return self._made

    def from_bytes(self, data: bytes, *, url: str = "") -> Any:
        return self._get().from_bytes(data, url=url)

    def fetch_all(self, urls: Sequence[str], **options: Any) -> list[str]:
        pending: list[str] = self._get().fetch_all(urls, **options)
        return pending

    def close(self) -> None:
        if self._made is not None:
            self._made.close()
            self._made = None


class _Probe:
    """Asks whether web addresses answer, eight at a time."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    def __call__(self, urls: Sequence[str]) -> dict[str, str | None]:
        return ask_addresses(urls, allow_private=self._allow_private)


def ask_addresses(urls: Sequence[str], *, allow_private: bool) -> dict[str, str | None]:
    """Return, for each web address, why it does not answer, or None.

    Args:
        urls: Absolute.
        allow_private: Whether they may be on private addresses and any port.
    """
    from concurrent.futures import ThreadPoolExecutor

    from feedpub.net import Fetcher

    options: dict[str, Any] = {"ports": None} if allow_private else {}
    with Fetcher(allow_private=allow_private, **options) as fetcher, ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda url: _ask(fetcher, url), urls)
        return dict(zip(urls, answers, strict=True))


def _ask(fetcher: "Fetcher", url: str) -> str | None:
    """Return why a web address does not answer, None if it does."""
    try:
        fetcher.get(url, max_bytes=_MAX_PAGE_BYTES, deadline_s=10, accept=_ANYTHING)
    except FetchError as error:
        return str(error)
    return None


_MAX_PAGE_BYTES = 8 * 1024 * 1024
_ANYTHING = ("text/", "application/", "image/", "audio/", "video/", "")


class _Hub:
    """The hub that the operator chose, so it may be on a private address."""

    def __init__(self, hub: str) -> None:
        self._hub = hub

    def ping(self, topics: Sequence[str]) -> tuple[list[str], list[Problem]]:
        from feedpub.net import Fetcher
        from feedpub.websub import ping

        with Fetcher(allow_private=True, ports=None) as fetcher:
            pinged = ping(self._hub, topics, fetcher=fetcher)
        return list(pinged.told), list(pinged.problems)
