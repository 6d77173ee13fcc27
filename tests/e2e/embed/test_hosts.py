"""The embed in pages as they are: server-side includes, WordPress, no script, old snippets."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedpub.config import load_config
from feedpub.embeds.maker import Embeds
from feedpub.model import Category, EmbedForm, EmbedLook
from feedpub.pages.views import EVERYTHING
from tests.support import needs
from tests.support.browser import open_page
from tests.support.embed_hosts import OPEN, Host, Page, run_feedpub, run_host, write_page
from tests.support.web_servers import run_nginx

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = needs.program("chromium")

TOOLS = Category(1, ("技术", "编程", "工具"), ("ji-shu", "bian-cheng", "gong-ju"))
# Of the sample site: the newest article of all, and of its category for tools.
NEWEST, NEWEST_TOOL = "骑过没有红绿灯的清晨", "List<T>"


def make_snippet(
    embeds: Embeds, form: EmbedForm = "element", category: Category = EVERYTHING, limit: int = 5
) -> str:
    return embeds.snippets.make(category, form, EmbedLook(limit=limit)).text


def published(host: Host, path: str) -> str:
    assert host.folder is not None
    return (host.folder / "feeds" / path).read_text()


# Server-side includes


@pytest.fixture
def nginx(feeds: Host, tmp_path: Path) -> Iterator[Host]:
    """A portal on nginx that has the site's folder on its own disk."""
    www = tmp_path / "www"
    www.mkdir()
    server = (
        f"server {{ listen 80; charset utf-8; root {www}; location / {{ ssi on; }}\n"
        f"location /feeds/ {{ alias {feeds.folder}/feeds/; }} }}"
    )
    with run_nginx(tmp_path, server) as url:
        yield Host(url=url, folder=www)


@needs.program("nginx")
def test_a_server_side_include_shows_the_fragment_to_a_browser_without_script(
    browser: "Browser", embeds: Embeds, nginx: Host, style: str
) -> None:
    assert nginx.folder is not None
    html = write_page(make_snippet(embeds, "fragment"), head=style, lang="zh-CN")
    (nginx.folder / "index.html").write_text(html)

    with open_page(browser, f"{nginx.url}/index.html", java_script_enabled=False) as page:
        articles = page.get_by_role("article")

        assert articles.count() == 10
        assert NEWEST in articles.first.inner_text()
        assert page.locator(".feedpub-thumb").first.bounding_box()["width"] == 128  # type: ignore[index]


@needs.program("nginx")
def test_an_element_around_an_include_enhances_it_without_asking_for_the_feed(
    browser: "Browser", feeds: Host, embeds: Embeds, nginx: Host, script: str
) -> None:
    assert nginx.folder is not None
    src = f"{feeds.url}/feeds/all/feed.json"
    element = f'<feedpub-feed src="{src}">{make_snippet(embeds, "fragment")}</feedpub-feed>'
    (nginx.folder / "index.html").write_text(write_page(element + script, lang="zh-CN"))

    with open_page(browser, f"{nginx.url}/index.html", timezone_id="UTC") as page:
        page.locator("time[title]").first.wait_for()
        page.wait_for_load_state("networkidle")

        assert page.get_by_role("article").count() == 10
        assert "/feeds/all/feed.json" not in feeds.asked
        # The day of the site, not of whoever looks: what is old stays as it is written.
        assert page.locator("time").first.inner_text() == "2024年11月20日"


# WordPress


def embed_as_wordpress(document: str, secret: str) -> str:
    """Return the HTML of an oEmbed document as WordPress's ``wp_filter_oembed_result`` does."""
    html = re.sub(r'sandbox="[^"]*"', 'sandbox="allow-scripts"', json.loads(document)["html"])
    return re.sub(r'(src="[^"]*)"', rf'\1#?secret={secret}"', html, count=1).replace(
        "<iframe", f'<iframe security="restricted" data-secret="{secret}"'
    )


def test_the_frame_shows_itself_in_the_sandbox_of_wordpress(
    browser: "Browser", feeds: Host, portal: Host
) -> None:
    html = embed_as_wordpress(published(feeds, "embed/all.oembed.json"), "k3y")
    listen = "<script>messages = []; onmessage = ({data}) => messages.push(data);</script>"
    url = portal.show("/", write_page(html, head=listen))

    with open_page(browser, url) as page:
        frame = page.frame_locator("iframe")
        frame.get_by_role("article").first.wait_for()
        page.wait_for_load_state("networkidle")
        picture = frame.locator(".feedpub-thumb").first

        assert NEWEST in frame.get_by_role("article").first.inner_text()
        assert picture.evaluate("(image) => image.naturalWidth") == 640
        assert picture.evaluate("(image) => getComputedStyle(image).objectFit") == "cover"

        frame.get_by_role("article").first.get_by_role("link").click()
        page.wait_for_function("messages.some(({ message }) => message === 'link')")
        messages = page.evaluate("messages")

    assert {message["secret"] for message in messages} == {"k3y"}
    assert any(each["message"] == "height" and each["value"] > 500 for each in messages)
    link = next(each["value"] for each in messages if each["message"] == "link")
    assert link.startswith(f"{feeds.url}/feeds/articles/")


def test_an_element_works_in_a_sandbox_without_an_origin(
    browser: "Browser", portal: Host, embeds: Embeds
) -> None:
    inner = portal.show("/inner", write_page(make_snippet(embeds)))
    frame = f'<iframe sandbox="allow-scripts" title="News" src="{inner}"></iframe>'

    with open_page(browser, portal.show("/", write_page(frame))) as page:
        page.frame_locator("iframe").locator(".feedpub-title").nth(4).wait_for()


# A page in another encoding


def test_a_page_in_gbk_reads_the_words_of_the_script(
    browser: "Browser", feeds: Host, portal: Host, embeds: Embeds
) -> None:
    empty = feeds.feed("/gbk/feed.json", [])
    latest = "/feeds/embed/feedpub-feed.v1.js"
    # A server that does not say how the script is encoded.
    feeds.pages[latest] = Page(published(feeds, latest[7:]).encode(), "text/javascript", OPEN)
    html = write_page(
        f'<feedpub-feed src="{empty}"></feedpub-feed><script src="{feeds.url}{latest}"></script>',
        lang="zh-CN",
    ).replace("utf-8", "gbk")
    portal.pages["/"] = Page(html.encode("gbk"), "text/html")

    with open_page(browser, f"{portal.url}/") as page:
        page.get_by_text("还没有文章。").wait_for()

        assert page.evaluate("document.characterSet") == "GBK"


# One page, two embeds


def test_two_elements_in_one_page_show_what_each_is_asked_for(
    browser: "Browser", portal: Host, embeds: Embeds
) -> None:
    # Each with its own script line, as somebody pastes it who copied twice.
    both = make_snippet(embeds) + make_snippet(embeds, category=TOOLS, limit=1)

    with open_page(browser, portal.show("/", write_page(both))) as page:
        first, second = (page.locator("feedpub-feed").nth(number) for number in (0, 1))
        first.locator(".feedpub-title").nth(4).wait_for()
        second.locator(".feedpub-title").wait_for()

        assert NEWEST in first.locator(".feedpub-title").first.inner_text()
        assert NEWEST_TOOL in second.locator(".feedpub-title").inner_text()


# No script


def test_without_script_a_fragment_in_an_element_stays(
    browser: "Browser", feeds: Host, portal: Host, script: str, style: str
) -> None:
    element = f"<feedpub-feed>{published(feeds, 'embed/all.html')}</feedpub-feed>{script}"
    url = portal.show("/", write_page(element, head=style))

    with open_page(browser, url, java_script_enabled=False) as page:
        assert page.get_by_role("article").count() == 10
        assert page.get_by_role("article").first.get_by_role("link").count() == 1


def test_without_script_a_snippet_is_a_link_to_the_articles(
    browser: "Browser", feeds: Host, portal: Host, embeds: Embeds
) -> None:
    url = portal.show("/", write_page(make_snippet(embeds)))

    with open_page(browser, url, java_script_enabled=False) as page:
        link = page.locator("feedpub-feed").get_by_role("link")

        assert link.get_attribute("href") == f"{feeds.url}/feeds/all/"
        assert link.is_visible()


# Old snippets


def test_a_snippet_with_a_checksum_outlives_an_update(
    browser: "Browser", feeds: Host, portal: Host, tmp_path: Path
) -> None:
    assert feeds.folder is not None
    folder = tmp_path / "site"
    shutil.copytree(feeds.folder, folder)
    with run_host(folder) as host:
        settings = folder / "feedpub.toml"
        settings.write_text(settings.read_text().replace(feeds.url, host.url))
        run_feedpub("-C", str(folder), "build", "--offline")
        old = make_snippet(Embeds(load_config(settings, {}).site))
        # What an update brings: other bytes, here of an element that shows nothing.
        override = folder / "templates" / "assets" / "feedpub-feed.js"
        override.parent.mkdir(parents=True)
        override.write_text("customElements.define('feedpub-feed', class extends HTMLElement {});")
        run_feedpub("-C", str(folder), "build", "--offline")

        with open_page(browser, portal.show("/", write_page(old))) as page:
            page.locator("feedpub-feed .feedpub-title").nth(4).wait_for()

        asked = {path for path in host.asked if path.endswith(".js")}
        latest = host.find("/feeds/embed/feedpub-feed.v1.js")
    assert [re.sub("[0-9a-f]{16}", "HASH", path) for path in asked] == [
        "/feeds/embed/feedpub-feed.HASH.js"
    ]
    assert latest
    assert latest.data == override.read_bytes()
