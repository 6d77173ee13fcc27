"""What one call of the command line was told, and the way to the site."""

import os
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

import click

if TYPE_CHECKING:
    from feedpub.audience import Audience
    from feedpub.config import Config, Resolved
    from feedpub.doctor import Doctor, Published
    from feedpub.newsletter import Newsletter
    from feedpub.ports.transfer import Taken
    from feedpub.publisher import Publisher
    from feedpub.returned import Returned

ColorChoice = Literal["auto", "always", "never"]


class Wiring(Protocol):
    """The part of :mod:`feedpub.wiring` that commands call; tests bring their own."""

    def open_site(self, config: "Config") -> "AbstractContextManager[Publisher]":
        """Return the API of an existing site."""

    def open_newsletter(self, config: "Config") -> "Newsletter":
        """Return the API of the newsletter of an existing site."""

    def open_audience(self, config: "Config") -> "Audience":
        """Return the API of the subscribers of an existing site."""

    def open_returned(self, config: "Config") -> "Returned":
        """Return the API of the mail that came back to an existing site."""

    def open_doctor(
        self, config: "Config", *, nameserver: tuple[str, int] | None = None
    ) -> "Doctor":
        """Return what examines an existing site."""

    def open_published(self, config: "Config") -> "Published":
        """Return what examines the published files of a site."""

    def create_site(self, config: "Config") -> None:
        """Make database and key of a new site."""

    def accept_key(self, config: "Config") -> None:
        """Take the present key of a site for its own."""

    def restore_site(self, config: "Config", archive: Path) -> None:
        """Put a backup in the place of the database."""

    def name_database(self, config: "Config") -> str:
        """Return what people call the database of a site, without any password."""

    def has_database(self, config: "Config") -> bool:
        """Return whether a site's database is there."""

    def migrate_site(self, config: "Config", file: Path) -> "list[Taken]":
        """Copy a database file to the server that the settings name."""


def _load_wiring() -> Wiring:
    import feedpub.wiring  # brings the database library along

    return cast(Wiring, feedpub.wiring)


@dataclass
class Session:
    """The global options and what follows from them.

    Attributes:
        directory: Where the search for the settings file starts.
        config_file: Named outright, else None.
        verbosity: 0 to 2.
        quiet: Whether only errors are told.
        json: Whether stdout gets JSON.
        color: As asked for.
        no_input: Whether questions are not to be asked.
        environ: Of the process.
    """

    directory: Path = field(default_factory=Path)
    config_file: Path | None = None
    verbosity: int = 0
    quiet: bool = False
    json: bool = False
    color: ColorChoice = "auto"
    no_input: bool = False
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    _wiring: Wiring | None = None

    @property
    def wiring(self) -> Wiring:
        """The adapters."""
        if self._wiring is None:
            self._wiring = _load_wiring()
        return self._wiring

    @property
    def config_path(self) -> Path:
        """The settings file, named the way that the user would type it.

        Raises:
            ConfigError: There is none.
        """
        if self.config_file is not None:
            return self.config_file
        from feedpub.config import find_config

        return shorten_path(find_config(self.directory))

    def resolve_settings(self) -> "Resolved":
        """Return the settings with their origins.

        Raises:
            ConfigError: They cannot be read.
        """
        from feedpub.config import resolve_settings

        return resolve_settings(self.config_path, self.environ)

    @property
    def may_ask(self) -> bool:
        """Whether someone is there to answer a question."""
        return not self.no_input and sys.stdin.isatty()


def shorten_path(path: Path) -> Path:
    """Return a path relative to the current folder where that is shorter to type."""
    try:
        return path.relative_to(Path.cwd())
    except (ValueError, OSError):
        return path


pass_session = click.make_pass_decorator(Session, ensure=True)
