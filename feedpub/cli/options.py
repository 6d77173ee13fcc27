"""The options that every command takes, before or after its name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from feedpub.cli.output import resolve_color
from feedpub.cli.session import Session


def _store(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(context: click.Context, _: click.Parameter, value: Any) -> None:
        if value:
            setattr(context.ensure_object(Session), name, value)

    return callback


def _add_verbosity(context: click.Context, _: click.Parameter, value: int) -> None:
    session = context.ensure_object(Session)
    session.verbosity += value
    if value:
        import logging

        level = logging.DEBUG if session.verbosity > 1 else logging.INFO
        logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", force=True)


def _set_color(context: click.Context, _: click.Parameter, value: Any) -> None:
    session = context.ensure_object(Session)
    session.color = value or session.color
    context.color = resolve_color(session.color, session.environ)


class _Shared(NamedTuple):
    """An option that every command takes.

    Attributes:
        names: On the command line.
        settings: For click.
        variable: That sets it, too; empty for none.
    """

    names: tuple[str, ...]
    settings: dict[str, Any]
    variable: str = ""


_SHARED = (
    _Shared(
        ("-C", "--directory"),
        {
            "type": click.Path(exists=True, file_okay=False, path_type=Path),
            "callback": _store("directory"),
            "help": "Folder of the site; by default this one or the nearest one above.",
        },
        "FEEDPUB_DIRECTORY",
    ),
    _Shared(
        ("-c", "--config"),
        {
            "type": click.Path(dir_okay=False, path_type=Path),
            "callback": _store("config_file"),
            "help": "Settings file, if it is not feedpub.toml in that folder.",
        },
        "FEEDPUB_CONFIG",
    ),
    _Shared(
        ("-v", "--verbose"),
        {
            "count": True,
            "callback": _add_verbosity,
            "help": "Tell more; twice for everything.",
        },
    ),
    _Shared(
        ("-q", "--quiet"),
        {"is_flag": True, "callback": _store("quiet"), "help": "Tell of errors only."},
    ),
    _Shared(
        ("--json",),
        {
            "is_flag": True,
            "callback": _store("json"),
            "help": "Write the result to stdout as JSON.",
        },
    ),
    _Shared(
        ("--color",),
        {
            "type": click.Choice(["auto", "always", "never"]),
            "callback": _set_color,
            # The callback also looks at NO_COLOR, before anything is written.
            "is_eager": True,
            "help": "When to use colour; NO_COLOR and FORCE_COLOR are honoured.",
        },
        "FEEDPUB_COLOR",
    ),
    _Shared(
        ("--no-input",),
        {
            "is_flag": True,
            "callback": _store("no_input"),
            "help": "Ask nothing; take the defaults.",
        },
        "FEEDPUB_NO_INPUT",
    ),
)


def shared_options(*, hidden: bool = False) -> list[click.Option]:
    """Return fresh options; they only store what they are given in the session.

    Args:
        hidden: Whether a command's help leaves them out, as the program's own help has them.
    """
    return [_make_option(one, hidden=hidden) for one in _SHARED]


def _make_option(shared: _Shared, *, hidden: bool) -> click.Option:
    # Only the program itself looks at the environment, so that a flag after a command's name is
    # not put back by it.
    told: dict[str, Any] = (
        {} if hidden else {"show_envvar": True, "envvar": shared.variable or None}
    )
    return click.Option(
        [*shared.names], expose_value=False, hidden=hidden, **told, **shared.settings
    )


class SiteCommand(click.Command):
    """A command that takes the shared options after its name, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared_options(hidden=True)


class SiteGroup(click.Group):
    """A command with commands of its own, all of which take the shared options."""

    command_class = SiteCommand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared_options(hidden=True)
