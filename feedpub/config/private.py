"""What must not lie where everybody can fetch it: addresses, tokens, mails and keys."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from feedpub.config import bounces_schema, database_schema, mail_schema, schema
from feedpub.config.find import make_absolute
from feedpub.config.resolve import Resolved
from feedpub.config.setting import Setting
from feedpub.config.values import Config

KEY_NAME = "feedpub.key"
OUTBOX = "outbox"
BACKUPS = "backups"
UPLOAD = "feedpub.upload"
"""What waits for a bucket, and what that is known to hold."""

_FILES: tuple[Setting[str | None], ...] = (
    database_schema.DATABASE_PASSWORD_FILE,
    mail_schema.MAIL_PASSWORD_FILE,
    mail_schema.DKIM_KEY_FILE,
    mail_schema.DKIM_ED25519_KEY_FILE,
    bounces_schema.BOUNCES_PASSWORD_FILE,
)
_MAILDIRS: tuple[Setting[str | None], ...] = (
    mail_schema.MAIL_FOLDER,
    bounces_schema.BOUNCES_MAILDIR,
)


def check_private(resolved: Resolved, config: Config) -> None:
    """Add the errors of private files below the folder of feeds, and of maildirs that are files."""
    published = (config.feeds.folder, _follow(config.feeds.folder))
    if _is_below(config.root, published):  # refused as a whole already
        return
    for setting, place in _list_set(resolved, config):
        if _is_below(place, published):
            resolved.refuse(
                f"{setting.name}: {str(place)!r} is below feeds.folder, so everybody could fetch"
                " it; name a place beside that folder",
                setting,
            )
    for place in (config.root / OUTBOX, config.root / KEY_NAME, _find_backups(config)):
        if _is_below(place, published) and not _is_below(place.parent, published):
            resolved.refuse(
                f"folder: {str(config.feeds.folder)!r} holds {place.name}, which nobody else may"
                ' see; name a folder of its own, such as "feeds"',
                schema.FEEDS_FOLDER,
            )
    for setting in _MAILDIRS:
        written = resolved.get(setting)
        if written is not None and make_absolute(config.root, written).is_file():
            resolved.refuse(
                f"{setting.name}: {written!r} is a file, a maildir is a folder; name another",
                setting,
            )


def _list_set(resolved: Resolved, config: Config) -> Iterator[tuple[Setting[Any], Path]]:
    """Yield the private places that settings name."""
    if not config.has_server:
        yield database_schema.DATABASE, config.database_path
    for setting in (*_MAILDIRS, *_FILES):
        if written := resolved.get(setting):
            yield setting, make_absolute(config.root, written)


def _find_backups(config: Config) -> Path:
    """Return where copies of the database are kept: beside it."""
    return (config.root if config.has_server else config.database_path.parent) / BACKUPS


def _is_below(place: Path, folders: tuple[Path, ...]) -> bool:
    """Return whether a place is in one of the folders, as written or by way of a symlink."""
    return any(seen.is_relative_to(top) for seen in (place, _follow(place)) for top in folders)


def _follow(path: Path) -> Path:
    return Path(os.path.realpath(path))
