"""Which files of a source have to be read, and which are gone."""

from collections.abc import Iterator, Mapping, Sequence

from feedpub.catalog.identity import Record, State
from feedpub.ports import File, Folder, ReadTask
from feedpub.publishing.source import ArticleSource

Known = Mapping[tuple[str, str], Record]
"""Records by folder and name."""


def find_vanished(folders: Sequence[Folder], known: Known) -> list[Record]:
    """Return the records, tombstones apart, of files that are in none of the folders."""
    if not known:
        return []
    present = {(folder.path, file.name) for folder in folders for file in folder.files}
    return [
        record
        for place, record in known.items()
        if place not in present and record.state != State.DELETED
    ]


class ReadTasks:
    """The new and the changed files of some folders, in order of their paths.

    They are made one by one, and made again by whoever iterates again: a million of them would take
    more memory than all the rest of a build.

    Attributes:
        source: That holds them.
        untouched: Folder and name of the files that are as they were.
    """

    def __init__(
        self,
        source: ArticleSource,
        folders: Sequence[Folder],
        known: Known,
    ) -> None:
        """Find out which they are.

        Args:
            source: That holds the folders.
            folders: In order of their paths.
            known: What the catalog has of them; a file that is as it was is not read.
        """
        self.source = source
        self._folders = folders
        self._known = known
        files = sum(len(folder.files) for folder in folders)
        self.untouched: set[tuple[str, str]] = (
            {(folder.path, file.name) for folder in folders for file in folder.files}
            - {(task.folder, task.file.name) for task in self}
            if known
            else set()
        )
        self._count = files - len(self.untouched)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ReadTask]:
        for folder in self._folders:
            for file in folder.files:
                if self._is_stale(folder.path, file):
                    yield self.source.make_task(folder.path, file)

    def _is_stale(self, folder: str, file: File) -> bool:
        record = self._known.get((folder, file.name))
        return (
            record is None
            or record.state == State.DELETED
            or (record.size, record.mtime_ns) != (file.size, file.mtime_ns)
        )
