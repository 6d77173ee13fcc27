"""Equal title and body are one article."""

from feedpub.publishing.frontpage import summarise_feeds
from tests.support.blog import SAME, Blog


def test_equal_articles_are_one_with_the_union_of_their_categories(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x", "y"])
    blog.write("b.md", **SAME, categories=["z"])

    report = blog.build()

    assert (report.articles, report.duplicates) == (1, 1)
    assert [blog.titles(f) for f in ("all", "x", "x/y", "z")] == [["Same"]] * 4
    assert set(blog.item("Same")["tags"]) == {"x/y", "z"}


def test_of_equal_articles_of_the_first_read_the_first_by_path_gives_the_id(blog: Blog) -> None:
    blog.write("z.md", **SAME)
    blog.write("b/a.md", **SAME)
    blog.write("b.md", **SAME)

    blog.build()
    found = blog.id("Same")

    only = Blog(blog.root / "only")
    only.write("b.md", **SAME)
    only.build()
    assert found == only.id("Same")


def test_the_first_seen_gives_the_id(blog: Blog) -> None:
    blog.write("b.md", **SAME, date="2026-01-02T00:00:00Z")
    blog.build()
    first = blog.item("Same")

    blog.write("a.md", **SAME, date="2025-01-01T00:00:00Z")
    report = blog.build()

    assert (report.new, report.duplicates) == (0, 1)
    assert blog.item("Same") == first


def test_equal_articles_across_sources_are_one_in_the_first_read(blogs: Blog) -> None:
    blogs.write("a.md", **SAME, categories=["x"])
    blogs.write("other:b.md", **SAME, categories=["y"])

    report = blogs.build()

    assert (report.articles, report.duplicates) == (1, 1)
    assert (blogs.titles("x"), blogs.titles("y")) == (["Same"], ["Same"])


def test_equal_articles_across_sources_are_one_later(blogs: Blog) -> None:
    blogs.write("other:b.md", **SAME)
    blogs.build()
    first = blogs.id("Same")

    blogs.write("a.md", **SAME)
    blogs.build()

    assert blogs.titles() == ["Same"]
    assert blogs.id("Same") == first


def test_a_duplicate_adds_its_categories_later(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.build()

    blog.write("b.md", **SAME, categories=["y"])
    blog.build()

    assert (blog.titles("x"), blog.titles("y")) == (["Same"], ["Same"])


def test_a_duplicate_takes_its_categories_with_it(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()

    blog.delete("b.md")
    report = blog.build()

    assert report.deleted == 0
    assert (blog.titles("x"), blog.titles("y")) == (["Same"], [])


def test_a_duplicate_that_changes_its_categories_changes_the_union(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()

    blog.write("b.md", **SAME, categories=["z"])
    blog.build()

    assert [blog.titles(f) for f in ("x", "y", "z")] == [["Same"], [], ["Same"]]


def test_survivors_inherit_the_article(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", **SAME, categories=["x"])
    blog.build()
    first = blog.item("Same")
    blog.write("b.md", **SAME, categories=["y"], date="2025-01-01T00:00:00Z")
    blog.build()

    blog.delete("a.md")
    report = blog.build()

    assert (report.deleted, report.new) == (0, 0)
    assert blog.item("Same") == {**first, "tags": ["y"]}
    assert blog.titles("x") == []


def test_the_return_of_a_file_whose_article_was_inherited_makes_a_duplicate(blog: Blog) -> None:
    blog.write("a.md", **SAME)
    blog.write("b.md", **SAME)
    blog.build()
    first = blog.id("Same")
    blog.delete("a.md")
    blog.build()

    blog.write("a.md", **SAME)
    report = blog.build()

    assert (report.articles, report.duplicates, report.new) == (1, 1, 0)
    assert blog.id("Same") == first


def test_survivors_of_another_source_inherit_too(blogs: Blog) -> None:
    blogs.write("a.md", **SAME)
    blogs.write("other:b.md", **SAME)
    blogs.build()
    first = blogs.id("Same")

    blogs.delete("a.md")
    blogs.build()
    blogs.write("other:b.md", "Another text.", title="Same")
    report = blogs.build()

    assert report.updated == 1
    assert blogs.id("Same") == first
    assert "Another text." in blogs.item("Same")["content_html"]


def test_all_copies_may_go_at_once(blogs: Blog) -> None:
    blogs.write("a.md", **SAME)
    blogs.write("b.md", **SAME)
    blogs.write("other:c.md", **SAME)
    blogs.build()

    blogs.delete("a.md")
    blogs.delete("b.md")
    blogs.delete("other:c.md")
    blogs.build()

    assert blogs.titles() == []


def test_a_duplicate_whose_text_changes_becomes_its_own_article(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()
    first = blog.id("Same")

    blog.write("b.md", "Another text.", title="Other", categories=["y"])
    blog.build()

    assert blog.id("Same") == first
    assert (blog.titles("x"), blog.titles("y")) == (["Same"], ["Other"])
    assert blog.id("Other") != first


def test_when_the_text_of_the_first_changes_a_copy_stands_for_the_old_one(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.write("c.md", **SAME, categories=["z"])
    blog.build()
    first = blog.id("Same")

    blog.write("a.md", "Another text.", title="Other", categories=["x"])
    blog.build()

    assert blog.id("Other") == first
    assert [blog.titles(f) for f in ("x", "y", "z")] == [["Other"], ["Same"], ["Same"]]
    assert blog.id("Same") != first


def test_when_the_first_and_a_copy_change_the_third_stands_alone(blog: Blog) -> None:
    for name in "abc":
        blog.write(f"{name}.md", **SAME, categories=[name])
    blog.build()

    blog.write("a.md", "One.", title="One", categories=["a"])
    blog.write("b.md", "Two.", title="Two", categories=["b"])
    blog.build()

    assert [blog.titles(name) for name in "abc"] == [["One"], ["Two"], ["Same"]]


def test_when_all_copies_change_alike_they_stay_one_article(blog: Blog) -> None:
    for name in "abc":
        blog.write(f"{name}.md", **SAME, categories=[name])
    blog.build()
    first = blog.id("Same")

    for name in "abc":
        blog.write(f"{name}.md", "Another text.", title="Same", categories=[name])
    blog.build()

    assert blog.titles() == ["Same"]
    assert blog.id("Same") == first
    assert [blog.titles(name) for name in "abc"] == [["Same"]] * 3


def test_when_all_copies_change_alike_the_last_may_come_first(blog: Blog) -> None:
    blog.write("b.md", **SAME)
    blog.build()
    first = blog.id("Same")
    blog.write("a.md", **SAME)
    blog.build()

    blog.write("a.md", "Another text.", title="Same")
    blog.write("b.md", "Another text.", title="Same")
    blog.build()

    assert blog.titles() == ["Same"]
    assert blog.id("Same") == first


def test_an_article_that_becomes_equal_to_a_later_one_keeps_its_id(blog: Blog) -> None:
    blog.write("z.md", title="Old")
    blog.build()
    first = blog.id("Old")
    blog.write("a.md", **SAME)
    blog.build()

    blog.write("z.md", **SAME)
    blog.build()

    assert blog.titles() == ["Same"]
    assert blog.id("Same") == first


def test_an_article_that_becomes_equal_to_an_earlier_one_goes_into_it(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", **SAME)
    blog.build()
    first = blog.id("Same")
    blog.write("b.md")
    blog.build()
    page = blog.page_of("B")

    blog.write("b.md", **SAME)
    blog.build()

    assert blog.titles() == ["Same"]
    assert blog.id("Same") == first
    assert b"Text of b." not in blog.target.files[page]


def test_copies_may_move(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x"])
    blog.write("b.md", **SAME, categories=["y"])
    blog.build()
    before = dict(blog.target.files)

    blog.move("a.md", "one/a.md")
    blog.move("b.md", "two/b.md")
    blog.build()

    assert blog.target.files == before


def test_a_duplicate_moved_and_changed_by_guid_becomes_its_own(blog: Blog) -> None:
    blog.write("a.md", **SAME)
    blog.write("b.md", **SAME, guid="tag:b,1:b")
    blog.build()

    blog.delete("b.md")
    blog.write("c.md", "Another text.", title="Other", guid="tag:b,1:b")
    blog.build()

    assert set(blog.titles()) == {"Same", "Other"}
    assert blog.id("Other") == "tag:b,1:b"


def test_a_picture_and_the_front_matter_do_not_make_two_articles(blog: Blog) -> None:
    blog.write("a.md", "![](https://picsum.photos/1) Text.", title="Same", tags=["a"])
    blog.write("b.md", "![](https://picsum.photos/2) Text.", title="Same", tags=["b"])

    assert blog.build().articles == 1


def test_a_count_of_articles_knows_duplicates_once(blog: Blog) -> None:
    blog.write("a.md", **SAME, categories=["x", "y"])
    blog.write("b.md", **SAME, categories=["x", "z"])

    report = blog.build()

    counts = {line.category.folder: line.articles for line in report.summaries}
    assert counts == {"all": 1, "x": 1, "x/y": 1, "x/z": 1}


def test_a_count_of_articles_leaves_out_a_hidden_one_with_copies(blog: Blog) -> None:
    blog.write("a.md", **SAME)
    blog.write("b.md", **SAME, categories=["x", "y"])
    blog.write("c.md", **SAME, categories=["x", "z"])
    blog.write("d.md", categories=["x"])
    blog.build()
    with blog.publisher() as publisher:
        publisher.hide("a.md")

    report = blog.build()

    counts = {line.category.folder: line.articles for line in report.summaries}
    assert counts == {"all": 1, "x": 1}


def test_a_rate_of_posts_knows_an_article_once(blog: Blog) -> None:
    for number in range(4):
        blog.write(f"{number}.md", categories=[["x", "y"], ["x", "z"]])
    blog.build()

    with blog.store.open() as store, store.transaction() as catalog:
        lines = summarise_feeds(catalog.shelves, catalog.shelves.load_tree())

    assert {line.category.folder: line.weekly for line in lines} == {
        "all": 4.0,
        "x": 4.0,
        "x/y": 4.0,
        "x/z": 4.0,
    }
