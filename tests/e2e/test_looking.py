"""Who only looks at a site does not wait for whoever writes to it, which may take minutes."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from feedpub.config import load_config
from feedpub.publisher import Publisher
from feedpub.store.postgres.engine import WRITER_KEY
from feedpub.wiring import open_site
from tests.support.real_site import RealSite


@contextmanager
def write_to_file(path: Path) -> Iterator[None]:
    """Be in the middle of a transaction of SQLite that writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM placements")
        yield


@contextmanager
def write_to_server(url: str) -> Iterator[None]:
    """Be in the middle of a transaction of a server that writes."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(f"SELECT pg_advisory_xact_lock({WRITER_KEY})".encode())
        connection.execute(b"DELETE FROM placements")
        yield
        connection.rollback()


@pytest.fixture
def site(tmp_path: Path) -> RealSite:
    site = RealSite.create(tmp_path / "site")
    site.post("a.md", "A post", categories="[news]")
    site.build_well()
    return site


def look(site: RealSite) -> tuple[int, bool, bool]:
    """Return how many articles are seen, and whether lists of feeds and embeds are given."""
    publisher: Publisher
    with open_site(load_config(site.root / "feedpub.toml", os.environ)) as publisher:
        status = publisher.status()
        opml, snippet = publisher.opml(), publisher.embed("news")
    return status.sources[0].articles, b"news" in opml, "news" in snippet.url


def test_whoever_looks_at_a_file_does_not_wait_for_a_build(site: RealSite) -> None:
    with write_to_file(site.database):
        assert look(site) == (1, True, True)


def test_whoever_looks_at_a_server_does_not_wait_for_a_build(site: RealSite, database: str) -> None:
    settings = site.root / "feedpub.toml"
    settings.write_text(f'database = "{database}"\n{settings.read_text()}')
    site.run("migrate", site.database).check_returncode()

    with write_to_server(database):
        assert look(site) == (1, True, True)
