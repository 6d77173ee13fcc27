"""The smaller commands."""

import json
import tomllib
from pathlib import Path

import pytest
import yaml

from feedpub.cli import schedule, workflow
from feedpub.config import load_config
from feedpub.resources import templates_folder
from tests.support.cli import FakeSite, run, write_site
from tests.support.settings import SITE_ID


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_site(tmp_path)


# Settings


def test_the_settings_are_shown_as_toml() -> None:
    shown = tomllib.loads(run("config", "show").stdout)

    assert shown["site"]["id"] == SITE_ID
    assert shown["feeds"]["entries"] == 20


def test_the_settings_are_shown_with_their_origins() -> None:
    result = run("config", "show", "--origin", env={"FEEDPUB_FEEDS_ENTRIES": "9"})

    assert f'id = "{SITE_ID}"  # feedpub.toml:2:6' in result.stdout
    assert "entries = 9  # FEEDPUB_FEEDS_ENTRIES" in result.stdout


def test_the_settings_can_be_read_by_programs() -> None:
    shown = json.loads(run("config", "show", "--json").stdout)

    assert shown["site.url"] == {"value": "https://a.example/", "origin": "feedpub.toml:3:7"}


@pytest.mark.parametrize("command", ["show", "check"])
def test_wrong_settings_are_all_named(site: Path, command: str) -> None:
    site.write_text(site.read_text() + "a = 1\n[feeds]\nentries = 0\n")

    result = run("config", command)

    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 2


def test_right_settings_are_well() -> None:
    result = run("config", "check")

    assert (result.exit_code, result.stderr) == (0, "feedpub.toml: all is well\n")


# Templates


def test_a_template_is_listed_copied_compared(tmp_path: Path) -> None:
    name = "pages/base.html"
    assert " own" not in run("template", "list").stdout

    assert run("template", "eject", name).exit_code == 0
    own = tmp_path / "templates" / name
    assert own.read_bytes() == (templates_folder() / name).read_bytes()
    own.write_text("mine\n" + own.read_text())

    listed = {
        row["name"]: row["state"] for row in json.loads(run("template", "list", "--json").stdout)
    }
    assert listed[name] == "own"
    compared = run("template", "diff").stdout.splitlines()
    assert compared[:2] == ["--- default/pages/base.html", "+++ templates/pages/base.html"]
    assert "+mine" in compared


def test_an_own_template_is_not_replaced_unasked(tmp_path: Path) -> None:
    own = tmp_path / "templates/pages/base.html"
    own.parent.mkdir(parents=True)
    own.write_text("mine")

    kept = run("template", "eject", "pages/base.html")
    assert (kept.exit_code, own.read_text()) == (0, "mine")
    assert "--force" in kept.stderr
    run("template", "eject", "--force", "pages/base.html")
    assert own.read_text() != "mine"


def test_a_template_that_replaces_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/extra.html").touch()

    assert "used by no default" in run("template", "list").stdout


def test_all_templates_can_be_copied(tmp_path: Path) -> None:
    run("template", "eject", "--all")

    copied = {
        p.relative_to(tmp_path / "templates") for p in (tmp_path / "templates").rglob("*.html")
    }
    assert copied == {p.relative_to(templates_folder()) for p in templates_folder().rglob("*.html")}


def test_a_template_that_is_not_there_is_answered_with_the_nearest() -> None:
    result = run("template", "eject", "pages/bas.html")

    assert result.exit_code == 3
    assert "did you mean pages/base.html?" in result.stderr
    assert run("template", "eject").exit_code == 2


# Schedules


def test_a_crontab_line_builds_this_site(tmp_path: Path) -> None:
    line = run("schedule").stdout

    minute, hour = line.split()[:2]
    assert 0 <= int(minute) < 60
    assert hour == "*"
    assert f"-c {tmp_path}/feedpub.toml --quiet build" in line
    assert line.count("\n") == 1


def test_a_percent_sign_does_not_break_the_crontab_line(tmp_path: Path) -> None:
    config = load_config(write_site(tmp_path / "100% 新"), {})

    line = schedule.compose_cron(config, "day")

    assert "100\\% 新/feedpub.toml'" in line


@pytest.mark.parametrize(("every", "fields"), [("quarter", 4), ("hour", 1), ("day", 1)])
def test_a_crontab_line_runs_as_often_as_asked(site: Path, every: str, fields: int) -> None:
    line = schedule.compose_cron(load_config(site, {}), every)

    assert len(line.split()[0].split(",")) == fields


def test_a_unit_quotes_what_systemd_would_replace(tmp_path: Path) -> None:
    config = load_config(write_site(tmp_path / '100% $HOME "x"'), {})

    unit = schedule.compose_systemd(config, "hour")

    assert '100%% $$HOME \\"x\\"/feedpub.toml"' in unit
    assert "OnCalendar=hourly" in unit
    assert "SuccessExitStatus=75" in unit


@pytest.mark.parametrize("every", schedule.EVERY)
def test_a_workflow_is_yaml_and_keeps_the_database(site: Path, every: str) -> None:
    document = yaml.safe_load(workflow.compose_actions(load_config(site, {}), every))

    steps = document["jobs"]["build"]["steps"]
    (cache,) = (step for step in steps if step.get("uses", "").startswith("actions/cache"))
    assert cache["with"]["path"].split() == ["feedpub.db", "feedpub.key", "feeds"]
    assert {"run": "feedpub build"} in steps


def test_a_schedule_is_data() -> None:
    result = run("schedule", "--systemd")

    assert "[Timer]" in result.stdout
    assert "systemctl" in result.stderr
    assert run("schedule", "--github-actions", "--json").stdout.startswith("{")


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_learns_to_complete(shell: str) -> None:
    assert "_FEEDPUB_COMPLETE" in run("completion", shell).stdout


def test_another_shell_is_a_usage_error() -> None:
    assert run("completion", "cmd").exit_code == 2


# Keeping


def test_a_backup_is_named_by_its_time_or_by_the_user(tmp_path: Path) -> None:
    run("backup", "a.db")
    result = run("backup", "--json")

    assert (tmp_path / "a.db").exists()
    assert json.loads(result.stdout)["bytes"] == 4


def test_a_restore_of_a_missing_database_asks_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    site = FakeSite()

    assert run("restore", "a.db", site=site).exit_code == 0
    assert site.asked("restore_site")[1] == Path("a.db")


def test_a_restore_over_a_database_wants_a_yes(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    (tmp_path / "feedpub.db").touch()
    site = FakeSite()

    refused = run("restore", "a.db", site=site)
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert site.calls == []
    assert run("restore", "--yes", "a.db", site=site).exit_code == 0


def test_an_article_is_hidden_and_shown_again() -> None:
    site = FakeSite()

    assert "hidden: A title" in run("hide", "articles/a.md", site=site).stderr
    assert "shown again" in run("hide", "--undo", "articles/a.md", site=site).stderr
    assert site.asked("hide") == site.asked("unhide") == ("articles/a.md",)


# Serving


def test_nothing_to_serve_leads_to_build() -> None:
    result = run("serve")

    assert result.exit_code == 1
    assert "feedpub build" in result.stderr


def test_a_port_out_of_range_is_a_usage_error() -> None:
    assert run("serve", "-p", "70000").exit_code == 2
