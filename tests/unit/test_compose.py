"""The example of a site in containers, as far as it can be judged without running it."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from feedpub.cli.main import cli
from feedpub.cli.worker import worker
from feedpub.config import load_config
from tests.support.schemas import find_faults
from tests.support.settings import SITE

FOLDER = Path(__file__).resolve().parents[2] / "docs/how-to"
FILE = FOLDER / "compose.yaml"
TEXT = FILE.read_text(encoding="utf-8")
DOCUMENT: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
OURS = [name for name in SERVICES if name != "db"]

each_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize("name", OURS)


def test_the_specification_of_compose_finds_no_fault() -> None:
    assert not find_faults(TEXT, "vendor.compose-spec")


def test_a_misspelt_key_is_a_fault() -> None:
    assert "cap_dorp" in find_faults(TEXT.replace("cap_drop", "cap_dorp"), "vendor.compose-spec")


@each_service
def test_an_image_is_of_a_version(name: str) -> None:
    assert re.fullmatch(r"feedpub:local|[\w./-]+:\d[\w.-]*", SERVICES[name]["image"])


@each_service
def test_nobody_gets_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]

    assert not {"privileged", "cap_add", "pid", "network_mode", "devices"} & service.keys()
    assert "no-new-privileges:true" in service["security_opt"]
    assert not any("docker.sock" in volume for volume in service["volumes"])


@each_of_ours
def test_a_container_of_ours_writes_to_the_site_only(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"] == ["./site:/site"]


def test_nobody_but_this_machine_reaches_a_port() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports == ["127.0.0.1:8000:8000"]


def test_passwords_are_files_and_all_of_them_are_declared() -> None:
    used = {secret for service in SERVICES.values() for secret in service["secrets"]}

    assert used == set(DOCUMENT["secrets"])
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            assert "PASSWORD" not in variable or value.removeprefix("/run/secrets/") in used


@each_service
def test_a_service_that_is_ill_is_noticed(name: str) -> None:
    # That of the pages is in the Containerfile.
    assert "healthcheck" in SERVICES[name] or name == "web"


def test_the_file_that_is_looked_at_is_the_one_that_a_worker_touches() -> None:
    service = SERVICES["worker"]
    program, command, *words = service["command"]

    # A command keeps the names of its help for as long as it lives: those of the whole program.
    parent = click.Context(cli, **cli.context_settings)
    with worker.make_context("worker", words, parent=parent) as context:
        touched = context.params["health_file"]

    assert (program, command) == ("feedpub", "worker")
    assert str(touched) in service["healthcheck"]["test"][1]


@each_of_ours
def test_a_service_waits_for_a_database_that_answers(name: str) -> None:
    service = SERVICES[name]

    assert service["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert "pg_isready" in SERVICES["db"]["healthcheck"]["test"]


@each_of_ours
def test_the_settings_of_the_page_are_taken_with_those_of_the_containers(
    name: str, tmp_path: Path
) -> None:
    page = (FOLDER / "workers.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    identity = SITE.splitlines()[1]
    (tmp_path / "feedpub.toml").write_text(shown.replace("[site]", f"[site]\n{identity}"))

    config = load_config(tmp_path / "feedpub.toml", {})

    assert config.mail is not None
    files = config.database_password_file, config.mail.password_file
    assert [str(file) for file in files] == [
        f"/run/secrets/{secret}" for secret in SERVICES[name]["secrets"]
    ]
    server = SERVICES["db"]["environment"]
    assert config.database == f"postgresql://{server['POSTGRES_USER']}@db/{server['POSTGRES_DB']}"


@pytest.mark.skipif(
    not shutil.which("docker")
    or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0,
    reason="Docker Compose is no part of what the tests need",
)
def test_compose_itself_finds_no_fault(tmp_path: Path) -> None:
    done = subprocess.run(
        ["docker", "compose", "--file", FILE, "config", "--quiet"], capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
