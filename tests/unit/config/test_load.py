"""What a settings file and the environment amount to."""

import dataclasses
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedpub.config import SourceConfig, find_config, load_config
from feedpub.errors import ConfigError
from tests.support.settings import SITE_ID, Load


def test_an_id_is_enough_for_a_site(load: Load, tmp_path: Path) -> None:
    config = load(f'[site]\nid = "{SITE_ID}"\n', bare=True)

    assert config.sources == (SourceConfig(name="articles", path=tmp_path / "articles"),)
    assert config.site.title == tmp_path.name
    assert config.site.language == "zh-CN"
    assert config.site.zone == ZoneInfo("Asia/Shanghai")
    assert config.feeds.folder == tmp_path / "feeds"
    assert config.database_path == tmp_path / "feedpub.db"


def test_a_site_without_a_url_is_local_and_says_so(load: Load) -> None:
    config = load(f'[site]\nid = "{SITE_ID}"\n', bare=True)

    assert config.site.feeds_url == "http://localhost:8000/feeds/"
    assert "no site.url" in config.warnings[0]


def test_a_full_site_has_no_warnings(load: Load) -> None:
    assert load().warnings == ()


def test_every_key_reaches_its_place(load: Load, tmp_path: Path) -> None:
    config = load(
        f"""
        database = "var/catalog.db"
        [site]
        id = "{SITE_ID.upper()}"
        title = " 纸飞机 "
        url = "https://a.example/blog"
        description = "d"
        language = "zh-hant-tw"
        timezone = "Europe/Berlin"
        author = "A"
        copyright = "C"
        icon = "/icon.png"
        [[sources]]
        name = "posts"
        path = "source/_posts"
        generator = "hexo"
        permalink = ":year/:title/"
        categories = "several"
        dates = "author"
        pictures = ["source", "public"]
        exclude = "drafts/*"
        [[sources]]
        path = "../notes"
        [feeds]
        folder = "public/feeds"
        entries = 50
        content = "summary"
        archive = "none"
        hub = "https://hub.example/"
        ping = true
        ttl = 120
        [thumbnails]
        mode = "link"
        placeholders = ["a.example", "b.example"]
        budget = 0
        [pages]
        enabled = false
        articles = "none"
        templates = "mine"
        [categories.rename]
        "a/b" = "c"
        [build]
        jobs = 3
        """.replace("        ", ""),
        bare=True,
    )

    site = config.site
    assert config.site_id == site.id == SITE_ID
    assert (site.title, site.language, site.zone.key) == ("纸飞机", "zh-Hant-TW", "Europe/Berlin")  # type: ignore[attr-defined]
    assert (site.url, site.feeds_url) == (
        "https://a.example/blog/",
        "https://a.example/blog/feeds/",
    )
    assert (site.icon, site.hub) == ("https://a.example/icon.png", "https://hub.example/")
    assert (site.ttl_minutes, site.content, site.pages) == (120, "summary", False)
    posts, notes = config.sources
    assert posts == SourceConfig(
        name="posts",
        path=tmp_path / "source/_posts",
        generator="hexo",
        permalink=":year/:title/",
        categories="several",
        dates="author",
        pictures=(tmp_path / "source", tmp_path / "public"),
        exclude=("drafts/*",),
    )
    assert notes == SourceConfig(name="notes", path=tmp_path.parent / "notes")
    assert config.feeds.folder == tmp_path / "public/feeds"
    assert (config.feeds.entries, config.feeds.archive, config.feeds.ping) == (50, "none", True)
    assert config.thumbnails.placeholders == ("a.example", "b.example")
    assert (config.thumbnails.mode, config.thumbnails.budget_s) == ("link", 0)
    assert config.pages.templates == tmp_path / "mine"
    assert (config.pages.enabled, config.pages.articles) == (False, "none")
    assert config.renames == {("a", "b"): ("c",)}
    assert (config.database_path, config.jobs) == (tmp_path / "var/catalog.db", 3)


@pytest.mark.parametrize(
    ("variable", "text", "field"),
    [
        ("FEEDPUB_SITE_TITLE", "T", lambda c: c.site.title == "T"),
        ("FEEDPUB_SITE_URL", "https://b.example", lambda c: c.site.url == "https://b.example/"),
        ("FEEDPUB_FEEDS_ENTRIES", "7", lambda c: c.feeds.entries == 7),
        ("FEEDPUB_FEEDS_HUB", "https://h.example/", lambda c: c.site.hub == "https://h.example/"),
        ("FEEDPUB_PAGES_ENABLED", "No", lambda c: not c.pages.enabled),
        ("FEEDPUB_THUMBNAILS_PLACEHOLDERS", "a, b", lambda c: len(c.thumbnails.placeholders) == 2),
        ("FEEDPUB_DATABASE", "x.db", lambda c: c.database == "x.db"),
        ("FEEDPUB_BUILD_JOBS", "2", lambda c: c.jobs == 2),
    ],
)  # fmt: skip
def test_the_environment_beats_the_file(load: Load, variable: str, text: str, field) -> None:
    assert field(load("title = 'file'\n[feeds]\nentries = 5\n", {variable: text}))


def test_an_empty_variable_does_nothing(load: Load) -> None:
    assert load("title = 'file'\n", {"FEEDPUB_SITE_TITLE": ""}).site.title == "file"


def test_renames_lead_to_the_last_name(load: Load) -> None:
    config = load('[categories.rename]\na = "b"\nb = "c/d"\n"x\\\\/y" = "z"\n')

    assert config.renames == {("a",): ("c", "d"), ("b",): ("c", "d"), ("x/y",): ("z",)}


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "feedpub.toml"
    path.write_bytes(f'\ufeff[site]\r\nid = "{SITE_ID}"\r\ntitle = "题"\r\n'.encode())

    assert load_config(path, {}).site.title == "题"


def test_a_host_in_another_script_is_written_in_ascii(load: Load) -> None:
    config = load('[feeds]\nurl = "https://例え.jp:8443/图"\n')

    assert config.site.feeds_url == "https://xn--r8jz45g.jp:8443/%E5%9B%BE/"


def test_a_hub_s_address_is_kept_as_it_is(load: Load) -> None:
    assert load('[feeds]\nhub = "https://h.example/push?a=b"\n').site.hub == (
        "https://h.example/push?a=b"
    )
    assert load('[feeds]\nhub = "https://h.example/push"\n').site.hub == "https://h.example/push"


def test_a_config_cannot_be_changed(load: Load) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load().jobs = 1  # type: ignore[misc]


def test_the_nearest_settings_are_found_from_below(tmp_path: Path) -> None:
    (tmp_path / "feedpub.toml").touch()
    below = tmp_path / "articles" / "deep"
    below.mkdir(parents=True)

    assert find_config(below) == tmp_path / "feedpub.toml"


def test_no_settings_lead_to_init(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="feedpub init"):
        find_config(tmp_path)
