"""A site deployed as the documentation says: files from the disk, the application behind."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.mail_site import MailSite
from tests.support.ports import free_port
from tests.support.programs import environment
from tests.support.web_servers import WEB_SERVERS, running

FOLDER = Path(__file__).resolve().parents[2] / "docs/how-to"
DOCUMENT = FOLDER / "deploy.md"
READERS = [f"reader{number}@reader.test" for number in range(8)]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BINARIES = Path(sys.executable).parent


@dataclass
class Deployed:
    """A site in its folder, and where it can be asked.

    Attributes:
        site: With subscribers.
        front: Address of the web server.
        back: Address of the application.
    """

    site: MailSite
    front: str
    back: str

    def link(self, reader: str) -> str:
        """Return the link to unsubscribe in a mail to somebody."""
        mail = self.site.root / "mail.eml"
        self.site.run_well("preview", "--as", reader, "--out", str(mail))
        found = re.search("^List-Unsubscribe: <(http[^>]+)>", mail.read_text(), re.MULTILINE)
        assert found
        return found[1]

    def state(self, reader: str) -> str:
        """Return where somebody stands."""
        return str(json.loads(self.site.run_well("--json", "subscribers", "show", reader))["state"])


def start_lines() -> list[str]:
    return re.findall("^ExecStart=(.+)$", DOCUMENT.read_text("utf-8"), re.MULTILINE)


@contextmanager
def serving(line: str, root: Path, port: int) -> Iterator[None]:
    """Run a line of a systemd unit in its folder."""
    words = shlex.split(
        line.replace("/srv/blog/.venv/bin", str(BINARIES)).replace("8000", str(port))
    )
    process = subprocess.Popen(
        words, cwd=root, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=_RETRIES))
        session.get(f"http://127.0.0.1:{port}/healthz", timeout=60)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


_RETRIES = requests.adapters.Retry(connect=12, backoff_factor=0.05)


def make_site(root: Path, front: int) -> MailSite:
    web = f'\n[web]\nurl = "http://127.0.0.1:{front}/news/"\n'
    site = MailSite.create(root, READERS, settings=web)
    site.run_well("build", "--offline")
    (root / "public").mkdir()
    (root / "public/index.html").write_text("the blog")
    (root / "feeds/.hidden.xml").write_text("secret")
    return site


@pytest.fixture(scope="module", params=WEB_SERVERS)
def deployed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    tmp_path = tmp_path_factory.mktemp("deployed")
    front, back = free_port(), free_port()
    root = tmp_path / "blog"
    site = make_site(root, front)
    page = tmp_path / "page.md"
    page.write_text(
        DOCUMENT.read_text("utf-8")
        .replace("127.0.0.1:8000", f"127.0.0.1:{back}")
        .replace("/srv/blog", str(root))
    )
    with ExitStack() as stack:
        stack.enter_context(serving(start_lines()[0], root, back))
        stack.enter_context(running(request.param(tmp_path, front, page), front))
        yield Deployed(site, f"http://127.0.0.1:{front}/", f"http://127.0.0.1:{back}/")


def test_files_come_from_the_disk_and_pages_from_the_application(deployed: Deployed) -> None:
    feed = requests.get(f"{deployed.front}feeds/all/rss.xml", timeout=60)
    form = requests.get(f"{deployed.front}news/subscribe", timeout=60)
    blog = requests.get(deployed.front, timeout=60)

    assert feed.content == (deployed.site.root / "feeds/all/rss.xml").read_bytes()
    assert "X-Request-ID" not in feed.headers
    assert feed.headers["Content-Type"].lower() == "application/xml; charset=utf-8"
    assert feed.headers["Cache-Control"] == "public, max-age=60"
    assert (form.status_code, form.headers["Cache-Control"]) == (200, "no-store")
    assert "default-src 'none'" in form.headers["Content-Security-Policy"]
    assert blog.text == "the blog"


def test_what_is_hidden_or_told_to_machines_only_is_not_there(deployed: Deployed) -> None:
    for path in ("feeds/.hidden.xml", "metrics", "healthz", "news/metrics", "feedpub.toml"):
        assert requests.get(deployed.front + path, timeout=60).status_code == 404, path
    assert requests.get(f"{deployed.back}metrics", timeout=60).status_code == 200


def test_one_click_works_through_the_web_server(deployed: Deployed) -> None:
    link = deployed.link(READERS[0])

    looked = [requests.request(method, link, timeout=60) for method in ("GET", "HEAD", "OPTIONS")]
    before = deployed.state(READERS[0])
    answer = requests.post(link, data=ONE_CLICK, allow_redirects=False, timeout=60)

    assert [one.status_code for one in looked] == [200, 200, 200]
    assert before == "active"
    assert (answer.status_code, answer.text) == (200, "unsubscribed\n")
    assert deployed.state(READERS[0]) == "unsubscribed"


def test_a_form_of_the_site_is_taken_and_one_of_another_is_not(deployed: Deployed) -> None:
    link = deployed.link(READERS[1])
    page = requests.get(link, timeout=60).text
    form = re.search(
        'name="do" value="unsubscribe">\\s*<input type="hidden" name="form" value="([^"]+)"', page
    )
    assert form
    fields = {"do": "unsubscribe", "form": form[1]}

    foreign = requests.post(link, fields, headers={"Origin": "https://evil.example"}, timeout=60)
    between = deployed.state(READERS[1])
    own = requests.post(link, fields, headers={"Origin": deployed.front.rstrip("/")}, timeout=60)

    assert (foreign.status_code, between) == (403, "active")
    assert (own.status_code, deployed.state(READERS[1])) == (200, "unsubscribed")


def test_each_request_through_the_web_server_has_its_name(deployed: Deployed) -> None:
    names = {
        requests.get(f"{deployed.front}news/subscribe", timeout=60).headers["X-Request-ID"]
        for _ in range(3)
    }

    assert len(names) == 3
    assert all(len(name) >= 32 for name in names)  # of the web server; ours have 16 characters


def test_too_much_is_refused(deployed: Deployed) -> None:
    answer = requests.post(f"{deployed.front}news/subscribe", {"x": "y" * 300_000}, timeout=60)

    assert answer.status_code == 413


# Several processes


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    port = free_port()
    site = make_site(tmp_path_factory.mktemp("workers") / "blog", port)
    with serving(start_lines()[1], site.root, port):
        yield Deployed(site, "", f"http://127.0.0.1:{port}/")


def ask_all(task: Callable[[int], Any], number: int) -> list[Any]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(task, range(number)))


def test_two_workers_of_gunicorn_share_the_site(workers: Deployed) -> None:
    links = [workers.link(reader) for reader in READERS]

    clicks = ask_all(lambda at: requests.post(links[at], data=ONE_CLICK, timeout=60), len(links))
    sums = ask_all(lambda _: requests.get(f"{workers.back}metrics", timeout=60).text, 60)

    assert {one.status_code for one in clicks} == {200}
    assert {workers.state(reader) for reader in READERS} == {"unsubscribed"}
    assert len({re.findall('process="(\\d+)"', one)[0] for one in sums if "process=" in one}) == 2


def test_gunicorn_serves_feeds_as_serve_does(workers: Deployed) -> None:
    url = f"{workers.back}feeds/all/rss.xml"
    first = requests.get(url, timeout=60)
    head = requests.head(url, timeout=60)
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=60)
    brotli = requests.get(url, headers={"Accept-Encoding": "br"}, stream=True, timeout=60)

    assert first.content == (workers.site.root / "feeds/all/rss.xml").read_bytes()
    assert (head.status_code, head.content) == (200, b"")
    assert (again.status_code, again.content) == (304, b"")
    assert brotli.headers["Content-Encoding"] == "br"
    missing = requests.get(f"{workers.back}none", timeout=60)
    assert (missing.status_code, missing.headers["X-Content-Type-Options"]) == (404, "nosniff")


# The container


def test_what_the_container_runs_is_there(workers: Deployed) -> None:
    text = (FOLDER / "Containerfile").read_text("utf-8")
    (command,) = re.findall(r"^CMD (\[.+\])$", text, re.MULTILINE)
    (check,) = re.findall(r"^HEALTHCHECK .*CMD (\[.+\])$", text, re.MULTILINE)

    program, *words = json.loads(command)
    helped = subprocess.run(
        [BINARIES / program, *words, "--help"], capture_output=True, env=environment(), check=False
    )
    asks = json.loads(check.replace("127.0.0.1:8000", workers.back.split("/")[2]))
    healthy = subprocess.run([sys.executable, *asks[1:]], check=False)
    # Last, since it takes the database away.
    (workers.site.root / "feedpub.db").rename(workers.site.root / "gone.db")
    sick = subprocess.run([sys.executable, *asks[1:]], capture_output=True, check=False)

    assert (helped.returncode, healthy.returncode) == (0, 0)
    assert sick.returncode != 0
