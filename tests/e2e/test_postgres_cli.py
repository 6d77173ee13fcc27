"""The real program on a server of PostgreSQL, with several processes that read and write."""

import re
import sys
from pathlib import Path
from subprocess import PIPE
from urllib.parse import urljoin

import pytest
import requests

from tests.support.postgres import Cluster
from tests.support.programs import start, wait_for_line
from tests.support.real_site import RealSite

EXIT_FAILURE, EXIT_USAGE, EXIT_INVALID, EXIT_LATER = 1, 2, 3, 75


@pytest.fixture(scope="module")
def file_site(tmp_path_factory: pytest.TempPathFactory) -> RealSite:
    """A site in a file, built, with enough articles to be worth several processes."""
    site = RealSite.create(tmp_path_factory.mktemp("postgres") / "site", jobs=2)
    for number in range(70):
        site.post(
            f"{number:02}.md",
            f"Post {number}",
            date=f"2025-08-{1 + number % 28:02}",
            categories=f"[c{number % 3}]",
        )
    site.build_well()
    return site


@pytest.fixture
def site(file_site: RealSite, tmp_path: Path) -> RealSite:
    return file_site.copy(tmp_path / "site")


def move(site: RealSite, url: str) -> None:
    """Have the settings name a server."""
    settings = site.root / "feedpub.toml"
    settings.write_text(f'database = "{url}"\n{settings.read_text()}')


def test_a_site_moves_and_every_command_finds_it(site: RealSite, database: str) -> None:
    move(site, database)
    before = site.published()

    moved = site.run("migrate", site.database)

    assert moved.returncode == 0, moved.stderr
    assert "articles: 70 rows, " in moved.stdout
    site.database.unlink()
    assert "nothing new; 0 files written" in site.build_well()
    assert "0 files written" in site.build_well("--everything")
    assert site.published() == before
    assert site.run("status").returncode == 0
    assert "70" in site.run("status", "--json").stdout
    assert site.run("hide", "00.md").returncode == 0
    site.build_well()
    assert site.published() != before
    assert f"kept {database}, which is there" in site.run("init", "--database").stderr
    assert not site.database.exists()


def test_the_web_face_of_a_site_on_a_server_is_served(site: RealSite, database: str) -> None:
    move(site, database)
    with (site.root / "feedpub.toml").open("a") as settings:
        settings.write('\n[web]\nurl = "https://blog.example/mail/"\n')
    site.run("migrate", site.database).check_returncode()
    site.database.unlink()

    with start("-C", str(site.root), "serve", "-p", "0", cwd=site.root, stderr=PIPE) as process:
        line = wait_for_line(process.stderr, b"http://").decode()
        (feeds,) = re.findall(r"http://127\S+/", line)
        health = requests.get(urljoin(feeds, "/healthz"), timeout=60)
        feed = requests.get(urljoin(feeds, "all/rss.xml"), timeout=60)
        unknown = requests.get(urljoin(feeds, "/mail/u/no-such-token"), timeout=60)

    assert (health.status_code, feed.status_code) == (200, 200)
    assert feed.content == site.published()["all/rss.xml"]
    assert 400 <= unknown.status_code < 500
    assert not site.database.exists()


def test_a_new_site_begins_on_a_server(site: RealSite, cluster: Cluster) -> None:
    url = cluster.create_empty()
    move(site, url)
    site.database.unlink()
    before = site.published()

    refused = site.build()
    made = site.run("init", "--database")

    assert refused.returncode == EXIT_FAILURE
    assert "no tables of feedpub" in refused.stderr
    assert made.returncode == 0, made.stderr
    site.build_well()
    assert site.published() == before
    cluster.drop(url)


def test_a_server_is_copied_and_brought_back(site: RealSite, database: str) -> None:
    move(site, database)
    site.run("migrate", site.database).check_returncode()
    site.database.unlink()
    before = site.published()
    copy = site.root / "copy.db"

    site.run("backup", copy).check_returncode()
    site.run("hide", "00.md").check_returncode()
    site.build_well()
    asked = site.run("restore", copy)
    restored = site.run("restore", "--yes", copy)
    site.build_well()

    assert asked.returncode == EXIT_USAGE
    assert f"{database} exists; add --yes to replace it" in asked.stderr
    assert restored.returncode == 0, restored.stderr
    assert site.published() == before
    assert sorted(path.name for path in site.root.glob(".*")) == []


def test_moving_wants_a_server_that_is_empty(site: RealSite, database: str) -> None:
    nowhere = site.run("migrate", site.database)
    move(site, database)
    site.run("migrate", site.database).check_returncode()

    again = site.run("migrate", site.database)

    assert nowhere.returncode == EXIT_INVALID
    assert "make an empty database with createdb" in nowhere.stderr
    assert again.returncode == EXIT_FAILURE
    assert "the database is not empty" in again.stderr


def test_nobody_moves_a_site_while_a_run_holds_it(site: RealSite, database: str) -> None:
    move(site, database)
    locked = (
        "import sys, subprocess; from pathlib import Path; from feedpub.locks import FileLock\n"
        "with FileLock(Path(sys.argv[1] + '.sending.lock'))():\n"
        "    sys.exit(subprocess.run(sys.argv[2:]).returncode)\n"
    )

    done = site.run(
        "migrate", site.database, wrapper=(sys.executable, "-c", locked, str(site.database))
    )

    assert done.returncode == EXIT_LATER
    assert "another run of feedpub holds this site" in done.stderr


def test_a_server_that_is_not_there_is_an_error_with_a_remedy(site: RealSite) -> None:
    move(site, f"postgresql://ann@/feeds?host={site.root}")
    before = site.published()

    for words in (("build", "--offline"), ("status",), ("backup", "c.db"), ("init", "--database")):
        done = site.run(*words)

        assert done.returncode == EXIT_FAILURE, words
        assert "see that the server runs and can be reached" in done.stderr, words
    assert site.published() == before
