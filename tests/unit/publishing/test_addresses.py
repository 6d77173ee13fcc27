"""Where an article is read: its own link, its source's pattern, or a page of ours."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.publishing.rendering import join_url
from tests.support.blog import Blog


@pytest.mark.parametrize("field", ["link", "url", "permalink"])
def test_the_articles_own_link_wins(blog: Blog, field: str) -> None:
    blog.set_source(permalink=":year/:title/")
    blog.with_pages()
    blog.write("a.md", **{field: "https://b.example/x"})

    blog.build()

    assert blog.item("A")["url"] == "https://b.example/x"
    assert not [path for path in blog.target.files if path.startswith("articles/")]


def test_a_link_without_a_host_is_one_of_the_site(blog: Blog) -> None:
    blog.write("a.md", permalink="/x/y.html")

    blog.build()

    assert blog.item("A")["url"] == "https://example.org/x/y.html"


def test_the_pattern_of_the_source_comes_next(blog: Blog) -> None:
    blog.set_source(permalink=":year/:month/:title/")
    blog.with_pages()
    blog.write("a.md")

    blog.build()

    assert blog.item("A")["url"] == "https://example.org/2026/01/a/"
    assert not [path for path in blog.target.files if path.startswith("articles/")]


def test_without_either_the_article_gets_a_page_of_ours(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")

    blog.build()

    assert blog.page_of("A").startswith("articles/a-")
    assert b"Text of a." in blog.target.files[blog.page_of("A")]


def test_a_dangerous_link_is_reported_and_not_used(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", link="javascript:alert(1)")

    report = blog.build()

    assert [problem.level for problem in report.problems] == ["warning"]
    assert blog.page_of("A") in blog.target.files


@pytest.fixture
def moved(blog: Blog) -> tuple[Blog, str]:
    """A blog whose article got an address elsewhere, and the page that it had before."""
    blog.with_pages()
    blog.write("a.md", categories=["x"])
    blog.write("b.md")
    blog.build()
    page = blog.page_of("A")
    blog.write("a.md", categories=["x"], link="https://b.example/x?y=1&z=2")
    blog.build()
    return blog, page


def test_the_page_of_an_article_that_gets_a_link_later_leads_there(moved: tuple[Blog, str]) -> None:
    blog, page = moved

    assert blog.item("A")["url"] == "https://b.example/x?y=1&z=2"
    shown = blog.target.files[page]
    assert b'content="0; url=https://b.example/x?y=1&amp;z=2"' in shown
    assert b"Text of a." not in shown
    assert blog.rewritten(everything=True) == []


def test_a_page_that_leads_elsewhere_follows_the_link(moved: tuple[Blog, str]) -> None:
    blog, page = moved

    blog.write("a.md", categories=["x"], link="https://c.example/")
    blog.build()
    assert b"url=https://c.example/" in blog.target.files[page]

    blog.write("a.md", categories=["x"])
    blog.build()
    assert blog.page_of("A") == page
    assert b"Text of a." in blog.target.files[page]


def test_a_pattern_that_is_set_later_makes_all_pages_lead_there(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.build()
    page = blog.page_of("A")

    blog.set_source(permalink=":title/")
    blog.build()

    assert b"url=https://example.org/a/" in blog.target.files[page]


@pytest.mark.parametrize("how", ["delete", "hide"])
def test_a_page_leads_nowhere_once_its_article_is_gone(moved: tuple[Blog, str], how: str) -> None:
    blog, page = moved

    if how == "delete":
        blog.delete("a.md")
    else:
        with blog.publisher() as publisher:
            publisher.hide("a.md")
    blog.build()

    assert b"b.example" not in blog.target.files[page]
    assert b"is gone" in blog.target.files[page]


def test_an_article_that_never_had_a_page_gets_none_when_it_is_gone(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", link="https://b.example/x")
    blog.write("b.md")
    blog.build()

    blog.delete("a.md")
    blog.build()

    assert not [path for path in blog.target.files if path.startswith("articles/a-")]


def test_the_page_of_an_article_that_became_a_copy_leads_to_the_other(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.write("b.md")
    blog.build()
    first, second = blog.page_of("A"), blog.page_of("B")

    blog.write("b.md", "Text of a.", title="A")
    blog.build()

    assert blog.page_of("A") == first
    assert f"url=https://example.org/feeds/{first}".encode() in blog.target.files[second]


def test_the_page_of_a_copy_is_gone_when_the_article_is_hidden(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.write("b.md")
    blog.build()
    second = blog.page_of("B")
    with blog.publisher() as publisher:
        publisher.hide("a.md")

    blog.write("b.md", "Text of a.", title="A")
    blog.build()

    assert b"is gone" in blog.target.files[second]
    assert b"url=" not in blog.target.files[second]


def test_a_new_pattern_changes_every_address(blog: Blog) -> None:
    blog.set_source(permalink=":title/")
    blog.write("a.md")
    blog.build()

    blog.set_source(permalink="p/:title/")
    blog.build()

    assert blog.item("A")["url"] == "https://example.org/p/a/"


def test_two_articles_of_one_name_have_two_pages(blog: Blog) -> None:
    blog.with_pages()
    blog.write("one/a.md", "One.", title="One")
    blog.write("two/a.md", "Two.", title="Two")

    blog.build()

    assert b"One." in blog.target.files[blog.page_of("One")]
    assert b"Two." in blog.target.files[blog.page_of("Two")]


def test_an_edited_article_has_an_edited_page(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md")
    blog.build()

    blog.write("a.md", "Another text.")
    blog.build()

    assert b"Another text." in blog.target.files[blog.page_of("A")]


def test_a_page_shows_the_union_of_categories(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", categories=["One"])
    blog.build()

    blog.write("b.md", "Text of a.", title="A", categories=["Two"])
    blog.build()

    page = blog.target.files[blog.page_of("A")]
    assert b"One" in page
    assert b"Two" in page


PIECES = st.sampled_from(
    ["a", "b.c", "..", ".", "/", "//", "?", "#", ":", ";", "%E6", "图", "@", "=", "x1", " ", "\n"]
)
REFERENCES = st.tuples(
    st.sampled_from(["", "http:", "https:", "https://", "https://e.example", "HTTPS://e.example/"]),
    st.lists(PIECES, max_size=8),
).map(lambda parts: parts[0] + "".join(parts[1]))


@given(
    st.sampled_from(["https://b.example/", "https://b.example/x/y", "http://b.example:81/x.z/"]),
    REFERENCES,
)
def test_addresses_are_joined_as_the_standard_library_does(base: str, reference: str) -> None:
    try:
        joined: str | None = urljoin(base, reference)
        parts = urlsplit(joined)
    except ValueError:
        joined = None
    else:
        joined = joined if parts.scheme in ("http", "https") and parts.netloc else None

    assert join_url(base, reference) == joined
