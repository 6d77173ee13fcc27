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

_CONFIG_POLL_MS = 500


def watch_site(session: Session, build: Callable[["Config"], BuildReport]) -> None:
    """Build now and after each change, until interrupted.

    Changes during a build are collected and lead to another one, so none is lost. Errors are told
    and waited out.
    """
    config = load_settings(session)
    while True:
        changed = _watch_until_settings_change(config, build)
        say(f"{changed} changed")
        try:
            config = load_settings(session)
        except FeedpubError as error:
            write_error(str(error))


def _watch_until_settings_change(
    config: "Config", build: Callable[["Config"], BuildReport]
) -> Path:
    from watchfiles import watch

    _try_to_build(config, build)
    known = _fingerprint(config.path)
    announced = False
    # The first, empty turn comes when the watch stands: whatever changed before is built then.
    for changes in watch(
        *watched_paths(config),
        rust_timeout=_CONFIG_POLL_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
    ):
        if changes or not announced:
            _try_to_build(config, build)
        if not announced:
            say(f"watching {', '.join(str(path) for path in watched_paths(config))}; stop: Ctrl-C")
            announced = True
        if _fingerprint(config.path) != known:
            break
    return config.path


def watched_paths(config: "Config") -> list[Path]:
    """Return the folders whose changes matter; only those that are there can be watched."""
    folders = [*(source.path for source in config.sources), config.pages.templates]
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
