"""What a build does once does not grow into once for each article."""

import pytest

from feedpub.ports import StoredProblem
from feedpub.store.sources import Sources
from tests.support.blog import Blog


def count_looks(blog: Blog, articles: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often a build reads what is wrong with all files, where each has something."""
    looks = 0
    problems = Sources.problems

    def look(self: Sources) -> list[StoredProblem]:
        nonlocal looks
        looks += 1
        return problems(self)

    blog.set(thumbnails_mode="copy")
    blog.write_bytes("p.png", b"no picture")
    for number in range(articles):
        blog.write(f"{number}.md", "![](p.png)")
    with monkeypatch.context() as patched:
        patched.setattr(Sources, "problems", look)
        report = blog.build()
    assert len(report.problems) == articles
    return looks


def test_warnings_of_many_articles_take_no_more_looks_than_those_of_few(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = count_looks(Blog(blog.root / "few"), 2, monkeypatch)
    many = count_looks(Blog(blog.root / "many"), 8, monkeypatch)

    assert few == many


def test_a_warning_that_was_told_is_kept_once(blog: Blog) -> None:
    blog.set(thumbnails_mode="copy")
    blog.write_bytes("p.png", b"no picture")
    blog.write("a.md", "![](p.png)")
    blog.build()

    again = blog.build(everything=True)

    assert len(again.problems) == 1
