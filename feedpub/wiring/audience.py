"""Wires the audience: settings in, a ready ``Audience`` out."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from feedpub.audience import Audience, AudienceSetup
from feedpub.config import Config
from feedpub.config.secrets import read_secret
from feedpub.errors import ConfigError
from feedpub.tokens import Signer
from feedpub.wiring.publishing import KEY_NAME, StoreOpener

if TYPE_CHECKING:
    from feedpub.audience.store import Catalog

OUTBOX = "outbox"
"""Folder of a site for the mails of rehearsals."""


def open_audience(config: Config, *, clock: Callable[[], datetime] | None = None) -> Audience:
    """Return the API of a site's subscribers; there may be some before there is a newsletter.

    Args:
        config: Of the site.
        clock: Now, aware; that of the machine if None.

    Raises:
        ConfigError: The site's key is missing, or others can read it.
    """
    return Audience(make_audience_setup(config, clock=clock))


def make_audience_setup(
    config: Config, *, clock: Callable[[], datetime] | None = None
) -> AudienceSetup:
    """Return a site's rules and adapters for its subscribers; nothing is opened yet.

    Raises:
        ConfigError: The site's key is missing, or others can read it.
    """
    newsletter = config.newsletter
    return AudienceSetup(
        open_store=StoreOpener(config.database_path),
        signer=read_signer(config),
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
            config.database_path,
            config.root / OUTBOX,
            [
                config.feeds.folder,
                config.pages.templates,
                *(source.path for source in config.sources if source.path != config.root),
            ],
        )
        return traces.clean(spellings, erase)
