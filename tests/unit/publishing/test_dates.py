"""When an article was published and updated, and what does not move that."""

from datetime import UTC, datetime

import pytest

from tests.support.blog import Blog

ZONED = "2026-01-01T08:00:00+08:00"
NAIVE = "2026-01-01 08:00:00"


def dates(blog: Blog, title: str = "A") -> tuple[str, str]:
    item = blog.item(title)
    return item["date_published"], item["date_modified"]


@pytest.mark.parametrize("date", [ZONED, NAIVE, "Thu, 01 Jan 2026 00:00:00 GMT"])
def test_a_date_is_an_instant_in_utc(blog: Blog, date: str) -> None:
    blog.write("a.md", date=date)

    blog.build()

    assert dates(blog) == ("2026-01-01T00:00:00+00:00",) * 2


def test_a_date_with_a_zone_may_move(blog: Blog) -> None:
    blog.write("a.md", date=ZONED)
    blog.build()

    blog.write("a.md", date="2026-01-02T00:00:00Z")
    report = blog.build()

    assert dates(blog) == ("2026-01-02T00:00:00+00:00",) * 2
    assert (report.new, report.updated) == (0, 0)


def test_a_date_with_a_zone_may_move_back(blog: Blog) -> None:
    blog.write("a.md", date=ZONED)
    blog.build()

    blog.write("a.md", date="2025-12-31T00:00:00Z")
    blog.build()

    assert dates(blog) == ("2025-12-31T00:00:00+00:00",) * 2


def test_a_naive_date_that_changes_alone_is_ignored(blog: Blog) -> None:
    blog.write("a.md", date=NAIVE)
    blog.build()
    first = dates(blog)

    blog.write("a.md", date="2026-01-04 12:00:00")

    assert blog.rewritten() == []
    assert dates(blog) == first


def test_a_naive_date_counts_where_the_source_trusts_it(blog: Blog) -> None:
    blog.set_source(dates="author")
    blog.write("a.md", date=NAIVE)
    blog.build()

    blog.write("a.md", date="2026-01-04 08:00:00")
    blog.build()

    assert dates(blog) == ("2026-01-04T00:00:00+00:00",) * 2


@pytest.mark.parametrize("date", [None, "Invalid Date"])
def test_without_a_date_the_files_time_at_first_sight_counts(blog: Blog, date: str | None) -> None:
    blog.write("a.md", date=date)
    blog.touch("a.md", datetime(2025, 11, 3, tzinfo=UTC))
    blog.build()

    blog.touch("a.md", datetime(2025, 11, 4, tzinfo=UTC))
    blog.build()

    assert dates(blog)[0] == "2025-11-03T00:00:00+00:00"


def test_a_files_time_never_lies_ahead(blog: Blog) -> None:
    blog.write("a.md", date=None)
    blog.touch("a.md", datetime(2030, 1, 1, tzinfo=UTC))

    blog.build()

    assert dates(blog)[0] == "2026-01-05T10:00:00+00:00"


def test_published_stays_when_the_text_changes(blog: Blog) -> None:
    blog.write("a.md", date=NAIVE)
    blog.build()

    blog.write("a.md", "Another text.", date="2026-01-04 12:00:00")
    blog.build()

    assert dates(blog) == ("2026-01-01T00:00:00+00:00", "2026-01-05T11:00:00+00:00")


@pytest.mark.parametrize("change", [{"body": "Another text."}, {"title": "B"}])
def test_updated_moves_with_title_and_body(blog: Blog, change: dict[str, str]) -> None:
    blog.write("a.md")
    blog.build()

    blog.write("a.md", **{"title": "A", **change})
    report = blog.build()

    assert report.updated == 1
    assert dates(blog, change.get("title", "A"))[1] == "2026-01-05T11:00:00+00:00"


@pytest.mark.parametrize(
    "change", [{"categories": ["x"]}, {"tags": ["x"]}, {"author": "x"}, {"description": "x"}]
)
def test_updated_does_not_move_with_anything_else(blog: Blog, change: dict[str, object]) -> None:
    blog.write("a.md")
    blog.build()
    first = dates(blog)

    blog.write("a.md", **change)
    report = blog.build()

    assert report.updated == 0
    assert dates(blog) == first


def test_the_authors_own_updated_counts_when_the_text_changes(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()

    blog.write("a.md", "Another text.", updated="2026-01-05T10:30:00Z")
    blog.build()

    assert dates(blog)[1] == "2026-01-05T10:30:00+00:00"


def test_the_authors_own_updated_does_not_count_alone(blog: Blog) -> None:
    blog.write("a.md", updated="2026-01-02T00:00:00Z")
    blog.build()
    first = dates(blog)

    blog.write("a.md", updated="2026-01-03T00:00:00Z")

    assert blog.rewritten() == []
    assert dates(blog) == first


def test_updated_is_never_before_published(blog: Blog) -> None:
    blog.write("a.md", updated="2025-01-01T00:00:00Z")
    blog.build()

    blog.write("a.md", date="2026-01-03T00:00:00Z", updated="2025-01-01T00:00:00Z")
    blog.build()

    assert dates(blog) == ("2026-01-03T00:00:00+00:00",) * 2


def test_updated_never_lies_ahead(blog: Blog) -> None:
    blog.write("a.md", updated="2031-01-01T00:00:00Z")

    blog.build()

    assert dates(blog)[1] == "2026-01-05T10:00:00+00:00"


def test_a_touched_file_changes_nothing(blog: Blog) -> None:
    blog.with_pages()
    blog.write("a.md", date=None)
    blog.build()

    blog.touch("a.md")

    assert blog.rewritten() == []


def test_crawl_dates_and_placeholder_pictures_change_not_one_byte(blog: Blog) -> None:
    blog.with_pages()
    blog.set(thumbnails_mode="link")

    def crawl(number: int) -> None:
        for name in "abc":
            blog.write(
                f"{name}.md",
                f"![](https://picsum.photos/{number}/300) Text of {name}.",
                date=f"2026-01-0{number} 08:00:00",
                headimg=f"https://picsum.photos/400/300?random={number}",
                categories=["x", name],
            )

    crawl(1)
    blog.build()
    crawl(2)
    blog.write("new.md", categories=["y"])
    changed = {path for path in blog.rewritten() if path.startswith("x/")}

    crawl(3)

    assert blog.rewritten() == []
    assert changed == set()


def test_a_touched_draft_without_a_date_keeps_the_time_of_its_first_sight(blog: Blog) -> None:
    blog.write("a.md", date=None, draft=True)
    blog.touch("a.md", datetime(2025, 11, 3, tzinfo=UTC))
    blog.build()

    blog.write("a.md", date=None)
    blog.build()

    assert dates(blog)[0] == "2025-11-03T00:00:00+00:00"


def test_the_date_of_a_draft_moves_until_it_is_published(blog: Blog) -> None:
    blog.write("a.md", date=NAIVE, draft=True)
    blog.build()

    blog.write("a.md", date="2026-01-04 08:00:00")
    blog.build()

    assert dates(blog)[0] == "2026-01-04T00:00:00+00:00"
