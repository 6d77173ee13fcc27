"""The pages for subscribers answer behind a web server that is set up as the documentation says."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from tests.support.mail_site import MailSite
from tests.support.ports import free_port
from tests.support.programs import start, wait_for_line
from tests.support.web_servers import WEB_SERVERS, Command, running

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/how-to/web-face.md"
READER = "ann@reader.test"


class Face(NamedTuple):
    """A site behind a web server, and the link to unsubscribe in a mail to its only reader."""

    site: MailSite
    link: str

    def show_reader(self) -> dict[str, Any]:
        """Return all that the site knows of the reader."""
        return dict(json.loads(self.site.run_well("--json", "subscribers", "show", READER)))


@pytest.fixture(params=WEB_SERVERS)
def face(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Face]:
    front, back = free_port(), free_port()
    web = f'\n[web]\nurl = "http://127.0.0.1:{front}/news/"\n'
    site = MailSite.create(tmp_path / "site", [READER], settings=web)
    mail = tmp_path / "mail.eml"
    site.run_well("preview", "--as", READER, "--out", str(mail))
    link = re.search("^List-Unsubscribe: <(http[^>]+)>", mail.read_text(), re.MULTILINE)
    assert link
    with (
        running(site.site.command("serve", "--port", str(back)), back),
        running(front_command(request.param, tmp_path, front, back), front),
    ):
        yield Face(site, link[1])


def front_command(make: Command, folder: Path, front: int, back: int) -> list[str]:
    """Return what starts a web server by the page, with other ports."""
    page = folder / "page.md"
    page.write_text(DOCUMENT.read_text("utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{back}"))
    return make(folder, front, page)


def test_a_link_opens_and_one_click_unsubscribes(face: Face) -> None:
    page = requests.get(face.link, timeout=60)
    before = face.show_reader()["state"]

    answer = requests.post(
        face.link,
        data={"List-Unsubscribe": "One-Click"},
        # Whoever asks may say so of anybody; only the web server is believed.
        headers={"X-Forwarded-For": "203.0.113.9"},
        allow_redirects=False,
        timeout=60,
    )

    assert (page.status_code, before) == (200, "active")
    assert '<form method="post"' in page.text
    assert (answer.status_code, answer.text) == (200, "unsubscribed\n")
    reader = face.show_reader()
    assert reader["state"] == "unsubscribed"
    assert "203.0.113.9" not in json.dumps(reader)


def test_the_form_is_taken_behind_the_web_server(face: Face) -> None:
    form = f"{face.link.partition('/u/')[0]}/subscribe"
    page = requests.get(form, timeout=60)
    stamp = re.search('name="stamp" value="([^"]+)"', page.text)
    assert stamp
    time.sleep(2.1)  # nobody types faster
    fields = {"stamp": stamp[1], "address": "new@reader.test"}

    ours = requests.post(form, fields, headers={"Origin": form.partition("/news")[0]}, timeout=60)
    theirs = requests.post(form, fields, headers={"Origin": "https://evil.test"}, timeout=60)

    assert (ours.status_code, theirs.status_code) == (200, 403)
    shown = json.loads(face.site.run_well("--json", "subscribers", "show", "new@reader.test"))
    assert shown["state"] == "pending"


def test_the_style_of_a_page_comes_with_it(face: Face) -> None:
    style = re.search('href="([^"]+[.]css)"', requests.get(face.link, timeout=60).text)

    assert style
    answer = requests.get(requests.compat.urljoin(face.link, style[1]), timeout=60)
    assert answer.headers["Content-Type"].startswith("text/css")


def test_the_server_says_where_its_form_is(tmp_path: Path) -> None:
    web = '\n[web]\nurl = "https://blog.example/news/"\n'
    site = MailSite.create(tmp_path / "site", [], settings=web).site

    with start("serve", "-p", "0", cwd=site.root, stderr=subprocess.PIPE) as process:
        line = wait_for_line(process.stderr, b"the form for subscribers").decode()
        page = requests.get(line.split()[-1], timeout=60)

    assert line.endswith("/news/subscribe\n")
    assert page.status_code == 200
    assert '<input id="address"' in page.text
