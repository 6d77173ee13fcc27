"""Files that move, go, and come back."""

from tests.support.blog import Blog


def test_a_moved_file_keeps_id_dates_and_page(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", date=None)
    blog.build()
    first = blog.item("A")

    blog.move("a.md", "b.md")
    report = blog.build(hours=72)

    assert (report.moved, report.new, report.deleted) == (1, 0, 0)
    assert blog.item("A") == first


def test_a_moved_file_keeps_its_page_when_it_is_edited_later(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.build()
    page = blog.page_of("A")
    blog.move("a.md", "sub/b.md")
    blog.build()

    blog.write("sub/b.md", "Another text.", title="A")
    blog.build()

    assert blog.page_of("A") == page
    assert b"Another text." in blog.target.files[page]


def test_a_file_may_move_to_another_folder(blog: Blog) -> None:
    blog.write("2025/a.md")
    blog.build()
    first = blog.item("A")

    blog.move("2025/a.md", "2026/01/x.md")
    report = blog.build()

    assert report.moved == 1
    assert blog.item("A") == first


def test_a_move_changes_no_document(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", categories=["x"])
    blog.build()

    blog.move("a.md", "b/c.md")

    assert blog.rewritten() == []


def test_a_moved_file_is_no_news(blog: Blog) -> None:
    for number in range(25):
        blog.write(f"{number:02}.md", date=f"2026-01-01T00:{number:02}:00Z")
    blog.build()

    blog.move("00.md", "moved.md")
    blog.build(hours=100)

    assert "00" not in blog.titles()
    assert len(blog.titles()) == 20


def test_a_file_may_move_in_the_same_build_as_another_changes(blog: Blog) -> None:
    blog.write("a.md")
    blog.write("b.md")
    blog.build()
    first, second = blog.id("A"), blog.id("B")

    blog.move("a.md", "c.md")
    blog.write("b.md", "Another text.")
    report = blog.build()

    assert (report.moved, report.updated) == (1, 1)
    assert (blog.id("A"), blog.id("B")) == (first, second)


def test_a_file_may_move_twice_and_back(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.build()
    first = blog.item("A")

    for there in ("b.md", "c/d.md", "a.md"):
        blog.move("a.md" if there == "b.md" else "b.md" if there == "c/d.md" else "c/d.md", there)
        assert blog.build().moved == 1

    assert blog.item("A") == first


def test_a_moved_file_with_another_category_changes_feeds_but_not_its_id(blog: Blog) -> None:
    blog.write("a.md", categories=["x"])
    blog.build()
    first = blog.id("A")

    blog.delete("a.md")
    blog.write("b.md", "Text of a.", title="A", categories=["y"])
    blog.build()

    assert blog.id("A") == first
    assert (blog.titles("x"), blog.titles("y")) == ([], ["A"])


def test_a_file_that_moves_and_changes_is_another_article(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    first = blog.id("A")

    blog.delete("a.md")
    blog.write("b.md", "Another text.", title="A")
    report = blog.build()

    assert (report.new, report.deleted) == (1, 1)
    assert blog.id("A") != first


def test_a_file_with_a_guid_is_known_by_it_wherever_it_goes(blog: Blog) -> None:
    blog.write("a.md", guid="tag:b,1:x")
    blog.build()

    blog.delete("a.md")
    blog.write("sub/b.md", "Another text.", guid="tag:b,1:x")
    report = blog.build()

    assert (report.moved, report.new, report.deleted) == (1, 0, 0)
    assert blog.id("B") == "tag:b,1:x"


def test_a_file_with_a_guid_may_move_to_another_source(blogs: Blog) -> None:
    blogs.write("a.md", guid="tag:b,1:x")
    blogs.write("other:z.md")
    blogs.build()

    blogs.move("a.md", "other:sub/b.md")
    blogs.build()
    blogs.write("other:sub/b.md", "Another text.", title="A", guid="tag:b,1:x")
    report = blogs.build()

    assert report.updated == 1
    assert "Another text." in blogs.item("A")["content_html"]
    blogs.delete("other:sub/b.md")
    assert blogs.build().deleted == 1


def test_a_file_with_a_guid_may_move_to_a_source_that_is_read_first(blogs: Blog) -> None:
    blogs.write("other:a.md", guid="tag:b,1:x")
    blogs.build()

    blogs.move("other:a.md", "a.md")
    blogs.build()
    report = blogs.build()

    assert report.errors == ()
    assert blogs.id("A") == "tag:b,1:x"


def test_a_deleted_article_leaves_every_feed(blog: Blog) -> None:
    blog.write("a.md", categories=["x", "y"])
    blog.write("b.md", categories=["x"])
    blog.build()

    blog.delete("a.md")
    report = blog.build()

    assert report.deleted == 1
    assert [blog.titles(folder) for folder in ("all", "x", "x/y")] == [["B"], ["B"], []]


def test_the_page_of_a_deleted_article_says_so(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.write("b.md")
    blog.build()
    page = blog.page_of("A")

    blog.delete("a.md")
    blog.build()

    assert b"Text of a." not in blog.target.files[page]
    assert b"A" in blog.target.files[page]


def test_the_return_of_an_article_is_no_news(blog: Blog) -> None:
    for number in range(25):
        blog.write(f"{number:02}.md", date=f"2026-01-01T00:{number:02}:00Z")
    blog.build()
    blog.write("99.md", date="2025-01-01T00:00:00Z")
    blog.build()
    blog.delete("99.md")
    blog.build(hours=100)

    blog.write("99.md", date="2025-01-01T00:00:00Z")
    report = blog.build()

    assert report.new == 0
    assert report.problems == ()


def test_the_return_of_an_article_brings_all_of_it_back(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", date=None)
    blog.write("b.md")
    blog.build()
    before = dict(blog.target.files)
    blog.delete("a.md")
    blog.build()

    blog.write("a.md", date=None)
    blog.build()

    assert blog.target.files == before


def test_an_article_may_return_with_another_text(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    first = blog.item("A")
    blog.delete("a.md")
    blog.build()

    blog.write("a.md", "Another text.")
    blog.build()

    assert blog.item("A")["id"] == first["id"]
    assert blog.item("A")["date_published"] == first["date_published"]
    assert blog.item("A")["date_modified"] > first["date_modified"]


def test_an_article_may_return_in_another_place(blog: Blog) -> None:
    blog.write("a.md")
    blog.write("z.md")
    blog.build()
    first = blog.item("A")
    blog.delete("a.md")
    blog.build()

    blog.write("sub/b.md", "Text of a.", title="A")
    blog.build()

    assert blog.item("A") == first


def test_a_deleted_article_whose_text_another_has_taken_returns_as_a_duplicate(blog: Blog) -> None:
    blog.write("a.md")
    blog.write("b.md")
    blog.build()
    first = blog.id("A")
    blog.delete("a.md")
    blog.build()
    blog.write("b.md", "Text of a.", title="A")
    blog.build()

    blog.write("a.md")
    blog.build()

    assert blog.titles() == ["A"]
    assert blog.id("A") == first


def test_a_draft_that_goes_and_returns_published_is_news(blog: Blog) -> None:
    blog.write("a.md", draft=True)
    blog.write("b.md")
    blog.build()
    blog.delete("a.md")
    blog.build()

    blog.write("a.md")

    assert blog.build().new == 1
