"""Small exports of other systems, written for the tests."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from feedpub.sources.exports.entry import Entry, Options, Unread
from feedpub.sources.exports.kinds import READERS
from feedpub.sources.exports.package import open_package

SHANGHAI = timezone(timedelta(hours=8))

_WXR = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old blog</title><link>https://old.example/</link>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
{channel}
{items}
</channel></rss>
"""


def wxr_item(number: int = 1, **given: str) -> str:
    """Return one item; ``terms`` and ``meta`` are XML, everything else is text."""
    values = {
        "title": f"Post {number}",
        "link": f"https://old.example/{number}/",
        "guid": f"https://old.example/?p={number}",
        "content": f"Text of post {number}.",
        "excerpt": "",
        "date": "2024-05-06 07:08:09",
        "name": f"post-{number}",
        "status": "publish",
        "type": "post",
        "password": "",
        "creator": "ann",
        **given,
    }
    raw = {name: values.pop(name, "") for name in ("terms", "meta")}
    safe = {name: escape(value) for name, value in values.items()}
    content = values["content"].replace("]]>", "]]]]><![CDATA[>")
    return f"""<item><title>{safe["title"]}</title><link>{safe["link"]}</link>
<guid isPermaLink="false">{safe["guid"]}</guid><dc:creator>{safe["creator"]}</dc:creator>
<content:encoded><![CDATA[{content}]]></content:encoded>
<excerpt:encoded>{safe["excerpt"]}</excerpt:encoded><wp:post_id>{number}</wp:post_id>
<wp:post_date>{safe["date"]}</wp:post_date><wp:post_date_gmt>{safe["date"]}</wp:post_date_gmt>
<wp:post_name>{safe["name"]}</wp:post_name><wp:status>{safe["status"]}</wp:status>
<wp:post_type>{safe["type"]}</wp:post_type><wp:post_password>{safe["password"]}</wp:post_password>
{raw["terms"]}{raw["meta"]}</item>"""


def wxr(*items: str, channel: str = "") -> str:
    """Return a whole export of WordPress."""
    return _WXR.format(channel=channel, items="\n".join(items))


def ghost_post(number: int = 1, **given: Any) -> dict[str, Any]:
    """Return one post of Ghost."""
    return {
        "id": f"{number:024x}",
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "html": f"<p>Text of post {number}.</p>",
        "type": "post",
        "status": "published",
        "visibility": "public",
        "published_at": "2024-05-06T07:08:09.000Z",
        **given,
    }


def ghost(*posts: Mapping[str, Any], **tables: Sequence[Mapping[str, Any]]) -> str:
    """Return a whole export of Ghost."""
    return json.dumps({"db": [{"meta": {}, "data": {"posts": list(posts), **tables}}]})


def substack_table(*rows: Mapping[str, str]) -> str:
    """Return ``posts.csv``."""
    names = ["post_id", "post_date", "is_published", "type", "audience", "title", "subtitle",
             "podcast_url"]  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    usual = {"post_date": "2024-05-06T07:08:09.000Z", "is_published": "true",
             "type": "newsletter", "audience": "everyone"}  # fmt: skip
    writer.writerows({**usual, **row} for row in rows)
    return text.getvalue()


def write_zip(path: Path, members: Mapping[str, str | bytes]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def read_export(
    kind: str, place: Path, *, url: str = "", pages: bool = False
) -> tuple[list[Entry], list[Unread]]:
    """Read an export as the source does."""
    options = Options(source="old", url=url, pages=pages, zone=SHANGHAI)
    with open_package(place, path=place.name) as package:
        found = list(READERS[kind](package, options))
    entries = [one for one in found if isinstance(one, Entry)]
    return entries, [one for one in found if isinstance(one, Unread)]
