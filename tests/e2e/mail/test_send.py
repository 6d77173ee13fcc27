"""The whole program, from articles to mail, killed and restored."""

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from feedpub.model import DeliveryState
from tests.support.mail_site import SEND, MailSite
from tests.support.smtp import ScriptedServer

pytestmark = pytest.mark.slow
READERS = [f"reader{number}@inbox{number % 7}.test" for number in range(400)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> MailSite:
    return MailSite.create(tmp_path_factory.mktemp("site") / "site", READERS)


@pytest.fixture
def site(template: MailSite, server: ScriptedServer, tmp_path: Path) -> MailSite:
    made = template.copy(tmp_path / "site")
    made.set_mailer(server.port, connections=2)
    return made


def test_a_site_mails_everybody_once(site: MailSite, server: ScriptedServer) -> None:
    first, second = site.send("--max-recipients", "1000"), site.send()

    assert first.returncode == 0, first.stderr
    assert second.returncode == 0, second.stderr
    assert Counter(server.recipients()) == dict.fromkeys(READERS, 1)


def test_a_send_that_is_killed_is_finished_by_the_next(
    site: MailSite, server: ScriptedServer
) -> None:
    kill_when_mailed(site, server, 50)
    kill_when_mailed(site, server, 200)
    last = site.send()

    accepted, states = Counter(server.recipients()), site.ledger.states()
    assert last.returncode in (0, 4), last.stderr
    assert max(accepted.values()) == 1
    assert all(accepted[one] or states[one] is DeliveryState.UNKNOWN for one in READERS)
    unknown = [one for one in READERS if states[one] is DeliveryState.UNKNOWN]
    assert len(unknown) <= 2 * 2
    if unknown:
        assert "feedpub issue show" in last.stderr


def kill_when_mailed(site: MailSite, server: ScriptedServer, count: int) -> None:
    with site.site.start(*SEND, "--max-recipients", "1000") as sender:
        while len(server.recipients()) < count:
            assert sender.poll() is None
            time.sleep(0.01)
        sender.send_signal(signal.SIGKILL)


def test_a_database_from_before_the_issue_mails_nothing_again(
    site: MailSite, server: ScriptedServer, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    site.run_well("backup", str(backup))
    assert site.send("--max-recipients", "1000").returncode == 0
    before = len(server.recipients())

    site.run_well("restore", "--yes", str(backup))
    again = site.send("--max-recipients", "1000")

    assert again.returncode in (0, 4), again.stderr
    assert len(server.recipients()) == before == len(READERS)


def test_a_copy_of_the_middle_of_a_send_mails_nothing_again(
    site: MailSite, server: ScriptedServer, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    kill_when_mailed(site, server, 50)
    site.run_well("backup", str(backup))
    site.send()

    site.run_well("restore", "--yes", str(backup))
    again = site.send("--max-recipients", "1000")

    assert again.returncode in (0, 4), again.stderr
    assert max(Counter(server.recipients()).values()) == 1


def test_the_copy_that_a_send_makes_mails_nothing_again(
    site: MailSite, server: ScriptedServer
) -> None:
    assert site.send("--max-recipients", "1000").returncode == 0
    copies = sorted((site.root / "backups").iterdir())

    site.run_well("restore", "--yes", str(copies[-1]))
    again = site.send("--max-recipients", "1000")

    assert again.returncode in (0, 4), again.stderr
    assert Counter(server.recipients()) == dict.fromkeys(READERS, 1)


def test_words_of_the_editor_that_are_no_file_hold_a_send_and_never_hang_it(
    site: MailSite, server: ScriptedServer
) -> None:
    os.mkfifo(site.root / "intro.md")

    done = site.send("--max-recipients", "1000")

    assert done.returncode == 3, done.stderr
    assert "intro.md: is not a regular file" in done.stderr
    assert server.recipients() == []


def test_words_of_the_editor_may_be_kept_behind_a_link(
    site: MailSite, server: ScriptedServer
) -> None:
    (site.root / "words.md").write_text("Hello from elsewhere.\n", "utf-8")
    (site.root / "intro.md").symlink_to("words.md")

    assert "Hello from elsewhere." in site.run_well("preview", "--text")
