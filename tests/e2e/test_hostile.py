"""Articles of which each would like to spoil the whole site: none spoils more than itself."""

import json
from pathlib import Path

import pytest

from tests.support.hostile import CATEGORIES, ODD_NAMES, post, write_hazards, write_odd_files
from tests.support.hostile_site import (
    GOOD,
    build_bounded,
    check_output,
    make_site,
    places,
    titles,
)
from tests.support.real_site import digest


@pytest.mark.slow
def test_broken_articles_cost_only_themselves(tmp_path: Path) -> None:
    site = make_site(tmp_path, jobs=1)
    # Judged once, for it takes longer than to build: two processes publish the same bytes.
    other = site.copy(tmp_path / "other")
    settings = other.root / "feedpub.toml"
    settings.write_text(settings.read_text("utf-8").replace("jobs = 1", "jobs = 2"), "utf-8")
    hazards = write_hazards(site)
    write_hazards(other)

    report, _ = build_bounded(site)
    report_of_two, _ = build_bounded(other)

    files = check_output(site)
    assert digest(other.published()) == digest(files)
    assert other.waiting() == []
    assert not list(other.root.rglob("pwned"))
    assert places(report_of_two) == places(report)
    shown = {item["id"]: item["title"] for item in json.loads(files["all/feed.json"])["items"]}
    named = places(report)
    known = {str(name) for (name,) in site.look("SELECT name FROM articles WHERE state = 0")}
    for hazard in hazards:
        if hazard.named:
            assert hazard.name in named
        if hazard.published is not None:
            assert (hazard.name in known) == hazard.published, hazard.name
        # Nothing is dropped silently.
        held = site.look(f"SELECT 1 FROM articles WHERE name = '{hazard.name}'")
        assert held or hazard.name in named, hazard.name
    assert len(shown) > 50
    assert "nothing new; 0 files written" in site.build_well()


def test_files_that_are_no_articles_are_named_and_not_read(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    named, _ = write_odd_files(site)

    report, _ = build_bounded(site)

    files = check_output(site)
    assert set(named) <= places(report)
    # The one whose name is not UTF-8 is shown as far as it can be.
    assert "??.md" in places(report) or any("\ufffd" in place for place in places(report))
    assert sum(title.startswith("odd name") for title in titles(files)) == len(ODD_NAMES)
    assert report["articles"] == len(ODD_NAMES) + len(GOOD)


def test_categories_cannot_leave_their_place(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    outside = {path.name for path in tmp_path.iterdir()}
    beside = site.names()
    for number, name in enumerate(CATEGORIES):
        site.write(f"c{number}.md", post(title=f"category {number}", categories=[name]))
        path = ["deep", name, "leaf"]
        site.write(f"d{number}.md", post(title=f"below {number}", categories=path))

    report, _ = build_bounded(site)

    files = check_output(site)
    assert {path.name for path in tmp_path.iterdir()} == outside
    assert site.names() - beside == {"feeds"}
    assert report["articles"] == 2 * len(CATEGORIES) + len(GOOD)
    slugs = [str(slug) for (slug,) in site.look("SELECT slug FROM categories")]
    assert all(len(slug.encode()) <= 80 for slug in slugs)
    assert len([path for path in files if path.endswith("/rss.xml")]) > 2 * len(slugs) // 3


def test_categories_as_deep_as_one_likes_cost_only_their_article(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.write("deep.md", post(title="deep", categories=["長" * 40 + str(n) for n in range(200)]))
    site.write("wide.md", post(title="wide", categories=[[f"w{n}"] for n in range(2_000)]))

    report, _ = build_bounded(site)

    check_output(site)
    assert {"deep.md", "wide.md"} <= places(report)
    assert report["feeds"] < 500


def test_a_folder_that_cannot_be_listed_changes_nothing(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.build_well()
    before = site.published()
    deep = site.articles
    site.articles.rename(site.root / "elsewhere")
    deep.write_text("not a folder")

    done = site.build()

    assert done.returncode == 3
    assert "articles" in done.stderr
    assert site.published() == before
