"""Writing a file that is whole and on disk before it has its name."""

import os
from collections.abc import Iterable
from pathlib import Path

from feedpub.durability import synchronise
from feedpub.errors import MailerError


def write_file(path: Path, parts: Iterable[bytes]) -> None:
    """Write a new file that only this user may read, and wait until it is on disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(descriptor)


def rename_file(path: Path, place: Path) -> None:
    """Give a file its name, and wait until that is on disk."""
    path.rename(place)
    synchronise(place.parent)


def make_folder(path: Path) -> None:
    """Make a folder that only this user may open, unless it is there.

    Raises:
        MailerError: It cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise MailerError(
            f"{path}: {error.strerror}; make room, or let this user write there"
        ) from error
