"""Every end of a run has its exit code, and its line on stderr."""

import json
from pathlib import Path

import click
import pytest

from feedpub.cli.main import COMMANDS, cli
from feedpub.errors import (
    ArticleError,
    BusyError,
    CategoryError,
    CorruptStoreError,
    FeedpubError,
    MissingStoreError,
    TargetError,
)
from feedpub.model import BuildReport
from tests.support.cli import FakeSite, run, write_site


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_site(tmp_path)


# Help


def test_help_names_every_command(site: Path) -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert all(f"  {name} " in result.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_explains_itself(name: str, flag: str) -> None:
    result = run(name, flag)

    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: feedpub {name}")


def test_no_line_of_a_list_of_commands_is_cut_off() -> None:
    context = click.Context(cli)
    names = cli.list_commands(context)
    groups = [name for name in names if isinstance(cli.get_command(context, name), click.Group)]

    helps = [run("--help"), *(run(name, "--help") for name in groups)]
    listed = [result.output.partition("\n\n")[2] for result in helps]

    assert len(groups) > 4
    assert [line for text in listed for line in text.splitlines() if line.endswith("...")] == []


def every_option() -> list[tuple[str, click.Parameter]]:
    found = []

    def walk(name: str, command: click.Command) -> None:
        found.extend((name, one) for one in command.params)
        if isinstance(command, click.Group):
            context = click.Context(command)
            for below in command.list_commands(context):
                if one := command.get_command(context, below):
                    walk(f"{name} {below}", one)

    walk("feedpub", cli)
    return found


def test_every_option_has_a_sentence_of_help() -> None:
    without = [
        f"{name} {option.name}"
        for name, option in every_option()
        if isinstance(option, click.Option) and not (option.help or "").endswith(".")
    ]

    assert without == []


def test_no_arguments_are_a_usage_error() -> None:
    assert run().exit_code == 2


def test_a_misspelt_command_is_answered_with_the_nearest() -> None:
    result = run("biuld")

    assert result.exit_code == 2
    assert "Did you mean 'build'?" in result.stderr


def test_the_version_is_data() -> None:
    assert run("--version").stdout.startswith("feedpub ")


# Exit codes


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FeedpubError("x"), 1),
        (TargetError("x"), 1),
        (MissingStoreError("x"), 1),
        (CorruptStoreError("x"), 3),
        (ArticleError("x", path="a.md"), 3),
        (CategoryError("x", category="y"), 2),
        (BusyError("x"), 75),
        (PermissionError(13, "Permission denied", "feeds"), 1),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 1),
        (click.UsageError("x"), 2),
        (ZeroDivisionError("x"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_an_error_has_its_exit_code(error: BaseException, code: int) -> None:
    result = run("build", site=FakeSite(error=error))

    assert result.exit_code == code
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_an_error_is_one_line_on_stderr() -> None:
    result = run("build", site=FakeSite(error=BusyError("another build holds the site")))

    assert result.stderr == "error: another build holds the site\n"


def test_an_error_of_the_system_names_the_file() -> None:
    error = PermissionError(13, "Permission denied", "feeds/all")

    assert "error: feeds/all: permission denied" in run("build", site=FakeSite(error=error)).stderr


def test_a_defect_asks_to_be_reported_and_v_shows_where() -> None:
    broken = FakeSite(error=ZeroDivisionError("division by zero"))

    assert "a defect of feedpub" in run("build", site=broken).stderr
    assert "Traceback" in run("-v", "build", site=broken).stderr


def test_all_errors_of_the_settings_are_told(site: Path) -> None:
    site.write_text(site.read_text() + "a = 1\nb = 2\n")

    result = run("build")

    assert result.exit_code == 3
    assert [line.split(" unknown")[0] for line in result.stderr.splitlines()] == [
        "error: feedpub.toml:4:1:",
        "error: feedpub.toml:5:1:",
    ]


def test_without_a_site_the_user_is_told_what_to_type(tmp_path: Path, site: Path) -> None:
    site.unlink()

    result = run("build")

    assert result.exit_code == 3
    assert "feedpub init" in result.stderr


# Global options


@pytest.mark.parametrize(
    "words",
    [
        ("-C", "elsewhere", "build"),
        ("build", "-C", "elsewhere"),
        ("--config", "elsewhere/feedpub.toml", "build"),
        ("build", "-c", "elsewhere/feedpub.toml"),
    ],
)
def test_the_site_may_be_elsewhere(tmp_path: Path, words: tuple[str, ...]) -> None:
    write_site(tmp_path / "elsewhere")
    site = FakeSite()

    assert run(*words, site=site).exit_code == 0
    assert site.asked("open_site")[0].root == tmp_path / "elsewhere"


def test_the_site_may_be_named_by_the_environment(tmp_path: Path) -> None:
    write_site(tmp_path / "elsewhere")
    site = FakeSite()

    assert run("build", site=site, env={"FEEDPUB_DIRECTORY": "elsewhere"}).exit_code == 0
    assert site.asked("open_site")[0].root == tmp_path / "elsewhere"


def test_the_site_is_found_from_a_folder_within(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "articles").mkdir()
    monkeypatch.chdir(tmp_path / "articles")
    site = FakeSite()

    assert run("build", site=site).exit_code == 0
    assert site.asked("open_site")[0].root == tmp_path


@pytest.mark.parametrize("words", [("--json", "build"), ("build", "--json")])
def test_json_is_the_only_thing_on_stdout(words: tuple[str, ...]) -> None:
    result = run(*words, site=FakeSite(BuildReport(articles=3)))

    assert json.loads(result.stdout)["articles"] == 3


@pytest.mark.parametrize("words", [("-q", "build"), ("build", "--quiet")])
def test_quiet_tells_nothing_when_all_is_well(words: tuple[str, ...]) -> None:
    assert run(*words).output == ""


def test_a_setting_by_environment_reaches_the_site() -> None:
    site = FakeSite()

    run("build", site=site, env={"FEEDPUB_FEEDS_ENTRIES": "9"})

    assert site.asked("open_site")[0].feeds.entries == 9


def test_a_missing_url_is_warned_of(site: Path) -> None:
    site.write_text(site.read_text().replace("url", "# url"))

    result = run("build")

    assert result.exit_code == 0
    assert result.stderr.startswith("warning: feedpub.toml: no site.url")


def test_the_site_is_closed_whatever_happens() -> None:
    site = FakeSite()

    run("build", site=site)

    assert site.calls[-1] == ("close", ())
