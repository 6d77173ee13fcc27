"""Wires the audience: settings in, a ready ``Audience`` out."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feedpub.audience import Audience, AudienceSetup
from feedpub.config import KEY_NAME, OUTBOX, Config
from feedpub.config.secrets import read_secret
from feedpub.errors import ConfigError
from feedpub.tokens import Action, Signer
from feedpub.wiring.databases import make_database

if TYPE_CHECKING:
    from feedpub.audience.store import Catalog, OpenStore


def open_audience(
    config: Config,
    *,
    clock: Callable[[], datetime] | None = None,
    open_store: "OpenStore | None" = None,
) -> Audience:
    """Return the API of a site's subscribers; there may be some before there is a newsletter.

    Args:
        config: Of the site.
        clock: Now, aware; that of the machine if None.
        open_store: Opens the store; None for one that opens it anew each time.

    Raises:
        ConfigError: The site's key is missing, or others can read it.
    """
    return Audience(make_audience_setup(config, clock=clock, open_store=open_store))


def make_audience_setup(
    config: Config,
    *,
    clock: Callable[[], datetime] | None = None,
    open_store: "OpenStore | None" = None,
) -> AudienceSetup:
    """Return a site's rules and adapters for its subscribers; see ``open_audience``.

    Raises:
        ConfigError: The site's key is missing, or others can read it.
    """
    newsletter = config.newsletter
    return AudienceSetup(
        open_store=open_store or make_database(config).open,
        signer=open_signer(config),
        clock=clock or (lambda: datetime.now(UTC)),
        default_frequency=None if newsletter is None else newsletter.default_frequency,
        frequencies=()
        if newsletter is None
        else tuple(schedule.frequency for schedule in newsletter.schedules),
        traces=_Traces(config),
    )


def read_signer(config: Config) -> Signer:
    """Return what signs the links of a site's mails.

    Raises:
        ConfigError: The site's key is missing, or others can read it.
    """
    key = config.root / KEY_NAME
    if not key.exists():
        raise ConfigError(
            "the site's key is missing; bring it back from a backup, since without it no link of"
            " a mail that was sent works; a new site gets one by 'feedpub init --database'",
            path=str(key),
        )
    try:
        return Signer(read_secret(key).strip().encode())
    except ValueError as error:
        raise ConfigError(str(error), path=str(key)) from error


_KEY_NOTE = "key"
"""Note of the site: what its key makes of nothing, to know the key again."""


def open_signer(config: Config) -> Signer:
    """Return what signs the links of a site's mails, if it is the key that the site began with.

    By another one every link in mails that were sent would be dead, and who was suppressed or
    erased would not be known again.

    Raises:
        ConfigError: The site's key is missing, others can read it, or it is another one.
        StoreError: The database cannot be used.
    """
    signer = read_signer(config)
    mark = signer.digest(Action.SITE, "")
    with make_database(config).open() as store, store.transaction() as catalog:
        known = catalog.shelves.meta().get(_KEY_NOTE)
        if known is None:
            catalog.shelves.set_meta({_KEY_NOTE: mark})
    if known not in (None, mark):
        raise ConfigError(
            "not the key that the database knows; bring back the old one from a backup, or, if it"
            " is lost for good, type: feedpub init --accept-key (links of mails that were sent"
            " die, and an import may bring back who left)",
            path=str(config.root / KEY_NAME),
        )
    return signer


def accept_key(config: Config) -> None:
    """Take the present key of a site for its own from now on.

    Raises:
        ConfigError: There is none, or others can read it.
    """
    signer = read_signer(config)
    with make_database(config).open() as store, store.transaction() as catalog:
        catalog.shelves.set_meta({_KEY_NOTE: signer.digest(Action.SITE, "")})


class _Traces:
    """Files of the site in which an address may stand."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def clean(
        self, spellings: Sequence[str], erase: "Callable[[Catalog], None]"
    ) -> tuple[list[str], list[str]]:
        from feedpub.store.traces import FolderTraces

        config = self._config
        traces = FolderTraces(
            config.root,
            None if config.has_server else config.database_path,
            config.root / OUTBOX,
            [
                config.feeds.folder,
                config.pages.templates,
                *(source.path for source in config.sources if source.path != config.root),
            ],
        )
        return traces.clean(spellings, erase)
