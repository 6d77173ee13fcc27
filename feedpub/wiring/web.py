"""Wires the pages for subscribers: settings in, what renders them out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from feedpub.audience import Audience
from feedpub.config import UPLOAD, Config
from feedpub.errors import FeedpubError
from feedpub.mailing.archive import has_page, page_path
from feedpub.model import Frequency, Issue
from feedpub.pages.people import PeoplePages
from feedpub.subscribers.addresses import mask_address
from feedpub.wiring.pool import StorePool
from feedpub.wiring.server_pool import ServerPool

_KEPT = timedelta(minutes=10)
_LOOKED_AT = 10


def make_people_pages(config: Config) -> PeoplePages:
    """Return the templates of the pages for subscribers."""
    newsletter = config.newsletter
    return PeoplePages(
        config.site,
        title=config.site.title if newsletter is None else newsletter.title,
        mask=mask_address,
        languages=() if newsletter is None else newsletter.languages,
        templates=[config.pages.templates],
    )


def find_served_folder(config: Config) -> Path:
    """Return the folder of what is published, as the web face of this machine serves it."""
    if config.bucket is None:
        return config.feeds.folder
    # What lies in the folder of a site that publishes in a bucket is of another time.
    return config.root / UPLOAD / "feeds"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the pages for subscribers lead to, and say of the newsletter.

    Attributes:
        feeds: Address of the list of feeds; empty if there is no such page, as all below.
        embeds: Of the page that makes snippets.
        archive: Of the list of sent issues.
        sample: Of the latest of them.
        mails: About how many a month each frequency makes; only those that can be told.
    """

    feeds: str = ""
    embeds: str = ""
    archive: str = ""
    sample: str = ""
    mails: Mapping[Frequency, int] | None = None


class Lookout:
    """Looks around at most every ten minutes, for any number of threads."""

    def __init__(
        self,
        config: Config,
        audience: Audience,
        pool: StorePool | ServerPool,
        clock: Callable[[], datetime],
    ) -> None:
        self._config, self._audience, self._pool, self._clock = config, audience, pool, clock
        self._seen: tuple[datetime, Surroundings] | None = None

    def __call__(self) -> Surroundings:
        """Return what there is; what was there, or nothing, if the database cannot tell."""
        now, seen = self._clock(), self._seen
        if seen is not None and timedelta() <= now - seen[0] < _KEPT:
            return seen[1]
        try:
            found = self._look()
        except FeedpubError:  # a page that tells of it needs this, too
            return seen[1] if seen else Surroundings()
        self._seen = now, found
        return found

    def _look(self) -> Surroundings:
        mails = self._audience.estimate_mails()
        if not self._config.pages.enabled:
            return Surroundings(mails=mails)
        base, sample = self._config.site.feeds_url, self._find_sample()
        return Surroundings(
            feeds=base,
            embeds=f"{base}embed/" if self._config.embed.enabled else "",
            archive=f"{base}newsletter/" if sample else "",
            sample=f"{base}{sample}" if sample else "",
            mails=mails,
        )

    def _find_sample(self) -> str:
        """Return the path of the latest issue's page below the output folder, or nothing."""
        with self._pool(read_only=True) as store, store.transaction() as catalog:
            issues = catalog.issues.recent(_LOOKED_AT)
        found = (page_path(issue) for issue in issues if self._is_published(issue))
        return next(found, "").removesuffix("index.html")

    def _is_published(self, issue: Issue) -> bool:
        """Return whether an issue has a page: not all that was prepared was sent.

        A bucket is not asked, as somebody waits; in a folder it also shows if all of the issue was
        withdrawn since.
        """
        if self._config.bucket is not None:
            return has_page(issue)
        return (find_served_folder(self._config) / page_path(issue)).is_file()
