"""The twins that feedpub ships behave like what they stand for; see also tests/contract."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub.config import PagesConfig, SourceConfig, ThumbnailsConfig
from feedpub.errors import FetchError, PictureError
from feedpub.testing import (
    FixedClock,
    MemoryHub,
    MemoryPictures,
    MemoryStore,
    MemoryTarget,
    make_config,
    make_publisher,
    no_processes,
)
from tests.support.pictures import drawing


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.md").write_text("---\ntitle: A\ndate: 2026-01-01\n---\nText.\n")
    return folder


def test_a_site_is_built_without_a_file_but_its_articles(articles: Path, tmp_path: Path) -> None:
    target = MemoryTarget()

    report = make_publisher(make_config(articles), target=target).build()

    assert report.articles == 1
    assert b"<rss" in target.files["all/rss.xml"]
    assert [path.name for path in tmp_path.iterdir()] == ["articles"]


def test_a_second_build_has_nothing_to_do(articles: Path) -> None:
    publisher = make_publisher(make_config(articles))
    publisher.build()

    assert publisher.build().written == 0


def test_a_store_goes_on_under_other_settings(articles: Path) -> None:
    store = MemoryStore()
    make_publisher(make_config(articles), store=store).build()

    other = make_config(sources=(SourceConfig("articles", articles, permalink=":title/"),))
    report = make_publisher(other, store=store).build()

    assert (report.new, report.articles) == (0, 1)


def test_settings_may_be_replaced(articles: Path, tmp_path: Path) -> None:
    pages = PagesConfig(templates=tmp_path / "templates")
    target = MemoryTarget()

    make_publisher(make_config(articles, pages=pages), target=target).build()

    assert "index.html" in target.files


def test_sources_or_folders_are_needed() -> None:
    with pytest.raises(TypeError):
        make_config()


def test_a_clock_stands_still_until_it_is_told_to_go_on() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))

    assert clock() == clock() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.advance(days=2, hours=1) == clock() == datetime(2026, 1, 3, 1, tzinfo=UTC)


def test_a_target_remembers_the_order_of_what_happened(articles: Path) -> None:
    target = MemoryTarget()
    publisher = make_publisher(make_config(articles), target=target)
    publisher.build()

    assert sorted(target.written) == sorted(target.files)
    assert target.written[-1] in ("status.json", "index.html")
    assert target.deleted == []


def test_pictures_come_from_memory(articles: Path) -> None:
    (articles / "a.md").write_text("---\ntitle: A\ncover: https://b.example/a.png\n---\nText.\n")
    pictures = MemoryPictures({"https://b.example/a.png": drawing()})
    target = MemoryTarget()
    config = make_config(articles, thumbnails=ThumbnailsConfig(mode="copy"))

    make_publisher(config, target=target, pictures=pictures).build()

    assert pictures.asked == ["https://b.example/a.png"]
    assert [path for path in target.files if path.startswith("media/")]


def test_a_picture_that_is_not_there_or_none_is_an_error() -> None:
    pictures = MemoryPictures({"https://b.example/a.png": b"no picture"})
    told: dict[str, object] = {}

    left = pictures.fetch_all(
        ["https://b.example/a.png", "https://b.example/b.png"], done=told.__setitem__
    )

    assert left == []
    assert isinstance(told["https://b.example/a.png"], PictureError)
    assert isinstance(told["https://b.example/b.png"], FetchError)


def test_a_hub_remembers_what_it_was_told(articles: Path) -> None:
    hub = MemoryHub()

    report = make_publisher(make_config(articles), hub=hub).build()

    assert hub.pings == [list(report.pinged)]
    assert "https://example.org/feeds/all/rss.xml" in report.pinged


def test_no_processes_are_none() -> None:
    with no_processes(str.upper, 8) as pool:
        assert pool._workers == []
        assert list(pool.map("ab")) == ["A", "B"]
