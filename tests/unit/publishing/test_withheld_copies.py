"""Copies of an article that are drafts, not due, expired or hidden."""

from tests.support.blog import SAME, Blog


def test_a_draft_is_no_twin_of_a_published_article(blog: Blog) -> None:
    blog.write("a.md", **SAME, draft=True, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.write("c.md", **SAME, categories=["z"])

    blog.build()

    assert blog.titles() == ["Same"]
    assert "x/feed.json" not in blog.target.files


def test_a_draft_that_is_published_joins_its_copies(blog: Blog) -> None:
    blog.write("a.md", **SAME, draft=True, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()
    first = blog.id("Same")

    blog.write("a.md", **SAME, categories=["x"])
    blog.build()

    assert blog.titles() == ["Same"]
    assert blog.id("Same") == first
    assert blog.titles("x") == ["Same"]


def test_an_article_that_becomes_a_draft_leaves_its_copies_published(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()

    blog.write("a.md", **SAME, categories=["x"], draft=True)
    blog.build()

    assert (blog.titles("x"), blog.titles("y")) == ([], ["Same"])


def test_a_copy_that_becomes_a_draft_takes_its_categories_with_it(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()

    blog.write("b.md", **SAME, categories=["y"], draft=True)
    blog.build()
    blog.delete("a.md")
    blog.build()

    assert [blog.titles(f) for f in ("all", "x", "y")] == [[], [], []]


def test_a_future_article_joins_its_copies_when_it_is_due(blog: Blog) -> None:
    blog.write("a.md", **SAME, date="2026-01-10T00:00:00Z", categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()
    first = blog.id("Same")

    blog.build(hours=240)

    assert blog.titles() == ["Same"]
    assert blog.id("Same") == first
    assert blog.titles("x") == ["Same"]


def test_an_article_that_expires_leaves_its_copies_published(blog: Blog) -> None:
    blog.write("a.md", **SAME, expires="2026-01-10T00:00:00Z", categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()

    blog.build(hours=240)

    assert (blog.titles("x"), blog.titles("y")) == ([], ["Same"])


def test_a_copy_that_expires_takes_its_categories_with_it(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.write("b.md", **SAME, expires="2026-01-10T00:00:00Z", categories=["y"])
    blog.build()

    blog.build(hours=240)

    assert (blog.titles("x"), blog.titles("y")) == (["Same"], [])


def test_a_copy_of_a_hidden_article_does_not_bring_it_back(blog: Blog) -> None:
    blog.write("a.md", **SAME)
    blog.build()
    with blog.publisher() as publisher:
        publisher.hide("a.md")
    blog.build()

    blog.write("b.md", **SAME)
    blog.build()

    assert blog.titles() == []


def test_hiding_a_copy_hides_the_article(blog: Blog) -> None:
    blog.write("a.md", **SAME)
    blog.write("b.md", **SAME)
    blog.build()

    with blog.publisher() as publisher:
        publisher.hide("b.md")
    blog.build()

    assert blog.titles() == []


def test_a_hidden_article_stays_hidden_when_a_copy_inherits_it(blog: Blog) -> None:
    blog.write("a.md", **SAME)
    blog.write("b.md", **SAME)
    blog.build()
    with blog.publisher() as publisher:
        publisher.hide("a.md")
    blog.build()

    blog.delete("a.md")
    blog.build()

    assert blog.titles() == []
