"""What is no feed, and feeds that would take minutes or more."""

import pytest

from feedpub.errors import FeedError
from tests.support.remote import parse


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("hello", "no feed"),
        ("{", "no JSON"),
        ("[" * 100_000, "nested too deep"),
        (f'{{"id": {"9" * 5000}}}', "thousands of digits"),
        ('{"version": "1"}', "no JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/9", "items": []}', "no known version"),
        ("<html><body>Sign in</body></html>", "web page"),
        ("<!-- x --><!DOCTYPE html><title>Sign in</title>", "web page"),
        ("<note><to>a</to></note>", "no feed"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        parse(text)


def test_a_page_that_names_its_feed_is_the_remedy() -> None:
    page = '<!DOCTYPE html><link rel="alternate" type="application/rss+xml" href="/feed.xml">'

    with pytest.raises(FeedError, match=r"it names '/feed.xml' as its feed"):
        parse(page)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]>',
        '<!DOCTYPE r [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_feed_that_declares_entities_is_refused(prolog: str, encoding: str) -> None:
    text = f"{prolog}<rss version='2.0'><channel><item><title>&l9;</title></item></channel></rss>"

    with pytest.raises(FeedError, match="declares entities"):
        parse(text.encode(encoding))


def test_a_doctype_without_declarations_is_harmless() -> None:
    text = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://127.0.0.1:9/rss-0.91.dtd">'
        '<rss version="0.91"><channel><item><title>a</title></item></channel></rss>'
    )

    assert [found.title for found in parse(text).entries] == ["a"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<rss><channel>" + "<a>" * 1000, "nested"),
        ("<rss version='2.0'><channel>" + "<item/>" * 250_000 + "</channel></rss>", "elements"),
        ("<rss><channel>&" + "<" * 500_000, "elements"),
        ("<rss><channel " + " ".join(f"a{n}=''" for n in range(60_000)) + "/></rss>", "attributes"),
        ("<rss>" + "".join(f"<n{n}:a xmlns:n{n}='u'/>" for n in range(60_000)) + "</rss>", "name"),
    ],
    ids=["deep", "endless", "endless and ill-formed", "attributes", "name spaces"],
)
def test_a_feed_that_would_take_minutes_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        parse(text)


def test_a_thousand_entries_of_a_feed_are_taken() -> None:
    items = "".join(f"<item><guid>{n}</guid><title>{n}</title></item>" for n in range(1003))

    feed = parse(f"<rss version='2.0'><channel>{items}</channel></rss>")

    assert [feed.entries[0].title, feed.entries[-1].title] == ["0", "999"]
    assert feed.left_out == ("3 beyond the newest 1000",)
