"""Files of a site that may hold an address besides the database: rehearsals, copies, lists."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from feedpub.errors import StoreError
from feedpub.store.sql import LOGS, Catalog, SqlStore

_SQLITE = b"SQLite format 3\0"
_CHUNK = 1 << 20
_LARGEST = 256 << 20  # of files that are no database: nobody's list is larger


class FolderTraces:
    """Looks through the folder of a site, apart from what is published or read from."""

    def __init__(
        self, root: Path, database: Path | None, outbox: Path, skipped: Sequence[Path]
    ) -> None:
        """Take the places.

        Args:
            root: Folder of the site.
            database: Its own, which is not looked at; None for one on a server.
            outbox: Holds mails of rehearsals, which are nobody's only copy.
            skipped: Folders of articles, templates and what is published.
        """
        self._root, self._database, self._outbox = root, database, outbox
        self._skipped = {str(path) for path in skipped}

    def clean(
        self, spellings: Sequence[str], erase: Callable[[Catalog], None]
    ) -> tuple[list[str], list[str]]:
        """See ``feedpub.audience.setup.Traces``."""
        needles = [spelling.encode().lower() for spelling in spellings]
        cleaned: list[str] = []
        left: list[str] = []
        for path in list(self._files()):
            if _holds(path, needles):
                gone = self._clean(path, erase) and not _holds(path, needles)
                (cleaned if gone else left).append(str(path.relative_to(self._root)))
        return cleaned, left

    def _files(self) -> Iterator[Path]:
        own = set()
        if self._database is not None:
            own = {str(self._database) + suffix for suffix in ("", *LOGS, ".lock")}
        for folder, folders, names in os.walk(self._root):
            folders[:] = sorted(
                name
                for name in folders
                if not name.startswith(".") and str(Path(folder, name)) not in self._skipped
            )
            for name in sorted(names):
                path = Path(folder, name)
                if str(path) not in own and path.is_file() and not path.is_symlink():
                    yield path

    def _clean(self, path: Path, erase: Callable[[Catalog], None]) -> bool:
        """Take the address out of one file; return whether that could be tried."""
        if path.is_relative_to(self._outbox):
            path.unlink()
            return True
        if not _is_database(path):
            return False
        try:
            store = SqlStore.open(path)
            try:
                with store.transaction() as catalog:
                    erase(catalog)
                store.compact()
            finally:
                store.close()
        except StoreError:  # of another program, or of a newer feedpub
            return False
        return True


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _holds(path: Path, needles: Sequence[bytes]) -> bool:
    """Return whether a file holds one of some texts, which are lower case."""
    overlap = max(map(len, needles)) - 1
    tail = b""
    try:
        if path.stat().st_size > _LARGEST and not _is_database(path):
            return False
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                text = tail + chunk.lower()
                if any(needle in text for needle in needles):
                    return True
                tail = text[-overlap:] if overlap else b""
    except OSError:  # gone meanwhile, or not ours to read
        return False
    return False
