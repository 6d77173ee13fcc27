"""What each page says and where it leads."""

import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urljoin

import pytest

from feedpub.links import subscribe_url
from feedpub.model import Category, Entry, Feed, FeedSummary, Picture, Site
from feedpub.pages import ASSETS, Pages
from tests.support.html import elements, links, text

BASE = "https://blog.example/feeds/"
ROOT = Category(0, (), ("all",))
NOW = datetime(2026, 3, 24, tzinfo=UTC)


@pytest.fixture
def pages(site: Site) -> Pages:
    return Pages(site)


@pytest.fixture
def every_page(pages: Pages, entry: Entry, summaries: list[FeedSummary]) -> dict[str, bytes]:
    """A whole small site: an article in the innermost of three categories."""
    made = {
        "index.html": pages.index(summaries),
        "articles/one-00000001.html": pages.article(entry),
        "articles/old-00000002.html": pages.gone("Old", "articles/old-00000002.html"),
        "articles/away-00000003.html": pages.moved(
            "Away", "https://elsewhere.example/?a=1&b=2", "articles/away-00000003.html"
        ),
        "before/the/rename/index.html": pages.alias(summaries[-1].category, "before/the/rename"),
    }
    for summary in summaries:
        feed = Feed(summary.category, entry.updated, latest_archive="2026-02")
        made[f"{summary.category.folder}/index.html"] = pages.feed(feed, [entry], summaries)
    return made


def published_files(every_page: dict[str, bytes], summaries: list[FeedSummary]) -> set[str]:
    files = {*every_page, "feeds.opml", "media/a.jpg", *(f"assets/{name}" for name in ASSETS)}
    for summary in summaries:
        for place in ("", "archive/2026-02/"):
            files |= {
                f"{summary.category.folder}/{place}{name}"
                for name in ("rss.xml", "atom.xml", "feed.json")
            }
    return files


def test_every_relative_link_of_every_page_leads_to_a_published_file(
    every_page: dict[str, bytes], summaries: list[FeedSummary]
) -> None:
    files = published_files(every_page, summaries)

    targets = {
        unquote(urljoin(BASE + path, link)).removeprefix(BASE): (path, link)
        for path, page in every_page.items()
        for link in links(page)
        if "://" not in link and not link.startswith("#")
    }

    assert "ji-shu/wang-luo/rss.xml" in targets
    assert {target: where for target, where in targets.items() if target not in files} == {}


def test_every_page_announces_feeds_in_three_formats(every_page: dict[str, bytes]) -> None:
    for path, page in every_page.items():
        kinds = [
            element.attributes["type"]
            for element in elements(page)
            if element.tag == "link" and element.attributes.get("rel") == "alternate"
        ]
        assert set(kinds) == {
            "application/rss+xml",
            "application/atom+xml",
            "application/feed+json",
        }, path


def test_a_feed_page_announces_its_own_feed_first(every_page: dict[str, bytes]) -> None:
    page = every_page["ji-shu/wang-luo/index.html"]

    found = [
        (element.attributes["title"], element.attributes["href"])
        for element in elements(page)
        if element.attributes.get("rel") == "alternate"
    ]

    assert found[0] == ("纸飞机 - 技术 / 网络 (RSS)", "rss.xml")
    assert found[3] == ("纸飞机 (RSS)", "../../all/rss.xml")


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("index.html", BASE),
        ("all/index.html", f"{BASE}all/"),
        ("ji-shu/wang-luo/ding-yue/index.html", f"{BASE}ji-shu/wang-luo/ding-yue/"),
        ("articles/one-00000001.html", f"{BASE}articles/one-00000001.html"),
        ("before/the/rename/index.html", f"{BASE}ji-shu/wang-luo/ding-yue/"),
    ],
)
def test_a_page_names_its_one_canonical_address(
    every_page: dict[str, bytes], path: str, canonical: str
) -> None:
    assert f'<link rel="canonical" href="{canonical}">' in every_page[path].decode()


def test_the_subscribe_page_shows_whole_addresses_to_copy(every_page: dict[str, bytes]) -> None:
    shown = text(every_page["index.html"])

    for address in ("all/rss.xml", "all/atom.xml", "all/feed.json", "ji-shu/wang-luo/rss.xml"):
        assert BASE + address in shown


def test_an_address_on_a_page_is_the_one_that_the_feeds_declare(site: Site) -> None:
    page = Pages(replace(site, feeds_url="https://博客.example/订阅/")).index([])

    assert "https://xn--9krq6q.example/%E8%AE%A2%E9%98%85/all/rss.xml" in text(page)


def test_the_subscribe_page_tells_pace_and_last_update(
    pages: Pages, summarise: Callable[..., FeedSummary]
) -> None:
    category = Category(1, ("城市",), ("cheng-shi",))
    line = summarise(category, articles=1234, weekly=0.4)

    shown = " ".join(text(pages.index([summarise(ROOT), line])).split())

    assert "1,234 篇 每月约 2 篇 2026年3月24日更新" in shown


def test_a_site_without_articles_has_pages(
    pages: Pages, summarise: Callable[..., FeedSummary]
) -> None:
    empty = summarise(ROOT, articles=0, own_articles=0, weekly=0.0, updated=None)

    assert "0 篇" in text(pages.index([empty]))
    assert "这里还没有文章" in text(pages.feed(Feed(ROOT, datetime(1970, 1, 1, tzinfo=UTC)), []))


def test_a_feed_page_names_the_way_down_and_the_categories_below(
    every_page: dict[str, bytes],
) -> None:
    page = every_page["ji-shu/index.html"]
    hrefs = [element.attributes["href"] for element in elements(page) if element.tag == "a"]

    assert "wang-luo/index.html" in hrefs
    assert "wang-luo/ding-yue/index.html" not in hrefs


def test_a_feed_page_leads_to_the_newest_archive(every_page: dict[str, bytes]) -> None:
    page = every_page["ji-shu/index.html"].decode()

    assert 'rel="prev-archive" type="application/atom+xml" href="archive/2026-02/atom.xml"' in page
    assert "2026年2月" in page


def test_only_the_first_picture_of_a_list_is_loaded_at_once(pages: Pages, entry: Entry) -> None:
    page = pages.feed(Feed(ROOT, entry.updated), [entry, entry, entry])

    pictures = [element.attributes for element in elements(page) if element.tag == "img"]

    assert ["loading" in picture for picture in pictures] == [False, True, True]
    assert {(each["alt"], each["width"], each["height"]) for each in pictures} == {
        ("", "640", "400")
    }


def test_a_picture_of_unknown_size_claims_none(pages: Pages, entry: Entry) -> None:
    remote = replace(entry, picture=Picture("https://pictures.example/a.jpg"))

    page = pages.feed(Feed(ROOT, entry.updated), [remote])

    (picture,) = (element.attributes for element in elements(page) if element.tag == "img")
    assert picture["src"] == "https://pictures.example/a.jpg"
    assert not {"width", "height"} & picture.keys()


def test_an_article_with_a_home_elsewhere_is_linked_there(pages: Pages, entry: Entry) -> None:
    elsewhere = replace(entry, url="https://blog.example/2026/one/", page=None)

    page = pages.feed(Feed(ROOT, entry.updated), [elsewhere])

    assert '<a href="https://blog.example/2026/one/">Title</a>' in page.decode()


def test_a_card_holds_one_link(pages: Pages, entry: Entry) -> None:
    page = pages.feed(Feed(ROOT, entry.updated), [entry]).decode()
    card = page[page.index("<article") : page.index("</article>")]

    assert card.count("<a ") == 1


def test_a_summary_that_only_repeats_the_title_is_left_out(pages: Pages, entry: Entry) -> None:
    page = pages.feed(Feed(ROOT, entry.updated), [replace(entry, summary=" Title ")])

    assert b'class="summary"' not in page


def test_the_body_of_an_article_is_published_as_it_was_cleaned(pages: Pages, entry: Entry) -> None:
    body = '<p>“x” &amp; <a href="https://other.example/">y</a></p>'

    assert body in pages.article(replace(entry, html=body)).decode()


def test_a_picture_that_the_body_shows_is_not_shown_twice(pages: Pages, entry: Entry) -> None:
    body = f'<p><img src="{BASE}media/a.jpg" alt=""></p>'

    assert pages.article(replace(entry, html=body)).decode().count("<img") == 1
    assert pages.article(entry).decode().count("<img") == 1


def test_a_refused_body_leaves_the_summary(pages: Pages, entry: Entry) -> None:
    assert "<p>Summary</p>" in pages.article(replace(entry, html="")).decode()


def test_a_day_is_that_of_the_sites_zone(pages: Pages, entry: Entry) -> None:
    late = entry.published.replace(hour=20)

    page = pages.article(replace(entry, published=late, updated=late)).decode()

    assert '<time datetime="2026-03-25T04:00:00+08:00">2026年3月25日</time>' in page


def test_an_update_is_told_when_it_came_on_another_day(pages: Pages, entry: Entry) -> None:
    later = replace(entry, updated=entry.published + timedelta(days=2))

    assert "2026年3月26日</time>更新" in pages.article(later).decode()
    assert "更新" not in text(pages.article(entry))


def test_a_language_other_than_the_pages_is_marked(pages: Pages, entry: Entry) -> None:
    page = pages.article(replace(entry, language="en")).decode()

    assert '<html lang="zh-CN">' in page
    assert '<h1 dir="auto" lang="en">Title</h1>' in page


def test_a_moved_category_sends_its_visitors_on(every_page: dict[str, bytes]) -> None:
    page = every_page["before/the/rename/index.html"].decode()

    assert 'content="0; url=../../../ji-shu/wang-luo/ding-yue/index.html"' in page


def test_a_moved_article_sends_its_visitors_on(every_page: dict[str, bytes]) -> None:
    page = every_page["articles/away-00000003.html"].decode()

    url = "https://elsewhere.example/?a=1&amp;b=2"
    assert f'content="0; url={url}"' in page
    assert f'<link rel="canonical" href="{url}">' in page
    assert f'<a href="{url}" dir="auto" lang="zh-CN">Away</a>' in page


def test_what_is_gone_stays_out_of_search_engines(every_page: dict[str, bytes]) -> None:
    page = every_page["articles/old-00000002.html"].decode()

    assert '<meta name="robots" content="noindex">' in page


def test_the_same_values_give_the_same_bytes_whatever_the_clock_and_zone(
    site: Site, entry: Entry, summaries: list[FeedSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    def render() -> list[bytes]:
        pages = Pages(site)
        feed = Feed(ROOT, entry.updated)
        return [pages.index(summaries), pages.feed(feed, [entry], summaries), pages.article(entry)]

    before = render()
    try:
        monkeypatch.setitem(os.environ, "TZ", "Pacific/Kiritimati")
        time.tzset()
        monkeypatch.setattr(time, "time", lambda: 4e9)
        assert render() == before
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_assets_are_those_that_pages_and_feeds_ask_for(pages: Pages) -> None:
    assert list(pages.assets()) == [f"assets/{name}" for name in ASSETS]


# By e-mail


def test_a_page_leads_to_the_form_for_e_mail_where_there_is_one(site: Site) -> None:
    face = subscribe_url("https://news.example/mail/")
    pages = Pages(replace(site, subscribe_url=face))
    node = Category(3, ("生活", "A & B"), ("sheng-huo", "a-b"))
    issues = Category(-1, ("周刊",), ("newsletter",))

    index = pages.index([FeedSummary(ROOT, 1, 1, 0.0, None), FeedSummary(node, 1, 1, 0.0, None)])
    found = re.findall(r'href="(https://news\.example[^"]*)"', index.decode())
    own = subscribe_url("https://news.example/mail/", node.folder)

    assert found == [face, own]
    assert f'href="{own}"' in pages.feed(Feed(node, NOW), []).decode()
    for all_of_it in (ROOT, issues):
        page = pages.feed(Feed(all_of_it, NOW), []).decode()
        assert re.findall(r'href="(https://news\.example[^"]*)"', page) == [face]


def test_no_page_speaks_of_e_mail_where_there_is_no_form(site: Site) -> None:
    summaries = [FeedSummary(ROOT, 1, 1, 0.0, None)]

    assert "mail" not in Pages(site).index(summaries).decode()
    assert "mail" not in Pages(site).feed(Feed(ROOT, NOW), []).decode()
