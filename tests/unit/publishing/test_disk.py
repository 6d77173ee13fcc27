"""What is not news leaves every file on the disk alone: bytes, times, numbers."""

from pathlib import Path

import pytest

from feedpub.targets.local import LocalTarget
from tests.support.blog import Blog


@pytest.fixture
def disk(tmp_path: Path) -> Blog:
    blog = Blog(tmp_path).with_pages()
    blog.set(thumbnails_mode="link")
    blog.target = LocalTarget(tmp_path / "feeds")
    return blog


def look(blog: Blog) -> dict[str, tuple[bytes, int, int]]:
    """Return bytes, time and number of every published file."""
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in (blog.root / "feeds").rglob("*")
        if path.is_file()
    }


def crawl(blog: Blog, number: int) -> None:
    for name in "abc":
        blog.write(
            f"{name}.md",
            f"![](https://picsum.photos/{number}/300) Text of {name}.",
            date=f"Fri, 0{number} Jan 2026 08:00:00 CST" if name == "a" else f"2026-01-0{number}",
            headimg=f"https://picsum.photos/400/300?random={number}",
            categories=["x", name],
        )


def test_a_new_crawl_of_old_articles_touches_no_file(disk: Blog) -> None:
    crawl(disk, 1)
    disk.build()
    before = look(disk)

    crawl(disk, 2)
    report = disk.build()

    assert (report.written, report.updated) == (0, 0)
    assert look(disk) == before


def test_touched_articles_touch_no_file(disk: Blog) -> None:
    crawl(disk, 1)
    disk.build()
    before = look(disk)

    for name in "abc":
        disk.touch(f"{name}.md")
    disk.build()

    assert look(disk) == before


def test_everything_made_again_touches_no_file(disk: Blog) -> None:
    crawl(disk, 1)
    disk.build()
    before = look(disk)

    disk.build(everything=True)

    assert look(disk) == before


def test_news_touch_only_what_shows_them(disk: Blog) -> None:
    crawl(disk, 1)
    disk.build()
    before = look(disk)

    disk.write("new.md", categories=["x", "a"])
    disk.build()

    after = look(disk)
    same = {path for path in before if before[path] == after[path]}
    for folder in ("x/b", "x/c", "articles", "assets"):
        there = {path for path in before if f"/feeds/{folder}/" in path}
        assert there
        assert there <= same
