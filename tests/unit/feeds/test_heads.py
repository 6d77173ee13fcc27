"""What the head of a feed says, and how its documents name each other."""

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from feedpub.errors import LintError
from feedpub.feeds import build_feed, feed_urls
from feedpub.model import Archive, Feed, Site
from tests.support.feeds import AI, EVERYTHING, MORNING, SITE, TECH, make_entry, publish, render

ATOM = "{http://www.w3.org/2005/Atom}"
FH = "{http://purl.org/syndication/history/1.0}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
JANUARY = Archive("2026-01", previous="2025-12", next="2026-02")


def channel(document: bytes) -> etree._Element:
    return etree.fromstring(document)[0]


def rss_links(document: bytes) -> list[tuple[str, str, str | None]]:
    found = channel(document).iterfind(f"{ATOM}link")
    return [(link.get("rel", ""), link.get("href", ""), link.get("type")) for link in found]


def atom_links(document: bytes) -> list[tuple[str, str, str | None]]:
    found = etree.fromstring(document).iterfind(f"{ATOM}link")
    return [(link.get("rel", ""), link.get("href", ""), link.get("type")) for link in found]


def test_feed_urls_are_absolute_and_follow_the_slugs() -> None:
    assert feed_urls(AI, SITE) == (
        "https://example.org/feeds/ke-ji/ren-gong-zhi-neng/rss.xml",
        "https://example.org/feeds/ke-ji/ren-gong-zhi-neng/atom.xml",
        "https://example.org/feeds/ke-ji/ren-gong-zhi-neng/feed.json",
        "https://example.org/feeds/ke-ji/ren-gong-zhi-neng/",
    )


def test_without_pages_the_feed_leads_to_the_site() -> None:
    assert feed_urls(AI, replace(SITE, pages=False)).page == "https://example.org/"


def test_rss_says_all_of_the_site() -> None:
    head = channel(publish(make_entry(1), category=AI)["rss.xml"])

    assert head.findtext("title") == "示例站 - 科技 / 人工智能"
    assert head.findtext("link") == "https://example.org/feeds/ke-ji/ren-gong-zhi-neng/"
    assert head.findtext("description") == "每天几篇"
    assert head.findtext("language") == "zh-CN"
    assert head.findtext("copyright") == "© 示例站"
    assert head.findtext("generator") == "feedpub"
    assert head.findtext("lastBuildDate") == "Sat, 31 Jan 2026 02:05:00 +0000"
    assert head.findtext("ttl") == "60"
    assert head.find("docs") is None
    assert [element.text for element in head.find("image")] == [
        "https://example.org/icon.png",
        head.findtext("title"),
        head.findtext("link"),
    ]


def test_atom_says_all_of_the_site() -> None:
    root = etree.fromstring(publish(make_entry(1), category=AI)["atom.xml"])

    assert root.findtext(f"{ATOM}title") == "示例站 - 科技 / 人工智能"
    assert root.findtext(f"{ATOM}subtitle") == "每天几篇"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert root.findtext(f"{ATOM}rights") == "© 示例站"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "编辑部"
    assert root.findtext(f"{ATOM}icon") == "https://example.org/icon.png"
    assert root.findtext(f"{ATOM}updated") == "2026-01-31T02:05:00+00:00"


def test_json_says_all_of_the_site() -> None:
    head = json.loads(publish(make_entry(1), category=AI)["feed.json"])
    head.pop("items")
    identity = head["_feedpub"].pop("id")

    assert identity.startswith("urn:uuid:")
    assert head == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "示例站 - 科技 / 人工智能",
        "home_page_url": "https://example.org/feeds/ke-ji/ren-gong-zhi-neng/",
        "feed_url": "https://example.org/feeds/ke-ji/ren-gong-zhi-neng/feed.json",
        "description": "每天几篇",
        "icon": "https://example.org/icon.png",
        "favicon": "https://example.org/icon.png",
        "author": {"name": "编辑部", "url": "https://example.org/"},
        "authors": [{"name": "编辑部", "url": "https://example.org/"}],
        "language": "zh-CN",
        "hubs": [{"type": "WebSub", "url": "https://hub.example.org/"}],
        "_feedpub": {
            "about": "https://example.org/feeds/",
            "copyright": "© 示例站",
            "updated": "2026-01-31T02:05:00+00:00",
        },
    }


def test_a_bare_site_has_a_complete_head() -> None:
    bare = Site("站", "https://e.example/", "https://e.example/feeds/", "zh", SITE.zone)
    documents = publish(make_entry(1), site=bare)

    assert channel(documents["rss.xml"]).findtext("description") == "站"
    assert channel(documents["rss.xml"]).find("image") is None
    assert etree.fromstring(documents["atom.xml"]).findtext(f"{ATOM}author/{ATOM}name") == "站"
    assert "hubs" not in json.loads(documents["feed.json"])
    assert "hub" not in [rel for rel, _, _ in rss_links(documents["rss.xml"])]


def test_the_name_of_an_icon_may_be_in_capitals() -> None:
    documents = publish(make_entry(1), site=replace(SITE, icon="https://example.org/ICON.PNG"))

    assert channel(documents["rss.xml"]).findtext("image/url") == "https://example.org/ICON.PNG"


def test_an_icon_that_rss_does_not_know_is_left_to_the_others() -> None:
    documents = publish(make_entry(1), site=replace(SITE, icon="https://example.org/icon.svg"))

    assert channel(documents["rss.xml"]).find("image") is None
    assert b"<icon>https://example.org/icon.svg</icon>" in documents["atom.xml"]


def test_everything_bears_the_title_of_the_site() -> None:
    head = channel(publish(make_entry(1), category=EVERYTHING)["rss.xml"])

    assert head.findtext("title") == "示例站"


def test_the_live_feed_names_itself_its_hub_its_page_and_its_newest_archive() -> None:
    documents = publish(make_entry(1), category=TECH, latest_archive="2026-01")
    here = "https://example.org/feeds/ke-ji/"

    for links, file, media_type in (
        (rss_links(documents["rss.xml"]), "rss.xml", "application/rss+xml"),
        (atom_links(documents["atom.xml"]), "atom.xml", "application/atom+xml"),
    ):
        assert links == [
            ("self", f"{here}{file}", media_type),
            ("hub", "https://hub.example.org/", None),
            ("prev-archive", f"{here}archive/2026-01/{file}", media_type),
            ("alternate", here, "text/html"),
        ]
    assert json.loads(documents["feed.json"])["next_url"] == f"{here}archive/2026-01/feed.json"
    assert channel(documents["rss.xml"]).find(f"{FH}archive") is None


def test_an_archive_names_itself_the_live_feed_and_its_neighbours() -> None:
    documents = publish(make_entry(1), category=TECH, archive=JANUARY)
    here = "https://example.org/feeds/ke-ji/"

    links = {rel: href for rel, href, _ in rss_links(documents["rss.xml"])}
    assert links == {
        "self": f"{here}archive/2026-01/rss.xml",
        "hub": "https://hub.example.org/",
        "current": f"{here}rss.xml",
        "prev-archive": f"{here}archive/2025-12/rss.xml",
        "next-archive": f"{here}archive/2026-02/rss.xml",
        "alternate": here,
    }
    assert {rel: href.replace("atom.xml", "rss.xml") for rel, href, _ in atom_links(
        documents["atom.xml"])} == links  # fmt: skip
    assert channel(documents["rss.xml"]).find(f"{FH}archive") is not None
    assert etree.fromstring(documents["atom.xml"]).find(f"{FH}archive") is not None
    assert json.loads(documents["feed.json"])["next_url"] == f"{here}archive/2025-12/feed.json"


def test_the_newest_archive_names_no_newer_one() -> None:
    documents = publish(make_entry(1), archive=Archive("2026-01", previous="2025-12"))

    relations = {rel for rel, _, _ in rss_links(documents["rss.xml"])}
    assert "prev-archive" in relations
    assert "next-archive" not in relations


def test_the_oldest_archive_ends_the_chain() -> None:
    documents = publish(make_entry(1), archive=Archive("2020-01"))

    assert {rel for rel, _, _ in rss_links(documents["rss.xml"])} == {
        "self", "hub", "current", "alternate",
    }  # fmt: skip
    assert "next_url" not in json.loads(documents["feed.json"])


@pytest.mark.parametrize(
    ("archive", "marked"),
    [
        (Archive("2026-01", previous="2025-12"), True),
        (Archive("2026-01", next="2026-02"), True),
        (Archive("2026-01"), False),
    ],
    ids=["newest", "oldest", "only"],
)
def test_an_archive_is_marked_as_soon_as_it_has_a_neighbour(archive: Archive, marked: bool) -> None:
    documents = publish(make_entry(1), archive=archive)

    assert (channel(documents["rss.xml"]).find(f"{FH}archive") is not None) == marked
    assert (etree.fromstring(documents["atom.xml"]).find(f"{FH}archive") is not None) == marked


@pytest.mark.parametrize(
    ("category", "archive", "href"),
    [
        (TECH, None, "../assets/feed.css"),
        (AI, None, "../../assets/feed.css"),
        (TECH, JANUARY, "../../../assets/feed.css"),
    ],
    ids=["top", "nested", "archive"],
)
def test_the_style_sheet_is_found_from_the_disk(
    category: Any, archive: Archive | None, href: str
) -> None:
    documents = publish(make_entry(1), category=category, archive=archive)

    for file in ("rss.xml", "atom.xml"):
        instruction = (
            etree.fromstring(documents[file]).getroottree().xpath("/processing-instruction()")
        )
        assert [i.text for i in instruction] == [f'type="text/css" href="{href}"']


def test_a_feed_keeps_its_id_when_the_site_moves() -> None:
    moved = replace(SITE, url="https://new.example/", feeds_url="https://new.example/f/")

    assert feed_id(SITE) == feed_id(moved) != feed_id(replace(SITE, id=""))


def test_a_feed_and_its_archives_are_one_feed() -> None:
    assert feed_id(SITE) == feed_id(SITE, archive=JANUARY) != feed_id(SITE, category=AI)


def feed_id(site: Site, **changes: Any) -> str | None:
    document = publish(make_entry(1), site=site, **changes)["atom.xml"]
    return etree.fromstring(document).findtext(f"{ATOM}id")


@pytest.mark.parametrize(
    ("ttl", "period", "frequency"),
    [(1, "hourly", "60"), (15, "hourly", "4"), (60, "hourly", "1"), (90, "daily", "16"),
     (1_440, "daily", "1"), (10_080, "weekly", "1"), (20_000, "monthly", "1")],
)  # fmt: skip
def test_readers_are_told_how_often_to_ask(ttl: int, period: str, frequency: str) -> None:
    head = channel(publish(make_entry(1), site=replace(SITE, ttl_minutes=ttl))["rss.xml"])

    assert head.findtext("ttl") == str(ttl)
    assert head.findtext(f"{SY}updatePeriod") == period
    assert head.findtext(f"{SY}updateFrequency") == frequency


def test_an_empty_feed_is_complete() -> None:
    documents = publish()

    assert channel(documents["rss.xml"]).find("item") is None
    assert etree.fromstring(documents["atom.xml"]).findtext(f"{ATOM}updated") == (
        "1990-01-01T00:00:00+00:00"
    )
    assert json.loads(documents["feed.json"])["items"] == []


def test_entries_stand_in_the_order_given() -> None:
    documents = publish(make_entry(2), make_entry(3), make_entry(1))

    titles = ["第 3 篇", "第 2 篇", "第 1 篇"]
    assert [i.findtext("title") for i in channel(documents["rss.xml"]).iter("item")] == titles
    assert [item["title"] for item in json.loads(documents["feed.json"])["items"]] == titles


def test_an_entry_has_the_same_bytes_in_every_feed() -> None:
    ((_, rendered),) = render(make_entry(1))
    small, large = publish(make_entry(1), category=TECH), publish(make_entry(1), make_entry(2))

    for documents in (small, large):
        assert rendered.rss in documents["rss.xml"]
        assert rendered.atom in documents["atom.xml"]
        assert rendered.json in documents["feed.json"]


def test_an_id_that_stands_twice_is_refused() -> None:
    entries = render(make_entry(1)) * 2

    with pytest.raises(LintError, match="stands twice") as caught:
        build_feed(Feed(TECH, MORNING), entries, SITE)
    assert caught.value.document == "ke-ji"


def test_a_head_that_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(LintError, match="ke-ji"):
        build_feed(Feed(TECH, MORNING), [], replace(SITE, title="\x00"))
