"""The pages for subscribers in a real browser: nothing is missing, nobody is shut out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from feedpub.links import Place
from feedpub.model import Frequency
from tests.support.browser import (
    PATIENCE_MS,
    find_violations,
    open_browser,
    open_page,
    wait_for_next_page,
)
from tests.support.people import PATH, READER, PeopleSite, press

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VIEWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1024, "height": 800}},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 600, "height": 800}, "color_scheme": "dark"},
    "forced colours": {"viewport": {"width": 600, "height": 800}, "forced_colors": "active"},
}


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with open_browser() as browser:
        yield browser


@contextmanager
def serve(site: PeopleSite) -> Iterator[str]:
    """Serve a site on a free port, as ``feedpub serve`` does."""
    from feedpub.web.feeds import create_app
    from feedpub.web.server import FeedServer

    app = create_app(site.config.feeds.folder, prefix="/feeds/", people=site.setup)
    with FeedServer(app, "/feeds/", bind="127.0.0.1", port=0) as server:
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield server.url.removesuffix("/feeds/")
    thread.join(60)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses of every page that can be opened by a link."""
    site = PeopleSite(tmp_path_factory.mktemp("site"))
    person = site.add(frequency=Frequency.DAILY, choice=site.audience.resolve_choice(["life"]))
    chinese = site.add("du@b.example", language="zh-CN")
    gone = site.add("gone@b.example")
    site.audience.unsubscribe(gone.id, source="test")
    preferences = site.link(Place.PREFERENCES, person)
    press(site.client, preferences, "address", address="new@b.example")
    press(site.client, preferences, "export")
    press(site.client, preferences, "erase")
    links = {
        "preferences": preferences,
        "preferences zh": site.link(Place.PREFERENCES, chinese),
        "unsubscribe": site.link(Place.UNSUBSCRIBE, person),
        "unsubscribe zh": site.link(Place.UNSUBSCRIBE, chinese),
        "unsubscribed": site.link(Place.UNSUBSCRIBE, gone),
        "stranger": site.link(Place.PREFERENCES, gone),
        "error": f"{PATH}u/{'x' * 40}",
    }
    site.ask("old@c.example")
    links["expired"] = site.mailed_link(Place.CONFIRM)
    site.clock.advance(days=8)
    site.ask("new@c.example")
    links["confirm"] = site.mailed_link(Place.CONFIRM)
    links["subscribe"] = f"{PATH}subscribe?category=life/food"
    links["subscribe zh"] = f"{PATH}subscribe?language=zh-CN"
    with serve(site) as url:
        yield {name: url + link for name, link in links.items()}


NAMES = [
    "preferences", "preferences zh", "unsubscribe", "unsubscribe zh", "unsubscribed", "stranger",
    "confirm", "subscribe", "subscribe zh",
]  # fmt: skip
# Answers that a browser notes in its console: 404, 410.
REFUSED = ["error", "expired"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_shuts_nobody_out(
    browser: "Browser", pages: dict[str, str], name: str, view: str
) -> None:
    with open_page(browser, pages[name], java_script_enabled=True, **VIEWS[view]) as page:
        assert find_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", REFUSED)
def test_a_page_that_refuses_shuts_nobody_out_either(
    browser: "Browser", pages: dict[str, str], name: str, view: str
) -> None:
    with open_refused(browser, pages[name], **VIEWS[view]) as page:
        look_closely(page)


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("view", ["phone", "dark"])
def test_every_page_that_answers_a_button_shuts_nobody_out(
    browser: "Browser", tmp_path: Path, view: str, locale: str
) -> None:
    site = PeopleSite(tmp_path)
    with (
        serve(site) as url,
        open_refused(browser, f"{url}{PATH}subscribe", locale=locale, **VIEWS[view]) as page,
    ):
        seen = set()

        def press_button(name: str) -> None:
            with wait_for_next_page(page):
                page.locator(f"form:has([name=do][value={name}]) button").click()
            look_closely(page)
            seen.add(page.get_by_role("heading", level=1).inner_text())

        page.locator("[name=address]").fill("nobody")
        site.clock.advance(seconds=5)
        with wait_for_next_page(page):
            page.locator("button").click()
        look_closely(page)
        # What has the focus from the start gets it once the page is drawn.
        page.wait_for_function("document.activeElement.name === 'address'")
        page.locator("[name=address]").fill(READER)
        site.clock.advance(seconds=5)
        with wait_for_next_page(page):
            page.locator("button").click()
        look_closely(page)
        page.goto(url + site.mailed_link(Place.CONFIRM))
        press_button("confirm")
        (person,) = site.audience.list_subscribers()
        page.goto(url + site.link(Place.PREFERENCES, person))
        for name in ("save", "export", "erase"):
            press_button(name)
        page.locator("[name=scope][value=some]").check()
        press_button("save")
        page.locator("[name=address]").fill("x")
        press_button("address")
        page.locator("[name=address]").fill("new@b.example")
        press_button("address")
        found = site.mailed_links()
        page.goto(url + found[Place.ADDRESS])
        press_button("address")
        page.goto(url + found[Place.EXPORT])
        look_closely(page)
        page.goto(url + site.link(Place.UNSUBSCRIBE, person))
        press_button("pause")
        page.goto(url + site.link(Place.UNSUBSCRIBE, person))
        press_button("unsubscribe")
        press_button("undo")
        page.goto(url + found[Place.ERASE])
        press_button("erase")

    assert len(seen) >= 5


@contextmanager
def open_refused(browser: "Browser", url: str, **options: Any) -> "Iterator[Page]":
    """Open a page whose status a browser complains of."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def look_closely(page: "Page") -> None:
    """Hold that nobody is shut out and that nothing is cut off."""
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.context.cookies() == []


def test_a_reader_without_script_chooses_and_unsubscribes(
    browser: "Browser", tmp_path: Path
) -> None:
    site = PeopleSite(tmp_path)
    person = site.add()
    with serve(site) as url:
        preferences = url + site.link(Place.PREFERENCES, person)
        with open_page(browser, preferences, java_script_enabled=False) as page:
            page.get_by_label("Only these categories").check()
            page.get_by_label("Food").check()
            page.get_by_label("Every month").check()
            with wait_for_next_page(page):
                page.get_by_role("button", name="Save").click()
            assert page.get_by_role("status").inner_text() == "Saved."
            assert page.get_by_label("Food").is_checked()
        after = site.person(person)
        with open_page(browser, url + site.link(Place.UNSUBSCRIBE, person)) as page:
            with wait_for_next_page(page):
                page.get_by_role("button", name="Unsubscribe").click()
            assert page.get_by_role("heading", level=1).inner_text() == "You are unsubscribed"
            with wait_for_next_page(page):
                page.get_by_role("button", name="Subscribe me again").click()
            assert "as before" in page.get_by_role("status").inner_text()

    assert after.frequency == Frequency.MONTHLY
    assert len(after.choice) == 1
