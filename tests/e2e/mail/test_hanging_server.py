"""A mail server that takes connections and never says a word."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedpub.model import DeliveryState
from tests.support.mail_site import MailSite
from tests.support.smtp import run_scripted_server

pytestmark = pytest.mark.slow
READERS = ["ann@a.test", "bob@b.test"]
EXIT_LATER = 75


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts, by its backlog, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_server_that_hangs_is_told_of_and_the_next_run_mails(tmp_path: Path, silent: int) -> None:
    site = MailSite.create(tmp_path / "site", READERS)
    alarm = tmp_path / "alarm.sh"
    alarm.write_text(
        f'#!/bin/sh\necho "$FEEDPUB_OUTCOME: $FEEDPUB_MESSAGE" > {tmp_path}/alarm.txt\n'
    )
    alarm.chmod(0o755)
    settings = site.root / "feedpub.toml"
    text = settings.read_text("utf-8")
    hook = f'[newsletter]\non_failure = "{alarm}"'
    settings.write_text(text.replace("[newsletter]", hook, 1), "utf-8")
    site.set_mailer(silent, more="timeout = 1\n")
    started = time.monotonic()

    done = site.send("--max-recipients", "10")

    assert done.returncode == EXIT_LATER, done.stderr
    assert time.monotonic() - started < 60
    told = (tmp_path / "alarm.txt").read_text("utf-8")
    assert told.startswith("failure: ")
    assert "weekly/" in told
    assert set(site.ledger.states().values()) == {DeliveryState.QUEUED}

    with run_scripted_server(tmp_path / "server") as server:
        site.set_mailer(server.port, more="timeout = 1\n")
        site.ledger.change("UPDATE deliveries SET not_before = 0")
        again = site.send("--max-recipients", "10")

        assert again.returncode == 0, again.stderr
        assert sorted(server.recipients()) == READERS
