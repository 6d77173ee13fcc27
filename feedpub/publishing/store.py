"""What a build asks of the store; its adapters are ``feedpub.store``, its twin ``feedpub.testing``.

Instants are whole seconds since the epoch. A shelf holds what stands in one category itself;
shelf 0 holds every published article.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import Record
from feedpub.ports import PictureRow, RenditionRow, SourceRow, StoredProblem
from feedpub.ports.jobs import Agenda, Jobs
from feedpub.ports.newsletter import Issues


class Sources(Protocol):
    """What was read of each source, within one transaction."""

    def open_source(self, name: str) -> SourceRow:
        """Return the row of a source, made if it is new."""
        ...

    def list_sources(self) -> list[SourceRow]:
        """Return every source that was ever opened, also those that the settings forgot."""
        ...

    def update_source(self, source: int, *, first_read: int | None, settings: str) -> None:
        """Keep when a source was first read, and with which settings last."""
        ...

    def fingerprints(self, source: int) -> dict[str, bytes]:
        """Return the fingerprint of each folder as last read."""
        ...

    def save_fingerprints(
        self, source: int, found: Mapping[str, bytes], gone: Iterable[str]
    ) -> None:
        """Keep the fingerprints of folders that were read, forget those that are gone."""
        ...

    def records_in(self, source: int, folders: Iterable[str]) -> Iterator[Record]:
        """Yield every record of some folders, tombstones too."""
        ...

    def records_by_content(self, contents: Iterable[bytes]) -> Iterator[Record]:
        """Yield every record with one of these contents."""
        ...

    def repeated_contents(self) -> set[bytes]:
        """Return the contents that more than one record has."""
        ...

    def records_by_uid(self, uids: Iterable[str]) -> Iterator[Record]:
        """Yield every record with one of these ids."""
        ...

    def records(self, ids: Iterable[int]) -> Iterator[Record]:
        """Yield the records of some rows, in no order."""
        ...

    def duplicates_of(self, ids: Iterable[int]) -> Iterator[Record]:
        """Yield the files that repeat these articles, oldest row first."""
        ...

    def records_due(self, now: int) -> Iterator[Record]:
        """Yield the held ones whose time may have come, and the published ones that expired."""
        ...

    def records_held(self, now: int) -> Iterator[Record]:
        """Yield every record that is held, or is by another kind of build, as drafts are.

        Also those that were shown by such a build alone.
        """
        ...

    def next_due(self, now: int) -> int | None:
        """Return when the next held article is due or the next published one expires."""
        ...

    def find_articles(self, wanted: str) -> list[Record]:
        """Return the records that an id, a path or the end of a path means."""
        ...

    def count_known(self, source: int) -> int:
        """Return how many files of a source the catalog holds, tombstones apart."""
        ...

    def count_held(self) -> int:
        """Return how many files are held, without a look at the others."""
        ...

    def count_states(self) -> dict[tuple[int, int], int]:
        """Return how many files there are, by source and state."""
        ...

    def next_id(self) -> int:
        """Return the row that the next new record gets."""
        ...

    def bulk_load(self) -> AbstractContextManager[None]:
        """Fill an empty table: its indexes are made at the end, sorted, at a tenth of the cost."""
        ...

    def insert(self, records: Sequence[Record]) -> None:
        """Add records, which bring their row ids."""
        ...

    def update(self, records: Sequence[Record]) -> None:
        """Replace the rows of records."""
        ...

    def merge_categories(self, merged: Mapping[int, int]) -> None:
        """Give the files of some categories to others: the one that is gone, to the one there."""
        ...

    def remove(self, ids: Sequence[int]) -> None:
        """Drop rows whose identity lives on in another row."""
        ...

    def replace_problems(
        self, source: int, places: Collection[tuple[str, str]], problems: Sequence[StoredProblem]
    ) -> None:
        """Forget what was wrong with some files, keep what is wrong with them now."""
        ...

    def problems(self) -> list[StoredProblem]:
        """Return what is wrong with the files of all sources, in order of source and path."""
        ...


class Shelves(Protocol):
    """Where published articles stand, within one transaction."""

    def load_tree(self) -> CategoryTree:
        """Return every category, and the old folders of renamed ones."""
        ...

    def save_tree(self, tree: CategoryTree, *, known: CategoryTree) -> None:
        """Keep a tree that was grown or renamed from a known one."""
        ...

    def merge(self, merged: Mapping[int, int]) -> None:
        """Put what stands on some shelves on others, after a rename that made one of two.

        Args:
            merged: Category that is gone, to the one that takes its articles.
        """
        ...

    def place(self, placements: Sequence[tuple[int, int, int]]) -> None:
        """Put articles on shelves: category, published, article."""
        ...

    def announce(self, arrivals: Sequence[tuple[int, int, int]]) -> None:
        """Note articles that are news: category, first_seen, article."""
        ...

    def withdraw(self, shelves: Iterable[tuple[int, int, int | None, int]]) -> None:
        """Take articles off: category, published, first_seen, article."""
        ...

    def newest(self, category: int, limit: int | None) -> list[tuple[int, int]]:
        """Return the newest articles on one shelf, newest first: published, article.

        Args:
            category: Of the shelf.
            limit: Articles at most; all if None.
        """
        ...

    def latest_arrivals(self, category: int, limit: int) -> list[tuple[int, int]]:
        """Return the latest news on one shelf, latest first: first_seen, article."""
        ...

    def between(self, category: int, start: int, end: int) -> list[tuple[int, int]]:
        """Return what one shelf holds of a half-open period, newest first: published, article."""
        ...

    def last_before(self, category: int, moment: int) -> int | None:
        """Return when the last article of one shelf before a moment was published."""
        ...

    def first_from(self, category: int, moment: int) -> int | None:
        """Return when the first article of one shelf from a moment on was published."""
        ...

    def counts(self) -> dict[int, int]:
        """Return how many articles each shelf holds."""
        ...

    def overlaps(self) -> dict[tuple[int, ...], int]:
        """Return how many articles stand on the same several shelves, everything apart."""
        ...

    def mark_dirty(self, shelves: Iterable[tuple[int, str]]) -> None:
        """Note feeds to be made again: category, and a month of its archive or ``""``."""
        ...

    def dirty(self) -> list[tuple[int, str]]:
        """Return the feeds that wait to be made again, in order."""
        ...

    def clear_dirty(self, shelves: Iterable[tuple[int, str]]) -> None:
        """Forget those that are published."""
        ...

    def touch(self, articles: Iterable[int]) -> None:
        """Note articles whose own page has to be made again or taken down."""
        ...

    def touched(self) -> list[int]:
        """Return those articles."""
        ...

    def clear_touched(self) -> None:
        """Forget them all."""
        ...

    def meta(self) -> dict[str, str]:
        """Return the site's own notes."""
        ...

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Replace some notes; an empty value removes one."""
        ...


class Renditions(Protocol):
    """What was made of articles, within one transaction."""

    def get(self, articles: Iterable[int]) -> Iterator[RenditionRow]:
        """Yield the renditions that some articles have, in no order."""
        ...

    def keys(self, articles: Iterable[int]) -> dict[int, bytes]:
        """Return the keys of the renditions that some articles have."""
        ...

    def put(self, rows: Sequence[RenditionRow]) -> None:
        """Keep renditions, in place of older ones of the same articles."""
        ...

    def drop(self, articles: Iterable[int]) -> None:
        """Forget the renditions of articles that are no longer published."""
        ...

    def pictures(self, urls: Iterable[str]) -> dict[str, PictureRow]:
        """Return what is known of some pictures."""
        ...

    def put_pictures(self, rows: Sequence[PictureRow]) -> None:
        """Keep what is known of pictures."""
        ...

    def pictures_waiting(self) -> list[str]:
        """Return the URLs that an earlier build left for the next one."""
        ...

    def pictures_failed(self, limit: int) -> list[tuple[str, str]]:
        """Return URLs that could not be had, in their order, each with the reason."""
        ...

    def articles_showing(self, urls: Iterable[str]) -> list[int]:
        """Return the articles whose rendition shows one of these pictures."""
        ...


class Catalog(Protocol):
    """Everything the store can do within one transaction."""

    @property
    def sources(self) -> Sources:
        """What was read."""
        ...

    @property
    def shelves(self) -> Shelves:
        """Where it stands."""
        ...

    @property
    def renditions(self) -> Renditions:
        """What was made of it."""
        ...

    @property
    def issues(self) -> Issues:
        """What was mailed of it."""
        ...

    @property
    def jobs(self) -> Jobs:
        """What is to be done about it later."""
        ...

    @property
    def agenda(self) -> Agenda:
        """What is done regularly, and what went wrong with it."""
        ...

    def attempt(self) -> AbstractContextManager[None]:
        """Undo what happens inside if it raises, and nothing else of the transaction."""
        ...


class Store(Protocol):
    """Keeps the catalog; not shared between processes."""

    def transaction(self) -> AbstractContextManager[Catalog]:
        """Give the catalog; commit at the end, undo everything on an error.

        Raises:
            StoreError: The database refuses.
        """
        ...

    def check(self) -> None:
        """Read every page.

        Raises:
            CorruptStoreError: Something does not add up.
        """
        ...

    def backup(self, path: Path) -> None:
        """Write a whole, compact copy to a new file.

        Raises:
            StoreError: The file exists, or cannot be written.
        """
        ...


class OpenStore(Protocol):
    """Opens the store anew each time, in whichever process it is called."""

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[Store]:
        """Give the store.

        Raises:
            StoreError: It is missing, damaged or of another version.
        """
        ...
