"""A folder that any web server can serve; every file appears whole or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

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

    A file is written beside its place, synchronised, renamed; then the folders are synchronised.
    So at every instant a reader sees the old bytes or the new, and after a power cut too.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: set[Path] = set()

    def stage(self, path: str, data: bytes) -> Staged | None:
        """See ``feedpub.ports.Target``."""
        place = self.root / path
        if _holds(place, data):
            return None
        waiting = place.with_name(PREFIX + secrets.token_hex(8))
        with explain_errors(place):
            if place.parent not in self._folders:
                place.parent.mkdir(parents=True, exist_ok=True)
                self._folders.add(place.parent)
            try:
                _write(waiting, data)
            except OSError:
                with suppress(OSError):
                    waiting.unlink()
                raise
        return Staged(path, waiting.name)

    def commit(self, staged: Sequence[Staged]) -> None:
        """See ``feedpub.ports.Target``."""
        folders: dict[Path, None] = {}
        for path, ticket in staged:
            place = self.root / path
            with explain_errors(place):
                is_new = not place.exists()
                place.with_name(ticket).replace(place)
            folders[place.parent] = None
            if is_new:  # perhaps the folders are, too, and their names stand in those above
                folders.update(dict.fromkeys(self._list_above(place.parent)))
        self._synchronise(folders)

    def _list_above(self, folder: Path) -> Iterator[Path]:
        while folder != self.root.parent and folder != folder.parent:
            folder = folder.parent
            yield folder

    def delete(self, paths: Sequence[str]) -> list[str]:
        """See ``feedpub.ports.Target``."""
        deleted = []
        folders: dict[Path, None] = {}
        for path in paths:
            place = self.root / path
            with explain_errors(place):
                try:
                    place.unlink()
                except FileNotFoundError:  # perhaps an interrupted run came as far as this
                    pass
                else:
                    deleted.append(path)
            folders[place.parent] = None
        self._synchronise([folder for folder in folders if not self._prune(folder)])
        return deleted

    def _prune(self, folder: Path) -> bool:
        """Remove a folder that nothing is left in, and those above it; return whether it went."""
        went = False
        while folder != self.root and folder.is_relative_to(self.root):
            try:
                folder.rmdir()
            except OSError:  # it still holds something
                break
            went = True
            self._folders.discard(folder)
            folder = folder.parent
        return went

    def _synchronise(self, folders: Sequence[Path] | dict[Path, None]) -> None:
        # The calls wait for the disk, which serves several at once better than one by one.
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(_synchronise_folder, folders))

    def exists(self, path: str) -> bool:
        """See ``feedpub.ports.Target``."""
        return (self.root / path).is_file()

    def sweep(self) -> None:
        """See ``feedpub.ports.Target``."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                if name.startswith(PREFIX):
                    waiting = Path(folder, name)
                    with explain_errors(waiting):
                        waiting.unlink(missing_ok=True)


def _holds(place: Path, data: bytes) -> bool:
    try:
        if place.stat().st_size != len(data):
            return False
        return place.read_bytes() == data
    except OSError:
        return False


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _synchronise_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):  # one above the output need not be ours
        return
    try:
        with explain_errors(folder):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def explain_errors(place: Path) -> Iterator[None]:
    """Name the file and the remedy in an error of the operating system.

    Raises:
        TargetError: In place of the ``OSError``.
    """
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "nothing that was published is harmed")
        raise TargetError(f"{place}: {error.strerror}; {remedy}") from error
