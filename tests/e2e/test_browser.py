"""The sample site in a real browser: from the disk and from a server."""

import functools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedpub.config import load_config
from feedpub.model import Category, Entry, Feed
from feedpub.pages import Pages
from feedpub.resources import sample_folder
from tests.support import needs
from tests.support.browser import find_violations, load_pictures, open_browser, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = needs.program("chromium")

CONDITIONS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
WIDTHS = (320, 375, 768, 1280)
PAGES = ("index", "everything", "category", "article", "table", "gone")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with open_browser() as opened:
        yield opened


def run_feedpub(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "feedpub", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "TZ": "UTC"})


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site as published; since then an article was deleted, a category renamed."""
    folder = tmp_path_factory.mktemp("browser") / "site"
    run_feedpub("demo", folder)
    (folder / "articles" / "pelican" / "build-server.md").unlink()
    with (folder / "feedpub.toml").open("a") as settings:
        settings.write('[categories.rename]\n"随笔" = "随想"\n')
    run_feedpub("-C", folder, "build", "--offline")
    return folder / "feeds"


@pytest.fixture(scope="module")
def places(feeds: Path) -> dict[str, str]:
    """Paths of the pages that are looked at."""

    def article(stem: str) -> str:
        (path,) = (feeds / "articles").glob(f"{stem}-????????.html")
        return path.relative_to(feeds).as_posix()

    return {
        "index": "index.html",
        "everything": "all/index.html",
        "category": "ji-shu/bian-cheng/gong-ju/index.html",
        "article": article("typed-cat"),
        "table": article("rain-table"),
        "gone": article("build-server"),
    }


@pytest.fixture(scope="module")
def server(feeds: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(feeds))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@needs.node_package("axe-core")
@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_from_the_disk_has_no_barrier(
    browser: "Browser", feeds: Path, places: dict[str, str], name: str, condition: str
) -> None:
    with open_page(browser, (feeds / places[name]).as_uri(), **CONDITIONS[condition]) as page:
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 640})
            assert find_violations(page) == [], width


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_to_be_scrolled_sideways(
    browser: "Browser", feeds: Path, places: dict[str, str], name: str
) -> None:
    with open_page(browser, (feeds / places[name]).as_uri()) as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_a_page_from_the_disk_has_its_style_and_pictures(
    browser: "Browser", feeds: Path, places: dict[str, str], name: str
) -> None:
    with open_page(browser, (feeds / places[name]).as_uri()) as page:
        assert load_pictures(page) == []
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(250, 247, 242)"
        )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_from_a_server_asks_nobody_else_for_anything(
    browser: "Browser", server: str, places: dict[str, str], name: str
) -> None:
    asked: list[str] = []
    with open_page(browser, "about:blank") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("response", lambda response: asked.append(f"{response.status}"))

        page.goto(f"{server}/{places[name]}")

        assert load_pictures(page) == []
    assert all(each.startswith(server) or each == "200" for each in asked)
    assert any(each.endswith(".css") for each in asked)


def test_a_visitor_clicks_from_the_subscribe_page_to_an_article_and_back(
    browser: "Browser", feeds: Path
) -> None:
    with open_page(browser, (feeds / "index.html").as_uri()) as page:
        page.get_by_role("link", name="工具", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == "工具"

        page.get_by_role("link", name="List<T>").click()
        assert page.get_by_role("heading", level=1).inner_text() == (
            "List<T> & 一只会给自己分类的猫"
        )

        page.get_by_role("navigation", name="分类").get_by_role("link", name="技术").click()
        assert page.get_by_role("heading", level=1).inner_text() == "技术"

        page.get_by_role("navigation", name="站点").get_by_role("link", name="订阅").click()
        assert page.get_by_role("heading", level=1).inner_text() == "纸飞机"


def test_the_page_of_a_renamed_category_leads_to_where_it_is_now(
    browser: "Browser", feeds: Path
) -> None:
    # Not open_page: what the first page was still loading is rightly given up.
    with browser.new_page() as page:
        page.goto((feeds / "sui-bi" / "index.html").as_uri())

        page.wait_for_url((feeds / "sui-xiang" / "index.html").as_uri())
        assert page.get_by_role("heading", level=1).inner_text() == "随想"


def test_without_script_one_click_selects_a_whole_address(browser: "Browser", feeds: Path) -> None:
    url = (feeds / "index.html").as_uri()
    with open_page(browser, url, java_script_enabled=False) as page:
        assert page.locator(".copy").count() == 0

        page.locator(".address").first.click()

        assert page.evaluate("getSelection().toString()") == (
            "https://feedpub.example/feeds/all/rss.xml"
        )


def test_a_copy_button_copies_the_address_and_says_so(browser: "Browser", server: str) -> None:
    with open_page(
        browser, f"{server}/index.html", permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        button = page.locator(".copy").nth(1)
        button.click()

        page.get_by_role("status").get_by_text("已复制").wait_for(state="attached")
        assert page.evaluate("navigator.clipboard.readText()") == (
            "https://feedpub.example/feeds/all/atom.xml"
        )


def test_the_first_stop_of_the_keyboard_leads_past_the_head(
    browser: "Browser", feeds: Path
) -> None:
    with open_page(browser, (feeds / "all" / "index.html").as_uri()) as page:
        page.keyboard.press("Tab")
        skip = page.locator(".skip")

        assert skip.evaluate("(link) => link === document.activeElement")
        assert skip.bounding_box()["y"] >= 0
        assert skip.evaluate("(link) => getComputedStyle(link).outlineStyle") == "solid"


def test_every_stop_of_the_keyboard_can_be_seen(browser: "Browser", feeds: Path) -> None:
    unseen = """() => {
        const shown = (style) => style.outlineStyle === "solid" && style.outlineWidth !== "0px";
        const own = getComputedStyle(document.activeElement);
        const card = document.activeElement.closest(".card");
        return shown(own) || (card && shown(getComputedStyle(card)))
            ? null : document.activeElement.outerHTML;
    }"""
    with open_page(browser, (feeds / "all" / "index.html").as_uri()) as page:
        stops = page.locator("a, button").count()
        for _ in range(stops):
            page.keyboard.press("Tab")
            assert page.evaluate(unseen) is None


def test_a_list_of_articles_does_not_shift_while_it_loads(browser: "Browser", server: str) -> None:
    watch = """window.shifted = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifted += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    with open_page(browser, "about:blank") as page:
        page.add_init_script(watch)
        page.goto(f"{server}/all/index.html")
        load_pictures(page)

        assert page.evaluate("window.shifted") <= 0.02


def test_a_printed_article_leaves_out_what_cannot_be_clicked(
    browser: "Browser", feeds: Path, places: dict[str, str]
) -> None:
    with open_page(browser, (feeds / places["article"]).as_uri()) as page:
        page.emulate_media(media="print")

        assert not page.get_by_role("navigation").first.is_visible()
        assert not page.locator(".article footer").is_visible()
        assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_the_xml_of_a_feed_reads_as_a_list(browser: "Browser", feeds: Path, name: str) -> None:
    with open_page(browser, (feeds / "all" / name).as_uri()) as page:
        shown = page.evaluate(
            """() => [...document.querySelectorAll("*")]
                .filter((element) => !element.childElementCount && element.getClientRects().length)
                .map((element) => element.localName)"""
        )

    assert {"title", "description" if name == "rss.xml" else "summary"} <= set(shown)
    assert not {"guid", "id", "link", "encoded", "content", "updated", "name"} & set(shown)


def test_no_known_attack_in_a_title_or_summary_runs(
    browser: "Browser", tmp_path: Path, shared: Path
) -> None:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text())["vectors"]
    site = load_config(sample_folder() / "feedpub.toml", {}).site
    noon = datetime(2026, 3, 24, 4, tzinfo=UTC)
    entry = Entry("urn:uuid:0", "https://blog.example/x", "x", noon, noon)
    entries = [
        replace(entry, title=" ".join(each["payload"].split()) or "-", summary=each["payload"])
        for each in vectors
    ]
    pages = Pages(site)
    category = Category(0, (), ("all",))
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "index.html").write_bytes(pages.feed(Feed(category, noon), entries))
    for path, data in pages.assets().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)

    asked: list[str] = []
    with open_page(browser, "about:blank") as page:
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "all" / "index.html").as_uri())
        page.wait_for_load_state("networkidle")

        assert page.locator("h2 a").count() == len(vectors)
    assert all(each.startswith(tmp_path.as_uri()) for each in asked)
