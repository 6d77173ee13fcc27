"""Writing a file of the user's in place of what is there."""

import os
from contextlib import suppress
from pathlib import Path

from feedpub.errors import TargetError


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: what was there stays where there is no room.

    Args:
        path: Keeps its mode; of a link, what it leads to is replaced.
        data: All of it.

    Raises:
        TargetError: It cannot be written.
    """
    place = path.resolve()
    waiting = place.with_name(f".{place.name}.new")
    try:
        with waiting.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            waiting.chmod(place.stat().st_mode & 0o777)
        waiting.replace(place)
    except OSError as error:
        raise TargetError(
            f"{path}: {error.strerror}; make room, or let this user write there"
        ) from error
    finally:
        with suppress(OSError):
            waiting.unlink(missing_ok=True)
