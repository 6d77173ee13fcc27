"""A server whose disk is full puts people off, says in its log what to do, and goes on after."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests.support.mail_site import MailSite
from tests.support.programs import wait_for_line
from tests.support.real_site import RealSite, environment
from tests.support.small_disk import SmallDisk, mount_small_disk, requires_mounts

READER = "ann@reader.test"
WEB = '\n[web]\nurl = "https://blog.example/news/"\n'


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with mount_small_disk(tmp_path / "disk", kilobytes=16_000) as mounted:
        yield mounted


@contextmanager
def serve(disk: SmallDisk, log: Path) -> Iterator[str]:
    """Run the server of the site on a disk; give the address of its form."""
    command = RealSite(disk.place).command("serve", "-p", "0")
    with subprocess.Popen(
        [*disk.wrapper, *command], stderr=subprocess.PIPE, cwd="/", env=environment()
    ) as process:
        try:
            line = wait_for_line(process.stderr, b"the form for subscribers").decode()
            yield line.split()[-1]
        finally:
            process.terminate()
            assert process.stderr is not None
            log.write_bytes(process.stderr.read())


def make_site(disk: SmallDisk, tmp_path: Path) -> str:
    """Put a site with one reader on a disk; return the reader's link to unsubscribe, from there."""
    mail = tmp_path / "mail.eml"
    made = MailSite.create(tmp_path / "made", [READER], settings=WEB)
    made.run_well("preview", "--as", READER, "--out", str(mail))
    shutil.copytree(made.site.root, disk.path, dirs_exist_ok=True)
    link = re.search("^List-Unsubscribe: <.*/news/(u/[^>]+)>", mail.read_text(), re.MULTILINE)
    assert link
    return link[1]


def subscribe_and_leave(form: str, stamp: str, link: str) -> list[requests.Response]:
    """Return what a new reader and the one who leaves are answered."""
    wanted = {"stamp": stamp, "address": "new@reader.test"}
    return [
        requests.post(address, data=data, headers={"Accept-Language": "en"}, timeout=60)
        for address, data in (
            (form, wanted),
            (urljoin(form, link), {"List-Unsubscribe": "One-Click"}),
        )
    ]


@requires_mounts
def test_on_a_full_disk_people_are_put_off_and_nothing_is_lost(
    disk: SmallDisk, tmp_path: Path
) -> None:
    link = make_site(disk, tmp_path)

    with serve(disk, tmp_path / "log") as form:
        stamp = re.search('name="stamp" value="([^"]+)"', requests.get(form, timeout=60).text)
        assert stamp
        time.sleep(2.1)  # nobody types faster
        disk.fill(leave=0)
        shown = requests.get(form, timeout=60)
        refused = subscribe_and_leave(form, stamp[1], link)
        disk.clear()
        taken = subscribe_and_leave(form, stamp[1], link)

    assert shown.status_code == 200
    assert [one.status_code for one in refused] == [503, 503]
    assert all("Try again later; nothing was changed" in one.text for one in refused)
    assert {one.headers["Retry-After"] for one in refused} == {"60"}
    assert [one.status_code for one in taken] == [200, 200]
    log = (tmp_path / "log").read_text("utf-8")
    assert len(re.findall("cannot be answered without the database: make room", log)) == 2
    assert "reader.test" not in log
