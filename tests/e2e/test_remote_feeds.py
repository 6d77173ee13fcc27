"""``type = "feed"``: the real program and a server whose feed goes on."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.feed_server import FeedServer, run_feed_server
from tests.support.programs import PATIENCE_S, fork, start
from tests.support.rsshub import SETTINGS, rsshub

SITE = """
[site]
title = "门户"
url = "https://portal.example/"
id = "7e0cf2a2-4c3f-4c3a-9e26-6d7d5b2c0a11"
"""


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with run_feed_server() as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, server: FeedServer) -> Path:
    (tmp_path / "feedpub.toml").write_text(SITE + SETTINGS.format(url=server.url), "utf-8")
    made = fork("init", "--database", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    return tmp_path


def build(site: Path, *options: str) -> dict[str, Any]:
    done = fork("--json", "build", *options, cwd=site)
    report: dict[str, Any] = json.loads(done.stdout)
    return report | {"exit": done.returncode}


def items(site: Path, category: str = "all") -> list[dict[str, Any]]:
    feed = json.loads((site / "feeds" / category / "feed.json").read_bytes())
    return list(feed["items"])


def test_a_feed_goes_on_over_three_generations(site: Path, server: FeedServer) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(3, 2, 1)
    first = build(site)
    kept = {item["id"]: item for item in items(site)}

    server.documents["/36kr/rss.xml"] = rsshub(5, 4, 3, title3="第 3 条快讯（更新）")
    second = build(site)

    server.documents["/36kr/rss.xml"] = rsshub(6)
    third = build(site)

    assert [report["new"] for report in (first, second, third)] == [3, 2, 1]
    assert (first["baseline"], second["updated"], third["deleted"]) == (3, 1, 0)
    assert [report["exit"] for report in (first, second, third)] == [0, 0, 0]
    now = items(site)
    assert [item["id"] for item in now] == [f"https://36kr.example/p/{n}" for n in range(6, 0, -1)]
    changed = {item["id"] for item in now if item["id"] in kept and kept[item["id"]] != item}
    assert changed == {"https://36kr.example/p/3"}
    assert now[3]["title"] == "第 3 条快讯（更新）"


def test_what_is_published_of_an_entry_is_clean_and_whole(site: Path, server: FeedServer) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(1)

    build(site)

    (item,) = items(site)
    assert item["url"] == "https://36kr.example/p/1"
    assert item["date_published"] == "2026-01-01T08:00:00+00:00"
    assert item["image"] == "https://img.example/1.png"
    assert "“重庆”的天气。" in item["content_html"]
    assert "script" not in item["content_html"]
    assert item["summary"].startswith("正文 1")


def test_categories_are_those_of_the_settings(site: Path, server: FeedServer) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(3, 2, 1)

    report = build(site)

    found = {tuple(feed["category"]["path"]): feed["articles"] for feed in report["summaries"]}
    assert found == {(): 3, ("新媒体",): 3, ("新媒体", "科技"): 1, ("新媒体", "财经"): 1}


def test_a_second_build_asks_whether_anything_is_new_and_makes_nothing(
    site: Path, server: FeedServer
) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(1)
    build(site)
    before = {path: path.stat().st_mtime_ns for path in (site / "feeds").rglob("*")}

    again = build(site)

    assert server.statuses("/36kr/rss.xml") == [200, 304]
    assert (again["written"], again["new"]) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in (site / "feeds").rglob("*")} == before


def test_a_feed_that_fails_is_a_warning_and_the_rest_is_built(
    site: Path, server: FeedServer
) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(2, 1)
    build(site)
    with (site / "feedpub.toml").open("a", encoding="utf-8") as settings:
        settings.write('[[sources]]\nname = "own"\npath = "own"\n')
    (site / "own").mkdir()
    (site / "own" / "a.md").write_text("---\ntitle: 自己的\n---\n正文", "utf-8")
    del server.documents["/36kr/rss.xml"]

    report = build(site)
    strict = build(site, "--strict")

    assert (report["exit"], strict["exit"]) == (0, 3)
    assert report["unfetched"] == strict["unfetched"] == ["快讯"]
    assert [problem["level"] for problem in report["problems"]] == ["warning"]
    assert len(items(site)) == 3


def test_an_entry_of_two_feeds_is_one_article_in_the_categories_of_both(
    site: Path, server: FeedServer
) -> None:
    server.documents |= {"/36kr/rss.xml": rsshub(2, 1), "/more/rss.xml": rsshub(1)}
    (site / "list.opml").write_text(
        f'<opml><body><outline text="转载"><outline xmlUrl="{server.url}more/rss.xml"/></outline>'
        "</body></opml>",
        "utf-8",
    )
    with (site / "feedpub.toml").open("a", encoding="utf-8") as settings:
        settings.write('[[sources]]\ntype = "feed"\nopml = "list.opml"\nprivate = true\n')
        settings.write("categories = {}\n")

    report = build(site)

    found = {tuple(feed["category"]["path"]): feed["articles"] for feed in report["summaries"]}
    assert (report["exit"], report["articles"], report["duplicates"]) == (0, 2, 1)
    assert (found[("新媒体", "财经")], found[("转载",)]) == (1, 1)
    assert [problem for problem in report["problems"] if problem["level"] == "error"] == []


def test_offline_does_with_what_was_fetched(site: Path, server: FeedServer) -> None:
    nothing = build(site, "--offline")
    server.documents["/36kr/rss.xml"] = rsshub(1)
    build(site)
    server.documents["/36kr/rss.xml"] = rsshub(2, 1)

    offline = build(site, "--offline")

    assert (nothing["exit"], nothing["articles"]) == (0, 0)
    assert (offline["exit"], offline["new"], len(items(site))) == (0, 0, 1)
    assert server.statuses("/36kr/rss.xml") == [200]


def test_a_dry_run_neither_asks_nor_writes(site: Path, server: FeedServer) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(1)

    report = build(site, "--dry-run")

    assert (report["exit"], server.answers) == (0, [])
    assert not (site / "remote").exists()


def test_entries_that_were_lost_are_told_and_what_is_published_stays(
    site: Path, server: FeedServer
) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(2, 1)
    build(site)
    (site / "remote").rename(site / "elsewhere")
    server.documents["/36kr/rss.xml"] = rsshub(3)

    held = build(site)
    (site / "elsewhere").rename(site / "remote")
    again = build(site)

    assert (held["exit"], held["held_sources"]) == (3, ["快讯"])
    assert (again["exit"], again["new"], len(items(site))) == (0, 1, 3)


@pytest.mark.parametrize("entries", [1, 20])
def test_who_is_killed_while_fetching_loses_nothing_and_doubles_nothing(
    site: Path, server: FeedServer, entries: int
) -> None:
    server.documents["/36kr/rss.xml"] = rsshub(*range(1, 21))
    with start("build", cwd=site) as process:
        end = time.monotonic() + PATIENCE_S
        while len(list((site / "remote").glob("*/[!.]*"))) < entries and time.monotonic() < end:
            time.sleep(0.001)
        process.kill()

    report = build(site)

    assert report["exit"] == 0
    assert sorted(item["id"] for item in items(site)) == sorted(
        f"https://36kr.example/p/{number}" for number in range(1, 21)
    )
    assert len(list((site / "remote").glob("*/[!.]*"))) == 20
