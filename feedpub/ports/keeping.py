"""What keeping articles as files needs of the outside world."""

from typing import NamedTuple, Protocol


class KeptArticle(NamedTuple):
    """An article that was exported.

    Attributes:
        path: Of its file, for ever.
        digest: Of the bytes that were written.
        key: Over all that they were made from.
    """

    path: str
    digest: str
    key: str


class ArticleFolder(Protocol):
    """A folder of somebody's in which articles are kept. Paths are relative, with ``/``."""

    def load_index(self) -> dict[str, KeptArticle]:
        """Return what was exported into the folder, by id.

        Raises:
            TargetError: It cannot be read, so that nobody knows whose its files are.
        """
        ...

    def save_index(self, index: dict[str, KeptArticle]) -> None:
        """Keep what was exported, whole or not at all, after all that was written."""
        ...

    def locate(self, path: str) -> str:
        """Return the path of a file as the user would type it."""
        ...

    def exists(self, path: str) -> bool:
        """Return whether there is something of that name."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None if there is none.

        Raises:
            TargetError: There is something else, or it cannot be read.
        """
        ...

    def write(self, path: str, data: bytes) -> None:
        """Write a file beside its place, which it takes with the next ``commit``.

        To ``exists`` and ``read`` it is there at once.

        Raises:
            TargetError: It cannot be written.
        """
        ...

    def commit(self) -> None:
        """Let all that was written take its place, each file whole, after a power cut too.

        Raises:
            TargetError: They cannot; what is not in place by then is gone.
        """
        ...
