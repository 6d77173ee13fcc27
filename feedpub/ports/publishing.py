"""What the publisher needs of the outside world; adapters and test twins fill it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

from feedpub.errors import FetchError
from feedpub.model import Problem


class Staged(NamedTuple):
    """A file that lies beside its place, whole and on disk, and waits for ``commit``.

    Attributes:
        path: Below the output folder.
        ticket: What the target needs to put it into its place.
    """

    path: str
    ticket: str


class Target(Protocol):
    """Where documents are published. Paths are relative, with ``/``; used by several processes."""

    def begin(self) -> None:
        """Begin a run, which holds the site: others may have published since the one before."""
        ...

    def stage(self, path: str, data: bytes) -> Staged | None:
        """Write a file beside its place; None if what is published has the same bytes.

        Raises:
            TargetError: It cannot be written; the place holds what it held.
        """
        ...

    def commit(self, staged: Sequence[Staged]) -> None:
        """Put staged files into their places, in the order given; each appears whole or not at all.

        Raises:
            TargetError: One cannot be put there; those before it are.
        """
        ...

    def delete(self, paths: Sequence[str]) -> list[str]:
        """Delete files that are there, and folders that this empties; return those deleted."""
        ...

    def exists(self, path: str) -> bool:
        """Return whether a file is published."""
        ...

    def sweep(self) -> None:
        """Remove what an interrupted run staged and never committed."""
        ...


class Copy(Protocol):
    """A picture as we publish it: one small JPEG."""

    @property
    def data(self) -> bytes:
        """The whole file."""
        ...

    @property
    def width(self) -> int:
        """Pixels."""
        ...

    @property
    def height(self) -> int:
        """Pixels."""
        ...

    @property
    def name(self) -> str:
        """Made of the bytes, with its extension."""
        ...


class Thumbnails(Protocol):
    """Makes small copies of pictures, and fetches those that are elsewhere."""

    def from_bytes(self, data: bytes, *, url: str = "") -> Copy:
        """Return the copy of a picture.

        Raises:
            PictureError: It cannot be shown.
        """
        ...

    def fetch_all(
        self,
        urls: Sequence[str],
        *,
        budget_s: float,
        done: Callable[[str, Copy | FetchError], None],
    ) -> list[str]:
        """Fetch pictures within a budget.

        Args:
            urls: Absolute.
            budget_s: Seconds in all.
            done: Is told each URL with its copy, or the error that it ended in.

        Returns:
            URLs that were not reached in time.
        """
        ...

    def close(self) -> None:
        """Let go of processes that were kept for the next picture."""
        ...


class Notifier(Protocol):
    """Who is told which feeds changed (WebSub)."""

    def ping(self, topics: Sequence[str]) -> tuple[list[str], list[Problem]]:
        """Tell the hub; return the topics that it took and what went wrong, never raise."""
        ...


@dataclass(frozen=True, slots=True)
class Lost:
    """An item whose processing killed its worker, or failed in a way that nobody thought of.

    Attributes:
        item: As given to ``Workers.map``.
        reason: What happened.
    """

    item: Any
    reason: str = "it ended the process"


class Workers(Protocol):
    """Applies one function to many items, perhaps in other processes."""

    def map(self, items: Iterable[Any], *, chunk: int = 1, ahead: int = 8) -> Iterator[Any]:
        """Yield the values in the items' order; ``Lost`` for a lost item."""
        ...


class Lock(Protocol):
    """Keeps two runs of one site apart."""

    def __call__(self) -> AbstractContextManager[None]:
        """Hold the site.

        Raises:
            BusyError: Another run holds it and did not end in time.
        """
        ...


Progress = Callable[[str, int, int], None]
"""Is told a stage, how much of it is done, and how much there is (0 if unknown)."""


class Remotes(Protocol):
    """Sources that are elsewhere: what they hold is brought to folders that are read like any."""

    @property
    def names(self) -> frozenset[str]:
        """Their names."""
        ...

    def fetch(self, now: int, *, known: Collection[str], progress: Progress) -> frozenset[str]:
        """Bring the folders up to date, where it is time to ask; one that fails stays as it is.

        Where another run is asking already, that is left to it.

        Args:
            now: Seconds since the epoch.
            known: Sources that the catalog has articles of; a folder of theirs that is missing
                was lost, and is not made anew.
            progress: Is told how far it is.

        Returns:
            The sources that had something new.

        Raises:
            ConfigError: A library for it is missing.
            TargetError: A folder cannot be written.
        """
        ...

    def refresh(self) -> None:
        """Bring the folders up to date with what other machines fetched; ask nobody.

        Raises:
            BusyError: Another run is writing them, and a folder is missing.
            StoreError: The database cannot tell.
            TargetError: A folder cannot be written.
        """
        ...

    def problems(self) -> list[Problem]:
        """Return what the editor should know of them, as of the last request."""
        ...

    def failing(self) -> tuple[str, ...]:
        """Return the names of those whose last request failed."""
        ...


class File(NamedTuple):
    """A regular file of a folder; order and equality are those of the tuple."""

    name: str
    size: int
    mtime_ns: int


class Folder(NamedTuple):
    """The article files of one folder.

    Attributes:
        path: Relative to the source, ``""`` for its root, with ``/``.
        files: Sorted by name; empty if the folder is as it was known.
        fingerprint: 16 bytes; equal if names, sizes and times are.
    """

    path: str
    files: Sequence[File]
    fingerprint: bytes


class Unread(NamedTuple):
    """Something of a source that is no article to anybody.

    Attributes:
        place: Within the source; empty for the source itself.
        reason: With the remedy.
    """

    place: str
    reason: str


class Scan(NamedTuple):
    """One pass over a source, or over a part of it.

    Attributes:
        folders: Those with article files, in the order of their paths.
        skipped: Paths that are not read: a FIFO, a symlink, a name that is not UTF-8.
        unread: What else is not read, each with its own reason.
    """

    folders: list[Folder]
    skipped: list[str]
    unread: tuple[Unread, ...] = ()


class ReadTask(NamedTuple):
    """Read one file."""

    source: int
    folder: str
    file: File


class SourceFile(NamedTuple):
    """The bytes of an article, and of its sidecar if there is one."""

    data: bytes
    sidecar: bytes | None


class SourceRow(NamedTuple):
    """A source as the store keeps it.

    Attributes:
        id: Row.
        name: Unique.
        first_read: Seconds since the epoch, None before its baseline.
        settings: Digest of the settings that it was last read with.
    """

    id: int
    name: str
    first_read: int | None
    settings: str


class StoredProblem(NamedTuple):
    """What is wrong with one file of a source, until it is read again.

    Attributes:
        source: Name of the source.
        folder: Within the source.
        name: Of the file.
        level: ``error`` or ``warning``.
        line: From 1, None if the whole file is meant.
        column: From 1.
        message: Without the place.
        passing: Whether the file may be sound at the next look though it is not changed; not kept.
    """

    source: str
    folder: str
    name: str
    level: str
    line: int | None
    column: int | None
    message: str
    passing: bool = False


class RenditionRow(NamedTuple):
    """The published form of an article.

    Attributes:
        article: Row.
        key: 17 bytes over all that it was made from; see ``feedpub.publishing.payload``.
        payload: See there.
        picture: URL of the picture that it shows, None without one.
    """

    article: int
    key: bytes
    payload: bytes
    picture: str | None


class PictureState(IntEnum):
    """Where a remote picture stands."""

    COPIED = 0
    FAILED = 1
    WAITING = 2


class PictureRow(NamedTuple):
    """What is known of a picture.

    Attributes:
        url: As the article refers to it, absolute.
        state: A ``PictureState``.
        name: Of the copy below ``media/``, None without one.
        width: Pixels of the copy.
        height: Pixels of the copy.
        length: Bytes of the copy.
        retry_at: Seconds since the epoch; before that a failed one is not asked for again.
        reason: Why it failed.
    """

    url: str
    state: int
    name: str | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None
    retry_at: int | None = None
    reason: str | None = None


class Glance(NamedTuple):
    """As much of the catalog as tells whether a build has anything to do.

    Attributes:
        folders: Fingerprints by source and folder.
        settings: Digest of the settings by source.
        meta: The site's own notes.
        pending: Whether an interrupted build has to be finished.
        problems: Of the files as last read.
    """

    folders: dict[str, dict[str, bytes]]
    settings: dict[str, str]
    meta: dict[str, str]
    pending: bool
    problems: list[StoredProblem]
