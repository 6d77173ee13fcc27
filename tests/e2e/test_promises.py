"""The comparison in the README: each of its rows is a test here, on a site that is really built."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from PIL import Image

from feedpub.config import load_config
from feedpub.errors import LintError
from feedpub.feeds import render_entries
from feedpub.model import Entry, RenderedEntry
from feedpub.wiring import create_site, open_site

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = """
[site]
id = "0b5f3c1e-6c1d-4c39-9d6a-3a1d2f4b5c6d"
title = "山中笔记"
url = "https://blog.example.org/"
"""
ARTICLES = {
    "radio.md": (
        """title: 修好一台老收音机
date: 2024-10-02 20:15:00 +08:00
categories: [手艺, 电子]
cover: radio.png""",
        "波段之间的沙沙声。<script>alert(1)</script>\x0b",
    ),
    "kettle.md": ("title: 水壶\ndate: 2024-11-03 09:00:00 +08:00\ncategories: [手艺]", "锡。"),
    "trail.md": ("title: 没有名字的路\ndate: 2024-11-09 07:30:00 +08:00", "虚线。"),
}


class Site:
    """A site in a folder."""

    def __init__(self, root: Path) -> None:
        self.root, self.settings = root, SETTINGS
        for name, (fields, body) in ARTICLES.items():
            self.write(name, f"---\n{fields}\n---\n{body}\n")
        Image.new("RGB", (800, 500), "teal").save(root / "articles/radio.png")
        self.write_settings()
        create_site(load_config(root / "feedpub.toml", {}))
        self.build()

    def write(self, name: str, text: str) -> None:
        path = self.root / "articles" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_settings(self) -> None:
        (self.root / "feedpub.toml").write_text(self.settings, encoding="utf-8")

    def build(self) -> None:
        with open_site(load_config(self.root / "feedpub.toml", {})) as publisher:
            report = publisher.build(offline=True)
        assert report.errors == ()

    def json(self, folder: str) -> dict[str, Any]:
        data = (self.root / "feeds" / folder / "feed.json").read_bytes()
        return dict(json.loads(data))

    def ids(self) -> dict[str, str]:
        return {item["title"]: item["id"] for item in self.json("all")["items"]}

    def snapshot(self) -> dict[Path, tuple[int, bytes]]:
        files = [path for path in (self.root / "feeds").rglob("*") if path.is_file()]
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_rss_atom_and_json_feed(site: Site) -> None:
    rss, atom = (feedparser.parse(site.root / f"feeds/all/{name}.xml") for name in ("rss", "atom"))

    assert (rss.version, atom.version) == ("rss20", "atom10")
    assert site.json("all")["version"] == "https://jsonfeed.org/version/1.1"
    titles = list(site.ids())
    assert [entry.title for entry in rss.entries] == titles
    assert [entry.title for entry in atom.entries] == titles


def test_a_feed_for_each_category_unasked(site: Site) -> None:
    feeds = {
        path.parent.relative_to(site.root / "feeds").as_posix()
        for path in site.root.glob("feeds/**/rss.xml")
        if "archive" not in path.parts
    }

    assert feeds == {"all", "shou-yi", "shou-yi/dian-zi"}


def test_outer_categories_include_inner_ones(site: Site) -> None:
    outer = [item["title"] for item in site.json("shou-yi")["items"]]
    inner = [item["title"] for item in site.json("shou-yi/dian-zi")["items"]]

    assert outer == ["水壶", "修好一台老收音机"]
    assert inner == ["修好一台老收音机"]


def test_thumbnails_with_true_width_and_height(site: Site) -> None:
    (entry,) = feedparser.parse(site.root / "feeds/shou-yi/dian-zi/rss.xml").entries
    (thumbnail,) = entry.media_thumbnail

    picture = site.root / "feeds/media" / thumbnail["url"].rpartition("/")[2]
    with Image.open(picture) as copied:
        assert (int(thumbnail["width"]), int(thumbnail["height"])) == copied.size == (640, 400)
    assert int(entry.enclosures[0].length) == picture.stat().st_size


def test_ids_that_survive_a_moved_file_and_a_new_domain(site: Site) -> None:
    before = site.ids()
    (site.root / "articles/2024").mkdir()
    (site.root / "articles/kettle.md").rename(site.root / "articles/2024/kettle-mended.md")
    site.settings = SETTINGS.replace("blog.example.org", "notes.example.net")
    site.write_settings()

    site.build()

    assert site.ids() == before


def test_html_sanitized(site: Site) -> None:
    files = [path for path in site.root.glob("feeds/**/*") if path.suffix in (".xml", ".json")]

    assert files
    assert not [path for path in files if "alert(1)" in path.read_text(encoding="utf-8")]


def test_every_entry_checked_before_it_is_written(site: Site) -> None:
    day = datetime(2024, 11, 1, tzinfo=UTC)
    good = Entry("urn:uuid:1", "https://blog.example.org/1", "一", day, day)
    bad = replace(good, id="urn:uuid:2", url="/not/absolute")
    settings = load_config(site.root / "feedpub.toml", {})

    first, second = render_entries([good, bad], settings.site)

    assert isinstance(first, RenderedEntry)
    assert isinstance(second, LintError)


def test_monthly_archives_and_one_opml_of_all_feeds(site: Site) -> None:
    opml = etree.parse(site.root / "feeds/feeds.opml")

    assert (site.root / "feeds/all/archive/2024-10/atom.xml").is_file()
    assert len(opml.findall(".//outline[@xmlUrl]")) >= 2


def test_nothing_is_written_when_nothing_is_new(site: Site) -> None:
    before = site.snapshot()

    site.build()

    assert site.snapshot() == before


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_row_of_the_comparison_is_a_test_of_this_file(readme: str) -> None:
    text = (REPOSITORY / readme).read_text(encoding="utf-8")
    named = re.findall(r"^\|.*\| `(test_\w+)` \|$", text, re.MULTILINE)

    assert named == [name for name in globals() if name.startswith("test_")][:-1]
