"""From a session to the settings and the API of its site."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from feedpub.cli.output import warn
from feedpub.cli.session import Session

if TYPE_CHECKING:
    from feedpub.config import Config
    from feedpub.publisher import Publisher


def load_settings(session: Session, *, tell: bool = False) -> "Config":
    """Return the settings.

    Args:
        session: Names the file.
        tell: Whether to tell the user what is odd about them.

    Raises:
        ConfigError: They cannot be used.
    """
    from feedpub.config import load_config

    config = load_config(session.config_path, session.environ)
    for warning in config.warnings if tell else ():
        warn(warning)
    return config


def open_site(session: Session, *, tell: bool = False) -> "AbstractContextManager[Publisher]":
    """Return the API of the site, to be used as a context manager; see ``load_settings``."""
    return session.wiring.open_site(load_settings(session, tell=tell))
