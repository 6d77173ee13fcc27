"""Wires the places that articles come from."""

from collections.abc import Collection, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedpub.config import Config, SourceConfig
from feedpub.errors import BusyError, ConfigError
from feedpub.model import Problem
from feedpub.ports import Lock, Progress
from feedpub.reading import Dialect
from feedpub.reading.filenames import make_file_name
from feedpub.sources.source import FolderSource

if TYPE_CHECKING:
    from feedpub.ports.depot import Depot
    from feedpub.sources.remote import Gatherer

_LIBRARIES = ("feedparser", "defusedxml")

SPOOLS = ".feedpub"
"""Folder below the site's own for what is made of sources that are no folders of articles."""


def make_sources(config: Config) -> list[FolderSource]:
    """Return the sources of a site, in the order of its settings."""
    return [_make_source(config, index, source) for index, source in enumerate(config.sources)]


def _make_source(config: Config, index: int, source: SourceConfig) -> FolderSource:
    values: dict[str, Any] = {
        "index": index,
        "name": source.name,
        "label": _label(config.root, source.path),
        "site_id": config.site_id,
        "dates": source.dates,
        "exclude": source.exclude,
        "pictures": _picture_folders(config.root, source.path, source.pictures),
        "renames": config.renames,
        "names": source.names,
        "category": source.category,
    }
    if source.type == "folder":
        return FolderSource(root=str(source.path), dialect=_make_dialect(config, source), **values)
    if source.type == "feed":
        # What it brought is our own writing, in which no tag of any template means anything.
        dialect = _make_dialect(config, source, "rsshub")
        return FolderSource(root=str(source.path), dialect=dialect, **values)
    return _make_export(config, source, values)


def _make_dialect(config: Config, source: SourceConfig, generator: str | None = None) -> Dialect:
    return Dialect(
        zone=config.site.zone,
        generator=generator or source.generator,
        categories=source.categories,
        placeholders=config.thumbnails.placeholders,
        permalink=source.permalink,
    )


def _make_export(config: Config, source: SourceConfig, values: dict[str, Any]) -> FolderSource:
    # What reads exports is not loaded for a site without any.
    from feedpub.sources.exports.entry import Options
    from feedpub.sources.exports.source import ExportSource

    assert source.type != "folder"  # noqa: S101 - of those, there is nothing to unpack
    assert source.type != "feed"  # noqa: S101 - likewise
    return ExportSource(
        root=str(spool_folder(config, source)),
        dialect=_make_dialect(config, source, "hexo"),
        kind=source.type,
        export=source.path,
        options=Options(
            source=source.name, url=source.url, pages=source.pages, zone=config.site.zone
        ),
        **values,
    )


class LazyGatherer:
    """Brings up HTTP and the libraries that read feeds when there is something to fetch."""

    def __init__(
        self, config: Config, lock: Lock, depot: "Depot | None", *, allow_private: bool
    ) -> None:
        self._config, self._allow_private = config, allow_private
        self._lock, self._depot = lock, depot

    @cached_property
    def _gatherer(self) -> "Gatherer":
        from feedpub.sources.remote import Gatherer, RemoteSource

        remote = self._config.remote
        sources = [
            RemoteSource(
                name=source.name,
                url=source.url,
                folder=str(source.path),
                private=source.private or self._allow_private,
            )
            for source in self._config.sources
            if source.type == "feed"
        ]
        return Gatherer(
            sources,
            home=self._config.site.zone,
            every_s=remote.every_min * 60,
            budget_s=remote.budget_s,
            depot=self._depot,
        )

    @property
    def names(self) -> frozenset[str]:
        """The sources that are remote."""
        return frozenset(one.name for one in self._config.sources if one.type == "feed")

    def fetch(self, now: int, *, known: Collection[str], progress: Progress) -> frozenset[str]:
        """Bring the folders up to date; see ``Remotes``. One machine at a time asks.

        Raises:
            ConfigError: The libraries for it are missing.
            TargetError: A folder cannot be written.
        """
        if missing := [name for name in _LIBRARIES if find_spec(name) is None]:
            raise ConfigError(
                f'a source of type "feed" takes {" and ".join(missing)};'
                " run pip install 'feedpub[remote]'",
                path=str(self._config.path),
                key="sources.type",
            )
        try:
            with self._lock():
                self._gatherer.refresh()
                return self._gatherer.fetch(now, known=known, progress=progress)
        except BusyError:
            return frozenset()

    def refresh(self) -> None:
        """See ``Remotes``."""
        if self._depot is None:
            return
        try:
            with self._lock():
                self._gatherer.refresh()
        except BusyError:
            if not self._gatherer.is_whole():
                raise

    def problems(self) -> list[Problem]:
        """Return what the editor should know of them, as of the last request."""
        return self._gatherer.problems()

    def failing(self) -> tuple[str, ...]:
        """Return the names of those whose last request failed."""
        return self._gatherer.failing()


def make_remotes(
    config: Config, lock: Lock, *, depot: "Depot | None" = None, allow_private: bool
) -> LazyGatherer | None:
    """Return what fetches a site's feeds; None if it has none.

    Args:
        config: Of the site.
        lock: Keeps two runs apart that write the folders of feeds.
        depot: Where machines share what feeds brought; None if there is but one.
        allow_private: Let feeds come from private addresses.
    """
    if all(source.type != "feed" for source in config.sources):
        return None
    return LazyGatherer(config, lock, depot, allow_private=allow_private)


def spool_folder(config: Config, source: SourceConfig) -> Path:
    """Return where a source's articles lie that do not come as files."""
    name = make_file_name(source.name, key=source.name, taken=None, extension="d")
    return config.root / SPOOLS / source.type / name


def _label(root: Path, source: Path) -> str:
    return str(source.relative_to(root) if source.is_relative_to(root) else source)


def _picture_folders(root: Path, source: Path, given: Sequence[Path]) -> tuple[str, ...]:
    """Return where local pictures are looked for: as set, else the source and what is above it."""
    if given:
        return tuple(map(str, given))
    folders = [source]
    while folders[-1] != root and folders[-1].is_relative_to(root):
        folders.append(folders[-1].parent)
    return tuple(map(str, folders))
