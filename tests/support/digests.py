"""Digests to test with: of made-up articles, and of the sample site as it is published."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedpub.catalog.categories import CategoryTree
from feedpub.digest import Block, DigestArticle, DigestHead, Plan, Slot
from feedpub.model import Picture, Site

SITE = Site(
    title="纸飞机",
    url="https://feedpub.example/",
    feeds_url="https://feedpub.example/feeds/",
    language="zh-CN",
    zone=ZoneInfo("Asia/Shanghai"),
)
VALUES = {
    Slot.UNSUBSCRIBE: "https://feedpub.example/u/2s-abcdefghijklmnopqrstuv",
    Slot.PREFERENCES: "https://feedpub.example/p/2s-abcdefghijklmnopqrstuv",
    Slot.ADDRESS: "li@example.org",
}


def make_head(**values: Any) -> DigestHead:
    """Return the head of a digest; anything may be asked for."""
    given = {
        "title": "纸飞机",
        "date": date(2026, 11, 27),
        "site": SITE,
        "intro_html": "<p>泡杯茶，慢慢读。</p>",
        "intro_text": "泡杯茶，慢慢读。",
        "postal_address": "纸飞机编辑部，上海市某路 1 号",
        "archive_url": "https://feedpub.example/feeds/newsletter/weekly/2026-11-27/",
        "has_web": True,
    }
    return DigestHead(**{**given, **values})


def make_article(id: int, **values: Any) -> DigestArticle:
    """Return an article; anything may be asked for."""
    given = {
        "title": f"文章 {id}",
        "url": f"https://feedpub.example/articles/{id}.html",
        "summary": f"第 {id} 篇的摘要。It says what it says.",
        "html": f"<p>第 {id} 篇的正文。</p>",
        "published": datetime(2026, 11, 20, tzinfo=UTC),
        "first_seen": 1_000_000 - id,
    }
    return DigestArticle(id=id, **{**given, **values})


def fill(blocks: Iterable[Block], values: dict[Slot, str] = VALUES) -> bytes:
    """Return a part of a mail as one recipient gets it."""
    pieces = (piece for block in blocks for piece in block)
    return b"".join(values[p].encode() if isinstance(p, Slot) else p for p in pieces)


def html_of(plan: Plan) -> str:
    """Return the HTML part as one recipient gets it."""
    return fill(plan.html).decode()


def shown_of(plan: Plan) -> str:
    """Return the HTML part without its head and its preheader, which repeats words."""
    return html_of(plan).partition('role="main"')[2]


def text_of(plan: Plan) -> str:
    """Return the plain-text part as one recipient gets it."""
    return fill(plan.text).decode()


class _Events(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(("open", tag, *(f"{name}={value}" for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("close", tag))

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self.found.append(("text", words))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))


def tags(html: str) -> list[tuple[str, ...]]:
    """Return every tag with its attributes, every text and comment, in order."""
    events = _Events()
    events.feed(html)
    events.close()
    return events.found


def read_sample(feeds: Path, sizes: bool = True) -> tuple[list[DigestArticle], CategoryTree]:
    """Return the articles of the sample site as they are published, and their tree."""
    folders = {
        folder.relative_to(feeds).as_posix(): json.loads((folder / "feed.json").read_text())
        for folder in sorted(path.parent for path in feeds.rglob("feed.json"))
        if "archive" not in folder.parts
    }
    everything = folders.pop("all")
    paths = {name: _path(name, folders) for name in folders}
    tree = CategoryTree().grow(paths.values())
    inner: dict[str, str] = {}
    for name in sorted(folders, key=len):
        inner.update({item["id"]: name for item in folders[name]["items"]})
    articles = [
        _read(place, item, tree.find(paths[inner[item["id"]]]).id, feeds)  # type: ignore[union-attr]
        for place, item in enumerate(everything["items"], 1)
    ]
    return articles, tree


def _path(name: str, folders: dict[str, Any]) -> tuple[str, ...]:
    parts = name.split("/")
    outer = ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    return tuple(folders[each]["title"].split(" - ")[-1].split(" / ")[-1] for each in outer)


def _read(id: int, item: dict[str, Any], category: int, feeds: Path) -> DigestArticle:
    picture = None
    if url := item.get("image"):
        from PIL import Image

        with Image.open(feeds / url.split("/feeds/")[1]) as image:
            picture = Picture(url, *image.size)
    return make_article(
        id,
        title=item["title"],
        url=item["url"],
        summary=item.get("summary", ""),
        html=item.get("content_html"),
        published=datetime.fromisoformat(item["date_published"]),
        authors=tuple(author["name"] for author in item.get("authors", ())),
        categories=(category,),
        picture=picture,
        language=item.get("language"),
    )


def read_corpus(folder: Path) -> tuple[list[DigestArticle], CategoryTree]:
    """Return real posts, as a blog of RSSHub's items has them, and their tree."""
    from feedpub.reading import Dialect, read_article, render_body

    dialect = Dialect(zone=SITE.zone, generator="auto")
    read: list[tuple[Any, Any]] = []
    for file in sorted((folder / "posts").glob("*.md")):
        data = file.read_bytes()
        article = read_article(data, path=file.name, dialect=dialect)
        rendition = render_body(
            data,
            path=file.name,
            dialect=dialect,
            base_url="https://blog.example/post/",
            title=article.title,
            own_summary=article.summary,
        )
        read.append((article, rendition))
    tree = CategoryTree().grow(path for article, _ in read for path in article.categories)
    articles = [
        make_article(
            id,
            title=article.title,
            url=f"https://blog.example/post/{id}/",
            summary=rendition.summary,
            html=rendition.html or None,
            published=article.date or datetime(2026, 11, 20, tzinfo=UTC),
            authors=article.authors,
            categories=tuple(node.id for p in article.categories if (node := tree.find(p))),
            picture=Picture(article.thumbnail, 640, 400) if article.thumbnail else None,
        )
        for id, (article, rendition) in enumerate(read, 1)
    ]
    return articles, tree
