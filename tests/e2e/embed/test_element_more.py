"""How the element goes on: into the archives, by keys, and from a fragment."""

from typing import TYPE_CHECKING, Any

from tests.support import needs
from tests.support.browser import open_page
from tests.support.embed_hosts import Host, make_items

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = needs.program("chromium")


# Archives


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
