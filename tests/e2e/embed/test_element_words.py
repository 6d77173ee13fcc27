"""What the element looks like and in which language it speaks."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import needs
from tests.support.browser import open_page
from tests.support.embed_hosts import Host, make_items, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = needs.program("chromium")


@pytest.mark.parametrize(
    ("lang", "today", "older"),
    [
        ("en", "yesterday", "March 5, 2026"),
        ("zh-CN", "昨天", "2026年3月5日"),
        ("fr", "yesterday", ""),
    ],
)
def test_dates_are_told_in_the_language_of_the_page(
    browser: "Browser", feeds: Host, show: Any, lang: str, today: str, older: str
) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    items = make_items(1, date_published=yesterday)
    items += make_items(1, start=1, date_published="2026-03-05T12:00:00+00:00")
    src = feeds.feed("/t/feed.json", items)

    url = show(f'<feedpub-feed src="{src}"></feedpub-feed>', lang=lang)
    with open_page(browser, url, timezone_id="UTC") as page:
        page.get_by_text("Article 1").wait_for()
        times = page.locator("feedpub-feed time").all_inner_texts()

    assert times[0] == today
    assert older in times[1]


def test_texts_keep_their_own_language_and_direction(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    items = make_items(1, title="مرحبا بالعالم", language="ar")
    src = feeds.feed("/i/feed.json", items + make_items(1, start=1), language="zh-CN")

    with open_page(browser, show(f'<feedpub-feed src="{src}"></feedpub-feed>')) as page:
        page.get_by_text("Article 1").wait_for()
        articles = page.locator("feedpub-feed article")

        assert articles.evaluate_all("(all) => all.map((one) => one.lang)") == ["ar", "zh-CN"]
        title = articles.first.locator(".feedpub-title")
        assert title.evaluate("(one) => getComputedStyle(one).direction") == "rtl"


def test_a_page_without_a_language_gets_that_of_the_feed(
    browser: "Browser", feeds: Host, portal: Host, script: str
) -> None:
    src = feeds.feed("/z/feed.json", [], language="zh-CN")
    html = write_page(f'<feedpub-feed src="{src}"></feedpub-feed>{script}')
    url = portal.show("/", html.replace(' lang="en"', ""))

    with open_page(browser, url) as page:
        page.get_by_text("还没有文章。").wait_for()


def test_a_page_can_dress_every_part(browser: "Browser", feeds: Host, show: Any) -> None:
    src = feeds.feed("/p/feed.json", make_items(1, summary="In short."))
    style = (
        "<style>feedpub-feed::part(title) { letter-spacing: 3px }"
        " feedpub-feed { --feedpub-link: rgb(1, 2, 3); --feedpub-row: 200px }</style>"
    )
    with open_page(browser, show(f'{style}<feedpub-feed src="{src}"></feedpub-feed>')) as page:
        title = page.locator("feedpub-feed .feedpub-title")
        title.wait_for()

        assert title.evaluate("(one) => getComputedStyle(one).letterSpacing") == "3px"
        color = title.locator("a").evaluate("(one) => getComputedStyle(one).color")
        assert color == "rgb(1, 2, 3)"
        assert page.locator("feedpub-feed article").bounding_box()["height"] == 200  # type: ignore[index]


def test_a_hidden_element_takes_no_room(browser: "Browser", feeds: Host, show: Any) -> None:
    src = feeds.feed("/h/feed.json", make_items(1))

    with open_page(browser, show(f'<feedpub-feed src="{src}" hidden></feedpub-feed>')) as page:
        page.wait_for_function("events.length === 1")

        assert page.locator("feedpub-feed").bounding_box() is None
