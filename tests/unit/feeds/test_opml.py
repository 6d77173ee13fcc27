"""The list of all feeds."""

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from feedpub.feeds import build_opml
from feedpub.model import Category, FeedSummary
from tests.support.feeds import AI, EVERYTHING, MORNING, SITE, TECH

ROBOTS = Category(3, ("科技", "机器人"), ("ke-ji", "ji-qi-ren"), parent=1)
LIFE = Category(4, ("生活",), ("sheng-huo",))


def summary(category: Category, articles: int, own: int) -> FeedSummary:
    return FeedSummary(category, articles, own, weekly=1.0, updated=MORNING if articles else None)


def shape(outline: etree._Element) -> Any:
    name = outline.get("text"), outline.get("type")
    children = [shape(child) for child in outline]
    return (*name, children) if children else name


def body(*summaries: FeedSummary) -> list[Any]:
    root = etree.fromstring(build_opml(summaries, SITE))
    return [shape(outline) for outline in root.iterfind("body/outline")]


def test_the_tree_of_categories_becomes_folders() -> None:
    outlines = body(
        summary(EVERYTHING, 6, 0),
        summary(TECH, 5, 0),
        summary(AI, 3, 3),
        summary(ROBOTS, 2, 2),
        summary(LIFE, 1, 1),
    )

    assert outlines == [
        ("示例站", "rss"),
        ("科技", None, [("人工智能", "rss"), ("机器人", "rss")]),
        ("生活", "rss"),
    ]


def test_a_parent_with_articles_of_its_own_leads_its_folder() -> None:
    outlines = body(summary(EVERYTHING, 4, 0), summary(TECH, 4, 1), summary(AI, 3, 3))

    assert outlines[1] == ("科技", None, [("科技", "rss"), ("人工智能", "rss")])


def test_categories_without_articles_are_left_out() -> None:
    outlines = body(summary(EVERYTHING, 1, 0), summary(TECH, 1, 1), summary(AI, 0, 0))

    assert outlines == [("示例站", "rss"), ("科技", "rss")]


def test_an_empty_site_still_offers_everything() -> None:
    assert body(summary(EVERYTHING, 0, 0)) == [("示例站", "rss")]


def test_an_outline_says_where_feed_and_page_are() -> None:
    root = etree.fromstring(build_opml([summary(EVERYTHING, 1, 0), summary(TECH, 1, 1)], SITE))

    assert dict(root.findall("body/outline")[0].attrib) == {
        "type": "rss",
        "text": "示例站",
        "title": "示例站",
        "xmlUrl": "https://example.org/feeds/all/rss.xml",
        "htmlUrl": "https://example.org/feeds/all/",
        "language": "zh-CN",
        "version": "RSS2",
    }
    assert root.findtext("head/title") == "示例站"
    assert root.findtext("head/dateModified") == "Sat, 31 Jan 2026 01:00:00 +0000"
    assert root.findtext("head/ownerName") == "编辑部"
    assert root.get("version") == "2.0"


def test_a_name_that_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="XML"):
        build_opml([summary(replace(LIFE, path=("\x00",)), 1, 1)], SITE)


def test_a_site_without_an_author_names_none() -> None:
    document = build_opml([summary(EVERYTHING, 1, 0)], replace(SITE, author=""))

    assert etree.fromstring(document).find("head/ownerName") is None
