"""The feeds that somebody is subscribed to, from the file that their reader exports."""

from pathlib import Path

from feedpub.errors import ConfigError, FeedError
from feedpub.reading.remote import Subscription, read_opml

__all__ = ["Subscription", "read_subscriptions"]


def read_subscriptions(path: Path) -> list[Subscription]:
    """Return the feeds of an OPML file, each once.

    Raises:
        ConfigError: It cannot be read, or is no such file.
    """
    try:
        return read_opml(path.read_bytes(), path=str(path))
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path=str(path)) from error
    except FeedError as error:
        raise ConfigError(str(error), path=str(path)) from error
