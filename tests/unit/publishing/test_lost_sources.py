"""A source that loses much is more likely broken than edited."""

import shutil

from feedpub.model import BuildReport
from tests.support.blog import Blog


def fill(blog: Blog, count: int, source: str = "posts") -> None:
    for number in range(count):
        blog.write(f"{source}:{number:03}.md", f"{source} {number}", title=f"{source} {number}")


def lose(blog: Blog, count: int, source: str = "posts") -> None:
    for number in range(count):
        blog.delete(f"{source}:{number:03}.md")


def assert_held(report: BuildReport, name: str = "posts") -> None:
    assert report.held_sources == (name,)
    assert [problem.path for problem in report.errors] == [name]
    assert "--accept-deletions" in report.errors[0].message


def test_a_source_that_loses_more_than_a_fifth_and_twenty_changes_nothing(blog: Blog) -> None:
    fill(blog, 30)
    blog.build()
    before = dict(blog.target.files)

    lose(blog, 21)
    report = blog.build()

    assert_held(report)
    assert report.deleted == 0
    assert blog.target.files == before


def test_what_else_happened_in_a_held_source_waits_too(blog: Blog) -> None:
    fill(blog, 30)
    blog.build()
    before = dict(blog.target.files)

    lose(blog, 21)
    blog.write("new.md", categories=["x"])
    blog.write("029.md", "Another text.")
    report = blog.build()

    assert (report.new, report.updated, report.moved, report.deleted) == (0, 0, 0, 0)
    assert blog.target.files == before


def test_a_held_source_is_held_in_every_build(blog: Blog) -> None:
    fill(blog, 30)
    blog.build()
    lose(blog, 21)
    blog.build()

    assert_held(blog.build())


def test_accepted_deletions_are_deletions(blog: Blog) -> None:
    fill(blog, 30)
    blog.build()
    lose(blog, 21)
    blog.build()

    report = blog.build(accept_deletions=True)

    assert (report.held_sources, report.deleted) == ((), 21)
    assert report.articles == 9


def test_articles_that_come_back_in_time_were_never_lost(blog: Blog) -> None:
    fill(blog, 30)
    blog.build()
    shutil.copytree(blog.place("."), blog.root / "kept")
    lose(blog, 21)
    blog.build()

    shutil.rmtree(blog.place("."))
    (blog.root / "kept").rename(blog.place("."))

    assert blog.rewritten() == []


def test_twenty_are_not_too_many(blog: Blog) -> None:
    fill(blog, 30)
    blog.build()

    lose(blog, 20)

    assert blog.build().deleted == 20


def test_a_fifth_is_not_too_much(blog: Blog) -> None:
    fill(blog, 110)
    blog.build()

    lose(blog, 22)

    assert blog.build().deleted == 22


def test_what_has_moved_is_not_lost(blog: Blog) -> None:
    fill(blog, 30)
    blog.build()

    for number in range(30):
        blog.move(f"{number:03}.md", f"2026/{number:03}.md")
    report = blog.build()

    assert (report.held_sources, report.moved) == ((), 30)


def test_a_folder_that_vanished_changes_nothing(blog: Blog) -> None:
    fill(blog, 3)
    blog.build()
    before = dict(blog.target.files)

    shutil.rmtree(blog.place("."))
    report = blog.build()

    assert_held(report)
    assert blog.target.files == before


def test_a_folder_that_vanished_for_good_is_accepted(blog: Blog) -> None:
    fill(blog, 3)
    blog.build()

    shutil.rmtree(blog.place("."))
    report = blog.build(accept_deletions=True)

    assert (report.held_sources, report.deleted, blog.titles()) == ((), 3, [])


def test_other_sources_publish_while_one_is_held(blogs: Blog) -> None:
    fill(blogs, 30)
    fill(blogs, 1, "other")
    blogs.build()

    lose(blogs, 25)
    blogs.write("other:new.md")
    report = blogs.build()

    assert_held(report)
    assert report.new == 1
    assert "New" in blogs.titles()


def test_other_sources_publish_while_one_is_gone(blogs: Blog) -> None:
    fill(blogs, 2)
    blogs.write("other:old.md")
    blogs.build()

    shutil.rmtree(blogs.place("."))
    blogs.write("other:new.md")
    report = blogs.build()

    assert_held(report)
    assert {"New", "Old", "posts 0"} <= set(blogs.titles())


def test_a_source_that_was_never_there_is_reported_and_harms_no_other(blogs: Blog) -> None:
    shutil.rmtree(blogs.place("."))
    blogs.write("other:a.md")

    report = blogs.build()

    assert_held(report)
    assert blogs.titles() == ["A"]


def test_a_source_that_was_never_there_is_not_accepted_as_empty(blogs: Blog) -> None:
    shutil.rmtree(blogs.place("."))
    blogs.write("other:a.md")

    assert_held(blogs.build(accept_deletions=True))


def test_a_source_that_cannot_be_listed_is_never_accepted_as_empty(blog: Blog) -> None:
    fill(blog, 3)
    blog.build()
    shutil.rmtree(blog.place("."))
    blog.place(".").write_text("a file where the folder was")

    report = blog.build(accept_deletions=True)

    assert report.held_sources == ("posts",)
    assert len(blog.titles()) == 3


def test_a_source_that_the_settings_forgot_stays_until_that_is_accepted(blogs: Blog) -> None:
    blogs.write("a.md")
    blogs.write("other:b.md", categories=["x"])
    blogs.build()

    blogs.set(sources=blogs.config.sources[:1])
    report = blogs.build()

    assert_held(report, "other")
    assert set(blogs.titles()) == {"A", "B"}


def test_a_forgotten_source_goes_when_that_is_accepted(blogs: Blog) -> None:
    blogs.write("a.md")
    blogs.write("other:b.md", categories=["x"])
    blogs.build()
    blogs.set(sources=blogs.config.sources[:1])

    report = blogs.build(accept_deletions=True)

    assert (report.held_sources, report.deleted) == ((), 1)
    assert (blogs.titles(), blogs.titles("x")) == (["A"], [])
    assert blogs.build().held_sources == ()
    assert blogs.rewritten() == []


def test_a_forgotten_source_that_is_named_again_brings_no_news(blogs: Blog) -> None:
    blogs.write("a.md")
    blogs.write("other:b.md")
    blogs.build()
    before, sources = dict(blogs.target.files), blogs.config.sources
    blogs.set(sources=sources[:1])
    blogs.build(accept_deletions=True)

    blogs.set(sources=sources)
    report = blogs.build()

    assert report.new == 0
    assert blogs.target.files == before


def test_a_source_that_gets_another_name_keeps_its_ids(blogs: Blog) -> None:
    blogs.write("a.md")
    blogs.build()
    first = blogs.id("A")

    blogs.set_source(0, name="renamed")
    blogs.build(accept_deletions=True)

    assert blogs.titles() == ["A"]
    assert blogs.id("A") == first


def test_a_folder_that_stays_away_is_told_every_time(blog: Blog) -> None:
    fill(blog, 3)
    blog.build()
    shutil.rmtree(blog.place("."))
    blog.build(accept_deletions=True)

    assert_held(blog.build())


def test_a_folder_that_comes_back_brings_no_news(blog: Blog) -> None:
    fill(blog, 3)
    blog.build()
    before = dict(blog.target.files)
    blog.place(".").rename(blog.root / "away")
    blog.build(accept_deletions=True)

    (blog.root / "away").rename(blog.place("."))
    report = blog.build()

    assert report.new == 0
    assert blog.target.files == before


def test_articles_that_are_added_do_not_make_up_for_those_that_are_lost(blog: Blog) -> None:
    fill(blog, 30)
    blog.build()

    lose(blog, 21)
    for number in range(100):
        blog.write(f"new{number}.md")

    assert_held(blog.build())
