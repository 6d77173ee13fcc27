"""What a build does besides publishing articles: nothing that it was not asked for."""

import json
from dataclasses import replace
from unittest.mock import patch

import pytest

from feedpub.errors import CategoryError, TargetError
from feedpub.testing import MemoryPictures, MemoryTarget
from tests.support.blog import Blog
from tests.support.links import find_dangling
from tests.support.pictures import drawing


def fill(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", categories=["x", "y"], date="2025-10-01T00:00:00Z")
    blog.write("b.md", categories=["x"], date="2025-11-01T00:00:00Z")
    blog.write("c.md", categories=["z"])


def test_nothing_points_at_a_missing_file(blog: Blog) -> None:
    fill(blog)

    blog.build()

    assert find_dangling(blog.target.files) == set()


def test_a_second_build_writes_nothing(blog: Blog) -> None:
    fill(blog)
    blog.build()

    assert blog.rewritten() == []


def test_a_build_with_nothing_to_do_reports_what_there_is(blog: Blog) -> None:
    fill(blog)
    blog.write("broken.md", date="someday")
    first = blog.build()

    again = blog.build()

    assert (again.articles, again.feeds) == (first.articles, first.feeds) == (3, 12)
    assert again.errors == first.errors


def test_a_change_writes_the_feeds_of_its_categories_only(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.write("c.md", "Another text.", categories=["z"])
    changed = blog.rewritten()

    assert {path.partition("/")[0] for path in changed} <= {
        "all",
        "z",
        "articles",
        "index.html",
        "feeds.opml",
        "status.json",
    }
    assert "z/rss.xml" in changed


def test_a_dry_run_writes_nothing_and_says_what_it_would_do(blog: Blog) -> None:
    fill(blog)

    report = blog.build(dry_run=True)

    assert (report.dry_run, report.new, report.written) == (True, 3, 0)
    assert blog.target.files == {}


@pytest.mark.parametrize("built", [False, True])
def test_a_dry_run_reports_what_the_build_then_does(blog: Blog, built: bool) -> None:
    fill(blog)
    blog.write("draft.md", draft=True)
    blog.write("broken.md", date="someday")
    if built:
        blog.build()
        blog.write("a.md", "Another text.", categories=["x", "y"], date="2025-10-01T00:00:00Z")
        blog.write("d.md", categories=["fresh"])
        blog.write("e.md", date="2025-11-01T00:00:00Z")
        blog.write("copy.md", "Text of d.", title="D")
        blog.move("c.md", "sub/c.md")
        blog.delete("b.md")

    told = blog.build(dry_run=True)
    done = blog.build(hours=0)

    assert told.held == 1
    assert len(told.errors) == 1
    assert told == replace(done, dry_run=True, written=0, removed=0)


def test_a_dry_run_leaves_what_an_interrupted_build_left(blog: Blog) -> None:
    fill(blog)
    with (
        patch.object(MemoryTarget, "commit", side_effect=TargetError("x")),
        pytest.raises(TargetError),
    ):
        blog.build()
    staged = blog.target.stage("left.xml", b"")
    assert staged is not None

    blog.build(dry_run=True)

    blog.target.commit([staged])


def test_a_dry_run_leaves_the_catalog_as_it_was(blog: Blog) -> None:
    fill(blog)
    blog.build()
    before = dict(blog.target.files)
    blog.write("d.md")
    blog.delete("a.md")

    report = blog.build(dry_run=True)
    assert (report.new, report.deleted) == (1, 1)
    assert blog.target.files == before

    report = blog.build()
    assert (report.new, report.deleted) == (1, 1)


def test_a_build_of_one_category_leaves_the_others_for_the_next(blog: Blog) -> None:
    fill(blog)
    blog.build()
    blog.write("d.md", categories=["x", "y"])
    blog.write("e.md", categories=["z"])

    changed = blog.rewritten(category="x")
    assert blog.titles("x")[0] == blog.titles("x/y")[0] == "D"
    assert not [path for path in changed if path.startswith(("z/", "all/"))]

    blog.build()
    assert blog.titles("z") == ["E", "C"]
    assert blog.titles("all")[:2] == ["E", "D"]


def test_a_build_of_one_category_takes_its_folder_for_its_name(blog: Blog) -> None:
    blog.write("a.md", categories=["技术", "网络"])
    blog.build()
    blog.write("b.md", categories=["技术", "网络"])

    changed = blog.rewritten(category="ji-shu/wang-luo")

    assert "ji-shu/wang-luo/rss.xml" in changed
    assert not [path for path in changed if path.startswith("all/")]


@pytest.mark.parametrize("options", [{}, {"dry_run": True}])
@pytest.mark.parametrize("news", [False, True])
def test_a_build_of_an_unknown_category_changes_nothing(
    blog: Blog, news: bool, options: dict[str, bool]
) -> None:
    fill(blog)
    blog.build()
    before = dict(blog.target.files)
    if news:
        blog.write("d.md", categories=["x", "y"])

    with pytest.raises(CategoryError, match=r"'x/z'; did you mean 'x/y'\?"):
        blog.build(category="x/z", **options)
    assert blog.target.files == before

    assert blog.build().new == int(news)


def test_a_category_of_articles_that_are_new_is_known(blog: Blog) -> None:
    fill(blog)
    blog.build()
    blog.write("d.md", categories=["fresh"])

    assert "fresh/rss.xml" in blog.rewritten(category="fresh")


def test_a_build_of_one_category_is_not_the_last_word(blog: Blog) -> None:
    fill(blog)
    blog.build()
    blog.write("d.md", categories=["z"])
    blog.build(category="x")

    with blog.publisher() as publisher:
        assert publisher.status().pending


@pytest.mark.parametrize("categories", [["fresh"], ["y", "fresh"]])
def test_a_build_of_one_category_leads_nowhere_that_is_not_there(
    blog: Blog, categories: list[str]
) -> None:
    fill(blog)
    blog.write("c.md", categories=["y"])
    blog.build()
    blog.write("d.md", categories=categories)

    changed = blog.rewritten(category="x")

    assert find_dangling(blog.target.files) == set()
    assert f"{'/'.join(categories)}/rss.xml" in changed
    assert "y/rss.xml" not in changed


def test_a_first_build_of_one_category_makes_what_the_index_leads_to(blog: Blog) -> None:
    fill(blog)

    blog.build(category="x")

    assert find_dangling(blog.target.files) == set()


def test_other_settings_make_everything_anew(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.set(site_title="Another title")
    changed = blog.rewritten()

    feeds = {path for path in blog.target.files if path.endswith((".xml", ".json", "index.html"))}
    assert feeds - set(changed) <= {"status.json"}
    assert b"Another title" in blog.target.files["x/y/rss.xml"]


def test_fewer_entries_make_shorter_feeds(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.set(feeds_entries=1)
    blog.build()

    assert blog.titles() == ["C"]


def test_summaries_instead_of_bodies_and_back(blog: Blog) -> None:
    fill(blog)
    blog.build()
    before = dict(blog.target.files)

    blog.set(site_content="summary", feeds_content="summary")
    blog.build()
    assert "content_html" not in blog.item("A")

    blog.set(site_content="full", feeds_content="full")
    blog.build()
    assert blog.target.files == before


def test_a_deleted_output_is_made_again(blog: Blog) -> None:
    fill(blog)
    blog.build()
    before = dict(blog.target.files)

    blog.target.files.clear()
    blog.build()

    assert blog.target.files == before


@pytest.mark.parametrize("everything", [False, True])
def test_lost_pictures_are_copied_again(blog: Blog, everything: bool) -> None:
    blog.set(thumbnails_mode="copy")
    blog.with_pages()
    blog.place("local.png").write_bytes(drawing(seed="local"))
    blog.write("a.md", "![](local.png) Text.")
    blog.write("b.md", "![](https://b.example/far.png) Text.")
    pictures = MemoryPictures({"https://b.example/far.png": drawing(seed="far")})
    build(blog, pictures)
    before = dict(blog.target.files)
    assert len([path for path in before if path.startswith("media/")]) == 2

    blog.target.files.clear()
    if everything:
        blog.target.files["all/rss.xml"] = before["all/rss.xml"]
    build(blog, pictures, everything=everything)

    assert blog.target.files == before


def build(blog: Blog, pictures: MemoryPictures, **options: bool) -> None:
    blog.clock.advance(hours=1)
    with blog.publisher() as publisher:
        publisher._setup.thumbnailer.remote = pictures.remote
        publisher.build(**options)


def test_everything_made_anew_is_the_same(blog: Blog) -> None:
    fill(blog)
    blog.build()
    blog.write("d.md", categories=["x"])
    blog.delete("b.md")
    blog.build()

    assert blog.rewritten(everything=True) == []


def test_the_same_articles_give_the_same_bytes(blog: Blog) -> None:
    fill(blog)
    blog.build()

    again = Blog(blog.root).with_pages()
    again.build(hours=5000)

    assert again.target.files == blog.target.files


def test_no_document_knows_when_it_was_built(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.target = MemoryTarget()
    before = blog.clock().isoformat()[:10]
    blog.build(hours=5000)

    assert not [path for path, data in blog.target.files.items() if before.encode() in data]


def test_everything_is_counted(blog: Blog) -> None:
    fill(blog)
    report = blog.build()

    assert {line.category.folder: line.articles for line in report.summaries} == {
        "all": 3,
        "x": 2,
        "x/y": 1,
        "z": 1,
    }
    assert json.loads(blog.target.files["status.json"])["articles"] == 3


def test_a_site_without_articles_has_feeds(blog: Blog) -> None:
    report = blog.build()

    assert (report.articles, blog.titles()) == (0, [])


def test_status_tells_what_to_do_next(blog: Blog) -> None:
    blog.write("a.md", categories=["x"])
    with blog.publisher() as publisher:
        assert publisher.status().next_command == "feedpub build"
    blog.build()

    with blog.publisher() as publisher:
        status = publisher.status()

    assert (status.articles, status.categories, status.next_command) == (1, 1, "feedpub serve")
    assert [source.name for source in status.sources] == ["posts"]


def test_progress_is_told_stage_by_stage(blog: Blog) -> None:
    fill(blog)
    told: list[tuple[str, int, int]] = []

    blog.build(progress=lambda *step: told.append(step))

    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["scan", "read", "render", "feeds", "pages", "publish"]
    assert all(done <= total for _, done, total in told)
