"""Where the machines of one site share the files that each of them needs in a folder of its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

ERA = 1_000_000_000
"""Numbers of changes go on from a multiple of this when the database was restored.

So no machine takes a change for one that it has: those of the database's later days are undone, but
not in the machines' folders.
"""


class DepotFile(NamedTuple):
    """A file, the same on all machines down to its time.

    Attributes:
        name: Within its folder.
        mtime_ns: Of the file.
        data: Its bytes.
    """

    name: str
    mtime_ns: int
    data: bytes


class Depot(Protocol):
    """Keeps what the feeds of others brought, by source; each change of a source has a number."""

    def versions(self) -> Mapping[str, int]:
        """Return the number of the last change, from 1 on, of each source that has any.

        Raises:
            StoreError: The database cannot tell.
        """
        ...

    def since(self, source: str, version: int) -> Iterator[DepotFile]:
        """Yield the files of a source that changed after a change, oldest change first.

        Raises:
            StoreError: The database cannot tell.
        """
        ...

    def put(self, source: str, files: Sequence[DepotFile]) -> int:
        """Keep files in place of those of the same names; return the number of this change.

        Raises:
            StoreError: The database refuses.
        """
        ...
