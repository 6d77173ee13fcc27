"""Writing a file of the user's in place of what is there."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from feedpub.errors import TargetError

_REMEDIES = {errno.ENOENT: "make its folder first", errno.ENOTDIR: "name a folder before the file"}


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: what was there stays where there is no room.

    Args:
        path: Keeps its mode; of a link, what it leads to is replaced. A device or a pipe, which
            nothing can replace, is written to.
        data: All of it.

    Raises:
        TargetError: It cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "make room, or let this user write there")
        raise TargetError(f"{path}: {error.strerror}; {remedy}") from error


def _replace(place: Path, data: bytes) -> None:
    waiting = place.with_name(f".{place.name}.new")
    try:
        with waiting.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            waiting.chmod(place.stat().st_mode & 0o777)
        waiting.replace(place)
    finally:
        with suppress(OSError):
            waiting.unlink(missing_ok=True)
