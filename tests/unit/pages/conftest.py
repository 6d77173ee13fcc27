from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedpub.model import Category, Entry, FeedSummary, Picture, Site

NOON = datetime(2026, 3, 24, 4, tzinfo=UTC)
BASE = "https://blog.example/feeds/"
ROOT = Category(0, (), ("all",))
TECH = Category(1, ("技术",), ("ji-shu",))
WEB = Category(2, ("技术", "网络"), ("ji-shu", "wang-luo"), 1)
FEEDS = Category(3, ("技术", "网络", "订阅"), ("ji-shu", "wang-luo", "ding-yue"), 2)


@pytest.fixture
def site() -> Site:
    return Site(
        title="纸飞机",
        url="https://blog.example/",
        feeds_url=BASE,
        language="zh-CN",
        zone=ZoneInfo("Asia/Shanghai"),
        description="一本小杂志",
        copyright="MIT",
    )


@pytest.fixture
def entry() -> Entry:
    return Entry(
        id="urn:uuid:6f1c7c2e-4c5e-5b0e-9f0a-1d2a3b4c5d6e",
        url=f"{BASE}articles/one-00000001.html",
        title="Title",
        published=NOON,
        updated=NOON,
        summary="Summary",
        html="<p>Body</p>",
        authors=("Author",),
        categories=(FEEDS,),
        tags=("tag",),
        picture=Picture(f"{BASE}media/a.jpg", 640, 400, 9000, "image/jpeg", "media/a.jpg"),
        page="articles/one-00000001.html",
    )


@pytest.fixture
def summarise() -> Callable[..., FeedSummary]:
    def make(category: Category, **values: object) -> FeedSummary:
        return replace(FeedSummary(category, 3, 1, 2.0, NOON), **values)

    return make


@pytest.fixture
def summaries(summarise: Callable[..., FeedSummary]) -> list[FeedSummary]:
    return [summarise(category) for category in (ROOT, TECH, WEB, FEEDS)]
