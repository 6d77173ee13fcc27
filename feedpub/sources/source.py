"""A source of articles that is a folder, and what the reading processes do with it."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from unicodedata import normalize

from feedpub.catalog.choosing import choose_categories
from feedpub.catalog.identity import (
    Flag,
    Sighting,
    claim_id,
    digest_details,
    is_trusted,
    mint_id,
)
from feedpub.catalog.renames import rename_path
from feedpub.errors import ArticleError, SourceHeldError
from feedpub.model import CategoryPath, ReadArticle
from feedpub.ports import File, ReadTask, Scan, SourceFile, StoredProblem, Workers
from feedpub.reading import Dialect, is_article_name, read_article
from feedpub.sources.folders import (
    SIDECAR,
    first_folders,
    read_bytes,
    scan_tree,
    stat_file,
)

_WITH_SIDECARS = frozenset({"auto", "nikola"})
MAX_PICTURE_BYTES = 32 * 1024 * 1024
_SHARED_FOLDERS = 32  # enough to keep the processes evenly busy


class ScanTask(NamedTuple):
    """Look at a folder and those below it."""

    source: int
    folder: str


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder of articles, and how they are read.

    Attributes:
        index: Place among the site's sources.
        name: Unique; part of every article's identity.
        root: The folder.
        label: The folder as the editor would type it, relative to the site where it is below.
        site_id: UUID; name space of the articles' ids.
        dialect: How files are read.
        dates: ``author`` trusts naive dates.
        exclude: Glob patterns of paths that are left out.
        pictures: Folders that a local picture's absolute path may start in, best first.
        renames: Old category path to new one.
        names: What its categories are here; see ``choose_categories``.
        category: Of articles that have none; empty for none.
    """

    index: int
    name: str
    root: str
    label: str
    site_id: str
    dialect: Dialect
    dates: str = "pinned"
    exclude: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    renames: Mapping[CategoryPath, CategoryPath] | None = None
    names: Mapping[str, CategoryPath] | None = None
    category: CategoryPath = ()
    # The catalog has no use for URLs, and filling in a pattern is a tenth of reading an article.
    _without_urls: Dialect = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_without_urls", replace(self.dialect, permalink=""))

    @property
    def has_urls(self) -> bool:
        """Whether its articles have URLs elsewhere, so that they need no page of ours."""
        return bool(self.dialect.permalink)

    @property
    def is_unpacked(self) -> bool:
        """Whether nobody sees its files, so that their folders and names say nothing."""
        return False

    @property
    def settings(self) -> str:
        """A digest over all that changes what reading gives."""
        values: tuple[object, ...] = (
            self.dialect,
            self.dates,
            sorted((self.renames or {}).items()),
        )
        if self.names is not None or self.category:
            values += (self.names and sorted(self.names.items()), self.category)
        text = repr(values)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def scan(self, workers: Workers) -> Scan:
        """Return the article files that are there now.

        Raises:
            SourceHeldError: The folder, or one below it, cannot be listed.
        """
        scan, rest = first_folders(
            self.root, _SHARED_FOLDERS, _is_read, self.exclude, source=self.name
        )
        tasks = [ScanTask(self.index, folder) for folder in rest]
        for part in workers.map(tasks):
            if isinstance(part, SourceHeldError):
                raise part
            scan.folders.extend(part.folders)
            scan.skipped.extend(part.skipped)
        scan.folders.sort()
        return scan

    def scan_absence(self) -> Scan | None:
        """Return what a folder that is not there holds, None if there is something."""
        return None if os.path.lexists(self.root) else Scan([], [])

    def scan_part(
        self, folder: str, known: Mapping[str, bytes] | None = None
    ) -> Scan | SourceHeldError:
        """Return what is below one folder; an error is a value, since it crosses processes."""
        try:
            return scan_tree(
                self.root, folder, _is_read, self.exclude, source=self.name, known=known
            )
        except SourceHeldError as error:
            return SourceHeldError(str(error), source=self.name, missing=0, known=0)

    def read(self, path: str) -> SourceFile:
        """Return the bytes of an article.

        Raises:
            ArticleError: It cannot be read.
        """
        place = os.path.join(self.root, path)
        data = read_bytes(place)
        if self.dialect.generator not in _WITH_SIDECARS:
            return SourceFile(data, None)
        sidecar = place.rpartition(".")[0] + SIDECAR
        return SourceFile(data, read_bytes(sidecar) if os.path.lexists(sidecar) else None)

    def observe(self, folder: str, file: File) -> Sighting | StoredProblem:
        """Return what the catalog has to know of a file, or what is wrong with it."""
        path = f"{folder}/{file.name}" if folder else file.name
        try:
            source_file = self.read(path)
        except ArticleError as error:
            passing = isinstance(error.__cause__, OSError)
            return StoredProblem(
                self.name, folder, file.name, "error", None, None, error.message, passing
            )
        try:
            article = read_article(
                source_file.data,
                path=path,
                dialect=self._without_urls,
                sidecar=source_file.sidecar,
            )
        except ArticleError as error:
            return StoredProblem(
                self.name, folder, file.name, "error", error.line, error.column, error.message
            )
        return self._sight(folder, file, path, article)

    def holds(self, folder: str, file: File) -> bool:
        """Return whether a file that a scan found, on whatever machine, is here and the same."""
        return stat_file(self.root, folder, file.name) == file

    def make_task(self, folder: str, file: File) -> ReadTask:
        """Return the task to read one file."""
        return ReadTask(self.index, folder, file)

    def report_lost(self, task: ReadTask, reason: str) -> StoredProblem:
        """Return what is wrong with a file that could not be read for an unforeseen reason."""
        return StoredProblem(
            self.name,
            task.folder,
            task.file.name,
            "error",
            None,
            None,
            f"cannot be read ({reason}); look for what is unusual in it, or exclude it",
            passing=True,
        )

    def read_picture(self, place: str) -> bytes:
        """Return the bytes of a local picture.

        Raises:
            ArticleError: It cannot be read or is too large.
        """
        return read_bytes(place, max_bytes=MAX_PICTURE_BYTES)

    def _sight(self, folder: str, file: File, path: str, article: ReadArticle) -> Sighting:
        claimed = article.guid is not None
        if article.guid is not None:
            uid = claim_id(self.site_id, article.guid)
        else:
            named = path if path.isascii() else normalize("NFC", path)
            uid = mint_id(self.site_id, self.name, named)
        categories = article.categories
        if self.names is not None or self.category:
            categories = choose_categories(categories, self.names, self.category)
        if self.renames:
            renamed = (rename_path(category, self.renames) for category in categories)
            categories = tuple(dict.fromkeys(category for category in renamed if category))
        return Sighting(
            folder,
            file.name,
            file.size,
            file.mtime_ns,
            uid,
            claimed,
            article.content_hash,
            digest_details(article),
            article.title,
            None if article.date is None else int(article.date.timestamp()),
            is_trusted(article.date_kind, self.dates),
            None if article.updated is None else int(article.updated.timestamp()),
            None if article.expires is None else int(article.expires.timestamp()),
            categories,
            (Flag.DRAFT if article.draft else 0) | (Flag.PROTECTED if article.protected else 0),
            article.warnings,
        )

    def find_picture(self, reference: str, folder: str) -> str | None:
        """Return the file that a local reference means, None if there is none in the source.

        Args:
            reference: Path without scheme and host, as written in an article.
            folder: Of the article, within the source.
        """
        reference = reference.partition("#")[0].partition("?")[0]
        beside = [] if reference.startswith("/") else [os.path.join(self.root, folder)]
        roots = [os.path.join(os.path.realpath(root), "") for root in (self.root, *self.pictures)]
        for base in (*beside, *self.pictures):
            place = os.path.realpath(os.path.join(base, reference.lstrip("/")))
            if os.path.isfile(place) and any(place.startswith(root) for root in roots):
                return place
        return None


def _is_read(name: str) -> bool:
    if name.endswith(".md") and name[0] not in "._~":  # nearly all of them
        return True
    return name.endswith(SIDECAR) or is_article_name(name)


class Reader:
    """What a reading process does; made before the processes are."""

    def __init__(
        self,
        sources: Sequence[FolderSource],
        known: Mapping[str, Mapping[str, bytes]] | None = None,
    ) -> None:
        """Prepare.

        Args:
            sources: In the order that tasks refer to.
            known: Fingerprints by source and folder; the files of folders that have theirs are
                not listed.
        """
        self._sources = sources
        self._known = known or {}

    def knowing(self, known: Mapping[str, Mapping[str, bytes]]) -> "Reader":
        """Return a reader that does not list the files of known folders."""
        return Reader(self._sources, known)

    def __call__(self, task: ScanTask | ReadTask) -> Any:
        """Scan a part of a source, or read one of its files."""
        source = self._sources[task.source]
        if isinstance(task, ScanTask):
            return source.scan_part(task.folder, self._known.get(source.name))
        return source.observe(task.folder, task.file)
