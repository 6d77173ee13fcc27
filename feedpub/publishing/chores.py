"""What a build leaves to jobs: what waits for the network, and what nobody came to finish."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from feedpub.ports import Progress, Staged, Target
from feedpub.ports.jobs import Job
from feedpub.publishing.hub import load_topics
from feedpub.publishing.output import mark_articles_dirty
from feedpub.publishing.pictures import PictureDesk
from feedpub.publishing.renditions import place_media
from feedpub.publishing.setup import Setup, open_transaction
from feedpub.publishing.store import Catalog

BUILD = Job("build", key="build")
READ = Job("read", key="read")
THUMBNAILS = Job("thumbnails", key="thumbnails")
PING = Job("ping", key="ping")

PICTURES = "pictures_pending"
"""Note of the site: how many pictures were left over."""

_AGAIN_S = 60

_AT_ONCE = 400
"""Pictures of one job: they are held in memory until a build has let go of the site."""


def list_jobs(setup: Setup, catalog: Catalog) -> list[Job]:
    """Return the jobs for all that is left to be done, whether or not they wait already."""
    meta = catalog.shelves.meta()
    unfinished = meta.get("building") or catalog.shelves.dirty()
    # One that is being built is not left, and a dead worker's job is given to another.
    builds = [BUILD] if unfinished and not catalog.jobs.pending(BUILD.task) else []
    return [*builds, *list_leftovers(setup, meta)]


def list_leftovers(setup: Setup, meta: Mapping[str, str]) -> list[Job]:
    """Return the jobs for what a build that ended well has left to them.

    What it could not make is none of it: to try again at once would be to try for ever.

    Args:
        setup: Of the site.
        meta: The site's own notes.
    """
    jobs = []
    if setup.mode == "copy" and meta.get(PICTURES, "0") != "0":
        jobs.append(THUMBNAILS)
    if setup.notifier is not None and load_topics(meta):
        jobs.append(PING)
    return jobs


def defer_later(setup: Setup) -> None:
    """Have a build tried again that found the site held by another run."""
    at = int(setup.clock().timestamp()) + _AGAIN_S
    with open_transaction(setup.open_store) as catalog:
        catalog.jobs.defer([replace(BUILD, not_before=at)])


def read_feeds(setup: Setup, progress: Progress) -> frozenset[str]:
    """Ask the remote sources that are due; return those that had something new.

    A build of it is deferred, on whichever machine.
    """
    if setup.remotes is None:
        return frozenset()
    with open_transaction(setup.open_store) as catalog:
        rows = catalog.sources.list_sources()
        known = {row.name for row in rows if catalog.sources.fingerprints(row.id)}
    now = int(setup.clock().timestamp())
    news = setup.remotes.fetch(now, known=known, progress=progress)
    if news:
        with open_transaction(setup.open_store) as catalog:
            catalog.jobs.defer([BUILD])
    return news


def fetch_left_over(setup: Setup, progress: Progress) -> int:
    """Fetch pictures that builds left over; return how many are left now.

    Other runs may have the site meanwhile. What came is put into place, and the feeds that show it
    are made by the next build. While one is under way nothing is fetched: it does so by itself,
    and defers the job again.

    Raises:
        BusyError: Another run fetches pictures, or a build did not end in time.
    """
    if setup.mode != "copy":
        return 0
    basket = _Basket()
    desk = PictureDesk(setup.thumbnailer, basket, int(setup.clock().timestamp()))
    with setup.picture_lock():
        with open_transaction(setup.open_store) as catalog:
            meta = catalog.shelves.meta()
            if meta.get("building"):  # what was fetched would have to wait for too long
                return int(meta.get(PICTURES, "0"))
            desk.choose(catalog.renditions, (), limit=_AT_ONCE)
        progress("pictures", 0, 0)
        desk.fetch(budget_s=setup.picture_budget_s, offline=False)
        with setup.lock():
            setup.target.begin()
            place_media(setup.target, basket.unpack(setup.target))
            return _keep(setup, desk)


def _keep(setup: Setup, desk: PictureDesk) -> int:
    """Keep the rows that promise the files, once these are there."""
    with open_transaction(setup.open_store) as catalog:
        catalog.renditions.put_pictures(desk.rows)
        mark_articles_dirty(catalog, catalog.renditions.articles_showing(desk.changed))
        left = len(catalog.renditions.pictures_waiting())
        catalog.shelves.set_meta({PICTURES: str(left)})
        if desk.changed:  # a network that gives nothing is asked again later
            catalog.jobs.defer(list_jobs(setup, catalog))
    return left


class _Basket:
    """Holds pictures until they may be put into place."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}

    def stage(self, path: str, data: bytes) -> Staged | None:
        """Take one."""
        self._data[path] = data
        return None

    def exists(self, path: str) -> bool:
        """Return whether it is here."""
        return path in self._data

    def unpack(self, target: Target) -> Sequence[Staged]:
        """Stage all of them where they belong."""
        staged = (target.stage(path, data) for path, data in self._data.items())
        return [one for one in staged if one is not None]
