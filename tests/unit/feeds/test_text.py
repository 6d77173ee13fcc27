"""Text, addresses and instants in the forms that feed readers agree on."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.feeds.text import make_plain, to_html, to_rfc822, to_second, to_uri

INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 30), timezones=st.just(UTC))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "文",
        "a < b",
        "R&D",
        "List<String>",
        "Map<K, V>",
        "x <y",
        "1<2>0",
        "a&nbsp;b",
        "]]>",
        "<3",
        "Map<K, V> m = a @ b",
    ],
)
def test_text_without_markup_stays_as_it_is(text: str) -> None:
    assert make_plain(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "<SCRIPT>",
        "</x>",
        "<!-- x -->",
        "<?php",
        "<x onclick=1>",
        "<unknown\nonclick = 1>",
        "<svg/onload=alert(1)>",
        "Bob <bob@example.org>",
    ],
)
def test_what_looks_like_markup_gets_an_invisible_mark(text: str) -> None:
    assert make_plain(text) == text.replace("<", "<\u200b")


def test_markup_in_markup_gets_its_marks() -> None:
    assert make_plain("<x <=<>") == "<\u200bx <=<>"


@pytest.mark.parametrize("text", ["<a", "<x ", "<x =", "<!", "<x, ", "=<", "<" * 9], ids=repr)
def test_a_long_text_takes_no_longer_than_its_length(text: str) -> None:
    # Half a second if it is linear, an hour if it is quadratic.
    assert make_plain(text * 100_000)


def test_what_nobody_shows_is_dropped() -> None:
    assert make_plain("a\x7f\x80\x9f\ufdd0\ufdef\ufffe\uffffb\ufffd") == "ab?"


class Tags(HTMLParser):
    """Collects the tags that can carry behaviour."""

    def __init__(self) -> None:
        super().__init__()
        self.dangerous: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "img", "svg", "iframe"} or any(value for _, value in attrs):
            self.dangerous.append(tag)


PIECES = ["<", ">", "/", "!", "=", " ", "\n", "script", "img", "svg", "onload", "'", '"', "<x "]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_becomes_an_element_that_acts(text: str) -> None:
    parser = Tags()

    parser.feed(make_plain(text))
    parser.close()

    assert parser.dangerous == []


def test_html_of_a_text_shows_the_text() -> None:
    assert to_html('a < b & "c"') == 'a &lt; b &amp; "c"'


@pytest.mark.parametrize(
    ("iri", "uri"),
    [
        ("https://e.example/a?b=c&d=%E6#f", "https://e.example/a?b=c&d=%E6#f"),
        ("https://e.example/文", "https://e.example/%E6%96%87"),
        ("https://e.example/a b|c\"d", "https://e.example/a%20b%7Cc%22d"),
        ("https://e.example/100%", "https://e.example/100%25"),
        ("https://e.example/?q=[1]#a#b", "https://e.example/?q=%5B1%5D#a%23b"),
        ("https://例子.example:8080/", "https://xn--fsqu00a.example:8080/"),
        ("https://u@例子.example/", "https://u@xn--fsqu00a.example/"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ("mailto:a@e.example", "mailto:a@e.example"),
        ("", ""),
    ],
)  # fmt: skip
def test_an_iri_becomes_a_uri(iri: str, uri: str) -> None:
    assert to_uri(iri) == uri
    assert to_uri(uri) == uri


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="IPv6"):
        to_uri("https://[文/")


@given(INSTANTS)
def test_rss_dates_are_those_of_the_standard_library(instant: datetime) -> None:
    instant = to_second(instant)

    assert to_rfc822(instant) == format_datetime(instant)


def test_instants_are_whole_seconds_in_utc() -> None:
    local = datetime(2026, 1, 31, 9, 0, 0, 999, tzinfo=timezone(timedelta(hours=8)))

    assert to_second(local) == datetime(2026, 1, 31, 1, tzinfo=UTC)
    assert to_second(local).tzinfo is UTC


def test_no_feed_dates_an_article_before_the_web() -> None:
    # Crawlers date what they cannot date to the beginning of Unix time.
    assert to_second(datetime(1970, 12, 31, tzinfo=UTC)) == datetime(1990, 1, 1, tzinfo=UTC)
