"""Keeps two runs of one site apart, also when one of them is killed."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedpub.errors import BusyError, StoreError

_PAUSE_S = 0.1


class FileLock:
    """A lock that the kernel lets go of when its holder ends, however it ends.

    It lies beside the database, not on it: SQLite locks that itself, and on some network file
    systems the two kinds of lock are one.
    """

    def __init__(self, path: Path, *, wait_s: float = 10) -> None:
        """Prepare.

        Args:
            path: Of the lock's file, made if it is missing; never deleted, which would let two in.
            wait_s: How long to wait for another run to end.
        """
        self._path = path
        self._wait_s = wait_s

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            BusyError: Another run holds it and did not end in time.
            StoreError: The lock's file cannot be made.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self._path}: {error.strerror}; make the site's folder writable for this user"
            ) from error
        try:
            self._take(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _take(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._wait_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            else:
                return
            if time.monotonic() >= deadline:
                raise BusyError(
                    f"{self._path.parent}: another run of feedpub holds this site; "
                    "try again when it has ended"
                )
            time.sleep(_PAUSE_S)
