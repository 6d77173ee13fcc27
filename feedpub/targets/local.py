"""A folder that any web server can serve; every file appears whole or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from feedpub.durability import synchronise_all
from feedpub.errors import TargetError
from feedpub.ports import Staged

PREFIX = ".feedpub-"
"""What the name of a file begins with that waits beside its place."""

_REMEDIES = {
    errno.ENOSPC: "make room and build again",
    errno.EDQUOT: "raise the quota and build again",
    errno.EROFS: "make the folder writable and build again",
    errno.EACCES: "let this user write there and build again",
    errno.EPERM: "let this user write there and build again",
    errno.ENAMETOOLONG: "choose a shorter category name",
    errno.EIO: "look after the disk; nothing that was published is harmed",
    errno.EEXIST: "remove the file that stands where a folder must be",
    errno.ENOTDIR: "remove the file that stands where a folder must be",
    errno.EISDIR: "remove the folder that stands where a file must be",
}


class LocalTarget:
    """Publishes into a folder.

    A file is written beside its place; before any is renamed all are on the disk, and the folders
    after that. So at every instant a reader sees the old bytes or the new, after a power cut too.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._base = str(root.absolute())
        self._folders: set[str] = set()

    def begin(self) -> None:
        """See ``feedpub.ports.Target``."""
        self._folders.clear()  # one that was emptied is gone

    def stage(self, path: str, data: bytes) -> Staged | None:
        """See ``feedpub.ports.Target``."""
        place = self._place(path)
        if _holds(place, data):
            return None
        folder, ticket = os.path.dirname(place), PREFIX + secrets.token_hex(8)
        waiting = f"{folder}/{ticket}"
        with explain_errors(place):
            if folder not in self._folders:
                os.makedirs(folder, exist_ok=True)
                self._folders.add(folder)
            try:
                _write(waiting, data)
            except OSError:
                with suppress(OSError):
                    os.unlink(waiting)
                raise
        return Staged(path, ticket)

    def commit(self, staged: Sequence[Staged]) -> None:
        """See ``feedpub.ports.Target``."""
        fresh: set[str] = set()
        folders: dict[str, None] = {}
        places = ((self._place(path), ticket) for path, ticket in staged)
        moves = [(f"{os.path.dirname(place)}/{ticket}", place) for place, ticket in places]
        self._synchronise([source for source, _ in moves])
        for source, place in moves:
            folder = os.path.dirname(place)
            with explain_errors(place):
                if not os.path.exists(place):
                    fresh.add(folder)
                os.replace(source, place)
            folders[folder] = None
        # Perhaps folders are new, too, and their names stand in those above.
        above = (parent for folder in fresh for parent in self._list_above(folder))
        self._synchronise([*dict.fromkeys([*folders, *above])])

    def _place(self, path: str) -> str:
        return f"{self._base}/{path}"

    def _list_above(self, folder: str) -> Iterator[str]:
        top = os.path.dirname(self._base)
        while folder not in (top, os.path.dirname(folder)):
            folder = os.path.dirname(folder)
            yield folder

    def delete(self, paths: Sequence[str]) -> list[str]:
        """See ``feedpub.ports.Target``."""
        deleted = []
        folders: dict[str, None] = {}
        for path in paths:
            place = self._place(path)
            with explain_errors(place):
                try:
                    os.unlink(place)
                except FileNotFoundError:  # perhaps an interrupted run came as far as this
                    pass
                else:
                    deleted.append(path)
            folders[os.path.dirname(place)] = None
        self._synchronise([folder for folder in folders if not self._prune(folder)])
        return deleted

    def _prune(self, folder: str) -> bool:
        """Remove a folder that nothing is left in, and those above it; return whether it went."""
        went = False
        while folder.startswith(self._place("")):
            try:
                os.rmdir(folder)
            except OSError:  # it still holds something
                break
            went = True
            self._folders.discard(folder)
            folder = os.path.dirname(folder)
        return went

    def _synchronise(self, paths: Sequence[str]) -> None:
        with explain_errors(self._base):
            synchronise_all(paths)

    def exists(self, path: str) -> bool:
        """See ``feedpub.ports.Target``."""
        return os.path.isfile(self._place(path))

    def sweep(self) -> None:
        """See ``feedpub.ports.Target``."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                if name.startswith(PREFIX):
                    waiting = f"{folder}/{name}"
                    with explain_errors(waiting), suppress(FileNotFoundError):
                        os.unlink(waiting)


def _holds(place: str, data: bytes) -> bool:
    try:
        if os.stat(place).st_size != len(data):
            return False
        with open(place, "rb") as file:
            return file.read() == data
    except OSError:
        return False


def _write(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)


@contextmanager
def explain_errors(place: object) -> Iterator[None]:
    """Name the file and the remedy in an error of the operating system.

    Raises:
        TargetError: In place of the ``OSError``.
    """
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "nothing that was published is harmed")
        raise TargetError(f"{place}: {error.strerror}; {remedy}") from error
