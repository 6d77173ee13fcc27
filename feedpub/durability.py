"""What was written is on the disk before anybody counts on it, whatever happens to the power."""

import ctypes
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

StrPath = str | os.PathLike[str]

_FEW = 32
"""So many are synchronised one by one, some milliseconds each. For more of them a file system is
asked once for all that it holds, and may have to wait for what other programs wrote."""

_TELLS_OF_ERRORS = (5, 8)
"""Linux whose ``syncfs`` does; https://man7.org/linux/man-pages/man2/syncfs.2.html"""


def synchronise(path: StrPath) -> None:
    """Return when a file, or the names in a folder, are on the disk.

    Raises:
        OSError: The disk is full, or fails; or there is no such file.
    """
    _apply(os.fsync, path)


def synchronise_all(paths: Sequence[StrPath]) -> None:
    """Return when files and folders are on the disk; one that is gone, or not ours, is left out.

    Raises:
        OSError: The disk is full, or fails.
    """
    function: Callable[[int], None] = os.fsync
    if len(paths) > _FEW and _find_syncfs() is not None:
        function, paths = _synchronise_file_system, _find_one_a_device(paths)
    for path in paths:
        with suppress(FileNotFoundError, PermissionError):
            _apply(function, path)


def _find_one_a_device(paths: Sequence[StrPath]) -> list[StrPath]:
    """Return one of the paths for each file system: something else may be mounted among them."""
    found: dict[int, StrPath] = {}
    for path in paths:
        with suppress(FileNotFoundError, PermissionError):
            found.setdefault(Path(path).stat().st_dev, path)
    return list(found.values())


def _apply(function: Callable[[int], None], path: StrPath) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        function(descriptor)
    finally:
        os.close(descriptor)


def _synchronise_file_system(descriptor: int) -> None:
    syncfs = _find_syncfs()
    if syncfs is not None and syncfs(descriptor):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@cache
def _find_syncfs() -> Callable[[int], int] | None:
    """Return the system's call, None where there is none, or one that hides errors."""
    version = tuple(map(int, re.findall(r"\d+", os.uname().release)[:2]))
    if sys.platform != "linux" or version < _TELLS_OF_ERRORS:
        return None
    call: Callable[[int], int] | None = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return call
