from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedpub.embeds.maker import Embeds
from feedpub.model import Entry, Picture, Site
from tests.support.embeds import BASE, NEWS


@pytest.fixture
def site() -> Site:
    return Site(
        title="Paper & Plane",
        url="https://blog.example/",
        feeds_url=BASE,
        language="en",
        zone=ZoneInfo("Asia/Shanghai"),
    )


@pytest.fixture
def entry() -> Entry:
    noon = datetime(2026, 3, 24, 4, tzinfo=UTC)
    return Entry(
        id="urn:uuid:6f1c7c2e-4c5e-5b0e-9f0a-1d2a3b4c5d6e",
        url=f"{BASE}articles/one-00000001.html",
        title="One",
        published=noon,
        updated=noon,
        summary="All of it.",
        html="<p>Body</p>",
        categories=(NEWS,),
        picture=Picture(f"{BASE}media/a.jpg", 640, 320, 9000, "image/jpeg", "media/a.jpg"),
        page="articles/one-00000001.html",
    )


@pytest.fixture
def embeds(site: Site) -> Embeds:
    return Embeds(site, entries=3)


@pytest.fixture
def files(embeds: Embeds, entry: Entry) -> dict[str, bytes]:
    """What is made of a category with two articles, by path."""
    elsewhere = replace(
        entry, title="二", url="https://elsewhere.example/2", page=None, picture=None, language="zh"
    )
    return embeds.make(NEWS, [embeds.make_card(one) for one in (entry, elsewhere)])
