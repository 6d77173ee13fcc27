"""Articles of any source become front-matter files, which a folder source reads to the same."""

import hashlib
import posixpath
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from urllib.parse import urlsplit

from feedpub.batches import cut_batches
from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import Record, State
from feedpub.catalog.lookup import look_up
from feedpub.errors import ArticleError, ConfigError, TargetError
from feedpub.model import CategoryPath, Problem
from feedpub.model.keeping import ExportReport
from feedpub.ports import ArticleFolder, KeptArticle, Progress
from feedpub.publishing.rendering import find_address
from feedpub.publishing.selection import Selection
from feedpub.publishing.setup import Setup
from feedpub.publishing.source import ArticleSource
from feedpub.publishing.standing import EVERYTHING
from feedpub.publishing.store import Catalog
from feedpub.reading.filenames import LONGEST, fold_name, make_file_name
from feedpub.reading.transcript import Transcript, transcribe_article
from feedpub.reading.writing import Manuscript, write_article

_VERSION = "1"  # of what is made of an article; another one writes every file again
_CHANGED = "was changed since it was exported, and is left alone; move it to have it exported again"
_FOREIGN = "was not written by 'feedpub export', and is left alone; move it, or name another folder"


def check_place(setup: Setup, folder: str) -> None:
    """Check that no source would read what is exported.

    Raises:
        TargetError: One would.
    """
    place = PurePath(posixpath.abspath(folder))
    for source in setup.sources:
        if place.is_relative_to(source.root):
            raise TargetError(
                f"{folder}: lies within the source '{source.name}', which would read it again; "
                "name a folder of its own"
            )


class Export:
    """One run of ``Publisher.export``, within one transaction that reads."""

    def __init__(self, setup: Setup, folder: ArticleFolder, catalog: Catalog) -> None:
        self._setup, self._folder, self._catalog = setup, folder, catalog
        self._index = folder.load_index()
        self._taken = {fold_name(kept.path) for kept in self._index.values()}
        self._tree: CategoryTree = catalog.shelves.load_tree()
        rows = {row.name: row.id for row in catalog.sources.list_sources()}
        self._sources = {
            rows[source.name]: source for source in setup.sources if source.name in rows
        }
        self._problems: list[Problem] = []
        self._articles = self._written = self._pictures = 0
        self._fresh: dict[str, KeptArticle] = {}
        self._dirty = False

    def run(self, category: str | None, source: str | None, progress: Progress) -> ExportReport:
        """Write what is new or changed; nothing is ever removed.

        Raises:
            CategoryError: There is no such category.
            ConfigError: There is no such source.
        """
        wanted = self._find_source(source)
        rows = self._list_rows(category)
        try:
            self._export_all(rows, wanted, progress)
        finally:  # what was written is kept, whatever stopped the rest
            self._finish()
        return ExportReport(self._articles, self._written, self._pictures, tuple(self._problems))

    def _export_all(self, rows: Sequence[int], wanted: int | None, progress: Progress) -> None:
        done = 0
        progress("export", 0, len(rows))
        for some in cut_batches(rows):
            records = [
                record
                for record in sorted(self._catalog.sources.records(some))
                if record.state == State.LIVE
                and record.source in self._sources
                and wanted in (None, record.source)
            ]
            paths = self._list_paths(records)
            for record in records:
                self._export(record, paths[record.id])
            self._commit()
            done += len(some)
            progress("export", done, len(rows))

    def _commit(self) -> None:
        """Let the files of a batch take their places, and note them once they are there."""
        fresh, self._fresh = self._fresh, {}
        self._folder.commit()
        self._index.update(fresh)
        self._dirty = self._dirty or bool(fresh)

    def _finish(self) -> None:
        try:
            self._commit()
        finally:
            if self._dirty:
                self._folder.save_index(self._index)

    def _find_source(self, name: str | None) -> int | None:
        if name is None:
            return None
        found = [row for row, source in self._sources.items() if source.name == name]
        if not found:
            names = ", ".join(repr(source.name) for source in self._setup.sources)
            raise ConfigError(
                f"no source {name!r} that was ever read; there is {names}", key="sources.name"
            )
        return found[0]

    def _list_rows(self, category: str | None) -> list[int]:
        node = EVERYTHING if category is None else look_up(self._tree, category).id
        shelves = Selection(self._catalog.shelves, self._tree, 1).shelves_of(node)
        found = (row for shelf in shelves for _, row in self._catalog.shelves.newest(shelf, None))
        return sorted(set(found))

    def _list_paths(self, records: Sequence[Record]) -> dict[int, tuple[CategoryPath, ...]]:
        """Return the categories of articles, with those of the files that repeat them."""
        nodes = {record.id: {*record.categories} for record in records}
        for duplicate in self._catalog.sources.duplicates_of(list(nodes)):
            if duplicate.same_as in nodes:
                nodes[duplicate.same_as].update(duplicate.categories)
        return {
            row: tuple(
                node.path
                for node in sorted((self._tree[id] for id in ids), key=lambda node: node.slugs)
            )
            for row, ids in nodes.items()
        }

    def _export(self, record: Record, paths: tuple[CategoryPath, ...]) -> None:
        source = self._sources[record.source]
        key = _make_key(record, paths, source.settings)
        kept = self._index.get(record.uid)
        if kept is not None and kept.key == key and self._folder.exists(kept.path):
            self._articles += 1
            return
        try:
            transcript = _transcribe(source, record)
        except ArticleError as error:
            place = self._setup.locate(source.name, record.folder, record.name)
            self._problems.append(Problem("error", place, error.message, error.line, error.column))
            return
        manuscript = self._compose(record, transcript, paths)
        path = kept.path if kept is not None else self._find_place(record, source, manuscript)
        data = write_article(manuscript, html=True)
        if not self._put(path, data, kept):
            return
        self._articles += 1
        self._copy_pictures(transcript, record, source, path)
        self._taken.add(fold_name(path))
        self._fresh[record.uid] = KeptArticle(path, _digest(data), key)

    def _put(self, path: str, data: bytes, kept: KeptArticle | None) -> bool:
        """Write a file unless it is somebody else's; return whether it is as it should be."""
        there = self._folder.read(path)
        if there == data:
            return True
        if there is not None and (kept is None or _digest(there) != kept.digest):
            reason = _FOREIGN if kept is None else _CHANGED
            self._problems.append(Problem("error", self._folder.locate(path), reason))
            return False
        self._folder.write(path, data)
        self._written += 1
        return True

    def _find_place(self, record: Record, source: ArticleSource, manuscript: Manuscript) -> str:
        """Return where an article goes, for ever.

        Its own name and folder, since its page is named after the one and pictures may lie in the
        other; where neither tells anything, day and title.
        """
        base = _safe(source.name) if len(self._setup.sources) > 1 else ""
        folder, date, name = record.folder, None, record.page_name.rpartition("/")[2]
        stem = name.rpartition(".")[0] or name
        name = f"{stem}.html"
        if source.is_unpacked:
            folder = f"{manuscript.date:%Y}"
            if manuscript.link is not None:
                stem, date = record.title, manuscript.date
                name = make_file_name(stem, key=record.uid, taken=(), date=date)
        path = posixpath.join(base, folder, name)
        if fold_name(path) in self._taken or len(name.encode()) > LONGEST:
            name = make_file_name(stem, key=record.uid, taken=None, date=date)
            path = posixpath.join(base, folder, name)
        return path

    def _compose(
        self, record: Record, transcript: Transcript, paths: tuple[CategoryPath, ...]
    ) -> Manuscript:
        article, zone = transcript.article, self._setup.site.zone
        return Manuscript(
            title=article.title,
            body=transcript.html,
            date=datetime.fromtimestamp(record.published, zone),
            updated=datetime.fromtimestamp(record.updated, zone)
            if record.updated > record.published
            else None,
            expires=None
            if record.expires is None
            else datetime.fromtimestamp(record.expires, zone),
            id=record.uid,
            link=find_address(article, self._setup.site.url),
            categories=paths,
            tags=article.tags,
            authors=article.authors,
            language=article.language,
            summary=article.summary,
            thumbnail=article.thumbnail,
            digest=article.digest,
        )

    def _copy_pictures(
        self, transcript: Transcript, record: Record, source: ArticleSource, path: str
    ) -> None:
        """Copy the local pictures of an article to where its file refers to them."""
        base = _safe(source.name) if len(self._setup.sources) > 1 else ""
        for reference in transcript.pictures:
            place = _local_path(reference)
            local = source.find_picture(place, record.folder) if place else None
            if local is None:
                continue
            folder = base if place.startswith("/") else posixpath.dirname(path)
            target = posixpath.normpath(posixpath.join(folder, place.lstrip("/")))
            if target.startswith("..") or not self._copy(source, local, target):
                where = self._folder.locate(path)
                reason = f"the picture {reference[:80]!r} could not be copied; copy it yourself"
                self._problems.append(Problem("warning", where, reason))

    def _copy(self, source: ArticleSource, local: str, target: str) -> bool:
        """Copy a picture; return whether it is there."""
        try:
            data = source.read_picture(local)
        except ArticleError:
            return False
        there = self._folder.read(target)
        if there is None:
            self._folder.write(target, data)
            self._pictures += 1
        return there in (None, data)


def _make_key(record: Record, paths: tuple[CategoryPath, ...], settings: str) -> str:
    """Return a digest over all that an exported file is made from."""
    values = (
        _VERSION, settings, record.content, record.details, record.published, record.updated,
        record.expires, paths,
    )  # fmt: skip
    return hashlib.blake2b(repr(values).encode("utf-8", "replace"), digest_size=12).hexdigest()


def _transcribe(source: ArticleSource, record: Record) -> Transcript:
    file = source.read(record.path)
    return transcribe_article(
        file.data,
        path=record.path,
        dialect=source.dialect,
        sidecar=file.sidecar,
        published=datetime.fromtimestamp(record.published, UTC),
    )


def _local_path(reference: str) -> str:
    try:
        parts = urlsplit(reference)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else parts.path


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _safe(name: str) -> str:
    """Return the name of a source as that of a folder."""
    return re.sub(r"[^\w -]", "-", name).strip(" ") or "source"
