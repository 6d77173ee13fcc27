"""Data to stdout, talk to stderr: the only place of the command line that writes."""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from feedpub.cli.session import ColorChoice, Session
from feedpub.errors import locate
from feedpub.model import Category, Problem

if TYPE_CHECKING:
    from rich.console import Console

# Titles and paths come from others; an escape sequence in them must not reach the terminal.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def prepare_streams() -> None:
    """Let no character stop the output, whatever the terminal's encoding (GBK, ASCII ...).

    A stream that whoever started the program had closed leads nowhere: its number must not become
    that of the database.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 # till the end
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace" if stream is sys.stderr else "replace")


def resolve_color(choice: ColorChoice, environ: Mapping[str, str]) -> bool | None:
    """Return whether to use colour; None leaves it to whether the stream is a terminal.

    ``NO_COLOR`` (no-color.org) beats ``FORCE_COLOR``; the option beats both.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return False if environ.get("TERM") == "dumb" else None


def printable(text: object) -> str:
    """Return text without what would move a terminal's cursor or turn its writing around."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))


def say(message: str, **style: bool | str) -> None:
    """Tell the person at the terminal something, unless they asked for quiet."""
    if not _session().quiet:
        _write_talk(message, **style)


def warn(message: str) -> None:
    """Tell of something odd that stops nothing."""
    if not _session().quiet:
        _write_talk(f"{click.style('warning:', fg='yellow')} {printable(message)}")


def write_error(message: str, color: bool | None = None) -> None:
    """Tell why the command failed; every line of the message gets its own ``error:``."""
    for line in message.splitlines():
        label = click.style("error:", fg="red", bold=True)
        click.echo(f"{label} {printable(line)}", err=True, color=color)


def _write_talk(message: str, **style: bool | str) -> None:
    click.echo(click.style(message, **style) if style else message, err=True)  # type: ignore[arg-type] # names are click's


def write(text: str) -> None:
    """Write data for people to stdout."""
    click.echo(text)


def write_bytes(data: bytes) -> None:
    """Write a document to stdout as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_json(value: object) -> None:
    """Write one JSON document to stdout, in ASCII where the stream knows no more."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    text = json.dumps(to_plain(value), ensure_ascii=encoding != "utf8", indent=2)
    click.echo(text)


def to_plain(value: object) -> object:
    """Return dataclasses, named tuples, enumerations, paths and times as what JSON knows."""
    if isinstance(value, Category):
        return {"path": list(value.path), "folder": value.folder}
    if is_dataclass(value):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(to_plain(key)): to_plain(one) for key, one in value.items()}
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return to_plain(value._asdict())
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def write_problems(problems: Iterable[Problem], *, form: str = "text", err: bool = False) -> None:
    """Write problems a line each, in a form that editors or GitHub jump to.

    Args:
        problems: In the order that they are shown in.
        form: ``text`` or ``github``.
        err: Whether they are talk, not data.
    """
    for problem in problems:
        click.echo(_github(problem) if form == "github" else _text(problem), err=err)


def _text(problem: Problem) -> str:
    place = printable(locate(problem.path, problem.line, problem.column))
    level = click.style(problem.level, fg="red" if problem.level == "error" else "yellow")
    return f"{place}: {level}: {' '.join(printable(problem.message).splitlines())}"


def _github(problem: Problem) -> str:
    # github.com/actions/toolkit, packages/core: what a workflow command may not contain.
    def escape(text: str, extra: str = "") -> str:
        for character in f"%\r\n{extra}":
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    place = {"file": problem.path, "line": problem.line, "col": problem.column}
    named = ",".join(
        f"{name}={escape(printable(value), ':,')}" for name, value in place.items() if value
    )
    return f"::{problem.level} {named}::{escape(printable(problem.message))}"


def write_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table to stdout; numbers are set to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    rows = [list(row) for row in rows]
    console = make_console(sys.stdout)
    table = Table(box=SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)
    for index, title in enumerate(header):
        numbers = all(isinstance(row[index], int) for row in rows)
        table.add_column(title, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_show_cell(cell)) for cell in row))
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().splitlines():
        click.echo(line.rstrip())


def _show_cell(cell: object) -> str:
    return f"{cell:,}" if type(cell) is int else printable(cell)


def make_console(stream: IO[str]) -> "Console":
    """Return a console of rich that follows the same colour rules as everything else."""
    from rich.console import Console

    color = click.get_current_context().color
    # Off a terminal nothing is folded: lines are for other programs then.
    width = None if stream.isatty() else 10_000
    return Console(
        file=stream,
        force_terminal=color or None,
        no_color=color is False or None,
        width=width,
        highlight=False,
        markup=False,
    )


def _session() -> Session:
    context = click.get_current_context(silent=True)
    return context.ensure_object(Session) if context else Session()
