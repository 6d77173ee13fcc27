"""A folder of our own in which articles from elsewhere lie as files, for the reader of folders.

What it holds can be made again. It is changed as a whole: files are written beside their places,
and put there only when all of them are.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from feedpub.errors import TargetError
from feedpub.reading.filenames import make_file_name

_STATE, _LOCK, _NEW = ".state.json", ".lock", ".new"


class Spool:
    """The files of one source."""

    def __init__(self, root: Path) -> None:
        """Name the folder; it is made when it is needed."""
        self.root = root

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep other processes from changing the folder meanwhile.

        Raises:
            TargetError: It cannot be written.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.root / _LOCK).open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise TargetError(
                f"{self.root}: articles cannot be unpacked here ({error.strerror}); make room, or"
                " let the folder be written"
            ) from error

    def load_state(self) -> dict[str, Any]:
        """Return what was kept with the files; empty if nothing was, or it is damaged."""
        try:
            state = json.loads((self.root / _STATE).read_bytes())
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def save_state(self, state: dict[str, Any]) -> None:
        """Keep values of JSON with the files, once these are on the disk."""
        waiting = self.root / f"{_STATE}.new"
        with waiting.open("w") as file:
            json.dump(state, file)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(self.root / _STATE)

    def start(self) -> "Refill":
        """Return a refill of the folder; what an interrupted one left is removed."""
        shutil.rmtree(self.root / _NEW, ignore_errors=True)
        return Refill(self.root)


class Refill:
    """All articles of a source, on their way into its folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._kept: set[str] = set()
        self._new: list[str] = []

    def put(self, key: str, slug: str, data: bytes) -> bool:
        """Take an article; return False if there is one with that key already.

        Args:
            key: Its place depends on this and on the slug alone, so that no other article ever
                takes it.
            slug: What the file is named after.
            data: Of the file.
        """
        place = place_file(key, slug)
        if place in self._kept:
            return False
        self._kept.add(place)
        if _read(self._root / place) != data:
            waiting = self._root / _NEW / place
            waiting.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            waiting.write_bytes(data)
            self._new.append(place)
        return True

    def finish(self) -> None:
        """Put what is new into its place and remove what was not taken again."""
        for place in self._new:
            target = self._root / place
            target.parent.mkdir(mode=0o700, exist_ok=True)
            (self._root / _NEW / place).replace(target)
        for folder in sorted(self._root.glob("[!.]*")):
            for file in folder.iterdir():
                if f"{folder.name}/{file.name}" not in self._kept:
                    file.unlink()
            with suppress(OSError):  # it holds something still
                folder.rmdir()
        shutil.rmtree(self._root / _NEW, ignore_errors=True)
        if self._new:
            # One call for thousands of files: the state may not promise what a crash undoes.
            os.sync()


def place_file(key: str, slug: str) -> str:
    """Return the place of an article, such as ``3f/hello-world-3fc4ccfe.html``."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"{digest[:2]}/{make_file_name(slug, key=key, taken=None)}"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
