"""How much is read of a document that holds more than counts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from feedpub.reading.remote import RemoteFeed, entries, jsonfeed, parse_feed, xmlfeed
from feedpub.reading.remote.markup import clean_body

FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)


def make_rss(count: int) -> str:
    """Return a feed that begins with its oldest entry, as some do."""
    days = (FIRST_DAY + timedelta(days=number) for number in range(count))
    items = "".join(
        f"<item><guid>{number}</guid><description>{number}</description>"
        f"<pubDate>{day:%a, %d %b %Y} 00:00:00 GMT</pubDate></item>"
        for number, day in enumerate(days)
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>"


def make_json(count: int) -> str:
    """Return the same as JSON Feed."""
    days = (FIRST_DAY + timedelta(days=number) for number in range(count))
    items = [
        {"id": f"{number}", "content_html": f"{number}", "date_published": day.isoformat()}
        for number, day in enumerate(days)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})


def parse(text: str) -> RemoteFeed:
    return parse_feed(text.encode(), url="https://feed.example/feed", home=UTC)


FORMATS = [(make_rss, xmlfeed), (make_json, jsonfeed)]


@pytest.mark.parametrize(("make", "_"), FORMATS, ids=["rss", "json"])
def test_a_feed_that_begins_with_its_oldest_entry_brings_the_newest(
    make: Callable[[int], str], _: ModuleType
) -> None:
    feed = parse(make(entries.MAX_ENTRIES + 3))

    assert [entry.key for entry in feed.entries] == [str(number) for number in range(3, 1003)]
    assert feed.left_out == ("3 beyond the newest 1000",)


@pytest.mark.parametrize(("make", "module"), FORMATS, ids=["rss", "json"])
def test_what_does_not_count_is_not_cleaned(
    make: Callable[[int], str], module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleaned: list[Any] = []
    monkeypatch.setattr(entries, "MAX_ENTRIES", 3)
    monkeypatch.setattr(
        module, "clean_body", lambda *given: cleaned.append(given) or clean_body(*given)
    )

    parse(make(10))

    assert len(cleaned) == 3
