"""Real workers on several machines: one asks the feeds of others, another builds, one dies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedpub.config import load_config
from feedpub.targets.s3 import STATE
from feedpub.wiring import create_site, open_site
from tests.support.bucket import Bucket
from tests.support.feed_server import FeedServer, run_feed_server
from tests.support.machines import Machine, make_settings, wait_until
from tests.support.rsshub import rsshub

FEED = """\
categories = "path"
[[sources]]
type = "feed"
name = "快讯"
url = "{feed}36kr/rss.xml"
private = true
category = "新媒体"
[remote]
every = 0
"""


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "editor"
    folder.mkdir()
    for day in range(1, 8):
        date = f"2025-12-{day:02}T08:00:00+08:00"
        head = f"title: 第 {day} 天\ndate: {date}\ncategories: [日, {day % 2}]"
        (folder / f"{day}.md").write_text(f"---\n{head}\n---\n正文 {day}。\n", "utf-8")
    return folder


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with run_feed_server() as server:
        yield server


def make_alone(tmp_path: Path, server: FeedServer, articles: Path) -> Machine:
    """Return a site of one machine, whose builds are typed."""
    machine = Machine(tmp_path / "alone", make_settings(FEED.format(feed=server.url)), articles)
    create_site(load_config(machine.root / "feedpub.toml", {}))
    return machine


def test_what_one_machine_fetches_another_publishes_as_a_build_alone_would(
    tmp_path: Path, server: FeedServer, articles: Path, database: str
) -> None:
    alone = make_alone(tmp_path, server, articles)
    settings = make_settings(FEED.format(feed=server.url), f'database = "{database}"')
    reads, builds = (Machine(tmp_path / name, settings, articles) for name in ("reads", "builds"))
    create_site(load_config(reads.root / "feedpub.toml", {}))
    server.documents["/36kr/rss.xml"] = rsshub(3, 2, 1)
    alone.build()
    asked = len(server.answers)

    with reads.work("read"), builds.work("build"):
        wait_until(lambda: len(builds.titles()) == 10 and builds.files() == alone.files(), builds)
        # Nothing that changes: when that was seen is part of a feed.
        server.documents["/36kr/rss.xml"] = rsshub(5, 4, 3)
        alone.build()
        wait_until(lambda: builds.files() == alone.files(), reads, builds)
        wait_until(lambda: server.answers[-1][1] == 304, reads)

    statuses = [status for _, status in server.answers[asked:]]
    assert statuses.count(200) == 3  # one of them was asked for by the machine that is alone
    assert set(statuses) == {200, 304}
    assert not (reads.root / "feeds").exists()
    copies = [
        {path.name: path.stat().st_mtime_ns for path in machine.root.glob("remote/*/[!.]*")}
        for machine in (reads, builds)
    ]
    assert copies[0] == copies[1]
    assert len(copies[0]) == 5


def test_without_a_server_one_process_asks_and_builds(
    tmp_path: Path, server: FeedServer, articles: Path
) -> None:
    alone = make_alone(tmp_path, server, articles)
    server.documents["/36kr/rss.xml"] = rsshub(2, 1)

    with alone.work("read", "build"):
        wait_until(lambda: len(alone.titles()) == 9, alone)
        server.documents["/36kr/rss.xml"] = rsshub(3)
        wait_until(lambda: len(alone.titles()) == 10, alone)

    statuses = [status for _, status in server.answers]
    assert statuses.count(200) == 2
    assert set(statuses) <= {200, 304}


def test_a_build_that_is_killed_is_finished_by_the_worker_of_another_machine(
    tmp_path: Path, server: FeedServer, articles: Path, database: str, bucket: Bucket
) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(3, 2, 1)
    alone = make_alone(tmp_path, server, articles)
    alone.build()
    wanted = alone.files()
    places = (
        f'database = "{database}"\ntarget = "s3://{bucket.name}"\n'
        f'[s3]\nendpoint = "{bucket.endpoint}"\n'
    )
    settings = make_settings(FEED.format(feed=server.url), places)
    one, two = (Machine(tmp_path / name, settings, articles) for name in ("one", "two"))
    create_site(load_config(one.root / "feedpub.toml", {}))

    with one.work("read", "build"):
        wait_until(lambda: len(bucket.list()) > 5, one)
    left = len(wanted) - len(bucket.list())
    with two.work("read", "build"):
        wait_until(lambda: not list_jobs(two) and list_published(bucket) == wanted, one, two)

    assert left > 0


def list_published(bucket: Bucket) -> dict[str, bytes]:
    found = bucket.files()
    found.pop(STATE, None)
    return found


def list_jobs(machine: Machine) -> list[str]:
    with open_site(load_config(machine.root / "feedpub.toml", {})) as publisher:
        return [job.task for job in publisher.list_jobs()]
