"""The only place that picks adapters: settings in, ready APIs out.

An API is wired when it is asked for, so that a build does not load what only mails need.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.config import KEY_NAME, Config
from feedpub.ports.transfer import Taken
from feedpub.wiring.databases import make_database, name_database
from feedpub.wiring.publishing import (
    SCHEMA,
    create_site,
    digest_settings,
    make_setup,
    restore_site,
)
from feedpub.wiring.site import open_site
from feedpub.wiring.sources import make_sources

if TYPE_CHECKING:
    from feedpub.audience import Audience
    from feedpub.doctor import Doctor, Published
    from feedpub.newsletter import Newsletter
    from feedpub.returned import Returned

__all__ = [
    "KEY_NAME",
    "SCHEMA",
    "accept_key",
    "create_site",
    "digest_settings",
    "has_database",
    "make_setup",
    "make_sources",
    "migrate_site",
    "name_database",
    "open_audience",
    "open_doctor",
    "open_newsletter",
    "open_published",
    "open_returned",
    "open_site",
    "restore_site",
]


def open_newsletter(
    config: Config,
    *,
    clock: Callable[[], datetime] | None = None,
    allow_private: bool = False,
) -> "Newsletter":
    """Return the API of a site's newsletter; see ``feedpub.wiring.newsletter``."""
    from feedpub.wiring import newsletter, notices

    return newsletter.open_newsletter(
        config,
        clock=clock,
        allow_private=allow_private,
        send_notices=notices.make_notice_delivery(config, clock=clock),
    )


def open_audience(config: Config, *, clock: Callable[[], datetime] | None = None) -> "Audience":
    """Return the API of a site's subscribers; see ``feedpub.wiring.audience``."""
    from feedpub.wiring import audience

    return audience.open_audience(config, clock=clock)


def accept_key(config: Config) -> None:
    """Take the present key of a site for its own; see ``feedpub.wiring.audience``."""
    from feedpub.wiring import audience

    audience.accept_key(config)


def open_returned(config: Config, *, clock: Callable[[], datetime] | None = None) -> "Returned":
    """Return the API of mail that came back; see ``feedpub.wiring.returned``."""
    from feedpub.wiring import returned

    return returned.open_returned(config, clock=clock)


def open_doctor(
    config: Config,
    *,
    nameserver: tuple[str, int] | None = None,
    clock: Callable[[], datetime] | None = None,
) -> "Doctor":
    """Return what examines a site; see ``feedpub.wiring.doctor``."""
    from feedpub.wiring import doctor

    return doctor.open_doctor(config, nameserver=nameserver, clock=clock)


def open_published(config: Config) -> "Published":
    """Return what examines the published files; see ``feedpub.wiring.doctor``."""
    from feedpub.wiring import doctor

    return doctor.open_published(config)


def has_database(config: Config) -> bool:
    """Return whether a site's database is there.

    Raises:
        StoreError: The server cannot be reached.
    """
    return make_database(config).exists()


def migrate_site(config: Config, file: Path) -> list[Taken]:
    """Copy a database file to a server; see ``feedpub.wiring.migrating``."""
    from feedpub.wiring import migrating

    return migrating.migrate_site(config, file)
