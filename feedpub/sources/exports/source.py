"""A source that is the export of another system: unpacked once, and read as a folder."""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from feedpub.errors import ExportError, SourceHeldError
from feedpub.ports import Scan, Unread, Workers
from feedpub.reading.writing import write_article
from feedpub.sources.exports.entry import Entry, Options
from feedpub.sources.exports.package import open_package, raise_error
from feedpub.sources.source import FolderSource
from feedpub.sources.spool import Spool

ExportKind = Literal["wordpress", "ghost", "substack", "medium"]

_VERSION = 1  # of what is made of an export; a higher one unpacks every export again
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExportSource(FolderSource):
    """An export, and the folder that it is unpacked into.

    Attributes:
        kind: Of system.
        export: The file or folder; ``root`` is where it is unpacked, ``label`` its name.
        options: How it is read.
    """

    kind: ExportKind = field(kw_only=True)
    export: Path = field(kw_only=True)
    options: Options = field(kw_only=True)

    @property
    def is_unpacked(self) -> bool:
        """Whether nobody sees its files: they are named after ids."""
        return True

    def scan(self, workers: Workers) -> Scan:
        """Return the articles of the export as it is now.

        Raises:
            SourceHeldError: It cannot be read as a whole, so that nothing of it is believed.
        """
        try:
            unread = self._unpack()
        except ExportError as error:
            raise SourceHeldError(
                f"source '{self.name}': {error}; nothing of this source was changed",
                source=self.name,
                missing=0,
                known=0,
            ) from error
        scan = FolderSource.scan(self, workers)
        return scan._replace(unread=unread)

    def scan_absence(self) -> Scan | None:
        """Return what an export that is not there holds, None if there is something."""
        return None if os.path.lexists(self.export) else Scan([], [])

    def _unpack(self) -> tuple[Unread, ...]:
        """Bring the folder in line with the export; return what nobody reads."""
        spool = Spool(Path(self.root))
        with spool.hold():
            state = spool.load_state()
            wanted: dict[str, Any] = {
                "version": _VERSION,
                "kind": self.kind,
                "options": repr(self.options),
            }
            wanted["status"] = _look(self.export, self.label)
            known = {name: state.get(name) for name in wanted}
            if known != wanted:
                digest = _digest(self.export, self.label)
                if {**known, "status": None} != {**wanted, "status": None} or (
                    state.get("digest") != digest
                ):
                    # Killed half way, the folder is in line with no export, the former included.
                    spool.save_state({})
                    state = {"unread": self._fill(spool)}
                spool.save_state({**state, **wanted, "digest": digest})
                state = spool.load_state()
        return tuple(Unread(*pair) for pair in state.get("unread", []))

    def _fill(self, spool: Spool) -> list[tuple[str, str]]:
        from feedpub.sources.exports.kinds import READERS

        refill = spool.start()
        unread: list[tuple[str, str]] = []
        with open_package(self.export, path=self.label) as package:
            for found in READERS[self.kind](package, self.options):
                if not isinstance(found, Entry):
                    unread.append((found.place, found.reason))
                elif not refill.put(
                    found.key, found.slug, write_article(found.manuscript, html=True)
                ):
                    reason = f"the id {found.key!r} is there twice; the first article counts"
                    unread.append((found.slug, reason))
        refill.finish()
        return unread


def _look(export: Path, label: str) -> list[list[Any]]:
    """Return names, sizes and times of all files of an export."""
    try:
        found = ((file, file.stat()) for file in _list_files(export))
        return [[str(file), status.st_size, status.st_mtime_ns] for file, status in found]
    except OSError as error:
        raise _unopenable(label, error) from error


def _digest(export: Path, label: str) -> str:
    digest = hashlib.sha256()
    try:
        for file in _list_files(export):
            digest.update(f"\n{file.relative_to(export)}\n".encode("utf-8", "replace"))
            with file.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
    except OSError as error:
        raise _unopenable(label, error) from error
    return digest.hexdigest()


def _list_files(export: Path) -> list[Path]:
    mode = export.stat().st_mode
    if stat.S_ISREG(mode):
        return [export]
    if not stat.S_ISDIR(mode):
        return []
    walk = os.walk(export, onerror=raise_error)
    found = (Path(folder, name) for folder, _, names in walk for name in names)
    return sorted(file for file in found if stat.S_ISREG(file.lstat().st_mode))


def _unopenable(label: str, error: OSError) -> ExportError:
    return ExportError(
        f"cannot be opened ({error.strerror}); put the export there or correct 'path', or, if it "
        "is gone for good, run 'feedpub build --accept-deletions'",
        path=label,
    )
