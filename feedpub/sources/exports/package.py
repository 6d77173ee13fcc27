"""An export on the disk, whatever it came as: one file, a folder, or a zip archive.

Nothing is ever unpacked under a name that an archive chose, and nothing in it is believed: names
that lead elsewhere, more than there can be, and archives that swell are refused by name.
"""

import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from feedpub.errors import ExportError

MAX_MEMBERS = 250_000
MAX_TOTAL = 16 * 1024**3
MAX_RATIO = 200
"""Text shrinks to a tenth, rarely to a fiftieth."""

# Whatever the libraries behind an archive raise of what is damaged in it, or unknown to them:
# zipfile's NotImplementedError is a compression that it lacks, its RuntimeError a password.
READ_FAULTS = (
    OSError, EOFError, NotImplementedError, RuntimeError, ValueError, lzma.LZMAError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip

_SMALL = 32 * 1024 * 1024  # what is no larger may be as empty as it likes
_BAD_NAME = re.compile(r"^/|^[A-Za-z]:|\\|[\x00-\x1f]|(?:^|/)\.\.(?:/|$)")
_AGAIN = "export it again, or repack it"


class Member(NamedTuple):
    """A file of an export: its name within it, with ``/``, and its bytes."""

    name: str
    size: int


class Package(Protocol):
    """The files of an export.

    Attributes:
        path: Of the export, as the user would type it.
    """

    path: str

    def members(self) -> list[Member]:
        """Return its files in order of their names."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """Return one of its files, to be closed.

        Raises:
            ExportError: It cannot be read.
        """
        ...


def read_member(package: Package, member: Member, *, max_bytes: int) -> bytes:
    """Return a file of an export whole.

    Raises:
        ExportError: It cannot be read, or is larger than that.
    """
    if member.size > max_bytes:
        raise too_large(package, member, max_bytes)
    try:
        with package.open(member.name) as stream:
            data = stream.read(max_bytes + 1)
    except READ_FAULTS as error:
        raise unreadable(package, member.name, error) from error
    if len(data) > max_bytes:
        raise too_large(package, member, max_bytes)
    return data


def unreadable(package: Package, name: str, error: Exception) -> ExportError:
    """Return the error of a file that cannot be read."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ExportError(
        f"cannot be read ({reason or type(error).__name__}); {_AGAIN}",
        path=package.path,
        member="" if name == os.path.basename(package.path) else name,
    )


def too_large(package: Package, member: Member, max_bytes: int) -> ExportError:
    """Return the error of a file that is larger than it may be."""
    return ExportError(
        f"has more than {max_bytes // 1024**2} MB; export less at a time",
        path=package.path,
        member=member.name,
    )


def _too_many(count: int, path: str) -> ExportError:
    return ExportError(
        f"holds {count} files, more than {MAX_MEMBERS}; name the export alone, or split it",
        path=path,
    )


def raise_error(error: OSError) -> None:
    """Let a walk fail at a folder that cannot be listed: what is in it would count as deleted.

    Raises:
        OSError: Always.
    """
    raise error


@contextmanager
def open_package(place: Path, *, path: str) -> Iterator[Package]:
    """Open an export.

    Args:
        place: Of the file or folder.
        path: The same as the user would type it, for errors.

    Raises:
        ExportError: There is none, or it is an attack.
    """
    try:
        mode = place.stat().st_mode
    except OSError as error:
        raise ExportError(
            f"cannot be opened ({error.strerror}); put the export there, or correct 'path'",
            path=path,
        ) from error
    if stat.S_ISDIR(mode):
        yield _Folder(place, path)
    elif not stat.S_ISREG(mode):
        raise ExportError("is no regular file; name the export itself", path=path)
    # One that broke off on its way has lost its table at the end, and is none any more.
    elif place.suffix.lower() == ".zip" or zipfile.is_zipfile(place):
        with _open_zip(place, path) as archive:
            yield _Zip(archive, path, place.stat().st_size)
    else:
        yield _SingleFile(place, path)


@contextmanager
def _open_zip(place: Path, path: str) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(place)
    except READ_FAULTS as error:
        raise ExportError(
            f"is no zip archive that can be read ({error}); {_AGAIN}", path=path
        ) from error
    with archive:
        yield archive


class _SingleFile:
    def __init__(self, place: Path, path: str) -> None:
        self._place, self.path = place, path

    def members(self) -> list[Member]:
        return [Member(self._place.name, self._place.stat().st_size)]

    def open(self, name: str) -> IO[bytes]:  # noqa: ARG002 - there is only one
        return self._place.open("rb")


class _Folder:
    def __init__(self, place: Path, path: str) -> None:
        self._place, self.path = place, path

    def members(self) -> list[Member]:
        found: list[Member] = []
        for folder, folders, names in os.walk(self._place, onerror=raise_error):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in names:
                file = Path(folder, name)
                status = file.lstat()
                # A link may lead out of the export.
                if stat.S_ISREG(status.st_mode) and not name.startswith("."):
                    found.append(Member(file.relative_to(self._place).as_posix(), status.st_size))
        if len(found) > MAX_MEMBERS:
            raise _too_many(len(found), self.path)
        return sorted(found)

    def open(self, name: str) -> IO[bytes]:
        descriptor = os.open(self._place / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        return os.fdopen(descriptor, "rb")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, path: str, size: int) -> None:
        self._archive, self.path = archive, path
        self._files = _check_archive(archive.infolist(), path, size)

    def members(self) -> list[Member]:
        return sorted(Member(info.filename, info.file_size) for info in self._files)

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._archive.open(name)
        except (KeyError, *READ_FAULTS) as error:
            raise unreadable(self, name, error) from error


def _check_archive(infos: list[zipfile.ZipInfo], path: str, size: int) -> list[zipfile.ZipInfo]:
    """Return the files of an archive that is none of the known attacks.

    Raises:
        ExportError: It is one; the member is named.
    """
    if len(infos) > MAX_MEMBERS:
        raise _too_many(len(infos), path)
    names: set[str] = set()
    for info in infos:
        if fault := _find_fault(info):
            raise ExportError(f"{fault}; {_AGAIN}", path=path, member=_printable(info.filename))
        if info.filename in names:
            raise ExportError(
                f"is there twice; {_AGAIN}", path=path, member=_printable(info.filename)
            )
        names.add(info.filename)
    total = sum(info.file_size for info in infos)
    # Members that lie over one another swell together though none of them does alone.
    if total > MAX_TOTAL or (total > _SMALL and total > size * MAX_RATIO):
        raise ExportError(
            f"would unpack to {total // 1024**2} MB, which no export does; {_AGAIN}", path=path
        )
    return [info for info in infos if not info.is_dir() and not _is_aside(info.filename)]


def _find_fault(info: zipfile.ZipInfo) -> str | None:
    if _BAD_NAME.search(info.orig_filename) or _BAD_NAME.search(info.filename):
        return "a name that leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link, not a file"
    if info.flag_bits & 1:
        return "is encrypted"
    if info.file_size > _SMALL and info.file_size > info.compress_size * MAX_RATIO:
        return f"would unpack to {info.file_size // 1024**2} MB, which no export does"
    return None


def _is_aside(name: str) -> bool:
    """Return whether a file is an operating system's, not the export's."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)[:200]
