"""Every feed of the shared corpus, against a table worked out by hand from the files."""

import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedpub.errors import FeedError
from feedpub.reading import Dialect, read_article
from feedpub.reading.remote import RemoteEntry, RemoteFeed, parse_feed, write_entry

OUTCOMES: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "feeds.toml").read_text("utf-8")
)
READ = [name for name, row in OUTCOMES.items() if "error" not in row]
REFUSED = [name for name, row in OUTCOMES.items() if "error" in row]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def parse(shared: Path, name: str) -> RemoteFeed:
    data = (shared / "corpus" / "feeds" / name).read_bytes()
    return parse_feed(data, url="https://feed.example/dir/feed.xml", home=SHANGHAI)


def outcome(entry: RemoteEntry) -> dict[str, Any]:
    return {
        "title": sha256(entry.title.encode()).hexdigest()[:16] if entry.title else "",
        "instant": f"{entry.published:%Y-%m-%dT%H:%M:%SZ}" if entry.published else "",
        "id": entry.guid or "",
        "link": entry.link or "",
        "categories": list(entry.categories),
        "thumbnail": entry.picture or "",
        "body": bool(entry.body),
    }


def test_the_table_has_a_row_for_every_feed(shared: Path) -> None:
    assert {file.name for file in (shared / "corpus" / "feeds").iterdir()} == set(OUTCOMES)


@pytest.mark.parametrize("name", READ)
def test_a_feed_is_read_as_a_person_reads_it(shared: Path, name: str) -> None:
    expected = OUTCOMES[name]

    feed = parse(shared, name)

    left_out = sum(int(reason.split()[0]) for reason in feed.left_out)
    assert (len(feed.entries), left_out) == (expected["entries"], expected["left_out"])
    if "first" in expected:
        assert outcome(feed.entries[0]) == expected["first"]
        assert outcome(feed.entries[-1]) == expected.get("last", expected["first"])


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_is_refused_with_the_reason(shared: Path, name: str) -> None:
    with pytest.raises(FeedError, match=OUTCOMES[name]["error"]):
        parse(shared, name)


@pytest.mark.parametrize("name", READ)
def test_every_entry_of_a_feed_becomes_an_article(shared: Path, name: str) -> None:
    dialect = Dialect(zone=SHANGHAI, generator="rsshub", categories="several")

    for entry in parse(shared, name).entries:
        data = write_entry(entry, claim=True)
        article = read_article(data, path="a.html", dialect=dialect)

        assert (article.title, article.warnings) == (entry.title or article.title, ())
        assert (article.url, article.guid) == (entry.link, entry.guid)
        assert article.date == (entry.published and entry.published.replace(microsecond=0))
        assert not re.search(r"<(?:script|style|iframe|form|svg)|\son\w+=", entry.body)
