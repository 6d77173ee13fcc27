"""Write the reference pages that come from the program itself: python docs/generate.py.

A test compares them with what this would write now, so that they cannot drift.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from feedpub.config import SETTINGS, Setting, variable_of

REFERENCE = Path(__file__).with_name("reference")
NOTE = "<!-- written by docs/generate.py; do not edit -->\n"

CLI_INTRODUCTION = """\
# Command line

Data goes to stdout, everything else to stderr. The codes that commands end with:
[exit codes](exit-codes.md).
"""

CONFIGURATION_INTRODUCTION = """\
# Settings

`feedpub.toml` is found in the current folder or the nearest one above it. A setting comes from the
command line, else from the environment (the variable under its description), else from this file,
else it is the default. Unknown and wrong keys are all reported at once, with line and column.
`feedpub config show` prints what is in force, and where it comes from.
"""

SECTIONS = {
    "": "At the top of the file, before any `[table]`.",
    "site": "What feeds and pages say of the whole site.",
    "sources": "Where articles are read from. Write `[[sources]]` once for each folder or feed;"
    " without any, articles are read from the folder `articles`.",
    "remote": "How [feeds of others](../how-to/remote-feeds.md) are fetched.",
    "feeds": "What is published, and where.",
    "s3": "The store of a bucket. Credentials come from the environment only: `AWS_ACCESS_KEY_ID`,"
    " `AWS_SECRET_ACCESS_KEY` and, where there is one, `AWS_SESSION_TOKEN`; or from the machine's"
    " own role. See [Object storage](../how-to/object-storage.md).",
    "thumbnails": "The pictures of entries.",
    "pages": "The HTML beside the feeds.",
    "embed": "What pages of others include: see [Embed a list](../how-to/embed.md).",
    "categories": "",
    "build": "",
    "newsletter": "The digest that is mailed. One schedule switches it on.",
    "mail": "How mail leaves. Without this section, sending is a rehearsal that writes `outbox/`."
    " Of the variables, `FEEDPUB_MAIL_HOST` and `FEEDPUB_MAIL_TYPE` stand for it; the others do"
    " nothing without it.",
    "dkim": "The signature of the mails; without this section it is left to the mail server.",
    "web": "The pages for subscribers.",
    "bounces": "Mail that comes back, and subscribers who write instead of clicking.",
}


def write_cli() -> str:
    """Return the page of the command line: the help of each command, as it is printed."""
    from feedpub.cli.main import SECTIONS as HEADINGS

    parts = [NOTE, CLI_INTRODUCTION, _show_help()]
    for heading, names in HEADINGS.items():
        parts.append(f"## {heading}\n")
        for name in names:
            parts += [f"### feedpub {name}\n", *_show_command(name)]
    return "\n".join(parts)


def _show_command(name: str) -> Iterator[str]:
    from feedpub.cli.main import cli

    command = cli.get_command(_context(cli, "feedpub"), name)
    yield _show_help(name)
    if isinstance(command, click.Group):
        for inner in command.commands:
            yield _show_help(name, inner)


def _show_help(*names: str) -> str:
    """Return a console block with the help of a command, as a terminal of 100 columns shows it."""
    from feedpub.cli.main import cli

    command: click.Command = cli
    context = _context(command, "feedpub")
    for name in names:
        assert isinstance(command, click.Group)
        command = command.get_command(context, name) or command
        context = _context(command, name, context)
    line = " ".join(["feedpub", *names, "--help"])
    return f"```console\n$ {line}\n{command.get_help(context).rstrip()}\n```\n"


def _context(
    command: click.Command, name: str, parent: click.Context | None = None
) -> click.Context:
    # Two columns stay free at the right of a terminal.
    settings = command.context_settings | {"terminal_width": 98}
    return command.context_class(command, info_name=name, parent=parent, **settings)


def write_configuration() -> str:
    """Return the page of the settings: a table for each section."""
    parts = [NOTE, CONFIGURATION_INTRODUCTION]
    for section, settings in groupby(SETTINGS, key=lambda setting: setting.section):
        parts += [f"## {_heading(section)}\n"]
        if SECTIONS[section]:
            parts += [f"{SECTIONS[section]}\n"]
        parts += ["| key | takes | default | what it is for |", "|---|---|---|---|"]
        parts += [_row(setting) for setting in settings]
        parts += [""]
    return "\n".join(parts)


def _heading(section: str) -> str:
    return {"": "The file itself", "sources": "`[[sources]]`"}.get(section, f"`[{section}]`")


def _row(setting: Setting[object]) -> str:
    variable = variable_of(setting)
    doc = setting.doc + (f"<br>`{variable}`" if variable else "")
    default = "required" if setting.required else setting.default_doc or _show(setting.default)
    cells = (f"`{setting.name}`", setting.kind.name, default, doc)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _show(default: object) -> str:
    if default in ("", [], {}):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    text = str(default).replace("'", '"') if isinstance(default, list) else str(default)
    return f"`{text}`" if not isinstance(default, str) else f'`"{text}"`'


PAGES = {"cli.md": write_cli, "configuration.md": write_configuration}


def main() -> None:
    """Write every page."""
    for name, write in PAGES.items():
        (REFERENCE / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
