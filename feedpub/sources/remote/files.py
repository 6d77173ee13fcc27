"""The files of one feed's folder: each replaced whole, and the same on all machines of a site.

What a feed brought cannot be fetched again, and whichever machine builds needs all of it. So with a
database that machines share, files go there first, and each machine copies into its folder what it
has not got yet, with the same times, by which a build sees that nothing changed.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from feedpub.batches import cut_batches
from feedpub.durability import synchronise, synchronise_all
from feedpub.ports.depot import ERA, Depot, DepotFile

STATE = ".feedpub-feed.json"
"""What is remembered of the feed: the one file that is shared though it is no entry."""

WAITING = ".waiting-"
_COPIED = ".feedpub-copied"


class Files:
    """A folder of files; used by one run at a time, on any machine.

    Args:
        folder: Of this machine.
        share: Source and the depot that it is shared by; None if there is but one machine.
    """

    def __init__(self, folder: Path, share: tuple[str, Depot] | None = None) -> None:
        self.folder, self._share = folder, share

    def read(self, name: str) -> bytes:
        """Return the bytes of a file; none if it is not there."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return b""

    def stage(self, name: str, data: bytes) -> Path:
        """Write a file beside its place; return where it waits."""
        waiting = self._wait(name)
        waiting.write_bytes(data)
        return waiting

    def commit(self, names: Sequence[str]) -> None:
        """Put staged files into their places, once all machines can have them."""
        if not names:
            return
        if self._share is None:
            self._place(names)
            return
        source, depot = self._share
        version = depot.put(source, [self._load(self._wait(name), name) for name in names])
        self._place(names)
        self._note(version)

    def _wait(self, name: str) -> Path:
        return self.folder / f"{WAITING}{name}"

    def _load(self, path: Path, name: str) -> DepotFile:
        return DepotFile(name, path.stat().st_mtime_ns, path.read_bytes())

    def _place(self, names: Sequence[str]) -> None:
        """Rename staged files once they are on the disk; each appears whole or not at all."""
        synchronise_all([self._wait(name) for name in names])
        for name in names:
            self._wait(name).replace(self.folder / name)
        # The names, too; only then may anything rely on them.
        synchronise(self.folder)

    # Other machines

    def refresh(self, version: int) -> None:
        """Copy what other machines shared; share what only this one has.

        The latter is so when a site has just moved to a server, or its database came from a copy.

        Args:
            version: Number of the last change, 0 if there was none.

        Raises:
            OSError: The folder cannot be written.
            StoreError: The database cannot tell.
        """
        copied = self._read_note()
        if self._share is None or 0 < copied == version:
            return
        is_new = copied == 0 or copied > version or copied // ERA != version // ERA
        if version:
            self.folder.mkdir(parents=True, exist_ok=True)
            known = self._copy(*self._share, 0 if is_new else copied)
            self._note(version)
        else:
            known = set()
        if is_new:
            self._share_rest(*self._share, known)

    def _copy(self, source: str, depot: Depot, version: int) -> set[str]:
        """Return the names of all files that there were."""
        known: set[str] = set()
        for files in cut_batches(depot.since(source, version)):
            known.update(file.name for file in files)
            fresh = [file for file in files if not self._has(file)]
            for file in fresh:
                os.utime(self.stage(file.name, file.data), ns=(file.mtime_ns, file.mtime_ns))
            if fresh:
                self._place([file.name for file in fresh])
        return known

    def _has(self, file: DepotFile) -> bool:
        try:
            found = (self.folder / file.name).stat()
        except FileNotFoundError:
            return False
        return (found.st_size, found.st_mtime_ns) == (len(file.data), file.mtime_ns)

    def _share_rest(self, source: str, depot: Depot, known: set[str]) -> None:
        with suppress(FileNotFoundError):  # nothing was ever fetched
            names = (name for name in sorted(os.listdir(self.folder)) if _is_shared(name))
            for some in cut_batches(name for name in names if name not in known):
                files = [self._load(self.folder / name, name) for name in some]
                self._note(depot.put(source, files))

    def _read_note(self) -> int:
        """Return up to which change this machine has everything."""
        written = self.read(_COPIED)
        return int(written) if written.isdigit() else 0

    def _note(self, version: int) -> None:
        # Whoever is cut off before this copies once more.
        (self.folder / _COPIED).write_text(str(version))


def clear_waiting(folder: Path) -> None:
    """Remove what a run that was killed left half written."""
    for waiting in folder.glob(f"{WAITING}*"):
        waiting.unlink(missing_ok=True)


def _is_shared(name: str) -> bool:
    return name == STATE or not name.startswith(".")
