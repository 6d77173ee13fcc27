"""The script one would write in an afternoon: python-frontmatter, feedgen and json.

Run as ``python naive.py POSTS OUTPUT``; imports nothing of feedpub or of the benchmark.
"""

import heapq
import json
import sys
from collections import defaultdict
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import frontmatter
from feedgen.feed import FeedGenerator

BASE = "https://www.bench.example/"


def main(posts: Path, output: Path) -> None:
    """Write RSS, Atom and JSON Feed of every category node below output."""
    nodes: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for path in posts.rglob("*.md"):
        post: Any = frontmatter.load(path)
        post["date"] = parsedate_to_datetime(str(post["date"]))
        post["url"] = BASE + path.relative_to(posts).with_suffix(".html").as_posix()
        for depth in range(len(post["categories"]) + 1):
            nodes[tuple(post["categories"][:depth])].append(post)
    for node, members in nodes.items():
        newest = heapq.nlargest(20, members, key=lambda post: post["date"])
        write_feeds(output.joinpath(*node), "/".join(node) or "all", newest)


def write_feeds(folder: Path, title: str, posts: list[Any]) -> None:
    """Write the three feeds of one category node, newest first."""
    folder.mkdir(parents=True, exist_ok=True)
    feed = FeedGenerator()
    feed.title(title)
    feed.id(BASE + title)
    feed.description(title)
    feed.link(href=BASE + title)
    feed.updated(posts[0]["date"])
    feed.lastBuildDate(posts[0]["date"])
    items = []
    for post in posts:
        entry = feed.add_entry(order="append")
        entry.id(post["url"])
        entry.title(post["title"])
        entry.link(href=post["url"])
        entry.author(name=post["author"])
        entry.category([{"term": name} for name in post["categories"]])
        entry.published(post["date"])
        entry.updated(post["date"])
        entry.content(post.content, type="html")
        items.append({"id": post["url"], "url": post["url"], "title": post["title"]})
        items[-1] |= {"content_html": post.content, "image": post["thumbnail"]}
        items[-1] |= {"date_published": post["date"].isoformat(), "tags": post["categories"]}
    feed.rss_file(str(folder / "rss.xml"))
    feed.atom_file(str(folder / "atom.xml"))
    document = {"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}
    (folder / "feed.json").write_text(json.dumps(document, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
