"""The program ``feedpub``: global options, lazy commands, and errors as lines and exit codes."""

import atexit
import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from feedpub import __version__
from feedpub.cli.exits import EXIT_FAILURE, EXIT_INTERRUPTED
from feedpub.cli.options import shared_options
from feedpub.cli.output import prepare_streams, resolve_color, write_error
from feedpub.cli.session import Session
from feedpub.errors import FeedpubError

# Name to the place of the command, in the order of the help.
SECTIONS: dict[str, dict[str, str]] = {
    "Start": {
        "init": "feedpub.cli.site:init",
        "demo": "feedpub.cli.demo:demo",
    },
    "Publish": {
        "build": "feedpub.cli.build:build",
        "check": "feedpub.cli.inspect:check",
        "status": "feedpub.cli.inspect:status",
        "hide": "feedpub.cli.keep:hide",
        "opml": "feedpub.cli.inspect:opml",
        "embed": "feedpub.cli.embed:embed",
        "serve": "feedpub.cli.serve:serve",
        "worker": "feedpub.cli.worker:worker",
    },
    "Newsletter": {
        "preview": "feedpub.cli.preview:preview",
        "send": "feedpub.cli.send:send",
        "issue": "feedpub.cli.issue:issue",
        "subscribers": "feedpub.cli.subscribers:subscribers",
        "bounces": "feedpub.cli.bounces:bounces",
        "doctor": "feedpub.cli.doctor:doctor",
    },
    "Keep": {
        "export": "feedpub.cli.export:export",
        "backup": "feedpub.cli.keep:backup",
        "restore": "feedpub.cli.keep:restore",
        "migrate": "feedpub.cli.migrate:migrate",
        "schedule": "feedpub.cli.schedule:schedule",
    },
    "Adapt": {
        "config": "feedpub.cli.settings:config",
        "sources": "feedpub.cli.sources:sources",
        "template": "feedpub.cli.templates:template",
        "completion": "feedpub.cli.completion:completion",
    },
}
COMMANDS = {name: place for section in SECTIONS.values() for name, place in section.items()}


class Program(click.Group):
    """The group that imports a command when it is called for, and ends every run in one way."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 # click's signature
        """Return the names of all commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 # click's signature
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt one is answered with the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            if not near:
                raise
            hint = f"{error.message} Did you mean {near[0]!r}?"
            raise click.UsageError(hint, ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under the headings of ``SECTIONS``."""
        for title, names in SECTIONS.items():
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                rows.append((name, command.get_short_help_str(80) if command else ""))
            with formatter.section(title):
                formatter.write_dl(rows)

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> NoReturn:  # type: ignore[override] # never returns
        """Run, and exit with the code that the documentation promises."""
        prepare_streams()
        _spare_collections()
        session = extra.pop("obj", None) or Session()
        extra["standalone_mode"] = False
        extra.setdefault("prog_name", "feedpub")
        sys.exit(_run(lambda: super(Program, self).main(args, obj=session, **extra), session))


def _spare_collections() -> None:
    """Look for cycles of garbage rarely, and not at all when the process ends.

    What a command imports is thousands of objects and no garbage: looking through them takes a
    third of the time of a short command.
    """
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)


def _run(call: Any, session: Session) -> int:
    """Call the program and translate every end of it to an exit code and, if need be, a line."""
    try:
        code = call()
    except click.Abort as abort:
        # click turns Ctrl-C into Abort, which also stands for a "no" to a question.
        cause = abort.__cause__ or abort.__context__
        return EXIT_INTERRUPTED if isinstance(cause, KeyboardInterrupt) else EXIT_FAILURE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except FeedpubError as error:
        _tell(str(error), session)
        return error.exit_code
    except OSError as error:
        _tell(_explain_os_error(error), session)
        return EXIT_FAILURE
    except Exception as error:  # noqa: BLE001 # the top of the face: a defect becomes a line
        return _tell_defect(error, session)
    return code if isinstance(code, int) else 0


def _tell(message: str, session: Session) -> None:
    write_error(message, resolve_color(session.color, session.environ))


def _explain_os_error(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"{error.filename}: {reason}" if error.filename else reason


def _tell_defect(error: Exception, session: Session) -> int:
    if session.verbosity:
        import traceback

        traceback.print_exception(error)
    kind = type(error).__name__
    _tell(f"{kind}: {error} (a defect of feedpub; -v shows where, please report it)", session)
    return EXIT_FAILURE


def _print_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"feedpub {__version__}")
        context.exit()


@click.group(
    cls=Program,
    name="feedpub",
    params=[
        *shared_options(),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help="Show the version and exit.",
        ),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def cli() -> None:
    """Publish a folder of articles as RSS, Atom and JSON feeds, with thumbnails and pages.

    A first site: feedpub init, put articles in the folder articles, feedpub build, feedpub serve.
    """


def main() -> NoReturn:
    """Run the program on the arguments of the process."""
    cli.main()
