"""Feeds of every format, and what is made of what they say."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedpub.reading.remote import RemoteEntry, parse_feed
from tests.support.remote import RSS, URL, entry, item, parse

# Ids


def test_an_id_that_is_an_iri_is_kept() -> None:
    assert item("<guid>tag:a.example,2026:1</guid><title>a</title>").guid == "tag:a.example,2026:1"


@pytest.mark.parametrize("guid", ["17", "a b", "1983@example.org", "javascript:alert(1)", "中文"])
def test_an_id_that_another_feed_may_have_too_tells_entries_of_this_one_only(guid: str) -> None:
    found = item(f'<guid isPermaLink="false">{guid}</guid><title>a</title>')

    assert (found.key, found.guid) == (guid, None)


def test_without_an_id_the_link_tells_an_entry() -> None:
    found = item("<link>https://a.example/1</link><title>a</title>")

    assert (found.key, found.guid) == ("https://a.example/1", None)


def test_without_id_and_link_its_words_tell_an_entry() -> None:
    one, same, other = (item(f"<title>{title}</title>").key for title in ("a", "a", "b"))

    assert one == same != other


def test_of_two_entries_with_one_id_the_newer_counts() -> None:
    versions = "".join(
        f"<entry><id>urn:x:1</id><title>{day}</title><updated>2026-01-{day}T00:00:00Z</updated></entry>"
        for day in ("01", "03", "02")
    )

    feed = parse(f'<feed xmlns="http://www.w3.org/2005/Atom">{versions}</feed>')

    assert [found.title for found in feed.entries] == ["03"]
    assert feed.left_out == ("2 with the id of another one, which counts if it is newer",)


# Links


def test_a_relative_link_counts_from_the_feed() -> None:
    assert item("<link>../a.html</link>").link == "https://feed.example/a.html"


def test_an_id_in_place_of_a_link_is_followed_if_it_is_an_address() -> None:
    assert item("<guid>https://a.example/1</guid>").link == "https://a.example/1"
    assert item("<guid>17</guid><title>a</title>").link is None


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_a_link_that_is_no_web_address_is_none(link: str) -> None:
    assert item(f"<title>a</title><link>{link}</link>").link is None


# Dates


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("Sat, 31 Jan 2026 12:00:00 GMT", 12),
        ("Sat, 31 Jan 2026 12:00:00 +0800", 4),
        ("Sat, 31 Jan 2026 12:00:00 EST", 17),
        ("Sat, 31 Jan 2026 12:00:00 PDT", 19),
        ("2026-01-31T12:00:00Z", 12),
        ("2026-01-31T12:00:00", 12),
        ("2026年1月31日 12:00", 12),
        ("Sat, 31 Jan 2026 12:00:00 CST", 4),
    ],
)
def test_a_date_is_an_instant(written: str, hour: int) -> None:
    expected = datetime(2026, 1, 31, hour, tzinfo=UTC)

    assert item(f"<title>a</title><pubDate>{written}</pubDate>").published == expected


def test_cst_is_that_of_chicago_where_the_site_is_not_in_china() -> None:
    text = RSS.format("a</title><pubDate>Sat, 31 Jan 2026 12:00:00 CST</pubDate><title>a")

    (found,) = parse_feed(text.encode(), url=URL, home=ZoneInfo("Europe/Paris")).entries

    assert found.published == datetime(2026, 1, 31, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["soon", "0001-01-01T00:00:00Z", "31 Feb 2026 25:00", "9" * 500]
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert item(f"<title>a</title><pubDate>{written}</pubDate>").published is None


def test_an_update_is_one_only_if_it_is_later_than_the_date() -> None:
    both = "<title>a</title><published>2026-01-01T00:00:00Z</published><updated>{}</updated>"

    assert entry(both.format("2026-01-01T00:00:00Z")).updated is None
    assert entry(both.format("2026-01-02T00:00:00Z")).updated == datetime(2026, 1, 2, tzinfo=UTC)


# Texts


def test_the_whole_text_is_taken_where_the_feed_has_it() -> None:
    found = entry(
        "<title>a</title><summary>short</summary>"
        '<content type="html">&lt;p&gt;long&lt;/p&gt;</content>'
    )

    assert (found.body, found.summary) == ("<p>long</p>", "short")


def test_without_it_the_summary_is_the_body() -> None:
    found = item("<title>a</title><description>&lt;b&gt;short&lt;/b&gt;</description>")

    assert (found.body, found.summary) == ("<b>short</b>", None)


def test_plain_text_is_no_markup() -> None:
    found = entry('<content type="text">a &lt;b&gt; c</content>')

    assert found.body == "<p>a &lt;b&gt; c</p>"


def test_a_content_that_lies_elsewhere_is_none() -> None:
    found = entry('<title>a</title><content type="image/png" src="https://a.example/x.png"/>')

    assert found.body == ""


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<svg/onload=alert(1)>",
        "<!--><img src=x onerror=alert(1)>-->",
        '<a href="javascript&colon;alert(1)">a</a>',
        '<img src="https://a.example/x.png" onerror="alert(1)"',
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    ],
)
def test_what_the_librarys_own_sanitiser_lets_through_ours_does_not(attack: str) -> None:
    body = item(f"<title>a</title><description><![CDATA[{attack}]]></description>").body

    assert not any(word in body for word in ("alert", "script", "onerror", "onload"))


def test_relative_addresses_of_a_body_count_from_the_entrys_page() -> None:
    found = item(
        "<link>https://a.example/posts/1</link><description>&lt;img src='x.png'&gt;</description>"
    )

    assert '"https://a.example/posts/x.png"' in found.body


def test_relative_addresses_of_a_body_count_from_xml_base_where_there_is_one() -> None:
    found = entry(
        '<link href="https://a.example/posts/1"/>'
        '<content type="html" xml:base="https://b.example/">&lt;img src="x.png"&gt;</content>'
    )

    assert '"https://b.example/x.png"' in found.body


def test_a_body_that_the_guard_refuses_leaves_the_entry_as_it_is() -> None:
    found = item(f"<title>a</title><description>{'&lt;div&gt;' * 1000}</description>")

    assert found.title == "a"
    assert found.body == "<div>" * 1000


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("a &amp;amp; b", "a & b"),
        ("&lt;b&gt;a&lt;/b&gt;", "a"),
        ("R&amp;D", "R&D"),
        ("List&lt;String&gt;", "List<String>"),
        ("  a\n b ", "a b"),
    ],
)
def test_a_title_is_plain_text(written: str, title: str) -> None:
    assert item(f"<title>{written}</title>").title == title


def test_a_title_that_is_said_to_be_text_is_taken_to_the_letter() -> None:
    assert entry('<title type="text">a &amp;amp; b</title>').title == "a &amp; b"


# People, categories, pictures


def test_addresses_of_mail_are_nobodys_business() -> None:
    assert item("<title>a</title><author>me@a.example</author>").authors == ()
    assert item("<title>a</title><author>me@a.example (张三)</author>").authors == ("张三",)
    assert item("<title>a</title><author>李四 &lt;me@a.museum&gt;</author>").authors == ("李四",)
    assert item("<title>a</title><dc:creator>李四</dc:creator>").authors == ("李四",)


def test_the_author_of_an_atom_feed_is_that_of_its_entries() -> None:
    feed = "<author><name>张三</name></author>"

    assert entry("<title>a</title>", feed).authors == ("张三",)
    assert entry("<title>a</title><author><name>b</name></author>", feed).authors == ("b",)


def test_categories_are_what_people_read() -> None:
    found = entry(
        '<title>a</title><category term="tech" label="科技"/><category term="科技"/>'
        '<category term="http://schemas.google.com/blogger/2008/kind#post"/><category term=" b "/>'
    )

    assert found.categories == ("科技", "b")


@pytest.mark.parametrize(
    ("inner", "picture"),
    [
        (
            '<media:thumbnail url="https://a.example/s.png" width="80"/>'  # noqa: ISC004
            '<media:thumbnail url="https://a.example/l.png" width="640"/>',
            "https://a.example/l.png",
        ),
        ('<media:content url="/x.jpg" medium="image"/>', "https://feed.example/x.jpg"),
        (
            '<enclosure url="https://a.example/a.mp3" type="audio/mpeg"/>'  # noqa: ISC004
            '<enclosure url="https://a.example/a.png" type="image/png"/>',
            "https://a.example/a.png",
        ),
        ('<enclosure url="https://a.example/a.webp" length="1"/>', "https://a.example/a.webp"),
        ('<enclosure url="https://a.example/a.mp3" type="audio/mpeg" length="1"/>', None),
        ('<media:thumbnail url="javascript:alert(1)"/>', None),
    ],
)
def test_the_picture_is_what_the_publisher_means_most(inner: str, picture: str | None) -> None:
    assert item(f"<title>a</title>{inner}").picture == picture


# JSON


def test_json_feed_is_read() -> None:
    feed = parse(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "language": "zh-CN",'
        ' "authors": [{"name": "张三"}], "items": [{"id": 7, "url": "/1", "title": "a &amp; b",'
        ' "content_html": "<p>x</p><script>y</script>", "summary": "s", "tags": ["b", 3],'
        ' "date_published": "2026-01-31T12:00:00+08:00", "image": "/x.png"}]}'
    )

    (found,) = feed.entries
    assert found == RemoteEntry(
        key="7",
        title="a &amp; b",
        link="https://feed.example/1",
        published=datetime(2026, 1, 31, 4, tzinfo=UTC),
        authors=("张三",),
        categories=("b",),
        language="zh-CN",
        summary="s",
        body="<p>x</p>",
        base="https://feed.example/1",
        picture="https://feed.example/x.png",
    )
