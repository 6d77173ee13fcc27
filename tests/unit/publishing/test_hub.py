"""Who is told of changes: the subscribers of the live feeds whose bytes changed."""

from feedpub.testing import MemoryHub
from tests.support.blog import Blog

FILES = ("rss.xml", "atom.xml", "feed.json")


def told(blog: Blog) -> set[str]:
    assert blog.hub is not None
    topics = [topic for pings in blog.hub.pings for topic in pings]
    assert len(topics) == len(set(topics))
    blog.hub.pings.clear()
    return {topic.removeprefix("https://example.org/feeds/") for topic in topics}


def feeds(*folders: str) -> set[str]:
    return {f"{folder}/{file}" for folder in folders for file in FILES}


def start(blog: Blog) -> None:
    blog.hub = MemoryHub()
    blog.write("a.md", categories=["x", "y"], date="2025-10-01T00:00:00Z")
    blog.write("b.md", categories=["z"])
    blog.build()
    told(blog)


def test_the_topics_are_exactly_the_live_feeds_that_changed(blog: Blog) -> None:
    start(blog)

    blog.write("c.md", categories=["x"])
    report = blog.build()

    assert told(blog) == feeds("all", "x")
    assert len(report.pinged) == 6


def test_an_idle_build_tells_nobody(blog: Blog) -> None:
    start(blog)

    blog.build()

    assert blog.hub is not None
    assert blog.hub.pings == []


def test_a_change_that_no_feed_shows_tells_nobody(blog: Blog) -> None:
    start(blog)

    blog.touch("a.md")
    blog.write("draft.md", draft=True)
    blog.build()

    assert told(blog) == set()


def test_a_change_of_archives_alone_tells_nobody(blog: Blog) -> None:
    blog.set(feeds_entries=1)
    start(blog)

    blog.write("a.md", "Another text.", categories=["z"], date="2025-10-01T00:00:00Z")
    blog.build()
    told(blog)
    blog.write("a.md", "Third text.", categories=["z"], date="2025-10-01T00:00:00Z")
    blog.build()

    assert told(blog) == set()


def test_what_an_offline_build_published_is_told_by_the_next(blog: Blog) -> None:
    start(blog)
    blog.write("c.md", categories=["x"])
    blog.build(offline=True)
    assert told(blog) == set()

    blog.build()

    assert told(blog) == feeds("all", "x")


def test_subscribers_of_an_old_address_are_told_too(blog: Blog) -> None:
    start(blog)
    blog.set(renames={("z",): ("new",)})
    blog.build()
    told(blog)

    blog.write("c.md", categories=["z"])
    blog.build()

    assert told(blog) == feeds("all", "new", "z")
