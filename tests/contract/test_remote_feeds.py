"""Feeds of others over real HTTP: politely, safely, and without losing what is there."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path

import pytest

from feedpub.sources.remote import Gatherer, RemoteSource
from tests.support.bad_server import BadServer
from tests.support.feed_server import FeedServer, run_feed_server

NOW = 1_800_000_000
Make = Callable[..., Gatherer]


def rss(*titles: str, guid: str = "urn:x:{}") -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid.format(title)}</guid><title>{title}</title></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


@pytest.fixture
def bad() -> Iterator[BadServer]:
    with BadServer() as server:
        yield server


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with run_feed_server() as server:
        yield server


@pytest.fixture
def gather(tmp_path: Path) -> Make:
    """Return a maker of gatherers: ``gather(a=URL, b=URL)``."""

    def make(
        *, every_s: int = 0, budget_s: float = 10, private: bool = True, **urls: str
    ) -> Gatherer:
        sources = [
            RemoteSource(name, url, str(tmp_path / name), private) for name, url in urls.items()
        ]
        return Gatherer(sources, home=UTC, every_s=every_s, budget_s=budget_s, pause_s=0.05)

    return make


def fetch(gatherer: Gatherer, *, now: int = NOW, known: tuple[str, ...] = ()) -> Gatherer:
    gatherer.fetch(now, known=known, progress=lambda *_: None)
    return gatherer


def entries(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("[!.]*")}


# What goes well


def test_a_feed_becomes_files(server: FeedServer, gather: Make, tmp_path: Path) -> None:
    server.documents["/a/rss.xml"] = rss("一", "二")

    gatherer = fetch(gather(a=f"{server.url}a/rss.xml"))

    assert len(entries(tmp_path / "a")) == 2
    assert (gatherer.failing(), gatherer.problems()) == ((), [])


def test_a_feed_that_is_the_same_is_not_sent_again(
    server: FeedServer, gather: Make, tmp_path: Path
) -> None:
    server.documents["/a/rss.xml"] = rss("一")
    gatherer = gather(a=f"{server.url}a/rss.xml")
    fetch(gatherer)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "a").glob("[!.]*")}

    fetch(gatherer, now=NOW + 1)

    assert server.statuses("/a/rss.xml") == [200, 304]
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_feed_is_not_asked_before_its_time(server: FeedServer, gather: Make) -> None:
    server.documents["/a/rss.xml"] = rss("一")
    gatherer = gather(every_s=900, a=f"{server.url}a/rss.xml")

    for seconds in (0, 899, 900):
        fetch(gatherer, now=NOW + seconds)

    assert server.statuses("/a/rss.xml") == [200, 304]


def test_an_id_of_two_feeds_is_claimed_by_one(
    server: FeedServer, gather: Make, tmp_path: Path
) -> None:
    server.documents |= {"/a/rss.xml": rss("一", "二"), "/b/rss.xml": rss("二", "三")}

    fetch(gather(a=f"{server.url}a/rss.xml", b=f"{server.url}b/rss.xml"))

    both = [*entries(tmp_path / "a").values(), *entries(tmp_path / "b").values()]
    assert len(both) == 4
    assert sum('\nid: "urn:x:二"\n' in text for text in both) == 1


# Manners


def test_a_host_is_asked_one_thing_at_a_time_and_left_alone_in_between(
    bad: BadServer, gather: Make
) -> None:
    urls = {f"s{number}": bad.url(f"/slow-picture/{number}") for number in range(4)}
    started = time.monotonic()

    fetch(gather(**urls))

    assert bad.busiest == 1
    assert len(bad.received) == 4
    assert time.monotonic() - started >= 4 * 0.15 + 3 * 0.05


def test_what_a_round_has_no_time_for_comes_first_in_the_next(bad: BadServer, gather: Make) -> None:
    urls = {f"s{number}": bad.url(f"/slow-picture/{number}") for number in range(5)}

    fetch(gather(budget_s=0.5, **urls))
    first = list(bad.paths)
    fetch(gather(budget_s=0.5, **urls), now=NOW + 10)

    assert 1 <= len(first) < 5
    # The last one of a round may have been cut off.
    assert bad.paths[len(first)] in {first[-1], f"/slow-picture/{len(first)}"} - {first[0]}


def test_who_waits_longest_is_asked_first(server: FeedServer, gather: Make) -> None:
    server.documents |= {"/a/rss.xml": rss("一"), "/b/rss.xml": rss("二")}
    a, b = f"{server.url}a/rss.xml", f"{server.url}b/rss.xml"

    fetch(gather(a=a))
    fetch(gather(a=a, b=b), now=NOW + 1)

    assert [path for path, _ in server.answers] == ["/a/rss.xml", "/b/rss.xml", "/a/rss.xml"]


def test_who_wants_to_be_left_alone_is(bad: BadServer, gather: Make) -> None:
    gatherer = gather(a=bad.url("/busy"))

    for seconds in (0, 119, 299, 300):
        fetch(gatherer, now=NOW + seconds)

    assert len(bad.received) == 2


def test_what_is_gone_for_good_is_not_asked_again(bad: BadServer, gather: Make) -> None:
    gatherer = gather(a=bad.url("/status/410"))

    for seconds in (0, 10**6, 10**7):
        fetch(gatherer, now=NOW + seconds)

    assert len(bad.received) == 1
    assert gatherer.failing() == ("a",)
    assert "gone for good (410)" in gatherer.problems()[0].message


def test_a_permanent_move_is_told_and_followed_the_next_time(
    server: FeedServer, bad: BadServer, gather: Make
) -> None:
    server.documents["/a/rss.xml"] = rss("一")
    target = f"{server.url}a/rss.xml"
    gatherer = gather(a=bad.url(f"/moved-to?url={target}"))

    fetch(gatherer)
    fetch(gatherer, now=NOW + 1)

    assert len(bad.received) == 1
    assert server.statuses("/a/rss.xml") == [200, 304]
    assert f'write url = "{target}"' in gatherer.problems()[0].message
    assert gatherer.failing() == ()


# What goes wrong


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/silent", "no whole answer"),
        ("/slow-headers", "no whole answer"),
        ("/slow-feed", "no whole answer"),
        ("/slow-chunked-feed", "no whole answer"),
        ("/slow-redirects/1", "redirected more|no whole answer"),
        ("/endless-feed", "larger than"),
        ("/endless-headers", "broke off|larger"),
        ("/feed-bomb", "larger than"),
        ("/says-1-gb", "larger than|asked for"),
        ("/says-more", "asked for|broke off"),
        ("/cut-feed", "broke off"),
        ("/unfinished-feed", "broke off"),
        ("/drop", "broke off"),
        ("/not-http", "broke off"),
        ("/status/500", "answered 500"),
        ("/status/404", "answered 404"),
        ("/never-modified", "answered 304"),
        ("/redirect-loop", "redirected more"),
        ("/redirect-to?url=ftp://a.example/", "only http"),
        ("/redirect-to?url=file:///etc/passwd", "only http"),
        ("/html-page", "web page"),
        ("/picture/a", "asked for"),
        ("/empty-feed", "empty"),
        ("/laughs", "declares entities"),
    ],
)
def test_a_feed_that_cannot_be_fetched_changes_nothing(
    bad: BadServer, gather: Make, tmp_path: Path, path: str, reason: str
) -> None:
    gatherer = gather(budget_s=2, a=bad.url(path))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "kept.html").write_text("kept")

    fetch(gatherer)

    (problem,) = gatherer.problems()
    assert entries(tmp_path / "a") == {"kept.html": "kept"}
    assert gatherer.failing() == ("a",)
    assert problem.level == "warning"
    assert _matches(reason, problem.message)


def test_one_that_fails_keeps_none_of_the_others(
    server: FeedServer, bad: BadServer, gather: Make, tmp_path: Path
) -> None:
    server.documents["/a/rss.xml"] = rss("一")

    gatherer = fetch(gather(budget_s=3, bad=bad.url("/silent"), good=f"{server.url}a/rss.xml"))

    assert gatherer.failing() == ("bad",)
    assert len(entries(tmp_path / "good")) == 1


def test_a_private_address_is_refused_unless_the_settings_allow_it(
    server: FeedServer, gather: Make, tmp_path: Path
) -> None:
    server.documents["/a/rss.xml"] = rss("一")

    gatherer = fetch(gather(private=False, a=f"{server.url}a/rss.xml"))

    assert server.answers == []
    assert entries(tmp_path / "a") == {}
    assert "not on the public internet" in gatherer.problems()[0].message
    assert "private = true" in gatherer.problems()[0].message


def test_a_tag_that_changes_with_every_answer_changes_nothing(
    bad: BadServer, gather: Make, tmp_path: Path
) -> None:
    gatherer = gather(a=bad.url("/restless-feed"))
    fetch(gatherer)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "a").glob("[!.]*")}

    fetch(gatherer, now=NOW + 1)

    assert len(bad.received) == 2
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "a").glob("[!.]*")} == before


def test_a_wrong_charset_of_the_server_is_not_believed(
    bad: BadServer, gather: Make, tmp_path: Path
) -> None:
    fetch(gather(a=bad.url("/latin-feed")))

    assert "今天的新闻" in "".join(entries(tmp_path / "a").values())


def test_a_folder_that_was_lost_is_not_made_anew(
    server: FeedServer, gather: Make, tmp_path: Path
) -> None:
    server.documents["/a/rss.xml"] = rss("一")

    fetch(gather(a=f"{server.url}a/rss.xml"), known=("a",))

    assert server.answers == []
    assert not (tmp_path / "a").exists()


def _matches(pattern: str, text: str) -> bool:
    return any(part in text for part in pattern.split("|"))
