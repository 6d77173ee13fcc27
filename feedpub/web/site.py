"""The web face of a whole site, from its settings."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

from feedpub.config import Config
from feedpub.links import subscribe_url
from feedpub.web.feeds import create_app
from feedpub.web.setup import PeopleSetup

if TYPE_CHECKING:
    from feedpub.wiring.pool import StorePool
    from feedpub.wiring.server_pool import ServerPool


def create_site_app(config: Config, *, clock: Callable[[], datetime] | None = None) -> Flask:
    """Return the WSGI application of a site.

    Args:
        config: Of the site. Without ``web.url`` there are no pages for subscribers.
        clock: Now, aware; that of the machine if None.

    Raises:
        ConfigError: The site's key, or one for signing, cannot be used.
    """
    from feedpub.wiring.server_pool import make_pool
    from feedpub.wiring.vitals import SiteVitals
    from feedpub.wiring.web import find_served_folder, make_people_pages

    pool = make_pool(config)
    people = make_people(config, clock=clock, pool=pool)
    return create_app(
        find_served_folder(config),
        prefix=feeds_path(config),
        pages=make_people_pages(config) if people is None else None,
        people=people,
        vitals=SiteVitals(pool, clock or (lambda: datetime.now(UTC))),
        proxies=[ip_network(one) for one in config.web.proxies],
        watchers=[ip_network(one) for one in config.web.metrics],
    )


def feeds_path(config: Config) -> str:
    """Return the path that the feeds have on the real site, so that paths are the same here."""
    return urlsplit(config.site.feeds_url).path or "/"


def form_path(config: Config) -> str:
    """Return the path of the form for strangers, likewise; ``web.url`` has to be set."""
    return subscribe_url(urlsplit(config.web.url).path or "/")


def make_people(
    config: Config,
    *,
    clock: Callable[[], datetime] | None = None,
    pool: "StorePool | ServerPool | None" = None,
) -> PeopleSetup | None:
    """Return what the pages for subscribers need; None where there are none.

    Args:
        config: Of the site.
        clock: Now, aware; that of the machine if None.
        pool: Opens the store; one of its own if None.
    """
    if not config.web.url:
        return None
    from feedpub.wiring.audience import open_audience, read_signer
    from feedpub.wiring.server_pool import make_pool
    from feedpub.wiring.web import Lookout, make_people_pages

    pool = pool or make_pool(config)
    audience = open_audience(config, clock=clock, open_store=pool)
    now = clock or (lambda: datetime.now(UTC))
    parts = urlsplit(config.web.url)
    return PeopleSetup(
        path=parts.path or "/",
        origin=f"{parts.scheme}://{parts.netloc}",
        audience=audience,
        pages=make_people_pages(config),
        signer=read_signer(config),
        clock=now,
        look=Lookout(config, audience, pool, now),
        deliver_notices=_make_delivery(config, clock),
    )


def _make_delivery(config: Config, clock: Callable[[], datetime] | None) -> Callable[[], None]:
    """Return what sends waiting notices; what it needs is read when the first one waits.

    A server that has no password for mail can still let people unsubscribe.
    """
    from feedpub.wiring.notices import make_notice_delivery

    delivery = cache(lambda: make_notice_delivery(config, clock=clock))

    def deliver() -> None:
        if (send := delivery()) is not None:
            send(None)

    return deliver
