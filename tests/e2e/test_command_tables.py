"""The tables of commands that people read are those of the program."""

import re
from pathlib import Path

import click
import pytest

from feedpub.cli.main import COMMANDS, cli
from tests.support.real_site import RealSite

REPOSITORY = Path(__file__).resolve().parents[2]
READMES = ["README.md", "README.zh-CN.md"]


def read_table(document: str) -> dict[str, str]:
    """Return the rows of the table of commands: name to the first cell."""
    text = (REPOSITORY / document).read_text("utf-8")
    rows = {}
    for cell in re.findall(r"^\| (`feedpub .*?) \| [^|]*\|$", text, re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", cell)
        for name in (first.removeprefix("feedpub "), *others):
            rows[name.split()[0]] = cell.replace("\\|", "|")
    return rows


@pytest.mark.parametrize("document", READMES)
def test_the_readme_names_every_command_and_no_other(document: str) -> None:
    assert sorted(read_table(document)) == sorted(COMMANDS)


def test_the_help_names_the_same(tmp_path: Path) -> None:
    shown = RealSite(tmp_path).run("--help").stdout
    listed = re.findall(r"^  ([a-z]+)  +[A-Z]", shown, re.MULTILINE)

    assert sorted(set(listed)) == sorted(read_table("README.md"))


@pytest.mark.parametrize("document", READMES)
def test_it_names_every_verb_of_a_command_or_says_that_there_are_more(document: str) -> None:
    for name, cell in read_table(document).items():
        command = cli.get_command(click.Context(cli), name)
        if not isinstance(command, click.Group):
            continue
        named = set(re.findall(r"[a-z]+", cell.split("`")[1].split()[2]))
        if re.search(r"` (\.\.\.|等)$", cell):
            assert named < set(command.commands), name
        else:
            assert named == set(command.commands), name


def test_the_changelog_names_every_command() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text("utf-8").partition("## [Unreleased]")[2]
    sentence = re.search(r"- The commands (.*?)\n(?:- |\n)", text + "\n\n", re.DOTALL)
    assert sentence is not None

    assert set(re.findall(r"`([a-z]+)`", sentence[1])) == set(COMMANDS)


def list_flags(command: click.Command) -> set[str]:
    flags = {
        flag
        for option in command.params
        if isinstance(option, click.Option)
        for flag in (*option.opts, *option.secondary_opts)
        if flag.startswith("--")
    }
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            flags |= list_flags(below)
    return flags


def test_the_reference_names_every_flag() -> None:
    text = (REPOSITORY / "docs/reference/cli.md").read_text("utf-8")

    assert [flag for flag in sorted(list_flags(cli)) if flag not in text] == []


def test_no_page_names_a_flag_that_there_is_not() -> None:
    known = {*list_flags(cli), "--version", "--help"}
    pages = [*(REPOSITORY / "docs").rglob("*.md"), *map(REPOSITORY.joinpath, READMES)]
    wrong = []
    for page in pages:
        for line in re.findall(r"feedpub (?!init --from)[^`\n|&;>]*", page.read_text("utf-8")):
            named = re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)
            wrong += [f"{page.name}: {flag}" for flag in named if flag not in known]

    assert wrong == []
