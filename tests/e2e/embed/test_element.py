"""What the element does: states, attributes, events, keys."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import needs
from tests.support.browser import open_page
from tests.support.embed_hosts import Host, Page, make_items

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = needs.program("chromium")

ROOT = Path(__file__).resolve().parents[3]

# States


def test_while_it_waits_it_keeps_the_room_of_what_will_come(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    src = feeds.feed("/w/feed.json", make_items(3))
    answer = feeds.hold("/w/feed.json")

    with open_page(browser, show(f'<feedpub-feed src="{src}" limit="3"></feedpub-feed>')) as page:
        page.locator("[aria-busy=true]").wait_for()
        before = page.locator("feedpub-feed").bounding_box()
        answer.set()
        page.get_by_text("Article 2").wait_for()
        after = page.locator("feedpub-feed").bounding_box()

        assert page.locator("[aria-busy=true]").count() == 0
        assert before == after


def test_an_empty_feed_says_so_or_what_the_page_wants_said(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    src = feeds.feed("/e/feed.json", [])
    body = (
        f'<feedpub-feed src="{src}"></feedpub-feed><feedpub-feed src="{src}">'
        '<em slot="empty">Come back on Friday.</em></feedpub-feed>'
    )
    with open_page(browser, show(body)) as page:
        page.get_by_text("No articles yet.").first.wait_for()
        page.get_by_text("Come back on Friday.").wait_for()

        assert page.evaluate("events.map(([name]) => name)") == ["load", "load"]


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [(b"", 503, "503"), (b"<html>", 200, "JSON"), (b'{"items": 1}', 200, "filter")],
    ids=["status", "syntax", "shape"],
)
def test_what_cannot_be_loaded_is_told_and_can_be_tried_again(
    browser: "Browser", feeds: Host, show: Any, data: bytes, status: int, reason: str
) -> None:
    src = feeds.feed("/b/feed.json", make_items(2))
    good = feeds.pages["/b/feed.json"]
    feeds.pages["/b/feed.json"] = type(good)(data, good.media_type, good.headers, status)
    url = show(f'<feedpub-feed src="{src}"><a href="/news">All articles</a></feedpub-feed>')

    # Not open_page: the browser itself reports the status in the console.
    with browser.new_page() as page:
        page.goto(url)
        page.get_by_role("alert").wait_for()
        assert page.get_by_role("alert").inner_text() == "Loading failed."
        assert page.get_by_role("link", name="All articles").is_visible()
        ((name, detail),) = page.evaluate("events")
        assert name == "error"
        assert reason in detail

        feeds.pages["/b/feed.json"] = good
        page.get_by_role("button", name="Try again").click()
        page.get_by_text("Article 1").wait_for()

        assert page.get_by_role("alert").count() == 0
        assert not page.get_by_role("link", name="All articles").is_visible()


@pytest.mark.parametrize("src", ["", "javascript:alert(1)", "data:application/json,{}", "http://["])
def test_only_an_address_of_the_web_is_asked(browser: "Browser", show: Any, src: str) -> None:
    with open_page(browser, show(f'<feedpub-feed src="{src}"></feedpub-feed>')) as page:
        page.get_by_role("alert").wait_for()

        assert page.evaluate("events.length") == 1


def test_leaving_the_page_gives_up_what_is_on_its_way(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    src = feeds.feed("/s/feed.json", make_items(1))
    answer = feeds.hold("/s/feed.json")

    with browser.new_page() as page:
        page.goto(show(f'<feedpub-feed src="{src}"></feedpub-feed>'))
        page.locator("[aria-busy=true]").wait_for()
        with page.expect_event("requestfailed") as given_up:
            page.evaluate("document.querySelector('feedpub-feed').remove()")
        answer.set()
        page.wait_for_timeout(200)

        assert given_up.value.failure == "net::ERR_ABORTED"
        assert page.evaluate("events") == []


# Attributes


def test_the_address_of_a_site_and_a_category_make_that_of_the_feed(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    base = f"{feeds.url}/feeds"
    sources = ((base, ""), (f"{base}/", ""), (f"{base}/", "ji-shu/bian-cheng"))
    body = "".join(
        f'<feedpub-feed src="{src}" {category and f"category={category}"}></feedpub-feed>'
        for src, category in sources
    )
    with open_page(browser, show(body)) as page:
        page.wait_for_function("events.length === 3")

    asked = {path for path in feeds.asked if path.endswith(".json")}
    assert asked == {"/feeds/all/feed.json", "/feeds/ji-shu/bian-cheng/feed.json"}


def test_attributes_say_what_is_shown(browser: "Browser", feeds: Host, show: Any) -> None:
    picture = f"{feeds.url}/picture.jpg"
    feeds.pages["/picture.jpg"] = Page((ROOT / "docs/pictures/feed.png").read_bytes(), "image/png")
    items = make_items(3, image=picture, summary="In short.", date_published="2026-01-02T12:00:00Z")
    src = feeds.feed("/a/feed.json", items)
    body = (
        f'<feedpub-feed src="{src}" limit="2" heading="4" thumbs="off" target="_blank">'
        f'</feedpub-feed><feedpub-feed src="{src}" layout="headlines"></feedpub-feed>'
        f'<feedpub-feed src="{src}" layout="compact"></feedpub-feed>'
    )
    with open_page(browser, show(body)) as page:
        page.wait_for_function("events.length === 3")
        first, headlines, compact = page.locator("feedpub-feed").all()

        assert first.locator("h4 a[target=_blank]").count() == 2
        assert first.locator("img").count() == 0
        assert first.get_by_text("In short.").count() == 2
        assert (headlines.locator("img").count(), headlines.locator("h3").count()) == (0, 3)
        assert (compact.locator("img").count(), compact.get_by_text("In short.").count()) == (3, 0)
        loading = compact.locator("img").evaluate_all("(all) => all.map((one) => one.loading)")
        assert loading == ["eager", "lazy", "lazy"]


def test_a_changed_attribute_is_followed(browser: "Browser", feeds: Host, show: Any) -> None:
    src = feeds.feed("/c/feed.json", make_items(5))
    other = feeds.feed("/d/feed.json", make_items(1, title="Another feed"))

    with open_page(browser, show(f'<feedpub-feed src="{src}" limit="2"></feedpub-feed>')) as page:
        element = page.locator("feedpub-feed")
        page.get_by_text("Article 1").wait_for()

        element.evaluate(
            "(one) => { one.setAttribute('limit', 4); one.setAttribute('heading', 2) }"
        )
        element.locator("h2").nth(3).wait_for()
        # Two attributes, one drawing.
        assert page.evaluate("events.length") == 2

        element.evaluate("(one, src) => one.setAttribute('src', src)", other)
        element.get_by_text("Another feed").wait_for()


def test_lazy_asks_when_somebody_comes_near(browser: "Browser", feeds: Host, show: Any) -> None:
    src = feeds.feed("/l/feed.json", make_items(1))
    far = '<div style="height: 3000px"></div>'

    with open_page(
        browser, show(f'{far}<feedpub-feed src="{src}" loading="lazy"></feedpub-feed>')
    ) as page:
        page.locator("[aria-busy=true]").wait_for(state="attached")
        page.wait_for_timeout(200)
        assert "/l/feed.json" not in feeds.asked

        page.locator("feedpub-feed").scroll_into_view_if_needed()
        page.get_by_text("Article 0").wait_for()


def test_refresh_asks_again_but_not_under_somebodys_hands(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    src = feeds.feed("/r/feed.json", make_items(1))

    with open_page(browser, "about:blank") as page:
        page.clock.install()
        page.goto(show(f'<feedpub-feed src="{src}" refresh="5"></feedpub-feed>'))
        page.clock.run_for(100)
        page.get_by_text("Article 0").wait_for()

        feeds.feed("/r/feed.json", make_items(1, title="Fresh"))
        page.clock.run_for(5 * 60_000)
        page.get_by_text("Fresh").wait_for()

        page.get_by_role("link", name="Fresh").focus()
        page.clock.run_for(20 * 60_000)
        assert feeds.asked.count("/r/feed.json") == 2


@pytest.mark.parametrize(("asked", "times"), [("0.001", 3), ("99999", 1)])
def test_no_refresh_is_a_flood(
    browser: "Browser", feeds: Host, show: Any, asked: str, times: int
) -> None:
    src = feeds.feed("/flood/feed.json", make_items(1))

    with open_page(browser, "about:blank") as page:
        page.clock.install()
        page.goto(show(f'<feedpub-feed src="{src}" refresh="{asked}"></feedpub-feed>'))
        page.clock.run_for(100)
        page.get_by_text("Article 0").wait_for()
        for _ in range(2):
            page.clock.run_for(60_000)
            page.wait_for_timeout(200)

    assert feeds.asked.count("/flood/feed.json") == times
