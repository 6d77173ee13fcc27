"""The web servers' configurations in the documentation do what it says of them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from feedpub.web.feeds import create_app
from tests.support import needs
from tests.support.browser import open_browser, open_page
from tests.support.ports import free_port
from tests.support.web_servers import WEB_SERVERS, running

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/how-to/web-servers.md"
FILES = {
    "feeds/index.html": "text/html; charset=utf-8",
    "feeds/all/rss.xml": "application/xml; charset=utf-8",
    "feeds/all/atom.xml": "application/xml; charset=utf-8",
    "feeds/all/feed.json": "application/feed+json; charset=utf-8",
    "feeds/all/archive/2024-11/rss.xml": "application/xml; charset=utf-8",
    "feeds/feeds.opml": "text/x-opml; charset=utf-8",
    "feeds/media/0123456789abcdef.jpg": "image/jpeg",
}
ENDLESS = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module", params=WEB_SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server that follows the documentation, with a small site."""
    folder = tmp_path_factory.mktemp("server")
    for name in FILES:
        (folder / "blog" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "blog" / name).write_text("新闻" * 500, encoding="utf-8")
    shutil.copytree(ROOT / "feeds", folder / "blog/feeds/sample")
    (folder / "blog/public").mkdir()
    (folder / "blog/public/index.html").write_text("blog")
    (folder / "blog/public/favicon.ico").touch()  # which browsers ask for unasked
    port = free_port()
    command = request.param(folder, port, DOCUMENT)
    for config in folder.glob("*[fe]"):
        if config.is_file():
            config.write_text(config.read_text().replace("/srv/blog", str(folder / "blog")))
    with running(command, port) as url:
        yield url


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_its_content_type(server: str, name: str) -> None:
    answer = requests.get(server + name, timeout=60)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].lower() == FILES[name]


@pytest.mark.parametrize("name", FILES)
def test_any_site_may_read_it_and_none_may_guess_its_type(server: str, name: str) -> None:
    headers = requests.get(server + name, timeout=60).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", ["feeds/sample/all/rss.xml", "feeds/sample/all/atom.xml"])
@needs.program("chromium")
def test_a_browser_shows_a_feed_with_its_style_sheet(server: str, name: str) -> None:
    with open_browser() as browser, open_page(browser, server + name) as page:
        kind, sheets = page.evaluate("[document.contentType, document.styleSheets.length]")
        title = page.locator("title").first

        assert (kind, sheets) == ("application/xml", 1)
        assert title.evaluate("(element) => getComputedStyle(element).display") == "block"


@pytest.mark.parametrize("name", FILES)
def test_serve_says_the_same_of_a_file(server: str, name: str, tmp_path: Path) -> None:
    place = tmp_path / name
    place.parent.mkdir(parents=True)
    place.write_text("新闻" * 500, encoding="utf-8")

    ours = create_app(tmp_path).test_client().get(f"/{name}").headers
    theirs = requests.get(server + name, timeout=60).headers

    for header in ("Content-Type", "Cache-Control", "X-Content-Type-Options"):
        assert theirs[header].lower() == ours[header].lower(), header


def test_feeds_are_cached_for_a_minute_and_pictures_for_ever(server: str) -> None:
    def cached(name: str) -> str:
        return requests.get(server + name, timeout=60).headers["Cache-Control"]

    assert cached("feeds/all/rss.xml") == "public, max-age=60"
    assert cached("feeds/media/0123456789abcdef.jpg") == ENDLESS


@pytest.mark.parametrize(
    ("asks", "gives"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")]
)
def test_a_reader_that_has_it_already_gets_304(server: str, asks: str, gives: str) -> None:
    url = f"{server}feeds/all/atom.xml"
    first = requests.get(url, timeout=60)

    second = requests.get(url, headers={asks: first.headers[gives]}, timeout=60)

    assert second.status_code == 304
    assert second.content == b""


def test_feeds_are_compressed(server: str) -> None:
    answer = requests.get(f"{server}feeds/all/rss.xml", timeout=60)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert re.fullmatch("(新闻)+", answer.content.decode())


def test_the_element_costs_its_visitors_four_kilobytes(server: str) -> None:
    url = f"{server}feeds/sample/embed/feedpub-feed.v1.js"

    answer = requests.get(url, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=60)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.raw.read(decode_content=False)) <= 4096


def test_a_folder_shows_its_page(server: str) -> None:
    assert requests.get(f"{server}feeds/", timeout=60).text.startswith("新闻")


def test_the_blog_beside_the_feeds_is_served_too(server: str) -> None:
    assert requests.get(server, timeout=60).text == "blog"
