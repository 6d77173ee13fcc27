"""Entries and feeds for tests: small, complete, different where it matters."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from feedpub.errors import LintError
from feedpub.feeds import build_feed, render_entries
from feedpub.model import Archive, Category, Entry, Feed, Picture, RenderedEntry, Site

SITE = Site(
    title="示例站",
    url="https://example.org/",
    feeds_url="https://example.org/feeds/",
    language="zh-CN",
    zone=ZoneInfo("Asia/Shanghai"),
    description="每天几篇",
    author="编辑部",
    copyright="© 示例站",
    icon="https://example.org/icon.png",
    hub="https://hub.example.org/",
    id="0b5c8a52-6f0e-4d55-9d7c-3f3d5b1f9a10",
)
EVERYTHING = Category(0, (), ("all",))
TECH = Category(1, ("科技",), ("ke-ji",))
AI = Category(2, ("科技", "人工智能"), ("ke-ji", "ren-gong-zhi-neng"), parent=1)
MORNING = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)
PICTURE = Picture(
    "https://example.org/feeds/media/0123456789abcdef.jpg",
    width=640,
    height=360,
    length=48_213,
    media_type="image/jpeg",
    path="media/0123456789abcdef.jpg",
)


def make_entry(number: int = 1, **changes: Any) -> Entry:
    """Return a complete entry; entries of higher numbers are newer."""
    published = MORNING + timedelta(hours=number)
    values: dict[str, Any] = {
        "id": f"urn:uuid:00000000-0000-5000-8000-{number:012}",
        "url": f"https://example.org/2026/{number}/",
        "title": f"第 {number} 篇",
        "published": published,
        "updated": published + timedelta(minutes=5),
        "summary": "摘要。",
        "html": f'<p>正文 {number}，<a href="https://example.org/x?a=1&amp;b=2">链接</a></p>',
        "authors": ("张三", "Li Si"),
        "categories": (AI,),
        "tags": ("标签",),
        "picture": PICTURE,
    }
    return Entry(**values | changes)


def render(*entries: Entry, site: Site = SITE) -> list[tuple[str, RenderedEntry]]:
    """Return id and bytes of entries that must all be sound."""
    rendered = []
    for entry, result in zip(entries, render_entries(entries, site), strict=True):
        if isinstance(result, LintError):
            raise result
        rendered.append((entry.id, result))
    return rendered


def publish(
    *entries: Entry,
    site: Site = SITE,
    category: Category = EVERYTHING,
    latest_archive: str | None = None,
    archive: Archive | None = None,
) -> dict[str, bytes]:
    """Return the documents of a feed that holds these entries, newest first."""
    ordered: Sequence[Entry] = sorted(entries, key=lambda e: e.published, reverse=True)
    updated = max((entry.updated for entry in entries), default=datetime.fromtimestamp(0, UTC))
    feed = Feed(category, updated, latest_archive=latest_archive, archive=archive)
    return build_feed(feed, render(*ordered, site=site), site)
