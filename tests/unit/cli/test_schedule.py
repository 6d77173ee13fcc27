"""With a newsletter the scheduler sends from every hour, and reads what came back."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from feedpub.cli.schedule import compose_cron, compose_systemd
from feedpub.cli.workflow import compose_actions
from feedpub.config import Config, load_config
from tests.support.cli import write_site
from tests.support.schemas import find_faults
from tests.support.settings import SITE

LETTER = '[newsletter]\nweekly = "Fri 09:00"\nfrom = "news@a.example"\n'
FORMS = (compose_cron, compose_systemd)
MAILBOX = '[bounces]\nmaildir = "bounces"\n'


def load(folder: Path, text: str) -> Config:
    return load_config(write_site(folder, text), {})


def test_a_scheduler_calls_the_program_as_it_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = tmp_path / "2.0"
    version.mkdir()
    (version / "feedpub").touch()
    (tmp_path / "current").symlink_to(version)
    monkeypatch.setattr("sys.argv", [str(tmp_path / "current/feedpub"), "schedule"])

    cron, systemd = (compose(load(tmp_path, LETTER), "hour") for compose in FORMS)

    assert f" {tmp_path}/current/feedpub -c " in cron
    assert f'ExecStart="{tmp_path}/current/feedpub"' in systemd


@pytest.mark.parametrize("every", ["quarter", "hour", "day"])
def test_cron_reads_the_mailbox_every_hour(tmp_path: Path, every: str) -> None:
    lines = compose_cron(load(tmp_path, LETTER + MAILBOX), every).splitlines()

    assert lines[-1].split()[1:5] == ["*", "*", "*", "*"]
    assert "--quiet bounces || [ $? -eq 75 ]" in lines[-1]


def test_systemd_reads_the_mailbox_every_hour(tmp_path: Path) -> None:
    units = compose_systemd(load(tmp_path, LETTER + MAILBOX), "day")

    assert "# feedpub-bounces.service" in units
    assert '"bounces"' in units


@pytest.mark.parametrize("text", [LETTER, MAILBOX, ""])
def test_without_newsletter_or_mailbox_nothing_is_read(tmp_path: Path, text: str) -> None:
    config = load(tmp_path, text)

    assert "bounces\n" not in compose_cron(config, "hour")
    assert "feedpub-bounces" not in compose_systemd(config, "hour")


def test_systemd_sends_every_hour_so_that_nobody_waits_a_week_for_another_attempt(
    tmp_path: Path,
) -> None:
    units = compose_systemd(load(tmp_path, LETTER.replace("09:00", "09:20")), "hour")

    assert "OnCalendar=*-*-* *:20:00 Asia/Shanghai" in units
    assert '"send" "--yes"\n' in units
    assert "SuccessExitStatus=75" in units
    assert "# feedpub.service" not in units, "the run that sends builds, too"


def test_a_workflow_publishes_pages_and_keeps_what_the_next_run_needs(tmp_path: Path) -> None:
    job = read_workflow(load(tmp_path, ""))

    assert job["environment"] == "github-pages"
    assert job["steps"][-1] == {"uses": "actions/deploy-pages@v4"}
    assert job["steps"][3]["with"]["path"].split() == ["feedpub.db", "feedpub.key", "feeds"]


def test_a_workflow_for_a_bucket_gets_its_credentials_from_the_secrets(tmp_path: Path) -> None:
    (tmp_path / "feedpub.toml").write_text(f'target = "s3://bucket/feeds"\n{SITE}')

    job = read_workflow(load_config(tmp_path / "feedpub.toml", {}))

    assert "environment" not in job
    assert job["env"]["AWS_SECRET_ACCESS_KEY"] == "${{ secrets.AWS_SECRET_ACCESS_KEY }}"
    assert job["steps"][2] == {"run": "pip install 'feedpub[s3]'"}
    assert "feedpub.upload" in job["steps"][3]["with"]["path"].split()
    assert job["steps"][-1] == {"run": "feedpub build"}


def load_at_server(folder: Path, text: str) -> Config:
    path = folder / "feedpub.toml"
    path.write_text(f'database = "postgresql://feedpub@db.example/blog"\n{text}')
    return load_config(path, {})


def test_a_workflow_with_a_server_keeps_no_database_and_gets_the_key_from_the_secrets(
    tmp_path: Path,
) -> None:
    job = read_workflow(load_at_server(tmp_path, SITE))

    assert job["env"] == {"FEEDPUB_DATABASE_PASSWORD": "${{ secrets.FEEDPUB_DATABASE_PASSWORD }}"}
    assert job["steps"][2] == {"run": "pip install 'feedpub[postgres]'"}
    assert job["steps"][3]["with"]["path"].split() == ["feeds"]
    assert job["steps"][4]["run"].endswith('"$FEEDPUB_KEY" > feedpub.key')
    assert not any("init --database" in step.get("run", "") for step in job["steps"])
    assert job["steps"][-1] == {"uses": "actions/deploy-pages@v4"}


MAIL = LETTER + '[mail]\nhost = "mail.example"\nuser = "news"\n'
SENDING = {"run": "feedpub send --yes || [ $? -eq 75 ]"}


@pytest.mark.parametrize("text", [SITE + LETTER, SITE + MAIL])
def test_a_workflow_sends_from_no_cache(tmp_path: Path, text: str) -> None:
    (tmp_path / "feedpub.toml").write_text(text)

    job = read_workflow(load_config(tmp_path / "feedpub.toml", {}))

    assert SENDING not in job["steps"]


def test_a_workflow_with_a_server_sends_what_is_deployed_already(tmp_path: Path) -> None:
    job = read_workflow(load_at_server(tmp_path, SITE + MAIL))

    steps = job["steps"]
    assert job["env"]["FEEDPUB_MAIL_PASSWORD"] == "${{ secrets.FEEDPUB_MAIL_PASSWORD }}"
    at = steps.index(SENDING)
    assert steps[at - 1] == {"uses": "actions/deploy-pages@v4"}
    names = [step["with"].get("name") for step in steps if "upload-pages" in step.get("uses", "")]
    assert names == [None, "issue"]
    assert steps[-1]["with"] == {"artifact_name": "issue"}


def test_a_workflow_with_server_and_bucket_builds_and_sends_in_one(tmp_path: Path) -> None:
    (tmp_path / "feedpub.toml").write_text(
        f'target = "s3://bucket/feeds"\ndatabase = "postgresql:///blog"\n{SITE}{MAIL}'
    )

    job = read_workflow(load_config(tmp_path / "feedpub.toml", {}))

    assert [step["run"] for step in job["steps"] if "feedpub " in step.get("run", "")] == [
        SENDING["run"]
    ]
    assert set(job["env"]) == {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "FEEDPUB_DATABASE_PASSWORD",
        "FEEDPUB_MAIL_PASSWORD",
    }


def test_a_folder_of_any_name_is_no_syntax_of_a_workflow(tmp_path: Path) -> None:
    text = SITE.replace("[site]", '[feeds]\nfolder = "a: b #c"\n[site]', 1)
    (tmp_path / "feedpub.toml").write_text(text)

    job = read_workflow(load_config(tmp_path / "feedpub.toml", {}))

    assert job["steps"][-2]["with"] == {"path": "a: b #c"}


def read_workflow(config: Config) -> dict[str, Any]:
    text = compose_actions(config, "hour")
    assert not find_faults(text, "vendor.github-workflows")
    job: dict[str, Any] = yaml.safe_load(text)["jobs"]["build"]
    return job


def test_systemd_builds_oftener_beside_a_newsletter_if_asked(tmp_path: Path) -> None:
    units = compose_systemd(load(tmp_path, LETTER), "quarter")

    assert "OnCalendar=*:7/15" in units
    assert "# feedpub-send.timer" in units


def test_a_workflow_keeps_what_feeds_of_others_brought(tmp_path: Path) -> None:
    feed = '[[sources]]\ntype = "feed"\nurl = "https://a.example/"\n'

    workflow = compose_actions(load(tmp_path, feed), "hour")

    assert "            remote/a.example\n          key:" in workflow
    assert "pip install 'feedpub[remote]'\n" in workflow


def test_systemd_gets_a_worker_in_place_of_all_timers(tmp_path: Path) -> None:
    config = load(tmp_path, "")

    unit = compose_systemd(config, "hour").partition("# feedpub-worker@.service\n")[2]

    assert f'"{config.path}" "worker" --health-file "%t/feedpub-worker-%i"\n' in unit
    assert "Restart=always\n" in unit
    assert "[Timer]" not in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs the apt package systemd")
def test_systemd_takes_the_units_as_they_are_printed(tmp_path: Path) -> None:
    folder = tmp_path / "a 100% $ite"
    folder.mkdir()
    parts = re.split(r"^# (\S+\.(?:service|timer))\n", compose_systemd(load(folder, LETTER), "day"),
                     flags=re.MULTILINE)  # fmt: skip
    units = dict(zip(parts[1::2], parts[2::2], strict=True))
    for name, unit in units.items():
        (tmp_path / name).write_text(unit, "utf-8")

    names = [str(tmp_path / name.replace("@.", "@1.")) for name in units]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True
    )

    assert "feedpub-worker@.service" in units
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []
