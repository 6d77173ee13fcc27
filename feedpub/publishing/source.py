"""What a build asks of a source of articles; ``feedpub.sources`` has those that there are."""

from collections.abc import Mapping
from typing import Any, Protocol

from feedpub.catalog.identity import Sighting
from feedpub.errors import SourceHeldError
from feedpub.ports import File, ReadTask, Scan, SourceFile, StoredProblem, Workers
from feedpub.reading import Dialect


class ArticleSource(Protocol):
    """A place that articles are read from."""

    @property
    def index(self) -> int:
        """Place among the site's sources."""
        ...

    @property
    def name(self) -> str:
        """Unique; part of every article's identity."""
        ...

    @property
    def root(self) -> str:
        """Its folder, absolute."""
        ...

    @property
    def label(self) -> str:
        """The folder as the editor would type it."""
        ...

    @property
    def dialect(self) -> Dialect:
        """How its articles are read."""
        ...

    @property
    def has_urls(self) -> bool:
        """Whether its articles have URLs elsewhere."""
        ...

    @property
    def is_unpacked(self) -> bool:
        """Whether nobody sees its files, so that their folders and names say nothing."""
        ...

    @property
    def settings(self) -> str:
        """A digest over all that changes what reading gives."""
        ...

    def scan(self, workers: Workers) -> Scan:
        """Return the article files that are there now.

        Raises:
            SourceHeldError: A part of it cannot be listed.
        """
        ...

    def scan_absence(self) -> Scan | None:
        """Return an empty scan if there is nothing at all, None if there is something."""
        ...

    def holds(self, folder: str, file: File) -> bool:
        """Return whether a file that a scan found, on whatever machine, is here and the same."""
        ...

    def make_task(self, folder: str, file: File) -> ReadTask:
        """Return the task to read one file."""
        ...

    def report_lost(self, task: ReadTask, reason: str) -> StoredProblem:
        """Return what is wrong with a file that could not be read for an unforeseen reason."""
        ...

    def read(self, path: str) -> SourceFile:
        """Return the bytes of an article.

        Raises:
            ArticleError: It cannot be read.
        """
        ...

    def find_picture(self, reference: str, folder: str) -> str | None:
        """Return the file that a local reference means, None if there is none."""
        ...

    def read_picture(self, place: str) -> bytes:
        """Return the bytes of a local picture.

        Raises:
            ArticleError: It cannot be read or is too large.
        """
        ...


class SourceReader(Protocol):
    """What a reading process does: scan a part of a source, or read one of its files."""

    def knowing(self, known: Mapping[str, Mapping[str, bytes]]) -> "SourceReader":
        """Return a reader that does not list the files of folders that have these fingerprints."""
        ...

    def __call__(self, task: Any) -> Scan | SourceHeldError | Sighting | StoredProblem:
        """Do one task."""
        ...
