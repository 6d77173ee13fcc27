"""A real worker on another machine reads what a build has laid out."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from feedpub.catalog.identity import Sighting
from feedpub.config import Config, load_config
from feedpub.ports import StoredProblem
from feedpub.publishing import sharding
from feedpub.publishing.parcels import unpack_findings
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.shards import open_shards
from feedpub.wiring import create_site, open_site
from tests.support.machines import Machine, make_settings, wait_until

ARTICLES = 600


class Brought(list[int]):
    """How many files were in each shard that a worker brought.

    Attributes:
        then: Is called at each.
    """

    then: Callable[[], None] = staticmethod(lambda: None)


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


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> Brought:
    """What workers bring to builds of this process, of which shards are small."""
    arrivals = Brought()

    def unpack(data: bytes) -> list[Sighting | StoredProblem]:
        found = unpack_findings(data)
        arrivals.append(len(found))
        arrivals.then()
        return found

    monkeypatch.setattr(sharding, "SHARD", 16)
    monkeypatch.setattr(sharding, "unpack_findings", unpack)
    return arrivals


@dataclass(frozen=True)
class Site:
    """One site of two machines, and what a third one publishes alone."""

    reads: Machine
    builds: Machine
    alone: dict[str, bytes]
    config: Config


@pytest.fixture
def site(tmp_path: Path, articles: Path, database: str) -> Site:
    alone = Machine(tmp_path / "alone", make_settings(), articles)
    create_site(load_config(alone.root / "feedpub.toml", {}))
    alone.build()
    settings = make_settings(places=f'database = "{database}"')
    reads, builds = (Machine(tmp_path / name, settings, articles) for name in ("reads", "builds"))
    config = load_config(builds.root / "feedpub.toml", {})
    create_site(config)
    return Site(reads, builds, alone.files(), config)


@contextmanager
def reading(site: Site) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker that reads, once it is known to builds."""
    with site.reads.work("read") as worker, open_shards(Address(site.config.database)) as shards:
        wait_until(lambda: shards.count_readers() > 0, site.reads)
        yield worker


def test_what_a_worker_reads_is_published_as_a_build_alone_would(
    site: Site, brought: Brought
) -> None:
    with reading(site), open_site(site.config) as publisher:
        report = publisher.build()

    assert site.builds.files() == site.alone
    assert [problem.path for problem in report.problems] == ["articles/broken.md"]
    assert brought
    assert set(brought) <= {16, (ARTICLES + 1) % 16}


def test_a_worker_that_is_killed_while_it_reads_is_not_missed(site: Site, brought: Brought) -> None:
    """It has taken shards by then, which nobody else is given."""
    with reading(site) as worker, open_site(site.config) as publisher:
        brought.then = worker.kill
        report = publisher.build()
        status = publisher.status()

    assert site.builds.files() == site.alone
    assert [problem.path for problem in report.problems] == ["articles/broken.md"]
    assert 0 < len(brought) < ARTICLES / 16
    assert status.failed_jobs == ()
