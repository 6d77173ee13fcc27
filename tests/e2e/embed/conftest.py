"""A built site on one host, pages that carry its embed on another, and a browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from feedpub.config import load_config
from feedpub.embeds.maker import Embeds
from tests.support.browser import open_browser
from tests.support.embed_hosts import EVENTS, Host, run_feedpub, run_host, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The sample site, built for the host that serves it: its feeds are below ``/feeds/``."""
    folder = tmp_path_factory.mktemp("embed") / "site"
    with run_host(folder) as host:
        run_feedpub("demo", str(folder))
        settings = folder / "feedpub.toml"
        text = settings.read_text().replace("https://feedpub.example/", f"{host.url}/")
        settings.write_text(text)
        run_feedpub("-C", str(folder), "build", "--offline")
        yield host


@pytest.fixture
def feeds(site: Host) -> Iterator[Host]:
    """The host of the feeds, with nothing left of the test before."""
    pages = dict(site.pages)
    site.asked.clear()
    site.cookies.clear()
    yield site
    site.pages = pages
    site.slow = {}
    for event in site.held.values():
        event.set()
    site.held = {}


@pytest.fixture
def portal() -> Iterator[Host]:
    """The host of the pages around it: another origin."""
    with run_host() as host:
        yield host


@pytest.fixture(scope="session")
def embeds(site: Host) -> Embeds:
    """What makes the site's snippets."""
    assert site.folder is not None
    return Embeds(load_config(site.folder / "feedpub.toml", {}).site)


@pytest.fixture(scope="session")
def script(embeds: Embeds) -> str:
    """The line that loads the newest script."""
    return embeds.snippets.load(embeds._scripts.element, latest=True)


@pytest.fixture(scope="session")
def style(embeds: Embeds) -> str:
    """The line that dresses a fragment."""
    url = embeds.snippets.absolute(embeds._scripts.style.latest)
    return f'<link rel="stylesheet" href="{url}">'


@pytest.fixture
def show(portal: Host, script: str) -> Any:
    """Put an element's tag, or several, into a page; return its URL."""

    def write(body: str, **options: Any) -> str:
        return portal.show("/", write_page(body + script, head=EVENTS, **options))

    return write
