"""What the element does: states, attributes, events, keys."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import needs
from tests.support.browser import open_page
from tests.support.embed_hosts import Host, Page, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = needs.program("chromium")

ROOT = Path(__file__).resolve().parents[3]

EVENTS = """<script>events = [];
    for (const name of ["load", "error"])
        addEventListener(`feedpub:${name}`, ({ detail }) => events.push([name, `${detail ?? ""}`]));
</script>"""


def make_items(count: int, *, start: int = 0, **values: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"{number}", "title": f"Article {number}", "url": f"https://a.example/{number}"}
        | values
        for number in range(start, start + count)
    ]


@pytest.fixture
def show(portal: Host, script: str) -> Any:
    """Put an element's tag, or several, into a page; return its URL."""

    def write(body: str, **options: Any) -> str:
        return portal.show("/", write_page(body + script, head=EVENTS, **options))

    return write


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


# Words, dates, languages


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


# More


def test_more_goes_on_into_the_archives_without_repeating_any(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    archive = feeds.feed("/m/archive.json", make_items(4, start=1))
    src = feeds.feed("/m/feed.json", make_items(3), next_url=archive)

    with open_page(
        browser, show(f'<feedpub-feed src="{src}" limit="2" more></feedpub-feed>')
    ) as page:
        articles = page.get_by_role("article")
        page.get_by_text("Article 1").wait_for()
        assert read_places(articles) == [["1", "-1"], ["2", "-1"]]

        page.get_by_role("button", name="More articles").click()
        page.get_by_text("Article 3").wait_for()
        assert page.evaluate("document.activeElement.shadowRoot.activeElement.ariaPosInSet") == "3"

        page.get_by_role("button", name="More articles").click()
        page.get_by_text("Article 4").wait_for()
        names = articles.locator(".feedpub-title").all_inner_texts()
        assert names == [f"Article {number}" for number in range(5)]
        assert read_places(articles) == [[str(place), "5"] for place in range(1, 6)]
        assert page.get_by_role("button").count() == 0
        assert page.get_by_role("feed").count() == 1


def read_places(articles: Any) -> list[list[str]]:
    places: list[list[str]] = articles.evaluate_all(
        "(all) => all.map((one) => [one.ariaPosInSet, one.ariaSetSize])"
    )
    return places


def test_an_archive_that_leads_nowhere_else_ends(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    first = f"{feeds.url}/o/feed.json"
    second = feeds.feed("/o/other.json", make_items(1), next_url=first)
    feeds.feed("/o/feed.json", make_items(1), next_url=second)

    with open_page(browser, show(f'<feedpub-feed src="{first}" more></feedpub-feed>')) as page:
        page.get_by_role("button").click()
        page.wait_for_function("events.length === 2")

    assert feeds.asked.count("/o/feed.json") + feeds.asked.count("/o/other.json") <= 10


def test_an_archive_that_fails_leaves_what_is_there_and_says_so(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    src = feeds.feed("/f/feed.json", make_items(2), next_url=f"{feeds.url}/f/none.json")

    with browser.new_page() as page:
        page.goto(show(f'<feedpub-feed src="{src}" limit="2" more></feedpub-feed>'))
        page.get_by_role("button", name="More articles").click()
        page.get_by_role("alert").wait_for()

        assert page.get_by_role("article").count() == 2
        assert page.get_by_role("button", name="More articles").is_visible()


def test_the_keys_of_a_feed_move_between_its_articles_and_out_of_it(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    src = feeds.feed("/k/feed.json", make_items(4))

    def focused() -> str:
        name: str = page.evaluate(
            "(document.activeElement.shadowRoot?.activeElement ?? document.activeElement).innerText"
        )
        return name.strip()

    with open_page(
        browser, show(f'<feedpub-feed src="{src}" limit="3" more></feedpub-feed>')
    ) as page:
        # What stands for them before they are there is an article, too, and loses the focus.
        page.get_by_text("Article 2").wait_for()
        page.get_by_role("article").first.focus()
        for key, name in (
            ("PageDown", "Article 1"),
            ("PageDown", "Article 2"),
            ("PageDown", "Article 2"),
            ("PageUp", "Article 1"),
            ("Control+End", "More articles"),
        ):
            page.keyboard.press(key)
            assert focused() == name

        page.get_by_role("article").nth(1).focus()
        page.keyboard.press("Control+Home")
        page.keyboard.press("Tab")
        assert focused() == "Article 0"


# A contained fragment


def test_attributes_that_ask_for_it_replace_a_fragment(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    src = feeds.feed("/g/feed.json", make_items(9))
    item = '<li><article class="feedpub-item"><h3><a href="/">Old</a></h3></article></li>'
    fragment = f'<ul class="feedpub-feed" role="list">{item * 2}</ul>'
    tags = "".join(
        f'<feedpub-feed src="{src}" {wish}>{fragment}</feedpub-feed>'
        for wish in ("", "refresh", "more")
    )
    with open_page(browser, show(tags)) as page:
        page.wait_for_function("events.length === 3")
        kept, refreshed, endless = page.locator("feedpub-feed").all()

        assert kept.get_by_text("Old").first.is_visible()
        assert not refreshed.get_by_text("Old").first.is_visible()
        # As many as the fragment had.
        assert refreshed.locator(".feedpub-title").all_inner_texts() == ["Article 0", "Article 1"]
        assert endless.get_by_role("button").is_visible()

        kept.evaluate("(one) => one.setAttribute('limit', 1)")
        kept.get_by_text("Article 0").wait_for()


def test_a_fragment_stays_where_its_feed_cannot_be_had(
    browser: "Browser", feeds: Host, show: Any
) -> None:
    fragment = '<ul class="feedpub-feed"><li>Old</li></ul>'

    with browser.new_page() as page:
        page.goto(
            show(f'<feedpub-feed src="{feeds.url}/none.json" refresh>{fragment}</feedpub-feed>')
        )
        page.wait_for_function("events.length === 1")

        assert page.evaluate("events[0][0]") == "error"
        assert page.get_by_text("Old").is_visible()
