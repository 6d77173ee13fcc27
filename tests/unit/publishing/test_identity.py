"""What the id of an article is, and that it lasts."""

import uuid
from unicodedata import normalize

import pytest

from tests.support.blog import Blog

CONFLICT = "is that of"


def uuid5(blog: Blog, name: str) -> str:
    return uuid.uuid5(uuid.UUID(blog.config.site_id), name).urn


def test_an_id_is_the_uuid5_of_site_source_and_path(blog: Blog) -> None:
    blog.write("2026/radio.md")

    blog.build()

    assert blog.id("Radio") == uuid5(blog, "posts/2026/radio.md")


def test_an_id_outlives_every_change_of_the_article(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    first = blog.id("A")

    blog.write("a.md", "Another text.", title="B", date="2026-01-03T08:00:00Z", categories=["x"])
    blog.build()

    assert blog.id("B") == first


def test_an_id_outlives_a_moved_domain(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    first = blog.id("A")

    blog.set(site_url="https://b.example/", site_feeds_url="https://b.example/feeds/")
    blog.build()

    assert blog.id("A") == first


def test_a_lost_database_gives_the_same_ids(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    first = blog.id("A")

    again = Blog(blog.root)
    again.build()

    assert again.id("A") == first


@pytest.mark.parametrize("field", ["id", "guid"])
@pytest.mark.parametrize(
    "iri", ["urn:uuid:5f0b3a52-5d6b-4a0a-9c1d-0e2b0d5f4a11", "https://b.example/?p=7", "tag:b,1:é"]
)
def test_an_iri_of_the_front_matter_is_the_id(blog: Blog, field: str, iri: str) -> None:
    blog.write("a.md", **{field: f'"{iri}"'})

    blog.build()

    assert blog.id("A") == iri


@pytest.mark.parametrize("guid", ["7", "post 7", "javascript:alert(1)", "a:b c", "é:1", "x:"])
def test_an_id_that_is_no_iri_is_hashed(blog: Blog, guid: str) -> None:
    blog.write("a.md", guid=f'"{guid}"')

    blog.build()

    assert blog.id("A") == uuid5(blog, guid)


def test_a_guid_that_is_added_later_wins(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()

    blog.write("a.md", guid="tag:b,1:a")
    blog.build()

    assert blog.id("A") == "tag:b,1:a"


def test_a_guid_that_is_dropped_later_stays(blog: Blog) -> None:
    blog.write("a.md", guid="tag:b,1:a")
    blog.build()

    blog.write("a.md")
    blog.build()

    assert blog.id("A") == "tag:b,1:a"


def conflict(report: object) -> tuple[str, str]:
    (problem,) = report.errors  # type: ignore[attr-defined]
    assert CONFLICT in problem.message
    return problem.path, problem.message


def test_a_second_claim_names_both_files_and_harms_nothing_else(blog: Blog) -> None:
    blog.write("a.md", guid="tag:b,1:x")
    blog.write("sub/b.md", guid="tag:b,1:x")
    blog.write("c.md")

    path, message = conflict(blog.build())

    assert path == "posts/sub/b.md"
    assert "'posts/a.md'" in message
    assert set(blog.titles()) == {"A", "C"}


def test_a_second_claim_of_a_later_build_is_an_error_too(blog: Blog) -> None:
    blog.write("a.md", guid="tag:b,1:x")
    blog.build()

    blog.write("b.md", guid="tag:b,1:x")
    path, _ = conflict(blog.build())

    assert path == "posts/b.md"
    assert blog.titles() == ["A"]


def test_a_second_claim_from_another_source_is_an_error_too(blogs: Blog) -> None:
    blogs.write("a.md", guid="tag:b,1:x")
    blogs.write("other:b.md", guid="tag:b,1:x")

    path, message = conflict(blogs.build())

    assert path == "other/b.md"
    assert "'posts/a.md'" in message
    assert blogs.titles() == ["A"]


def test_a_published_article_that_claims_the_id_of_another_keeps_its_last_good_version(
    blog: Blog,
) -> None:
    blog.write("a.md", guid="tag:b,1:x")
    blog.write("b.md")
    blog.build()
    first = blog.id("B")

    blog.write("b.md", "Another text.", guid="tag:b,1:x")
    path, _ = conflict(blog.build())

    assert path == "posts/b.md"
    assert blog.id("B") == first
    assert "Text of b." in blog.item("B")["content_html"]


def test_of_two_published_articles_that_claim_one_new_id_the_first_gets_it(blog: Blog) -> None:
    blog.write("a.md")
    blog.write("b.md")
    blog.build()

    blog.write("a.md", guid="tag:b,1:x")
    blog.write("b.md", guid="tag:b,1:x")
    path, _ = conflict(blog.build())

    assert path == "posts/b.md"
    assert blog.id("A") == "tag:b,1:x"


def test_a_second_claim_is_heard_once_the_first_is_gone(blog: Blog) -> None:
    blog.write("one/a.md", guid="tag:b,1:x")
    blog.write("two/b.md", guid="tag:b,1:x")
    blog.build()

    blog.delete("one/a.md")
    report = blog.build()

    assert report.errors == ()
    assert blog.id("B") == "tag:b,1:x"


def test_a_second_claim_is_heard_once_the_first_takes_another(blog: Blog) -> None:
    blog.write("one/a.md", guid="tag:b,1:x")
    blog.write("two/b.md", guid="tag:b,1:x")
    blog.build()

    blog.write("one/a.md", guid="tag:b,1:y")
    report = blog.build()

    assert report.errors == ()
    assert blog.id("B") == "tag:b,1:x"


def test_an_open_conflict_is_told_in_every_build(blog: Blog) -> None:
    blog.write("a.md", guid="tag:b,1:x")
    blog.write("b.md", guid="tag:b,1:x")
    blog.build()

    conflict(blog.build())


def test_the_id_of_an_article_that_is_gone_may_be_claimed(blog: Blog) -> None:
    blog.write("a.md", guid="tag:b,1:x")
    blog.write("b.md")
    blog.build()

    blog.delete("a.md")
    blog.write("b.md", guid="tag:b,1:x")
    report = blog.build()

    assert report.errors == ()
    assert blog.titles() == ["B"]
    assert blog.id("B") == "tag:b,1:x"


def test_an_article_that_returns_after_its_id_was_claimed_is_in_conflict(blog: Blog) -> None:
    blog.write("a.md", guid="tag:b,1:x")
    blog.write("b.md")
    blog.build()
    blog.delete("a.md")
    blog.write("b.md", guid="tag:b,1:x")
    blog.build()

    blog.write("a.md", guid="tag:b,1:x")

    assert conflict(blog.build())[0] == "posts/a.md"
    assert blog.titles() == ["B"]


def test_two_articles_may_swap_their_ids(blog: Blog) -> None:
    blog.write("a.md", guid="tag:b,1:a")
    blog.write("b.md", guid="tag:b,1:b")
    blog.build()

    blog.write("a.md", guid="tag:b,1:b")
    blog.write("b.md", guid="tag:b,1:a")
    blog.build()

    assert len({blog.id("A"), blog.id("B")}) == 2


def test_copies_with_one_guid_are_one_article(blog: Blog) -> None:
    blog.write("a.md", "Text.", title="A", guid="tag:b,1:x")
    blog.write("sub/b.md", "Text.", title="A", guid="tag:b,1:x")

    report = blog.build()

    assert (report.errors, report.duplicates) == ((), 1)
    assert blog.id("A") == "tag:b,1:x"


@pytest.mark.parametrize("names", [("a.md", "b.md"), ("b.md", "a.md")])
def test_copies_with_one_guid_may_change_together(blog: Blog, names: tuple[str, str]) -> None:
    for name in names:
        blog.write(name, "Text.", title="A", guid="tag:b,1:x")
        blog.build()

    for name in names:
        blog.write(name, "Another text.", title="A", guid="tag:b,1:x")
    report = blog.build()

    assert report.errors == ()
    assert len(blog.items()) == 1
    assert blog.id("A") == "tag:b,1:x"


def test_a_path_is_the_same_in_nfc_and_nfd(blog: Blog) -> None:
    blog.write(normalize("NFD", "é.md"), title="E")

    blog.build()

    assert blog.id("E") == uuid5(blog, "posts/" + normalize("NFC", "é.md"))


def test_a_file_whose_name_becomes_nfd_is_the_same_article(blog: Blog) -> None:
    blog.write(normalize("NFC", "é.md"), title="E")
    blog.build()
    first = blog.id("E")

    blog.move(normalize("NFC", "é.md"), normalize("NFD", "é.md"))
    blog.write(normalize("NFD", "é.md"), "Another text.", title="E")
    report = blog.build()

    assert (report.new, report.deleted) == (0, 0)
    assert blog.id("E") == first


def test_two_names_that_differ_by_their_form_only_are_two_articles(blog: Blog) -> None:
    blog.write(normalize("NFC", "é.md"), "One.", title="One")
    blog.write(normalize("NFD", "é.md"), "Two.", title="Two")

    report = blog.build()

    assert report.errors == ()
    assert blog.id("One") != blog.id("Two")


def test_the_same_names_in_two_sources_are_two_articles(blogs: Blog) -> None:
    blogs.with_pages()
    blogs.write("a.md", "One.", title="One")
    blogs.write("other:a.md", "Two.", title="Two")

    blogs.build()

    assert blogs.id("One") != blogs.id("Two")
    assert blogs.page_of("One") != blogs.page_of("Two")
    assert b"Two." in blogs.target.files[blogs.page_of("Two")]


def test_a_file_where_one_was_that_moved_away_gets_an_id_of_its_own(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    first = blog.id("A")
    blog.move("a.md", "b.md")
    blog.build()

    blog.write("a.md", "Another text.", title="New")
    blog.build()

    assert blog.id("A") == first
    assert blog.id("New") != first


def test_an_unreadable_article_keeps_its_last_good_version_and_is_reported(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()

    blog.write("a.md", date="someday")
    report = blog.build()

    assert [problem.path for problem in report.errors] == ["posts/a.md"]
    assert blog.item("A")["content_html"] == "<p>Text of a.</p>"


def test_an_unreadable_article_stays_when_its_feed_is_made_again(blog: Blog) -> None:
    blog.write("a.md", categories=["x"])
    blog.build()
    blog.write("a.md", date="someday")
    blog.build()

    blog.write("b.md", categories=["x"])
    report = blog.build()

    assert [problem.path for problem in report.errors] == ["posts/a.md"]
    assert blog.titles("x") == ["B", "A"]


def test_an_unreadable_article_stays_when_all_is_made_again(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    blog.write("a.md", date="someday")
    blog.build()

    blog.set(site_title="Another site")
    report = blog.build()

    assert len(report.errors) == 1
    assert blog.item("A")["content_html"] == "<p>Text of a.</p>"


def test_an_unreadable_article_that_is_mended_goes_on(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    first = blog.item("A")
    blog.write("a.md", date="someday")
    blog.build()

    blog.write("a.md")
    report = blog.build()

    assert report.errors == ()
    assert blog.item("A") == first


def test_an_article_that_was_never_readable_is_left_out_and_told_every_time(blog: Blog) -> None:
    blog.write("a.md", date="someday")
    blog.write("b.md")

    reports = [blog.build(), blog.build()]

    assert [[problem.path for problem in report.errors] for report in reports] == [
        ["posts/a.md"]
    ] * 2
    assert blog.titles() == ["B"]


def test_an_error_is_forgotten_with_its_file(blog: Blog) -> None:
    blog.write("a.md", date="someday")
    blog.write("b.md")
    blog.build()

    blog.delete("a.md")

    assert blog.build().problems == ()
