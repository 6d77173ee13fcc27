"""From a session to the settings and the API of its site."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.cli.output import warn
from feedpub.cli.session import Session, shorten_path
from feedpub.model import Problem

if TYPE_CHECKING:
    from feedpub.config import Config
    from feedpub.publisher import Publisher


def load_settings(session: Session, *, tell: bool = False) -> "Config":
    """Return the settings.

    Args:
        session: Names the file.
        tell: Whether to tell the user what is odd about them.

    Raises:
        ConfigError: They cannot be used.
    """
    from feedpub.config import load_config

    config = load_config(session.config_path, session.environ)
    for warning in config.warnings if tell else ():
        warn(warning)
    return config


def open_site(session: Session) -> "AbstractContextManager[Publisher]":
    """Return the API of the site, to be used as a context manager."""
    return session.wiring.open_site(load_settings(session))


def localise(problems: Iterable[Problem], root: Path) -> tuple[Problem, ...]:
    """Return problems with paths that lead to the file from here, not from the site's folder."""
    if shorten_path(root) == Path():
        return tuple(problems)
    return tuple(_localise(problem, root / problem.path) for problem in problems)


def _localise(problem: Problem, place: Path) -> Problem:
    return replace(problem, path=str(shorten_path(place))) if place.exists() else problem
