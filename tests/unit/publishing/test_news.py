"""What is news, and that a feed holds all of it."""

from datetime import timedelta

import pytest

from tests.support.blog import Blog

OLD = "2025-12-20T00:00:00Z"


def fill(blog: Blog, count: int = 30, **fields: object) -> None:
    """Write articles that fill a feed, newer than what is called old here."""
    for number in range(count):
        date = f"2026-01-0{1 + number // 24}T{number % 24:02}:00:00Z"
        blog.write(f"fill{number:03}.md", date=date, **fields)


def test_the_first_read_is_a_baseline_not_news(blog: Blog) -> None:
    fill(blog)
    blog.write("old.md", date=OLD)

    report = blog.build()

    assert (report.new, report.baseline) == (31, 31)
    assert len(blog.titles()) == 20
    assert "Old" not in blog.titles()


def test_an_empty_source_has_no_baseline_so_that_what_fills_it_is_not_news(blog: Blog) -> None:
    assert blog.build().baseline == 0
    blog.build()
    with blog.publisher() as publisher:
        assert publisher.status().sources[0].first_read is None

    fill(blog)
    blog.write("old.md", date=OLD)
    report = blog.build()

    assert (report.new, report.baseline) == (31, 31)
    assert "Old" not in blog.titles()


def test_a_source_of_files_that_cannot_be_read_has_no_baseline(blog: Blog) -> None:
    blog.write("a.md", date="someday")
    blog.build()

    fill(blog)
    blog.write("a.md", date=OLD)

    assert blog.build().baseline == 31


def test_a_source_that_was_emptied_keeps_its_baseline(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    blog.delete("a.md")
    blog.build()

    blog.write("b.md")
    report = blog.build()

    assert (report.new, report.baseline) == (1, 0)


def test_a_baseline_is_not_reported_as_backdated(blog: Blog) -> None:
    blog.write("old.md", date="2001-01-01T00:00:00Z")

    assert blog.build().problems == ()


def test_what_comes_later_is_news_whatever_its_date(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.write("old.md", date=OLD)
    report = blog.build()

    assert (report.new, report.baseline) == (1, 0)
    assert blog.titles()[-1] == "Old"
    assert len(blog.titles()) == 21


def test_a_second_source_has_a_baseline_of_its_own(blogs: Blog) -> None:
    sources = blogs.config.sources
    blogs.set(sources=sources[:1])
    fill(blogs)
    blogs.build()

    blogs.set(sources=sources)
    blogs.write("other:old.md", date=OLD)
    report = blogs.build()

    assert (report.new, report.baseline) == (1, 1)
    assert "Old" not in blogs.titles()


def test_after_its_baseline_a_second_source_has_news(blogs: Blog) -> None:
    fill(blogs)
    blogs.write("other:old.md", date=OLD)
    blogs.build()

    blogs.write("other:news.md", date=OLD)
    blogs.build()

    assert "News" in blogs.titles()
    assert "Old" not in blogs.titles()


def test_news_leave_48_hours_before_the_latest_arrival(blog: Blog) -> None:
    fill(blog)
    blog.build()
    blog.write("first.md", date=OLD)
    blog.build()

    blog.write("second.md", date=OLD)
    blog.build(hours=47)
    assert {"First", "Second"} <= set(blog.titles())

    blog.write("third.md", date=OLD)
    blog.build(hours=2)
    assert "First" not in blog.titles()
    assert {"Second", "Third"} <= set(blog.titles())


def test_news_stay_while_nothing_else_arrives(blog: Blog) -> None:
    fill(blog)
    blog.build()
    blog.write("first.md", date=OLD)
    blog.build()

    blog.set(site_title="Another site")
    blog.build(hours=1000)

    assert "First" in blog.titles()


def test_the_latest_arrival_is_that_of_each_feed(blog: Blog) -> None:
    fill(blog, categories=["x"])
    blog.build()
    blog.write("quiet.md", date=OLD, categories=["x"])
    blog.build()

    blog.write("loud.md", date=OLD, categories=["y"])
    blog.build(hours=100)

    assert "Quiet" in blog.titles("x")
    assert "Quiet" not in blog.titles()


def test_a_burst_of_more_than_a_feed_holds_stays_whole(blog: Blog) -> None:
    blog.write("zero.md")
    blog.build()

    for number in range(60):
        blog.write(f"{number:02}.md", date=OLD)
    blog.build()

    assert len(blog.titles()) == 61


def test_a_burst_stops_at_250_entries(blog: Blog) -> None:
    blog.write("zero.md")
    blog.build()

    for number in range(260):
        blog.write(f"{number:03}.md", date=OLD)
    blog.build()

    assert len(blog.titles()) == 250


def test_a_burst_stops_at_a_megabyte(blog: Blog) -> None:
    blog.write("zero.md")
    blog.build()

    for number in range(40):
        blog.write(f"{number:02}.md", f"{number} " + "long text. " * 5000, date=OLD)
    blog.build()

    assert 20 <= len(blog.titles()) < 25
    assert len(blog.target.files["all/rss.xml"]) < 1_200_000


def test_the_newest_stay_however_large_they_are(blog: Blog) -> None:
    for number in range(20):
        blog.write(f"{number:02}.md", f"{number} " + "long text. " * 9000)

    blog.build()

    assert len(blog.titles()) == 20


def test_news_dated_more_than_30_days_back_is_published_and_reported(blog: Blog) -> None:
    blog.write("a.md")
    blog.build()
    limit = blog.clock() - timedelta(days=30)

    blog.write("just.md", date=limit.isoformat())
    blog.write("late.md", date=(limit - timedelta(seconds=1)).isoformat())
    report = blog.build(hours=0)

    (problem,) = report.problems
    assert problem.level == "warning"
    assert "more than 30 days back: 1;" in problem.message
    assert {"Just", "Late"} <= set(blog.titles())


@pytest.mark.parametrize("days", [29])
def test_news_dated_less_than_30_days_back_is_just_news(blog: Blog, days: int) -> None:
    blog.write("a.md")
    blog.build()

    blog.write("late.md", date="2025-12-08T00:00:00Z")

    assert blog.build().problems == ()


def test_a_draft_dated_long_before_it_is_published_is_reported(blog: Blog) -> None:
    blog.write("a.md", draft=True, date="2025-11-01T00:00:00Z")
    blog.write("b.md")
    blog.build()

    blog.write("a.md", date="2025-11-01T00:00:00Z")
    report = blog.build()

    assert report.new == 1
    assert len(report.problems) == 1


def test_what_comes_after_the_clock_went_back_is_news_all_the_same(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.write("old.md", date=OLD)
    report = blog.build(hours=-5)

    assert (report.new, report.baseline) == (1, 0)
    assert "Old" in blog.titles()


def test_two_builds_within_one_second_tell_the_first_read_from_news(blog: Blog) -> None:
    fill(blog)
    blog.build(hours=0)

    blog.write("old.md", date=OLD)
    report = blog.build(hours=0)

    assert (report.new, report.baseline) == (1, 0)


# A look at what is not published yet


@pytest.mark.parametrize(
    ("option", "fields"),
    [("drafts", {"draft": True}), ("future", {"date": "2026-01-05T14:00:00Z"})],
)
@pytest.mark.parametrize("again", [False, True])
def test_what_a_look_ahead_showed_is_news_when_it_is_published(
    blog: Blog, option: str, fields: dict[str, object], again: bool
) -> None:
    blog.write("a.md", **{"date": OLD, **fields})
    blog.write("b.md")
    assert blog.build(**{option: True}).new == 1
    if again:
        assert blog.build(**{option: True}).new == 0
    assert set(blog.titles()) == {"A", "B"}
    blog.build()
    assert blog.titles() == ["B"]

    blog.write("a.md", date=fields.get("date", OLD))
    report = blog.build(hours=6)

    assert (report.new, report.baseline) == (1, 0)
    for number in range(25):
        blog.write(f"{number:02}.md", date=f"2026-01-05T15:{number:02}:00Z")
    blog.build()
    assert "A" in blog.titles()
    assert "B" not in blog.titles()


@pytest.mark.parametrize("option", ["drafts", "future"])
def test_what_is_due_right_after_a_look_ahead_is_news(blog: Blog, option: str) -> None:
    blog.write("a.md", date="2026-01-05T14:00:00Z")
    blog.write("b.md")
    blog.build(**{option: True})

    assert blog.build(hours=6).new == 1
    assert blog.build(hours=6).new == 0


def test_whoever_always_publishes_ahead_has_news_when_they_are_due(blog: Blog) -> None:
    blog.write("a.md", date="2026-01-05T14:00:00Z")
    blog.write("b.md")

    assert [blog.build(hours=4, future=True).new for _ in range(3)] == [1, 1, 0]


def test_a_draft_that_was_looked_at_has_no_date_yet(blog: Blog) -> None:
    blog.write("a.md", draft=True, date="2025-12-20 10:00:00")
    blog.build(drafts=True)

    blog.write("a.md", date="2025-12-30 10:00:00")
    blog.build()

    assert blog.item("A")["date_published"].startswith("2025-12-30")
