"""In which encoding a feed is read, whatever is said of it."""

import pytest

from tests.support.remote import RSS, item, parse


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", None, ""),
        ("utf-8", None, "text/xml; charset=ISO-8859-1"),
        ("utf-8", "iso-8859-1", "text/xml"),
        ("utf-8-sig", "gbk", ""),
        ("utf-16", None, "text/xml; charset=utf-8"),
        ("utf-16-le", "utf-16", ""),
        ("utf-32", None, ""),
        ("gb18030", "gb2312", ""),
        ("gbk", None, "text/xml; charset=GBK"),
        ("big5", "Big5", ""),
        ("gb18030", None, ""),
        ("hz", "hz", ""),
    ],
)
def test_chinese_is_read_whatever_it_is_said_to_be(
    encoding: str, declared: str | None, content_type: str
) -> None:
    title = "今天的新聞與科技" if encoding == "big5" else "今天的新闻与科技，重庆的天气很好"
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = f"{head}<rss version='2.0'><channel><item><title>{title}</title></item></channel></rss>"

    (found,) = parse(text.encode(encoding), content_type).entries

    assert found.title == title


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "us-ascii"])
def test_what_is_utf_8_is_taken_for_it_whatever_is_said(encoding: str) -> None:
    # feedparser itself mends "Ã©", but not what lies outside of Latin-1.
    text = f'<?xml version="1.0" encoding="{encoding}"?>{RSS.format("… café")}'

    assert parse(text, f"text/xml; charset={encoding}").entries[0].title == "… café"


@pytest.mark.parametrize("declared", ["utf-7", "zip", "no-such-thing", "rot13", "unicode_escape"])
def test_an_encoding_that_is_none_is_not_believed(declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>{RSS.format("café")}'

    assert parse(text.encode("latin-1")).entries[0].title == "café"


def test_a_character_that_xml_forbids_costs_nothing_but_itself() -> None:
    assert item("<title>a\x0bb\ufffe</title>").title == "ab"


def test_what_is_ill_formed_is_read_as_far_as_it_goes() -> None:
    feed = parse(
        "<rss version='2.0'><channel><item><title>a & b<br></title></item><item><title>c</title>"
    )

    assert [found.title for found in feed.entries] == ["a & b", "c"]
