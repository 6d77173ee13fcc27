"""Which feeds an article is in, where they are, and that they stay there."""

from collections.abc import Mapping

import pytest

from feedpub.model import CategoryPath
from tests.support.blog import Blog
from tests.support.links import find_dangling


def folders(blog: Blog) -> set[str]:
    return {path.rpartition("/")[0] for path in blog.target.files if path.endswith("/feed.json")}


def test_an_article_is_in_its_category_all_above_it_and_everything(blog: Blog) -> None:
    blog.write("a.md", categories=["a", "b", "c"])
    blog.write("b.md", categories=["a"])

    blog.build()

    assert {name: blog.titles(name) for name in folders(blog)} == {
        "all": ["B", "A"],
        "a": ["B", "A"],
        "a/b": ["A"],
        "a/b/c": ["A"],
    }


@pytest.mark.parametrize(
    ("generator", "expected"),
    [("hexo", {"x", "x/y"}), ("auto", {"x", "x/y"}), ("hugo", {"x", "y"}), ("jekyll", {"x", "y"})],
)
def test_a_flat_list_is_what_the_dialect_makes_of_it(
    blog: Blog, generator: str, expected: set[str]
) -> None:
    blog.set_source(generator=generator)
    blog.write("2026-01-01-a.md", categories=["x", "y"])

    blog.build()

    assert folders(blog) == expected | {"all"}


@pytest.mark.parametrize(("mode", "expected"), [("path", {"x", "x/y"}), ("several", {"x", "y"})])
@pytest.mark.parametrize("generator", ["hexo", "hugo"])
def test_a_source_may_say_what_a_flat_list_is(
    blog: Blog, generator: str, mode: str, expected: set[str]
) -> None:
    blog.set_source(generator=generator, categories=mode)
    blog.write("a.md", categories=["x", "y"])

    blog.build()

    assert folders(blog) == expected | {"all"}


def test_a_list_of_lists_is_several_paths(blog: Blog) -> None:
    blog.write("a.md", categories=[["x", "y"], ["z"]])

    blog.build()

    assert folders(blog) == {"all", "x", "x/y", "z"}


def test_another_mode_moves_the_articles(blog: Blog) -> None:
    blog.write("a.md", categories=["x", "y"])
    blog.build()

    blog.set_source(categories="several")
    blog.build()

    assert (blog.titles("x"), blog.titles("y"), blog.titles("x/y")) == (["A"], ["A"], [])


def test_other_categories_move_the_article(blog: Blog) -> None:
    blog.write("a.md", categories=["x", "y"])
    blog.build()

    blog.write("a.md", categories=["x", "z"])
    blog.build()

    assert [blog.titles(name) for name in ("x", "x/y", "x/z")] == [["A"], [], ["A"]]


def test_two_sources_share_their_categories(blogs: Blog) -> None:
    blogs.write("a.md", categories=["x"])
    blogs.write("other:b.md", categories=["x"])

    blogs.build()

    assert blogs.titles("x") == ["B", "A"]


def test_a_slug_stays_when_another_name_would_take_it_now(blog: Blog) -> None:
    blog.write("a.md", categories=["Café"])
    blog.build()

    blog.write("b.md", categories=["Cafe"])
    blog.build()

    assert blog.titles("cafe") == ["A"]
    (other,) = folders(blog) - {"all", "cafe"}
    assert blog.titles(other) == ["B"]


def test_a_slug_stays_when_the_first_owner_is_gone(blog: Blog) -> None:
    blog.write("a.md", categories=["Café"])
    blog.write("z.md")
    blog.build()
    blog.delete("a.md")
    blog.build()

    blog.write("b.md", categories=["Cafe"])
    blog.build()

    assert blog.titles("cafe") == []


@pytest.mark.parametrize("name", ["all", "media", "articles", "assets", "archive", "embed"])
def test_a_reserved_name_gets_digits_of_its_hash(blog: Blog, name: str) -> None:
    blog.write("a.md", categories=[name])

    blog.build()

    (folder,) = folders(blog) - {"all"}
    assert folder.startswith(f"{name}-")
    assert len(folder) == len(name) + 5


def test_the_same_name_below_two_categories_is_two_categories(blog: Blog) -> None:
    blog.write("a.md", categories=["x", "n"])
    blog.write("b.md", categories=["y", "n"])

    blog.build()

    assert (blog.titles("x/n"), blog.titles("y/n")) == (["A"], ["B"])


# Renaming


def rename(blog: Blog, renames: Mapping[CategoryPath, CategoryPath]) -> None:
    blog.set(renames=renames)


def test_a_renamed_category_is_read_at_its_old_address_too(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", categories=["old", "sub"])
    blog.build()
    first = blog.id("A")

    rename(blog, {("old",): ("new",)})
    blog.build()

    for folder in ("new", "new/sub", "old", "old/sub"):
        assert blog.titles(folder) == ["A"]
    assert blog.id("A") == first
    assert b"new/" in blog.target.files["old/index.html"]


def test_the_old_address_of_a_renamed_category_goes_on_with_the_news(blog: Blog) -> None:
    blog.write("a.md", categories=["old"])
    blog.build()
    rename(blog, {("old",): ("new",)})
    blog.build()

    blog.write("b.md", categories=["old"])
    blog.write("c.md", categories=["new"])
    blog.build()

    assert blog.titles("old") == blog.titles("new") == ["C", "B", "A"]


def test_a_rename_is_done_once(blog: Blog) -> None:
    blog.write("a.md", categories=["old"])
    blog.build()
    rename(blog, {("old",): ("new",)})
    blog.build()

    assert blog.rewritten() == []


def test_a_category_may_be_renamed_twice(blog: Blog) -> None:
    blog.write("a.md", categories=["one"])
    blog.build()
    rename(blog, {("one",): ("two",)})
    blog.build()

    rename(blog, {("one",): ("three",), ("two",): ("three",)})
    blog.build()

    assert [blog.titles(name) for name in ("one", "two", "three")] == [["A"]] * 3


def test_a_category_may_be_merged_into_another(blog: Blog) -> None:
    blog.write("a.md", categories=["old", "sub"])
    blog.write("b.md", categories=["new", "sub"])
    blog.write("c.md", categories=["old"])
    blog.build()

    rename(blog, {("old",): ("new",)})
    blog.build()

    assert blog.titles("new") == blog.titles("old") == ["C", "B", "A"]
    assert blog.titles("new/sub") == ["B", "A"]


def test_a_category_may_be_merged_into_the_one_above_it(blog: Blog) -> None:
    blog.write("a.md", categories=["x", "y"])
    blog.write("b.md", categories=["x"])
    blog.build()

    rename(blog, {("x", "y"): ("x",)})
    blog.build()

    assert blog.titles("x") == blog.titles("x/y") == ["B", "A"]


def test_an_article_of_both_merged_categories_is_in_the_feed_once(blog: Blog) -> None:
    blog.write("a.md", categories=[["old"], ["new"]])
    blog.build()

    rename(blog, {("old",): ("new",)})
    report = blog.build()

    assert blog.titles("new") == ["A"]
    assert {line.category.folder: line.articles for line in report.summaries}["new"] == 1


def test_an_unreadable_article_is_renamed_with_the_others(blog: Blog) -> None:
    blog.write("a.md", categories=["old"])
    blog.write("b.md", categories=["new"])
    blog.build()
    blog.write("a.md", date="someday", categories=["old"])
    blog.build()

    rename(blog, {("old",): ("new",)})
    blog.build()

    assert set(blog.titles("new")) == {"A", "B"}


def test_a_tombstone_and_a_draft_survive_a_merge(blog: Blog) -> None:
    blog.write("a.md", categories=["old"])
    blog.write("b.md", categories=["new"])
    blog.write("c.md", categories=["old"], draft=True)
    blog.build()
    blog.delete("a.md")
    blog.build()

    rename(blog, {("old",): ("new",)})
    blog.build()
    blog.write("a.md", categories=["old"])
    blog.write("c.md", categories=["old"])
    blog.build()

    assert set(blog.titles("new")) == {"A", "B", "C"}


def test_an_article_in_a_held_source_is_renamed_with_the_others(blogs: Blog) -> None:
    blogs.write("a.md", categories=["old"])
    blogs.write("other:b.md", categories=["new"])
    blogs.build()
    blogs.place("a.md").unlink()
    blogs.place(".").rmdir()

    rename(blogs, {("old",): ("new",)})
    blogs.build()

    assert set(blogs.titles("new")) == {"A", "B"}


def test_a_category_may_be_emptied_and_renamed_at_once(blog: Blog) -> None:
    blog.write("a.md", categories=["old"])
    blog.write("b.md")
    blog.build()

    blog.delete("a.md")
    rename(blog, {("old",): ("new",)})
    blog.build()

    assert blog.titles("old") == []


def test_archives_move_with_their_category(blog: Blog) -> None:
    blog.write("a.md", categories=["old"], date="2025-10-01T00:00:00Z")
    blog.write("b.md", categories=["old"])
    blog.build()

    rename(blog, {("old",): ("new",)})
    blog.build()

    assert blog.titles("new/archive/2025-10") == ["A"]
    assert not [path for path in blog.target.files if path.startswith("old/archive/")]
    assert find_dangling(blog.target.files) == set()


def test_an_archive_that_is_emptied_as_its_category_is_renamed_goes_from_both_addresses(
    blog: Blog,
) -> None:
    for name, date in {"a": "2025-10-01", "b": "2025-11-01", "c": "2026-01-01"}.items():
        blog.write(f"{name}.md", categories=["old"], date=f"{date}T00:00:00Z")
    blog.build()
    assert "old/archive/2025-10/feed.json" in blog.target.files

    rename(blog, {("old",): ("new",)})
    blog.delete("a.md")
    blog.build()

    assert not [path for path in blog.target.files if "/archive/2025-10/" in path]
    assert find_dangling(blog.target.files) == set()


def test_nothing_is_taken_down_at_a_former_address_that_is_not_there(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.write("a.md", categories=["old"], date="2025-10-01T00:00:00Z")
    blog.write("b.md", categories=["old"])
    blog.build()
    rename(blog, {("old",): ("new",)})
    blog.build()
    asked: list[str] = []
    monkeypatch.setattr(blog.target, "delete", lambda paths: asked.extend(paths) or [])

    blog.build(everything=True)

    assert not [path for path in asked if "/archive/" in path]
