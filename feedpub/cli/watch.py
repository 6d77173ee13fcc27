"""``feedpub build --watch``: build again whenever an article, a template or a setting changes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.cli.loading import load_settings
from feedpub.cli.output import say, write_error
from feedpub.cli.session import Session
from feedpub.errors import FeedpubError
from feedpub.model import BuildReport

if TYPE_CHECKING:
    from feedpub.config import Config

_TURN_MS = 500


def watch_site(session: Session, build: Callable[["Config"], BuildReport]) -> None:
    """Build now and after each change, until interrupted.

    Changes during a build are collected and lead to another one, so none is lost. Errors are told
    and waited out.
    """
    settings = _Settings(session)
    while True:
        changed = _watch_until_file_changes(settings, build)
        say(f"{changed} changed")
        settings.reload()


class _Settings:
    """The settings as they last could be read, and which files changed since they were read.

    Exports of other systems are looked at as the settings are: each is one file, and is replaced.
    """

    def __init__(self, session: Session) -> None:
        self._session, self.path = session, session.config_path
        # Before reading, so that a change while it is read is not taken for known.
        self._known = {self.path: _fingerprint(self.path)}
        self.config = load_settings(session, tell=True)
        self._note_exports()

    def find_changed(self) -> Path | None:
        return next((p for p, known in self._known.items() if _fingerprint(p) != known), None)

    def reload(self) -> None:
        self._known = {self.path: _fingerprint(self.path)}
        try:
            self.config = load_settings(self._session, tell=True)
        except FeedpubError as error:
            write_error(str(error))
        self._note_exports()

    def _note_exports(self) -> None:
        for source in self.config.sources:
            if source.type not in ("folder", "feed") and not source.path.is_dir():
                self._known[source.path] = _fingerprint(source.path)


def _watch_until_file_changes(
    settings: _Settings, build: Callable[["Config"], BuildReport]
) -> Path:
    """Build at each change of an article; return the settings or the export that changed."""
    from watchfiles import watch

    paths = watched_paths(settings.config)
    _try_to_build(settings.config, build)
    announced = False
    # The first, empty turn comes when the watch stands: whatever changed before is built then.
    for changes in watch(
        *paths, rust_timeout=_TURN_MS, yield_on_timeout=True, raise_interrupt=True
    ):
        if changes or not announced:
            _try_to_build(settings.config, build)
        if not announced:
            say(f"watching {', '.join(map(str, paths))}  (stop: Ctrl-C)")
            announced = True
        if (changed := settings.find_changed()) is not None:
            return changed
    return settings.path


def watched_paths(config: "Config") -> list[Path]:
    """Return the folders whose changes matter; only those that are there can be watched."""
    # What feeds bring is changed by builds alone.
    own = (source.path for source in config.sources if source.type != "feed")
    folders = [*own, config.pages.templates]
    return [folder for folder in folders if folder.is_dir()] or [config.root]


def _fingerprint(path: Path) -> tuple[int, int] | None:
    # Editors replace the file, which would end a watch of the file itself.
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _try_to_build(config: "Config", build: Callable[["Config"], BuildReport]) -> None:
    try:
        build(config)
    except FeedpubError as error:
        write_error(str(error))
