"""Wires the publisher: settings in, a ready ``Publisher`` out."""

from collections.abc import Callable
from datetime import datetime

from feedpub.config import Config
from feedpub.publisher import Publisher
from feedpub.wiring.databases import make_database
from feedpub.wiring.publishing import make_setup


def open_site(
    config: Config,
    *,
    clock: Callable[[], datetime] | None = None,
    allow_private: bool = False,
) -> Publisher:
    """Return the API of a site.

    Args:
        config: Of the site.
        clock: Now, aware; that of the machine if None.
        allow_private: Let pictures come from private addresses, for an intranet and for tests.
    """
    has_issues = config.newsletter is not None and config.pages.enabled
    return Publisher(
        make_setup(
            config,
            clock=clock,
            allow_private=allow_private,
            publish_more=_Archive(config) if has_issues else None,
        )
    )


class _Archive:
    """Publishes the pages of sent issues; loads what that takes only where there are some."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(self) -> list[str]:
        with make_database(self._config).open() as store, store.transaction() as catalog:
            if not catalog.issues.recent(1):
                return []
        from feedpub.mailing.archive import publish_archive
        from feedpub.wiring.newsletter import make_mail_setup

        return publish_archive(make_mail_setup(self._config))
