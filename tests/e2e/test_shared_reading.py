"""A real worker on another machine reads what a build has laid out."""

from pathlib import Path

import pytest

from feedpub.catalog.identity import Sighting
from feedpub.config import load_config
from feedpub.ports import StoredProblem
from feedpub.publishing import sharding
from feedpub.publishing.parcels import unpack_findings
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.shards import open_shards
from feedpub.wiring import create_site, open_site
from tests.support.machines import Machine, wait_until

SETTINGS = """\
{database}
[site]
id = "7e0cf2a2-4c3f-4c3a-9e26-6d7d5b2c0a11"
title = "门户"
url = "https://portal.example/"
[[sources]]
path = "articles"
[feeds]
url = "https://feeds.example/"
[thumbnails]
mode = "none"
[build]
jobs = 1
"""
ARTICLES = 600


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "editor"
    for number in range(ARTICLES):
        place = folder / f"{number % 5}" / f"{number}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        date = f"2025-12-{number % 28 + 1:02}T08:00:00+08:00"
        head = f"title: 第 {number} 篇\ndate: {date}\ncategories: [日, {number % 9}]"
        place.write_text(f"---\n{head}\n---\n正文 {number}。\n", "utf-8")
    (folder / "broken.md").write_text("---\ntitle: [\n---\n", "utf-8")
    return folder


def test_what_a_worker_reads_is_published_as_a_build_alone_would(
    tmp_path: Path, articles: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "SHARD", 16)
    brought: list[int] = []

    def unpack(data: bytes) -> list[Sighting | StoredProblem]:
        found = unpack_findings(data)
        brought.append(len(found))
        return found

    monkeypatch.setattr(sharding, "unpack_findings", unpack)
    alone = Machine(tmp_path / "alone", SETTINGS.format(database=""), articles)
    create_site(load_config(alone.root / "feedpub.toml", {}))
    alone.build()
    settings = SETTINGS.format(database=f'database = "{database}"')
    reads, builds = (Machine(tmp_path / name, settings, articles) for name in ("reads", "builds"))
    config = load_config(builds.root / "feedpub.toml", {})
    create_site(config)

    with reads.work("read"), open_shards(Address(database)) as shards:
        wait_until(lambda: shards.count_readers() > 0, reads)
        with open_site(config) as publisher:
            report = publisher.build()

    assert builds.files() == alone.files()
    assert [problem.path for problem in report.problems] == ["articles/broken.md"]
    assert brought
    assert set(brought) <= {16, (ARTICLES + 1) % 16}
