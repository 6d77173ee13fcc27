"""What is not published: drafts, what is dated ahead, expired, protected or hidden."""

import pytest

from feedpub.errors import ArticleError
from feedpub.testing import MemoryPictures
from tests.support.blog import Blog


def traces(blog: Blog, text: bytes) -> list[str]:
    return [path for path, data in blog.target.files.items() if text in data]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("_drafts/secret.md", {}),
        ("secret.md", {"draft": True}),
        ("secret.md", {"published": False}),
        ("secret.md", {"password": "x"}),
        ("secret.md", {"date": "2026-02-01T00:00:00Z"}),
        ("secret.md", {"expires": "2026-01-01T00:00:00Z"}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_what_is_withheld_leaves_no_trace(blog: Blog, path: str, fields: dict[str, object]) -> None:
    blog.with_pages()
    blog.write(path, **fields)
    blog.write("b.md")

    report = blog.build()

    assert (report.held, report.articles) == (1, 1)
    assert traces(blog, b"Secret") == traces(blog, b"secret") == []


@pytest.mark.parametrize("everything", [False, True])
def test_a_category_of_drafts_alone_has_no_feed(blog: Blog, everything: bool) -> None:
    blog.write("a.md", categories=["secret"], draft=True)
    blog.write("b.md")
    blog.build()

    blog.build(everything=everything)

    assert not [path for path in blog.target.files if path.startswith("secret/")]


def test_a_category_that_was_emptied_keeps_its_feed(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", categories=["x"])
    blog.write("b.md")
    blog.build()

    blog.delete("a.md")
    blog.build()
    blog.build(everything=True)

    assert blog.titles("x") == []
    assert b'"x/"' not in blog.target.files["index.html"]


def test_the_pictures_of_a_draft_are_not_copied(blog: Blog) -> None:
    blog.with_pages()
    blog.set(thumbnails_mode="copy")
    blog.write("a.md", "![](https://b.example/a.png)", draft=True)
    pictures = MemoryPictures()

    with blog.publisher() as publisher:
        publisher._setup.thumbnailer.fetch_all = pictures.fetch_all
        publisher.build()

    assert pictures.asked == []


def test_a_draft_becomes_news_when_it_is_published(blog: Blog) -> None:
    for number in range(30):
        blog.write(f"{number:02}.md", date=f"2026-01-02T00:{number:02}:00Z")
    blog.write("a.md", draft=True, date="2025-12-20T00:00:00Z")
    blog.build()

    blog.write("a.md", date="2025-12-20T00:00:00Z")
    report = blog.build()

    assert report.new == 1
    assert "A" in blog.titles()


def test_drafts_may_be_asked_for_and_go_again(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", draft=True, categories=["x"])
    blog.write("b.md")
    blog.build()

    blog.build(drafts=True)
    assert blog.titles("x") == ["A"]
    page = blog.page_of("A")

    blog.build()
    assert blog.titles() == ["B"]
    assert b"Text of a." not in blog.target.files[page]


def test_an_article_that_becomes_a_draft_is_withdrawn(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.write("b.md")
    blog.build()

    blog.write("a.md", draft=True)
    blog.build()

    assert blog.titles() == ["B"]
    assert traces(blog, b"Text of a.") == []


def test_a_future_article_appears_when_it_is_due_though_no_file_changed(blog: Blog) -> None:
    blog.write("a.md", date="2026-01-05T20:00:00Z")
    blog.write("b.md")
    blog.build()
    assert blog.rewritten(hours=1) == []

    report = blog.build(hours=12)

    assert report.new == 1
    assert blog.titles() == ["A", "B"]


def test_a_future_article_is_news_when_it_is_due(blog: Blog) -> None:
    blog.write("a.md", date="2026-01-05T10:30:00Z")
    blog.build()
    blog.build()

    for number in range(25):
        blog.write(f"{number:02}.md", date=f"2026-01-05T11:{number:02}:00Z")
    blog.build()

    assert blog.titles()[-1] == "A"
    assert len(blog.titles()) == 26


@pytest.mark.parametrize("options", [{}, {"future": True}, {"drafts": True}])
def test_an_article_that_cannot_be_read_when_it_is_due_is_reported_and_waits(
    blog: Blog, options: dict[str, bool]
) -> None:
    blog.with_pages()
    blog.write("a.md", date="2026-01-05T20:00:00Z", categories=["x"])
    blog.write("b.md")
    blog.build()
    blog.write("a.md", date="someday", categories=["x"])
    blog.build()

    report = blog.build(hours=12, **options)

    (problem,) = report.errors
    assert problem.path == "posts/a.md"
    assert (report.articles, report.new, report.held) == (1, 0, 1)
    assert traces(blog, b"Text of a.") == []
    assert "x/feed.json" not in blog.target.files

    blog.write("a.md", date="2026-01-05T20:00:00Z", categories=["x"])
    report = blog.build()
    assert (report.articles, report.new, report.held, report.errors) == (2, 1, 0, ())
    assert blog.titles("x") == ["A"]


def test_a_draft_that_was_looked_at_goes_again_though_it_cannot_be_read(blog: Blog) -> None:
    blog.write("a.md", draft=True)
    blog.write("b.md")
    blog.build(drafts=True)

    blog.write("a.md", draft=True, date="someday")
    blog.build(drafts=True)
    blog.build()

    assert blog.titles() == ["B"]


def test_a_hidden_article_that_cannot_be_read_comes_back_as_it_was(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    with blog.publisher() as publisher:
        publisher.hide("a.md")
    blog.write("a.md", date="someday")
    blog.build()

    with blog.publisher() as publisher:
        publisher.unhide("a.md")
    blog.build()

    assert blog.titles() == ["A"]


def test_future_articles_may_be_asked_for_and_go_again(blog: Blog) -> None:
    blog.write("a.md", date="2026-02-01T00:00:00Z")
    blog.write("b.md")

    blog.build(future=True)
    assert blog.titles() == ["A", "B"]

    blog.build()
    assert blog.titles() == ["B"]


def test_a_date_that_moves_ahead_withdraws_the_article(blog: Blog) -> None:
    blog.write("a.md")
    blog.write("b.md")
    blog.build()

    blog.write("a.md", date="2026-02-01T00:00:00Z")
    blog.build()

    assert blog.titles() == ["B"]


def test_an_article_expires_though_no_file_changed(blog: Blog) -> None:
    blog.write("a.md", expires="2026-01-06T00:00:00Z")
    blog.write("b.md")
    blog.build()
    assert blog.titles() == ["B", "A"]

    blog.build(hours=24)

    assert blog.titles() == ["B"]


@pytest.mark.parametrize("options", [{"drafts": True}, {"future": True}, {"everything": True}])
def test_a_password_is_respected_whatever_is_asked_for(
    blog: Blog, options: dict[str, bool]
) -> None:
    blog.with_pages()
    blog.write("a.md", password="x", draft=True, date="2026-02-01T00:00:00Z")
    blog.write("b.md")

    blog.build(**options)

    assert traces(blog, b"Text of a.") == []


def test_a_password_that_is_added_withdraws_the_article(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", date="2025-10-01T00:00:00Z")
    blog.write("b.md")
    blog.build()

    blog.write("a.md", date="2025-10-01T00:00:00Z", password="x")
    blog.build()

    assert traces(blog, b"Text of a.") == []


def test_a_hidden_article_is_withdrawn_from_feeds_archives_and_pages(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", date="2025-10-01T00:00:00Z", categories=["x"])
    blog.write("b.md")
    blog.build()
    before = dict(blog.target.files)

    with blog.publisher() as publisher:
        assert publisher.hide("a.md") == "A"
    blog.build()
    assert traces(blog, b"Text of a.") == []

    with blog.publisher() as publisher:
        publisher.unhide("a.md")
    report = blog.build()
    assert report.new == 0
    assert blog.target.files == before


def test_a_hidden_article_stays_hidden_whatever_becomes_of_its_file(blog: Blog) -> None:
    blog.write("a.md")
    blog.write("b.md")
    blog.build()
    with blog.publisher() as publisher:
        publisher.hide("a.md")

    blog.write("a.md", "Another text.")
    blog.build()
    blog.move("a.md", "c.md")
    blog.build()
    blog.delete("c.md")
    blog.build()
    blog.write("c.md", "Another text.", title="A")
    blog.build()

    assert blog.titles() == ["B"]


@pytest.mark.parametrize("name", ["posts/sub/a.md", "sub/a.md", "a.md"])
def test_an_article_is_hidden_by_any_path_that_means_it(blog: Blog, name: str) -> None:
    blog.write("sub/a.md")
    blog.build()

    with blog.publisher() as publisher:
        assert publisher.hide(name) == "A"


def test_an_article_is_hidden_by_its_id(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()

    with blog.publisher() as publisher:
        assert publisher.hide(blog.id("A")) == "A"


def test_a_path_that_means_two_articles_hides_neither(blogs: Blog) -> None:
    blogs.write("a.md", "One.")
    blogs.write("other:a.md", "Two.")
    blogs.build()

    with blogs.publisher() as publisher, pytest.raises(ArticleError, match="more than one"):
        publisher.hide("a.md")


def test_a_path_that_means_no_article_is_an_error(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()

    with blog.publisher() as publisher, pytest.raises(ArticleError, match="no such article"):
        publisher.hide("b.md")


def test_unhiding_a_draft_does_not_publish_it(blog: Blog) -> None:
    blog.write("a.md", draft=True)
    blog.write("b.md")
    blog.build()

    with blog.publisher() as publisher:
        publisher.hide("a.md")
        publisher.unhide("a.md")
    report = blog.build()

    assert report.new == 0
    assert blog.titles() == ["B"]


@pytest.mark.parametrize("articles", ["auto", "none"])
def test_pages_that_are_switched_off_are_taken_down(blog: Blog, articles: str) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.build()
    assert any(path.startswith("articles/") for path in blog.target.files)

    # What is hidden later must not stay readable there.
    blog.set(pages_enabled=articles == "none", pages_articles=articles)
    blog.build()

    assert not any(path.startswith("articles/") for path in blog.target.files)
    assert blog.titles() == ["A"]
