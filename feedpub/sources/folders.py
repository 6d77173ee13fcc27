"""A folder of articles: which files are there, and what a file says.

A build looks at every file by ``stat`` and opens only those whose folder changed, so the cost of a
build with nothing new is that of the ``stat`` calls. They go through a directory descriptor, the
fastest way that Python has.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import overload

from feedpub.errors import ArticleError, SourceHeldError
from feedpub.ports import File, Folder, Scan

SIDECAR = ".meta"
"""Nikola keeps the front matter of ``a.rst`` in ``a.meta``, if one likes."""

MAX_FILE_BYTES = 8 * 1024 * 1024
# What a database can hold: the years 1677 to 2262. File systems take times far beyond.
_LAST_NS = 2**63 - 1
_CHUNK = 32 * 1024  # a larger buffer is zeroed by the kernel and costs more than it saves


def scan_tree(
    root: str,
    start: str,
    accept: Callable[[str], bool],
    exclude: Sequence[str] = (),
    *,
    source: str = "",
    known: Mapping[str, bytes] | None = None,
) -> Scan:
    """Return the article files below a folder; symlinks are not followed, so there is no loop.

    Args:
        root: The source's folder.
        start: Where to begin, relative to the root, ``""`` for all of it.
        accept: Whether a name is that of an article.
        exclude: Glob patterns, matched against paths relative to the root.
        source: Named by the error.
        known: Fingerprints by folder; the files of a folder that has its own are left out, as
            nobody asks for them, and they are most of what would cross to another process.

    Raises:
        SourceHeldError: A folder cannot be listed: its articles would look deleted.
    """
    known = known or {}
    folders: list[Folder] = []
    skipped: list[str] = []
    waiting = [start]
    while waiting:
        path = waiting.pop()
        try:
            lines, below, odd = _list_folder(root, path, accept, exclude)
        except OSError as error:
            raise _unlistable(source, path, error) from error
        skipped += odd
        waiting += below
        if lines:
            folders.append(_sum_up(path, lines, known.get(path)))
    folders.sort()
    return Scan(folders, skipped)


def _list_folder(
    root: str, path: str, accept: Callable[[str], bool], exclude: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Return a line for each article file in order of their names, folders, and what is odd."""
    prefix = f"{path}/" if path else ""
    is_file, is_folder, os_stat = stat.S_ISREG, stat.S_ISDIR, os.stat
    lines: list[str] = []
    below: list[str] = []
    descriptor = os.open(os.path.join(root, path), os.O_RDONLY | os.O_DIRECTORY)
    try:
        names, odd = _split_names(os.listdir(descriptor), prefix)
        for name in names:
            try:
                status = os_stat(name, dir_fd=descriptor, follow_symlinks=False)
            except FileNotFoundError:  # removed while we look
                continue
            if is_file(status.st_mode):
                if accept(name) and not (exclude and _is_excluded(prefix + name, exclude)):
                    lines.append(f"{name}/{status.st_size}/{status.st_mtime_ns}")
            elif is_folder(status.st_mode):
                if not (exclude and _is_excluded(prefix + name, exclude)):
                    below.append(prefix + name)
            elif accept(name):
                odd.append(prefix + name)
    finally:
        os.close(descriptor)
    return lines, below, odd


def _split_names(names: list[str], prefix: str) -> tuple[list[str], list[str]]:
    """Return the sorted names of a folder, and paths whose name is not UTF-8 on the disk.

    Those cannot be written down anywhere.
    """
    names = [name for name in names if name[0] != "."]
    names.sort()
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        odd = [name for name in names if not _is_text(name)]
        rest = [name for name in names if _is_text(name)]
        return rest, [(prefix + name).encode("utf-8", "replace").decode() for name in odd]
    return names, []


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _sum_up(path: str, lines: list[str], known: bytes | None = None) -> Folder:
    """Return a folder; its files are left out if it is as it was known."""
    text = "\0".join(lines)
    if f"{SIDECAR}/" in text:
        files = _fold_sidecars(list(PackedFiles(text.encode())))
        text = "\0".join([f"{name}/{size}/{mtime}" for name, size, mtime in files])
    data = text.encode()
    mark = _digest(data)
    return Folder(path, () if mark == known else PackedFiles(data), mark)


class PackedFiles(Sequence[File]):
    """Files as a line each: a million of them, as objects, would take some 400 MB."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __len__(self) -> int:
        return self._data.count(b"\0") + 1 if self._data else 0

    def __iter__(self) -> Iterator[File]:
        for line in self._data.decode().split("\0") if self._data else ():
            name, size, mtime = line.rsplit("/", 2)
            yield File(name, int(size), max(-_LAST_NS, min(int(mtime), _LAST_NS)))

    @overload
    def __getitem__(self, index: int) -> File: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[File]: ...
    def __getitem__(self, index: int | slice) -> File | Sequence[File]:
        return list(self)[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PackedFiles):
            return self._data == other._data
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


def _fold_sidecars(files: list[File]) -> list[File]:
    """Let a sidecar count as a part of its article, so that a change of either is one of both."""
    sidecars = {file.name[: -len(SIDECAR)]: file for file in files if file.name.endswith(SIDECAR)}
    if not sidecars:
        return files
    folded = []
    for file in files:
        if file.name.endswith(SIDECAR):
            continue
        sidecar = sidecars.get(file.name.rpartition(".")[0])
        if sidecar is not None:
            mtime_ns = max(file.mtime_ns, sidecar.mtime_ns)
            file = File(file.name, file.size + sidecar.size, mtime_ns)
        folded.append(file)
    return folded


def _is_excluded(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _unlistable(source: str, path: str, error: OSError) -> SourceHeldError:
    where = f"{source}/{path}" if path else source
    return SourceHeldError(
        f"source '{source}': the folder {where!r} cannot be listed ({error.strerror}); "
        "nothing of this source was changed; make, mount or restore it, or correct 'path' in the "
        "settings, or, if it is gone for good, run 'feedpub build --accept-deletions'",
        source=source,
        missing=0,
        known=0,
    )


def _digest(data: bytes) -> bytes:
    """Return 16 bytes that change when a name, a size or a time does."""
    # A name may have a line feed but no zero; fingerprints of older versions had line feeds, too.
    return hashlib.blake2b(data.replace(b"\0", b"\n"), digest_size=16).digest()


def first_folders(
    root: str, wanted: int, accept: Callable[[str], bool], exclude: Sequence[str], *, source: str
) -> tuple[Scan, list[str]]:
    """Scan from the top until there are enough folders to share among processes.

    Returns:
        What was scanned on the way, and the folders that still are to be scanned.
    """
    scan = Scan([], [])
    waiting = [""]
    while waiting and len(waiting) < wanted:
        path = waiting.pop(0)
        try:
            lines, below, odd = _list_folder(root, path, accept, exclude)
        except OSError as error:
            raise _unlistable(source, path, error) from error
        scan.skipped.extend(odd)
        waiting += below
        if lines:
            scan.folders.append(_sum_up(path, lines))
    return scan, waiting


def stat_file(root: str, folder: str, name: str) -> File | None:
    """Return an article file as a scan would, None if there is none of this name."""
    lines = []
    for one in (name, name.rpartition(".")[0] + SIDECAR):
        try:
            status = os.lstat(os.path.join(root, folder, one))
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            lines.append(f"{one}/{status.st_size}/{status.st_mtime_ns}")
    found = _fold_sidecars(list(PackedFiles("\0".join(lines).encode())))
    return next((file for file in found if file.name == name), None)


def read_bytes(path: str, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return a file's bytes; never hang on a FIFO, never follow a symlink.

    Raises:
        ArticleError: It is no regular file, too large, or cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ArticleError(f"cannot be opened: {error.strerror}", path=path) from error
    try:
        return _read_open(descriptor, path, max_bytes)
    except OSError as error:
        raise ArticleError(f"cannot be read: {error.strerror}", path=path) from error
    finally:
        os.close(descriptor)


def _read_open(descriptor: int, path: str, max_bytes: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise ArticleError("is not a regular file; remove it from the folder", path=path)
    if status.st_size > max_bytes:
        raise ArticleError(
            f"has {status.st_size} bytes, more than {max_bytes}; shorten it or exclude it",
            path=path,
        )
    data = os.read(descriptor, _CHUNK)
    if len(data) < _CHUNK and len(data) >= status.st_size:
        return data
    pieces = [data]
    left = max_bytes - len(data)
    while piece := os.read(descriptor, _CHUNK):
        left -= len(piece)
        if left < 0:  # it grows while we read
            raise ArticleError(f"has more than {max_bytes} bytes; shorten it", path=path)
        pieces.append(piece)
    return b"".join(pieces)
