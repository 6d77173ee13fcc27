"""What one entry says in each of the three formats."""

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from feedpub.model import Entry, Picture, Site
from tests.support.feeds import AI, MORNING, PICTURE, SITE, make_entry, publish

NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


def rss(entry: Entry, site: Site = SITE) -> etree._Element:
    (item,) = etree.fromstring(publish(entry, site=site)["rss.xml"]).iter("item")
    return item


def atom(entry: Entry, site: Site = SITE) -> etree._Element:
    root = etree.fromstring(publish(entry, site=site)["atom.xml"])
    (found,) = root.iterfind("a:entry", NAMESPACES)
    return found


def json_item(entry: Entry, site: Site = SITE) -> dict[str, Any]:
    (item,) = json.loads(publish(entry, site=site)["feed.json"])["items"]
    return item


def texts(element: etree._Element, path: str) -> list[str | None]:
    return [found.text for found in element.iterfind(path, NAMESPACES)]


def test_rss_states_identity_link_and_title() -> None:
    item = rss(make_entry(7))

    assert item.findtext("guid") == "urn:uuid:00000000-0000-5000-8000-000000000007"
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("link") == "https://example.org/2026/7/"
    assert item.findtext("title") == "第 7 篇"


def test_atom_states_identity_link_and_title() -> None:
    entry = atom(make_entry(7))

    assert texts(entry, "a:id") == ["urn:uuid:00000000-0000-5000-8000-000000000007"]
    assert dict(entry.find("a:link", NAMESPACES).attrib) == {
        "href": "https://example.org/2026/7/",
        "rel": "alternate",
    }
    assert texts(entry, "a:title") == ["第 7 篇"]


def test_json_states_identity_link_and_title() -> None:
    item = json_item(make_entry(7))

    assert item["id"] == "urn:uuid:00000000-0000-5000-8000-000000000007"
    assert item["url"] == "https://example.org/2026/7/"
    assert item["title"] == "第 7 篇"


def test_dates_are_the_same_instant_in_all_formats() -> None:
    entry = make_entry(
        published=MORNING.replace(microsecond=999_999), updated=MORNING.replace(minute=3)
    )

    assert texts(rss(entry), "pubDate") == ["Sat, 31 Jan 2026 01:00:00 +0000"]
    assert texts(rss(entry), "a:updated") == ["2026-01-31T01:03:00+00:00"]
    assert texts(atom(entry), "a:published") == ["2026-01-31T01:00:00+00:00"]
    assert texts(atom(entry), "a:updated") == ["2026-01-31T01:03:00+00:00"]
    assert json_item(entry)["date_published"] == "2026-01-31T01:00:00+00:00"
    assert json_item(entry)["date_modified"] == "2026-01-31T01:03:00+00:00"


def test_every_author_is_named_without_an_address() -> None:
    entry = make_entry(authors=("张三", "Li Si"))

    assert texts(rss(entry), "dc:creator") == ["张三", "Li Si"]
    assert rss(entry).find("author") is None
    assert texts(atom(entry), "a:author/a:name") == ["张三", "Li Si"]
    assert json_item(entry)["authors"] == [{"name": "张三"}, {"name": "Li Si"}]
    assert json_item(entry)["author"] == {"name": "张三"}


def test_an_entry_without_authors_leaves_them_to_the_feed() -> None:
    entry = make_entry(authors=("", "  "))

    assert texts(rss(entry), "dc:creator") == []
    assert texts(atom(entry), "a:author/a:name") == []
    assert "authors" not in json_item(entry)


def test_a_category_is_a_path_with_scheme_and_label() -> None:
    entry = make_entry(categories=(AI,), tags=("标签",))

    category, tag = rss(entry).iterfind("category")
    assert (category.text, dict(category.attrib)) == (
        "科技/人工智能",
        {"domain": "https://example.org/feeds/"},
    )
    assert (tag.text, dict(tag.attrib)) == ("标签", {})
    assert [dict(c.attrib) for c in atom(entry).iterfind("a:category", NAMESPACES)] == [
        {
            "term": "科技/人工智能",
            "scheme": "https://example.org/feeds/",
            "label": "人工智能",
        },
        {"term": "标签"},
    ]
    assert json_item(entry)["tags"] == ["科技/人工智能", "标签"]


def test_full_text_comes_with_a_summary_in_both_formats() -> None:
    entry = make_entry(html="<p>x &lt; y</p>", summary="x < y & z", picture=None)

    assert texts(rss(entry), "content:encoded") == ["<p>x &lt; y</p>"]
    assert texts(rss(entry), "description") == ["x &lt; y &amp; z"]
    content, summary = (atom(entry).find(f"a:{tag}", NAMESPACES) for tag in ("content", "summary"))
    assert (content.get("type"), content.text) == ("html", "<p>x &lt; y</p>")
    assert (summary.get("type"), summary.text) == ("html", "x &lt; y &amp; z")
    assert json_item(entry)["content_html"] == "<p>x &lt; y</p>"
    assert json_item(entry)["summary"] == "x < y & z"


def test_summary_only_leaves_the_body_out() -> None:
    entry = make_entry(html=None, summary="只有摘要")

    assert texts(rss(entry), "content:encoded") == []
    assert texts(rss(entry), "description") == ["只有摘要"]
    assert texts(atom(entry), "a:content") == []
    assert "content_html" not in json_item(entry)
    assert json_item(entry)["content_text"] == "只有摘要"


def test_an_entry_of_nothing_but_a_title_is_complete() -> None:
    entry = make_entry(html=None, summary="", picture=None)

    assert texts(rss(entry), "description") == ["第 1 篇"]
    assert texts(atom(entry), "a:summary") == ["第 1 篇"]
    assert json_item(entry)["content_text"] == "第 1 篇"


def test_a_body_without_a_summary_is_given_whole() -> None:
    entry = make_entry(html="<p>正文</p>", summary="", picture=None)

    assert texts(rss(entry), "description") == ["<p>正文</p>"]
    assert texts(atom(entry), "a:content") == ["<p>正文</p>"]


@pytest.mark.parametrize("html", ["a\rb\r\nc\td", "]]>", "\\ \" ' & < >", "\u2028 😀 𠮷", "x" * 9])
def test_a_body_is_read_back_as_it_was_written(html: str) -> None:
    entry = make_entry(html=html, picture=None)

    assert texts(rss(entry), "content:encoded") == [html]
    assert texts(atom(entry), "a:content") == [html]
    assert json_item(entry)["content_html"] == html


def test_a_picture_is_stated_with_its_true_measures() -> None:
    entry = make_entry(picture=PICTURE)
    url = PICTURE.url
    size = {"width": "640", "height": "360"}

    for element in (rss(entry), atom(entry)):
        (content,) = element.iterfind("media:content", NAMESPACES)
        (thumbnail,) = element.iterfind("media:thumbnail", NAMESPACES)
        assert dict(content.attrib) == {
            "url": url, **size, "type": "image/jpeg", "medium": "image",
        }  # fmt: skip
        assert dict(thumbnail.attrib) == {"url": url, **size}
    assert dict(rss(entry).find("enclosure").attrib) == {
        "url": url,
        "length": "48213",
        "type": "image/jpeg",
    }
    enclosure = atom(entry).find("a:link[@rel='enclosure']", NAMESPACES)
    assert dict(enclosure.attrib) == {
        "href": url,
        "rel": "enclosure",
        "type": "image/jpeg",
        "length": "48213",
    }
    item = json_item(entry)
    assert item["image"] == item["banner_image"] == url
    assert item["attachments"] == [{"url": url, "mime_type": "image/jpeg", "size_in_bytes": 48_213}]
    assert item["_feedpub"]["thumbnail"] == {"url": url, "width": 640, "height": 360}


def test_what_is_not_known_of_a_picture_is_not_stated() -> None:
    entry = make_entry(picture=Picture("https://cdn.example.org/a.jpg", width=640))

    for element in (rss(entry), atom(entry)):
        thumbnail = element.find("media:thumbnail", NAMESPACES)
        assert dict(thumbnail.attrib) == {"url": "https://cdn.example.org/a.jpg"}
        assert element.find("media:group", NAMESPACES) is None
    assert rss(entry).find("enclosure") is None
    assert len(atom(entry).findall("a:link", NAMESPACES)) == 1
    assert "attachments" not in json_item(entry)
    assert json_item(entry)["_feedpub"]["thumbnail"] == {"url": "https://cdn.example.org/a.jpg"}


def test_the_picture_leads_a_body_that_lacks_it() -> None:
    picture = replace(PICTURE, url="https://example.org/a.jpg?x=1&y=2")
    entry = make_entry(html="<p>正文</p>", picture=picture)

    assert json_item(entry)["content_html"] == (
        '<p><img src="https://example.org/a.jpg?x=1&amp;y=2" alt="" width="640" height="360"></p>'
        "\n<p>正文</p>"
    )


def test_the_picture_is_not_shown_twice() -> None:
    html = '<p><img src="https://example.org/a.jpg?x=1&amp;y=2" alt="图"></p>'
    entry = make_entry(html=html, picture=replace(PICTURE, url="https://example.org/a.jpg?x=1&y=2"))

    assert json_item(entry)["content_html"] == html


def test_a_language_is_stated_only_where_it_differs() -> None:
    english, own = make_entry(language="en"), make_entry(language="zh-CN")

    assert texts(rss(english), "{http://purl.org/dc/elements/1.1/}language") == ["en"]
    assert atom(english).get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert json_item(english)["language"] == "en"
    assert texts(rss(own), "{http://purl.org/dc/elements/1.1/}language") == []
    assert dict(atom(own).attrib) == {}
    assert "language" not in json_item(own)


def test_addresses_are_written_as_uris() -> None:
    entry = make_entry(
        url="https://例子.example/文 章/?q=图#节", picture=Picture("https://example.org/图 1.jpg")
    )
    url = "https://xn--fsqu00a.example/%E6%96%87%20%E7%AB%A0/?q=%E5%9B%BE#%E8%8A%82"
    picture = "https://example.org/%E5%9B%BE%201.jpg"

    assert rss(entry).findtext("link") == json_item(entry)["url"] == url
    assert atom(entry).find("a:link", NAMESPACES).get("href") == url
    assert rss(entry).find("media:content", NAMESPACES).get("url") == picture
    assert json_item(entry)["image"] == picture


def test_entries_declare_no_namespaces_of_their_own() -> None:
    documents = publish(make_entry(1), make_entry(2))

    assert documents["rss.xml"].count(b"xmlns:") == 6
    assert documents["atom.xml"].count(b"xmlns") == 6


def test_ampersands_of_titles_are_hexadecimal_references() -> None:
    """https://www.rssboard.org/rss-profile#data-types-characterdata."""
    documents = publish(make_entry(title="R&D < List<String>"))

    assert b"<title>R&#x26;D &#x3C; List&#x3C;String&gt;</title>" in documents["rss.xml"]
    assert rss(make_entry(title="R&D < List<String>")).findtext("title") == "R&D < List<String>"


@pytest.mark.parametrize("form", ["rss.xml", "atom.xml", "feed.json"])
def test_markup_in_plain_texts_can_run_in_no_reader(form: str) -> None:
    hostile = "<script>alert(1)</script>"
    entry = make_entry(title=hostile, summary=hostile, authors=(hostile,), tags=(hostile,))

    document = publish(entry, site=replace(SITE, title=hostile, author=hostile))[form].decode()

    for form_of_tag in ("<script", "&lt;script", "&#x3C;script", "</script", "&#x3C;/script"):
        assert form_of_tag not in document


def test_names_of_which_nothing_can_be_shown_are_left_out() -> None:
    blank = "\x7f \ufdd0"
    entry = make_entry(
        authors=(blank, "张三"), tags=(blank,), categories=(replace(AI, path=(blank,)),)
    )

    assert texts(rss(entry), "dc:creator") == ["张三"]
    assert texts(rss(entry), "category") == []
    assert "tags" not in json_item(entry)


def test_a_copy_does_not_lead_a_body_that_shows_the_original() -> None:
    html = '<p><img src="https://cdn.example.org/1.png?a=1&amp;b=2" alt=""></p>'
    copy = replace(PICTURE, original="https://cdn.example.org/1.png?a=1&b=2")

    assert json_item(make_entry(html=html, picture=copy))["content_html"] == html


def test_an_original_that_is_no_address_only_does_not_match() -> None:
    copy = replace(PICTURE, original="http://[x/图")

    assert json_item(make_entry(html="<p>文</p>", picture=copy))["content_html"].startswith(
        "<p><img"
    )


def test_a_tag_that_repeats_a_category_is_listed_once_in_json() -> None:
    assert json_item(make_entry(tags=("科技/人工智能", "标签")))["tags"] == [
        "科技/人工智能",
        "标签",
    ]
