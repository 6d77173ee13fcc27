"""Real feed readers read back what was published, over HTTP, and ask again conditionally."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
import reader as reader_library

from feedpub.model import Entry, Site
from tests.support import needs
from tests.support.feed_server import FeedServer, run_feed_server
from tests.support.feeds import AI, PICTURE, SITE, TECH, make_entry, publish

FORMATS = ["rss.xml", "atom.xml", "feed.json"]
XML_FORMATS = FORMATS[:2]
ENTRIES = [
    make_entry(1, title="List<String> & a < b", tags=("C&C", "<b>")),
    make_entry(2, authors=(), categories=(TECH,), tags=(), picture=None),
    make_entry(3, title="😀 𠮷 “引号” ]]>", language="en", html="<p>1 &lt; 2 &amp; 3</p>"),
    make_entry(4, html=None, picture=replace(PICTURE, length=None, media_type=None)),
]


@dataclass(frozen=True)
class Seen:
    """What a reader shows of an entry; None where it does not look."""

    title: str
    published: datetime
    authors: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    thumbnail: tuple[str, int, int] | None = None
    enclosure: tuple[str, int, str] | None = None


def expected(
    entry: Entry, *, categories: bool = True, thumbnail: bool = True, enclosure: bool = True
) -> Seen:
    picture = entry.picture
    names = (*("/".join(c.path) for c in entry.categories), *entry.tags)
    measured = picture is not None and picture.length is not None
    return Seen(
        title=entry.title,
        published=entry.published,
        authors=entry.authors,
        # A tag that looks like markup carries an invisible mark.
        categories=tuple(n.replace("<b>", "<\u200bb>") for n in names) if categories else None,
        thumbnail=(picture.url, 640, 360) if picture and thumbnail else None,
        enclosure=(picture.url, 48_213, "image/jpeg") if measured and enclosure else None,
    )


NEWEST_FIRST = list(reversed(ENTRIES))


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with run_feed_server() as running:
        site = local_site(running)
        running.publish("all", publish(*ENTRIES, site=site, latest_archive="2025-12"))
        yield running


def local_site(server: FeedServer) -> Site:
    return replace(SITE, url=server.url, feeds_url=f"{server.url}feeds/")


def path_of(file: str) -> str:
    return f"/feeds/all/{file}"


def url_of(server: FeedServer, file: str) -> str:
    return f"{server.url}feeds/all/{file}"


@pytest.mark.parametrize("file", XML_FORMATS)
def test_feedparser_reads_what_was_written(server: FeedServer, file: str) -> None:
    parsed = feedparser.parse(url_of(server, file))

    assert not parsed.bozo
    assert [from_feedparser(entry) for entry in parsed.entries] == [
        expected(entry) for entry in NEWEST_FIRST
    ]
    assert parsed.entries[0].id == NEWEST_FIRST[0].id
    assert parsed.feed.title == "示例站"
    assert parsed.feed.language == "zh-CN"


def from_feedparser(entry: Any) -> Seen:
    thumbnails = [measure(thumbnail) for thumbnail in entry.get("media_thumbnail", ())]
    enclosures = [(e.href, int(e.length), e.type) for e in entry.enclosures]
    return Seen(
        title=entry.title,
        published=datetime(*entry.published_parsed[:6], tzinfo=UTC),
        authors=tuple(author["name"] for author in entry.get("authors", ()) if author),
        categories=tuple(tag.term for tag in entry.get("tags", ())),
        thumbnail=thumbnails[0] if thumbnails else None,
        enclosure=enclosures[0] if enclosures else None,
    )


@pytest.mark.parametrize("file", XML_FORMATS)
def test_feedparser_is_told_that_nothing_changed(server: FeedServer, file: str) -> None:
    first = feedparser.parse(url_of(server, file))

    again = feedparser.parse(url_of(server, file), etag=first.etag, modified=first.modified)

    assert again.status == 304
    assert server.statuses(path_of(file)) == [200, 304]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[reader_library.Reader]:
    with reader_library.make_reader(str(tmp_path / "reader.sqlite")) as made:
        yield made


@pytest.mark.parametrize("file", FORMATS)
def test_reader_reads_what_was_written(
    server: FeedServer, reader: reader_library.Reader, file: str
) -> None:
    url = url_of(server, file)
    reader.add_feed(url)
    reader.update_feed(url)

    found = sorted(reader.get_entries(feed=url), key=lambda entry: str(entry.id))
    assert [(e.title, e.published, e.link) for e in found] == [
        (entry.title, entry.published, entry.url) for entry in ENTRIES
    ]
    assert found[0].updated == ENTRIES[0].updated
    assert [enclosure_of(entry) for entry in found] == [expected(e).enclosure for e in ENTRIES]
    # From XML it keeps the last author only.
    assert str(found[0].authors_str).endswith("Li Si")
    assert reader.get_feed(url).title == "示例站"


def enclosure_of(entry: reader_library.Entry) -> tuple[str, int | None, str | None] | None:
    return next(((e.href, e.length, e.type) for e in entry.enclosures), None)


@pytest.mark.parametrize("file", FORMATS)
def test_reader_is_told_that_nothing_changed(
    server: FeedServer, reader: reader_library.Reader, file: str
) -> None:
    url = url_of(server, file)
    reader.add_feed(url)

    reader.update_feed(url)
    reader.update_feed(url)

    assert server.statuses(path_of(file)) == [200, 304]


def test_reader_takes_a_changed_article_for_the_same_one(
    server: FeedServer, reader: reader_library.Reader
) -> None:
    url = url_of(server, "atom.xml")
    reader.add_feed(url)
    reader.update_feed(url)
    changed = replace(ENTRIES[0], title="改过", updated=ENTRIES[0].updated.replace(minute=59))
    server.publish("all", publish(changed, *ENTRIES[1:], site=local_site(server)))

    result = reader.update_feed(url)

    assert result is not None
    assert (result.new, result.modified) == (0, 1)


def read_with_node(library: str, document: bytes) -> Any:
    script = Path(needs.__file__).with_name("read_feeds.mjs")
    done = subprocess.run(
        ["node", str(script), library], input=document, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@needs.node_package("rss-parser")
def test_rss_parser_reads_what_was_written(server: FeedServer) -> None:
    items = read_with_node("rss-parser", server.documents[path_of("rss.xml")])["items"]

    assert [from_rss_parser(item) for item in items] == [expected(e) for e in NEWEST_FIRST]


def from_rss_parser(item: dict[str, Any]) -> Seen:
    thumbnail = item.get("media:thumbnail", {}).get("$")
    enclosure = item.get("enclosure")
    return Seen(
        title=item["title"],
        published=datetime.fromisoformat(item["isoDate"]),
        authors=tuple(item.get("creators", ())),
        categories=tuple(c["_"] if isinstance(c, dict) else c for c in item.get("categories", ())),
        thumbnail=measure(thumbnail) if thumbnail else None,
        enclosure=weigh(enclosure) if enclosure else None,
    )


def measure(thumbnail: dict[str, Any]) -> tuple[str, int, int]:
    return thumbnail["url"], int(thumbnail["width"]), int(thumbnail["height"])


def weigh(enclosure: dict[str, Any]) -> tuple[str, int, str]:
    return enclosure["url"], int(enclosure["length"]), enclosure["type"]


@needs.node_package("rss-parser")
def test_rss_parser_reads_atom(server: FeedServer) -> None:
    items = read_with_node("rss-parser", server.documents[path_of("atom.xml")])["items"]

    # It looks for neither categories nor enclosures in Atom, and takes the first author only.
    found = [
        (i["title"], datetime.fromisoformat(i["isoDate"]), i.get("author"),
         (thumbnail := i.get("media:thumbnail", {}).get("$")) and measure(thumbnail))
        for i in items
    ]  # fmt: skip
    assert found == [
        (e.title, e.published, next(iter(e.authors), None), expected(e).thumbnail)
        for e in NEWEST_FIRST
    ]


@needs.node_package("feedsmith")
@pytest.mark.parametrize("file", FORMATS)
def test_feedsmith_reads_what_was_written(server: FeedServer, file: str) -> None:
    parsed = read_with_node("feedsmith", server.documents[path_of(file)])
    convert = {"rss": from_feedsmith_rss, "atom": from_feedsmith_atom, "json": from_feedsmith_json}
    entries = parsed["feed"].get("entries") or parsed["feed"]["items"]

    found = [convert[parsed["format"]](entry) for entry in entries]

    # JSON Feed has no thumbnails; feedsmith leaves extensions out.
    assert found == [expected(e, thumbnail=file != "feed.json") for e in NEWEST_FIRST]


def first_thumbnail(entry: dict[str, Any]) -> tuple[str, int, int] | None:
    thumbnails = entry.get("media", {}).get("thumbnails", ())
    return next((measure(thumbnail) for thumbnail in thumbnails), None)


def from_feedsmith_rss(entry: dict[str, Any]) -> Seen:
    return Seen(
        title=entry["title"],
        published=datetime.strptime(entry["pubDate"], "%a, %d %b %Y %H:%M:%S %z"),
        authors=tuple(entry.get("dc", {}).get("creators", ())),
        categories=tuple(c["name"] for c in entry.get("categories", ())),
        thumbnail=first_thumbnail(entry),
        enclosure=next((weigh(e) for e in entry.get("enclosures", ())), None),
    )


def from_feedsmith_atom(entry: dict[str, Any]) -> Seen:
    enclosures = [link for link in entry["links"] if link["rel"] == "enclosure"]
    return Seen(
        title=entry["title"]["value"],
        published=datetime.fromisoformat(entry["published"]),
        authors=tuple(author["name"] for author in entry.get("authors", ())),
        categories=tuple(c["term"] for c in entry.get("categories", ())),
        thumbnail=first_thumbnail(entry),
        enclosure=next((weigh({"url": e["href"], **e}) for e in enclosures), None),
    )


def from_feedsmith_json(entry: dict[str, Any]) -> Seen:
    attachments = [
        (a["url"], a["size_in_bytes"], a["mime_type"]) for a in entry.get("attachments", ())
    ]
    return Seen(
        title=entry["title"],
        published=datetime.fromisoformat(entry["date_published"]),
        authors=tuple(author["name"] for author in entry.get("authors", ())),
        categories=tuple(entry.get("tags", ())),
        enclosure=next(iter(attachments), None),
    )


class Newsboat:
    """newsboat in a home of its own, subscribed to some addresses."""

    def __init__(self, home: Path, urls: Sequence[str]) -> None:
        self.home = home
        (home / "urls").write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
        (home / "config").write_text("download-timeout 10\n", encoding="utf-8")

    def reload(self) -> None:
        files = [f"--url-file={self.home / 'urls'}", f"--config-file={self.home / 'config'}"]
        cache = f"--cache-file={self.home / 'cache.db'}"
        done = subprocess.run(
            ["newsboat", *files, cache, "--execute=reload"],
            env={**os.environ, "HOME": str(self.home), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()

    def items(self) -> list[dict[str, Any]]:
        connection = sqlite3.connect(self.home / "cache.db")
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM rss_item ORDER BY pubDate DESC").fetchall()
        connection.close()
        return [dict(row) for row in rows]


@needs.program("newsboat")
@pytest.mark.parametrize("file", XML_FORMATS)
def test_newsboat_reads_what_was_written(server: FeedServer, tmp_path: Path, file: str) -> None:
    newsboat = Newsboat(tmp_path, [url_of(server, file)])

    newsboat.reload()

    found = newsboat.items()
    assert [(i["title"], i["url"], i["guid"], i["pubDate"]) for i in found] == [
        (e.title, e.url, e.id, e.published.timestamp()) for e in NEWEST_FIRST
    ]
    # Of several dc:creator elements it keeps the last.
    assert found[-1]["author"] == ("Li Si" if file == "rss.xml" else "张三, Li Si")
    assert "正文 1" in found[-1]["content"]


@needs.program("newsboat")
@pytest.mark.parametrize("file", XML_FORMATS)
def test_newsboat_is_told_that_nothing_changed(
    server: FeedServer, tmp_path: Path, file: str
) -> None:
    newsboat = Newsboat(tmp_path, [url_of(server, file)])

    for _ in range(4):
        newsboat.reload()

    # Its row of the feed does not exist before the first reload ends, so the ETag comes later.
    assert server.statuses(path_of(file))[2:] == [304, 304]


@needs.program("newsboat")
def test_newsboat_shows_an_article_of_two_categories_once(
    server: FeedServer, tmp_path: Path
) -> None:
    site = local_site(server)
    server.publish(AI.folder, publish(ENTRIES[0], site=site, category=AI))
    urls = [url_of(server, "rss.xml"), f"{server.url}feeds/{AI.folder}/rss.xml"]
    newsboat = Newsboat(tmp_path, urls)

    newsboat.reload()

    assert len(newsboat.items()) == len(ENTRIES)
