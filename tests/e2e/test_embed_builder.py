"""The builder page and the frames in a browser: what they make, and what they tell."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import needs
from tests.support.browser import find_violations, open_browser, open_page
from tests.support.embed_hosts import Host, run_host
from tests.support.programs import fork

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs.program("chromium")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site, built."""
    folder = tmp_path_factory.mktemp("builder") / "site"
    feedpub("demo", folder)
    return folder


@pytest.fixture
def feeds(site: Path) -> Iterator[Host]:
    with run_host(site / "feeds") as host:
        host.show("/favicon.ico", "")  # which browsers ask for unasked
        yield host


def feedpub(*words: str | Path) -> str:
    done = fork(*words, cwd=Path("/"))
    done.check_returncode()
    return done.stdout


def choose(page: "Page", form: str, options: list[str]) -> None:
    """Set the form of the page as a person would who wants what these options say."""
    page.check(f"input[value={form}]")
    words = iter(options)
    for option in words:
        match option:
            case "--layout":
                page.check(f"input[value={next(words)}]")
            case "--limit":
                page.fill("#limit", next(words))
            case "--no-thumbs":
                page.uncheck("input[name=thumbs]")
            case "--text-color" | "--link-color":
                name = option.removeprefix("--").removesuffix("-color")
                page.check(f"input[name={name}_on]")
                page.fill(f"input[name={name}]", next(words))
            case "--latest" | "--resize":
                page.check(f"input[name={option.removeprefix('--')}]")


LOOKS = {
    "as it is": [],
    "few": ["--limit", "3"],
    "coloured": ["--text-color", "#123456", "--link-color", "#abcdef"],
    "bare": ["--layout", "headlines", "--no-thumbs", "--latest"],
    "all": ["--layout", "grid", "--limit", "12", "--link-color", "#0b6e63", "--latest"],
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("form", ["element", "iframe"])
def test_the_page_makes_the_lines_that_the_command_prints(
    site: Path, feeds: Host, browser: "Browser", form: str, look: str
) -> None:
    printed = feedpub("-C", site, "embed", "notes/craft", "--form", form, *LOOKS[look])

    with open_page(browser, f"{feeds.url}/embed/index.html#notes/craft") as page:
        choose(page, form, LOOKS[look])
        page.wait_for_timeout(400)

        assert page.text_content("#snippet") == printed.removesuffix("\n")


@pytest.mark.parametrize("what", ["%", "%E0%A4%A", "none/such", "<b>"])
def test_an_address_that_names_no_category_shows_everything(
    feeds: Host, browser: "Browser", what: str
) -> None:
    with open_page(browser, f"{feeds.url}/embed/index.html#{what}") as page:
        assert "/all/feed.json" in (page.text_content("#snippet") or "")


def test_a_frame_that_is_to_grow_gets_the_script_for_it(
    site: Path, feeds: Host, browser: "Browser"
) -> None:
    printed = feedpub("-C", site, "embed", "--form", "iframe", "--resize")

    with open_page(browser, f"{feeds.url}/embed/index.html") as page:
        choose(page, "iframe", ["--resize"])
        page.locator("#preview iframe:not([height='480'])").wait_for()

        assert page.text_content("#snippet") == printed.removesuffix("\n")


CONDITIONS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 320, "height": 700}},
    "forced colours": {"forced_colors": "active", "viewport": {"width": 1280, "height": 900}},
}


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("path", ["embed/index.html", "embed/notes.frame.html#layout=grid"])
def test_everybody_can_use_the_pages(
    feeds: Host, browser: "Browser", path: str, condition: str
) -> None:
    with open_page(browser, f"{feeds.url}/{path}", **CONDITIONS[condition]) as page:
        page.wait_for_timeout(300)

        assert find_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@needs.node_package("axe-core")
@pytest.mark.parametrize("condition", CONDITIONS)
def test_everybody_can_use_whatever_was_chosen(
    feeds: Host, browser: "Browser", condition: str
) -> None:
    url = f"{feeds.url}/embed/index.html#notes"
    with open_page(browser, url, **CONDITIONS[condition]) as page:
        forms = page.locator("input[name=form]")
        for number in range(forms.count()):
            forms.nth(number).check()
            page.wait_for_load_state("networkidle")

            assert find_violations(page) == [], number
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), number


@needs.node_package("axe-core")
@pytest.mark.parametrize("condition", CONDITIONS)
def test_everybody_can_use_the_portal_of_the_sample(
    site: Path, browser: "Browser", condition: str
) -> None:
    with run_host(site) as host:
        host.show("/favicon.ico", "")
        with open_page(browser, f"{host.url}/portal.html", **CONDITIONS[condition]) as page:
            page.frame_locator("iframe").locator(".feedpub-item").first.wait_for()

            assert find_violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("page", ["feeds/embed/index.html#notes", "portal.html"])
def test_the_pages_open_from_the_disk(site: Path, browser: "Browser", page: str) -> None:
    with open_page(browser, f"{site.as_uri()}/{page}") as opened:
        opened.wait_for_timeout(500)

        (frame,) = opened.frames[1:]
        assert frame.locator(".feedpub-item").count() > 0


def test_without_script_the_snippets_of_a_category_are_open(
    feeds: Host, browser: "Browser"
) -> None:
    url = f"{feeds.url}/embed/index.html#notes/craft"

    with open_page(browser, url, java_script_enabled=False) as page:
        assert page.locator("details[open] code").count() == 5
        assert not page.locator("#builder").is_visible()


# Frames


def listen(browser: "Browser", feeds: Host, frame: str) -> "Iterator[Page]":
    with run_host() as portal, open_page(browser, "about:blank") as page:
        portal.show("/favicon.ico", "")
        page.add_init_script("addEventListener('message', (e) => (window.got ??= []).push(e.data))")
        portal.show("/", f"<!doctype html><title>Portal</title>{frame}")
        page.goto(f"{portal.url}/")
        page.wait_for_function("window.got?.length")
        yield page


def test_a_frame_of_wordpress_tells_its_height_and_asks_for_links(
    feeds: Host, browser: "Browser"
) -> None:
    # As wp_filter_oembed_result() leaves it.
    frame = (
        '<iframe sandbox="allow-scripts" security="restricted" data-secret="aB3"'
        f' src="{feeds.url}/embed/notes.frame.html#?secret=aB3" width="600"></iframe>'
    )

    for page in listen(browser, feeds, frame):
        first = page.evaluate("got[0]")
        page.frames[1].click(".feedpub-title a")
        page.wait_for_function("got.at(-1).message === 'link'")

        assert (first["message"], first["secret"]) == ("height", "aB3")
        assert 200 < first["value"] < 1000
        link = page.evaluate("got.at(-1)")
        assert (link["secret"], link["value"].startswith(feeds.url)) == ("aB3", True)
        assert page.frames[1].evaluate("document.images[0].decode().then(() => true)")


@pytest.mark.parametrize(
    ("value", "height"), [(300, "300"), (1, "80"), (9e9, "4000"), ("x", "80"), (None, "80")]
)
def test_the_page_around_a_frame_believes_it_within_bounds(
    feeds: Host, browser: "Browser", value: object, height: str
) -> None:
    frame = (
        f'<iframe data-feedpub src="{feeds.url}/embed/notes.frame.html"></iframe>'
        f'<script src="{feeds.url}/embed/feedpub-resize.v1.js"></script>'
    )
    tell = f"parent.postMessage({{message: 'height', value: {json.dumps(value)}}}, '*')"

    for page in listen(browser, feeds, frame):
        page.frames[1].evaluate(tell)
        page.wait_for_function(f"document.querySelector('iframe').height === '{height}'")


def test_nobody_but_the_frame_itself_changes_its_height(feeds: Host, browser: "Browser") -> None:
    frame = (
        f'<iframe data-feedpub src="{feeds.url}/embed/notes.frame.html" height="333"></iframe>'
        "<iframe srcdoc='another'></iframe>"
        f'<script src="{feeds.url}/embed/feedpub-resize.v1.js"></script>'
    )

    for page in listen(browser, feeds, frame):
        page.wait_for_function("document.querySelector('iframe').height !== '333'")
        before = page.evaluate("document.querySelector('iframe').height")
        told = page.evaluate("got.length")
        forge = "({message: 'height', value: 1234}, '*')"
        page.frames[2].evaluate(f"parent.postMessage{forge}")
        page.evaluate(f"postMessage{forge}")
        page.wait_for_function(f"got.length >= {told + 2}")

        assert page.evaluate("document.querySelector('iframe').height") == before
