"""The published files as a web server sees them: whole, typed, tagged, and none but them."""

import os
import stat
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from feedpub.filetypes import is_lasting, media_type
from feedpub.web.headers import Kind
from feedpub.web.memory import Memory

MAX_BYTES = 32 * 1024 * 1024
SETTLED_S = 2.0
"""Files that changed later than this ago may change again under the same times and length."""

_PATIENCE_S = 0.05
_REST = 20
"""So many times as long as it waited for the disk, a thread that must not wait keeps away."""


class Stamp(NamedTuple):
    """What tells a file from any other, and from itself once it was written to.

    ``changed`` is set by the system at each write and each rename, and by nobody else.
    """

    device: int
    inode: int
    size: int
    modified: int
    changed: int


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file as it was at one instant.

    Attributes:
        path: Below the output folder, with ``/``.
        data: All of it.
        modified: Seconds since the epoch; None while another version may have the same second.
        etag: Of these bytes, without quotes.
    """

    path: str
    data: bytes
    modified: float | None
    etag: str

    @property
    def media_type(self) -> str:
        """What the ``Content-Type`` header says."""
        return media_type(self.path)

    @property
    def kind(self) -> Kind:
        """What it is, as far as headers go."""
        if self.path.endswith(".html"):
            return Kind.EMBED if self.path.startswith("embed/") else Kind.PAGE
        return Kind.LASTING if is_lasting(self.path) else Kind.DOCUMENT


class Folder:
    """An output folder; nothing outside of it and nothing hidden is ever read.

    A file is looked at, at each request, and read again only if that shows a change. Safe for
    any number of threads.
    """

    def __init__(self, root: Path, *, max_bytes: int = 64 * 1024 * 1024) -> None:
        """Remember where it is.

        Args:
            root: Need not exist yet.
            max_bytes: Of files that are kept in memory.
        """
        self._root = root.resolve()
        self._resumed = 0.0
        self._memory: Memory[tuple[str, Stamp, PublishedFile]] = Memory(max_bytes)

    def find(self, path: str) -> PublishedFile | None:
        """Return a file, also that of a folder's index; None if nothing of the name is published.

        Args:
            path: As asked for, decoded, without the leading slash.
        """
        try:
            kept = self._memory.get(path)
            if kept is not None and make_stamp(os.stat(kept[0])) == kept[1]:
                return kept[2]
            place = self._place(path)
            return None if place is None else self._read(path, place)
        except (OSError, ValueError, RuntimeError):
            # Missing, too long, a NUL, a loop of links: whatever it is, it is not published.
            return None

    def recall(self, path: str) -> PublishedFile | None:
        """Return a file that is in memory, if it is still as it was; None for any other.

        For a thread that must not wait. Whether a file changed is asked of the disk; where that
        takes its time, nothing is recalled for a while.

        Args:
            path: As ``find`` has it.
        """
        began = time.monotonic()
        if began < self._resumed or (kept := self._memory.get(path)) is None:
            return None
        try:
            is_same = make_stamp(os.stat(kept[0])) == kept[1]
        except OSError:
            return None
        finally:
            took = time.monotonic() - began
            if took > _PATIENCE_S:
                self._resumed = began + took * _REST
        return kept[2] if is_same else None

    def has_index(self, path: str) -> bool:
        """Return whether a path without a slash at its end is that of a folder with an index."""
        return bool(path) and not path.endswith("/") and self.find(f"{path}/") is not None

    def _place(self, path: str) -> str | None:
        parts = path.split("/")
        if "" in parts[:-1]:  # one file has one address
            return None
        if any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            return None
        if not parts[-1]:
            parts[-1] = "index.html"
        place = self._root.joinpath(*parts)
        # Links within the folder are followed, those that lead out of it are not.
        return str(place) if place.resolve().is_relative_to(self._root) else None

    def _read(self, path: str, place: str) -> PublishedFile | None:
        now = time.time()
        # A FIFO would block an open without O_NONBLOCK; what it is shows only afterwards.
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                return None
            data = stream.read()
        name = Path(place).resolve().relative_to(self._root).as_posix()
        settled = max(found.st_mtime, found.st_ctime) < now - SETTLED_S
        modified = found.st_mtime if found.st_mtime < now - SETTLED_S else None
        etag = blake2b(data, digest_size=12).hexdigest()
        file = PublishedFile(name, data, modified, etag)
        if settled:
            self._memory.put(path, (place, make_stamp(found), file), len(data))
        return file


def make_stamp(found: os.stat_result) -> Stamp:
    """Return what a file is known again by."""
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
