"""The lines that ``schedule`` prints, run as cron would run them, on faked days (libfaketime)."""

import email
import email.policy
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from feedpub.config import load_config
from feedpub.wiring import open_audience
from tests.support import needs
from tests.support.processes import clean_environment
from tests.support.real_site import URL, RealSite

FAKETIME = next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), "")
pytestmark = [needs.program("faketime"), pytest.mark.slow]

NEWSLETTER = """
[newsletter]
{schedule}
from = "Test <news@example.org>"
postal_address = "1 Test Street"
[mail]
type = "maildir"
folder = "mails"
"""


class Machine:
    """A site on a machine whose clock a test sets; a web server publishes its folder."""

    def __init__(self, root: Path, schedule: str, zone: str, url: str) -> None:
        self.site = RealSite.create(root)
        settings = root / "feedpub.toml"
        text = settings.read_text("utf-8").replace("[site]", f'[site]\ntimezone = "{zone}"')
        text = text.replace(URL, url)
        settings.write_text(text + NEWSLETTER.format(schedule=schedule), "utf-8")

    def post(self, title: str, day: datetime) -> None:
        self.site.post(f"{title}.md", title, date=f"{day:%Y-%m-%dT%H:%M:%SZ}")

    def join(self, name: str) -> None:
        audience = open_audience(load_config(self.site.root / "feedpub.toml", {}))
        audience.add(f"{name}@example.com", confirmed=True, source="test")

    def shell(self, line: str, at: datetime) -> "subprocess.CompletedProcess[str]":
        """Run a line as cron does: by sh, with hardly an environment."""
        environment = clean_environment(
            LD_PRELOAD=FAKETIME, FAKETIME=f"@{at:%Y-%m-%d %H:%M:%S}", NO_FAKE_STAT="1", TZ="UTC"
        )
        return subprocess.run(
            ["/bin/sh", "-c", line], env=environment, cwd="/", capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip

    def cron_line(self) -> str:
        """Return the command of the printed line, without its five fields of time."""
        (line,) = self.site.run("schedule", "--cron").stdout.splitlines()
        found = re.fullmatch(r"\S+ \* \* \* \* (.*)", line)
        assert found is not None
        return found[1].replace(r"\%", "%")

    def received(self, name: str) -> list[str]:
        """Return the texts of somebody's mails, oldest first."""
        mails = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted((self.site.root / "mails/new").glob("*"))
        ]
        bodies = (mail.get_body(("plain",)) for mail in mails if name in mail["To"])
        return [body.get_content() for body in bodies if body is not None]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where the folder ``site`` is served."""
    handler = partial(Quiet, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_two_weeks_of_the_printed_line_with_a_new_subscriber_between(
    tmp_path: Path, url: str
) -> None:
    friday = datetime(2026, 11, 27, 1, 0, 5)
    machine = Machine(tmp_path / "site", 'weekly = "Fri 09:00"', "Asia/Shanghai", url)
    machine.post("Old", friday - timedelta(days=30))
    line = machine.cron_line()
    assert machine.shell(line, friday - timedelta(days=2)).returncode == 0
    machine.join("first")

    machine.post("One", friday - timedelta(days=1))
    week = [machine.shell(line, friday + timedelta(hours=hour)) for hour in (0, 1)]
    machine.join("second")
    machine.post("Two", friday + timedelta(days=3))
    week += [machine.shell(line, friday + timedelta(days=7, hours=hour)) for hour in (-1, 0, 1)]

    assert [run.returncode for run in week] == [0] * 5, [run.stderr for run in week]
    one, two = machine.received("first")
    assert ("One" in one, "Two" in one) == (True, False)
    assert ("One" in two, "Two" in two) == (False, True)
    (only,) = machine.received("second")
    assert ("One" in only, "Two" in only) == (False, True)
    assert not any("Old" in text for text in (one, two, only))


@pytest.mark.parametrize(
    "night",
    [datetime(2026, 3, 28, 22), datetime(2026, 10, 24, 22)],
    ids=["spring", "autumn"],
)
def test_a_night_with_another_number_of_hours_has_one_issue(
    tmp_path: Path, url: str, night: datetime
) -> None:
    machine = Machine(tmp_path / "site", 'daily = "02:30"', "Europe/Berlin", url)
    machine.post("Old", night - timedelta(days=30))
    line = machine.cron_line()
    machine.shell(line, night - timedelta(days=1))
    machine.join("reader")
    machine.post("News", night - timedelta(hours=2))

    # Before it is due, at both hours that may be 02:30 or the one that is left out, and after.
    for hour in (1, 2, 3, 4, 7):
        run = machine.shell(line, night + timedelta(hours=hour, minutes=30))
        assert run.returncode == 0, run.stderr

    (text,) = machine.received("reader")
    assert "News" in text
