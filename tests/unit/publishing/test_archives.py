"""Monthly archives (RFC 5005, section 4): every published article, in documents that last."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from feedpub.feeds import FORMATS
from tests.support.blog import Blog
from tests.support.links import find_dangling

FEEDS = "https://example.org/feeds/"


def archived(blog: Blog, folder: str = "all") -> list[str]:
    """Return the months that have documents, oldest first."""
    start = f"{folder}/archive/"
    return sorted(
        path.removeprefix(start).removesuffix("/feed.json")
        for path in blog.target.files
        if path.startswith(start) and path.endswith("/feed.json")
    )


def document(blog: Blog, folder: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(blog.target.files[f"{folder}/feed.json"])
    return found


def walk(blog: Blog, folder: str = "all") -> list[str]:
    """Return the titles that a reader finds who goes back from the live feed, link by link."""
    titles, place = [], folder
    while True:
        found = document(blog, place)
        titles += [item["title"] for item in found["items"]]
        if "next_url" not in found:
            return titles
        place = found["next_url"].removeprefix(FEEDS).removesuffix("/feed.json")


def links(blog: Blog, folder: str, file: str = "atom.xml") -> dict[str, str]:
    root = ET.fromstring(blog.target.files[f"{folder}/{file}"])
    found = root.iter("{http://www.w3.org/2005/Atom}link")
    return {
        link.get("rel", ""): link.get("href", "").removeprefix(FEEDS).removesuffix(f"/{file}")
        for link in found
        if link.get("rel") in ("current", "prev-archive", "next-archive")
    }


def write(blog: Blog, name: str, date: str, *categories: str) -> None:
    blog.write(f"{name}.md", date=f"{date}T00:00:00Z", categories=list(categories) or None)


def fill(blog: Blog) -> None:
    for name, date in {"a": "2025-08-01", "b": "2025-10-01", "c": "2025-11-01"}.items():
        write(blog, name, date)
    write(blog, "d", "2026-01-01")


def test_closed_months_have_archives_and_the_open_one_has_none(blog: Blog) -> None:
    fill(blog)

    blog.build()

    assert archived(blog) == ["2025-08", "2025-10", "2025-11"]


def test_neighbours_link_to_each_other(blog: Blog) -> None:
    fill(blog)

    blog.build()

    for file in ("atom.xml", "rss.xml"):
        assert links(blog, "all", file) == {"prev-archive": "all/archive/2025-11"}
        assert links(blog, "all/archive/2025-08", file) == {
            "current": "all",
            "next-archive": "all/archive/2025-10",
        }
        assert links(blog, "all/archive/2025-10", file) == {
            "current": "all",
            "prev-archive": "all/archive/2025-08",
            "next-archive": "all/archive/2025-11",
        }
        assert "next-archive" not in links(blog, "all/archive/2025-11", file)


def test_a_reader_that_walks_back_finds_every_article(blog: Blog) -> None:
    blog.set(feeds_entries=3)
    for number in range(40):
        write(blog, f"{number:02}", f"2025-{1 + number % 12:02}-{1 + number // 12:02}", "x")

    blog.build()

    everything = {f"{number:02}" for number in range(40)}
    assert set(walk(blog)) == set(walk(blog, "x")) == everything


def test_an_open_month_that_outgrows_the_feed_is_archived_too(blog: Blog) -> None:
    blog.set(feeds_entries=3)
    for number in range(5):
        write(blog, f"{number}", f"2026-01-0{number + 1}")
    write(blog, "old", "2025-10-01")

    blog.build()

    assert archived(blog) == ["2025-10", "2026-01"]
    assert set(walk(blog)) == {"0", "1", "2", "3", "4", "Old"}


def test_a_burst_of_old_articles_hides_no_gap(blog: Blog) -> None:
    blog.set(feeds_entries=3)
    for number in range(5):
        write(blog, f"{number}", f"2026-01-0{number + 1}")
    blog.build()

    for number in range(6):
        write(blog, f"old{number}", f"2025-10-0{number + 1}")
    blog.build()

    assert len(set(walk(blog))) == 11
    assert find_dangling(blog.target.files) == set()


def test_a_new_month_closes_the_one_before(blog: Blog) -> None:
    fill(blog)
    blog.build()

    write(blog, "e", "2026-02-01")
    blog.build(hours=800)

    assert archived(blog) == ["2025-08", "2025-10", "2025-11", "2026-01"]
    assert links(blog, "all/archive/2025-11")["next-archive"] == "all/archive/2026-01"
    assert links(blog, "all") == {"prev-archive": "all/archive/2026-01"}


def test_news_change_no_archive(blog: Blog) -> None:
    fill(blog)
    blog.build()

    write(blog, "e", "2026-01-03")
    changed = blog.rewritten()

    assert not [path for path in changed if "/archive/" in path]


def test_a_closed_month_keeps_its_bytes_but_for_the_link_to_the_next(blog: Blog) -> None:
    fill(blog)
    blog.build()
    write(blog, "e", "2026-02-01")
    changed = set(blog.rewritten(hours=800))

    assert {path for path in changed if "/archive/" in path and path.endswith(".xml")} == {
        f"all/archive/{month}/{file}"
        for month in ("2025-11", "2026-01")
        for file in ("rss.xml", "atom.xml")
    }


def test_a_late_article_makes_its_month_and_mends_both_neighbours(blog: Blog) -> None:
    fill(blog)
    blog.build()

    write(blog, "late", "2025-09-01")
    blog.build()

    assert links(blog, "all/archive/2025-08")["next-archive"] == "all/archive/2025-09"
    assert links(blog, "all/archive/2025-10")["prev-archive"] == "all/archive/2025-09"


def test_an_emptied_month_is_removed_and_its_neighbours_mended(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.delete("b.md")
    blog.build()

    assert archived(blog) == ["2025-08", "2025-11"]
    assert links(blog, "all/archive/2025-08")["next-archive"] == "all/archive/2025-11"
    assert links(blog, "all/archive/2025-11")["prev-archive"] == "all/archive/2025-08"
    assert find_dangling(blog.target.files) == set()


def test_a_month_may_be_emptied_while_all_is_made_anew(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.delete("b.md")
    blog.set(site_title="Another site")
    blog.build()

    assert archived(blog) == ["2025-08", "2025-11"]


def test_an_open_month_that_fits_into_the_feed_again_loses_its_archive(blog: Blog) -> None:
    blog.set(feeds_entries=3)
    for number in range(5):
        write(blog, f"{number}", f"2026-01-0{number + 1}")
    write(blog, "old", "2025-10-01")
    blog.build()

    for number in (0, 1, 2):
        blog.delete(f"{number}.md")
    blog.build()

    assert archived(blog) == ["2025-10"]
    assert find_dangling(blog.target.files) == set()


def test_of_an_archive_that_goes_the_document_goes_last_that_tells_of_it(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.delete("b.md")
    blog.build()

    gone = [path for path in blog.target.deleted if path.startswith("all/archive/2025-10/")]
    assert len(gone) == 3
    assert gone[-1] == f"all/archive/2025-10/{FORMATS[0].file}"


def test_the_latest_archive_may_be_emptied(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.delete("c.md")
    blog.build()

    assert archived(blog) == ["2025-08", "2025-10"]
    assert links(blog, "all") == {"prev-archive": "all/archive/2025-10"}
    assert "next-archive" not in links(blog, "all/archive/2025-10")


def test_the_open_month_may_be_emptied(blog: Blog) -> None:
    fill(blog)
    blog.build()

    blog.delete("d.md")
    blog.build()

    assert set(walk(blog)) == {"A", "B", "C"}
    assert find_dangling(blog.target.files) == set()
    again = dict(blog.target.files)
    blog.build(everything=True)
    assert blog.target.files == again


def test_an_edit_of_an_old_article_changes_its_month_only(blog: Blog) -> None:
    blog.set(feeds_entries=1)
    fill(blog)
    blog.build()

    blog.write("b.md", "Another text.", date="2025-10-01T00:00:00Z")
    changed = blog.rewritten()

    assert {path.rpartition("/")[0] for path in changed if "/archive/" in path} == {
        "all/archive/2025-10"
    }


def test_a_moved_date_moves_between_months(blog: Blog) -> None:
    fill(blog)
    blog.build()

    write(blog, "b", "2025-09-01")
    blog.build()

    assert archived(blog) == ["2025-08", "2025-09", "2025-11"]
    assert find_dangling(blog.target.files) == set()


def test_each_category_has_archives_of_its_own(blog: Blog) -> None:
    write(blog, "a", "2025-08-01", "x", "y")
    write(blog, "b", "2025-10-01", "x")
    write(blog, "c", "2026-01-01", "x", "y")
    write(blog, "d", "2025-12-01", "z")

    blog.build()

    assert archived(blog, "x") == ["2025-08", "2025-10"]
    assert archived(blog, "x/y") == ["2025-08"]
    assert archived(blog, "z") == []


def test_archives_carry_summaries_unless_told_otherwise(blog: Blog) -> None:
    fill(blog)
    blog.build()
    (item,) = document(blog, "all/archive/2025-08")["items"]
    assert "content_html" not in item

    blog.set(feeds_archive="full")
    blog.build()
    (item,) = document(blog, "all/archive/2025-08")["items"]
    assert item["content_html"] == "<p>Text of a.</p>"


def test_without_archives_nothing_points_at_one(blog: Blog) -> None:
    blog.set(feeds_archive="none")
    fill(blog)

    blog.build()

    assert archived(blog) == []
    assert links(blog, "all") == {}


def test_archives_that_are_switched_off_later_are_removed(blog: Blog) -> None:
    fill(blog)
    write(blog, "x", "2025-10-01", "x", "y")
    write(blog, "z", "2026-01-01", "x", "y")
    blog.build()
    assert archived(blog, "x/y") == ["2025-10"]

    blog.set(feeds_archive="none")
    blog.build()

    assert not [path for path in blog.target.files if "/archive/" in path]
    assert links(blog, "all") == {}
    assert find_dangling(blog.target.files) == set()


def test_months_are_those_of_utc(blog: Blog) -> None:
    blog.write("a.md", date="2025-11-01T02:00:00+08:00")
    blog.write("b.md")

    blog.build()

    assert archived(blog) == ["2025-10"]


def test_a_month_whose_only_article_cannot_be_read_is_no_dead_end(blog: Blog) -> None:
    blog.set(feeds_archive="full")
    blog.write("a.md", "Same.", title="Same")
    blog.write("b.md", "Same.", title="Same", date="2025-10-01T00:00:00Z")
    blog.write("c.md", date="2025-09-01T00:00:00Z")
    blog.build()
    blog.write("b.md", "Same.", title="Same", date="someday")
    blog.build()

    blog.write("a.md", "Another text.", title="Same")  # b.md is an article of its own again
    blog.build()

    assert find_dangling(blog.target.files) == set()
    assert blog.items("all/archive/2025-10") == []
    assert [item["title"] for item in blog.items("all/archive/2025-09")] == ["C"]
