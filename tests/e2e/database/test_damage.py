"""A database that is missing or damaged, or was left by a killed run: never made anew unasked."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.databases import cut_to, fill, with_other_tables, without_table, without_version
from tests.support.real_site import RealSite

EXIT_FAILURE, EXIT_INVALID = 1, 3


# Missing


@pytest.mark.parametrize(
    "words",
    [("build", "--offline"), ("status",), ("opml",), ("hide", "old.md"), ("backup", "copy.db")],
    ids=lambda words: words[0],
)
def test_a_missing_database_is_refused_and_never_made_anew(
    words: tuple[str, ...], site: RealSite
) -> None:
    before = site.published()
    site.database.unlink()

    done = site.run(*words)

    assert done.returncode == EXIT_FAILURE
    assert "the database is missing; bring back a copy with 'feedpub restore BACKUP'" in done.stderr
    assert "'feedpub init --database'" in done.stderr
    assert not site.database.exists()
    assert site.published() == before


def test_the_remedy_for_a_missing_database_works(site: RealSite, wanted: dict[str, bytes]) -> None:
    site.database.unlink()

    made = site.run("init", "--database")

    assert made.returncode == 0, made.stderr
    site.build_well()
    assert site.published()["all/rss.xml"] == wanted["all/rss.xml"]


def test_init_keeps_a_database_that_is_there(site: RealSite) -> None:
    before = site.database.read_bytes()

    done = site.run("init", "--database")

    assert (done.returncode, site.database.read_bytes()) == (0, before)


def test_database_and_key_are_private(site: RealSite) -> None:
    site.run("backup", site.root / "copy.db").check_returncode()

    modes = {name: (site.root / name).stat().st_mode & 0o777 for name in site.names()}

    assert modes["feedpub.db"] == modes["feedpub.key"] == modes["copy.db"] == 0o600


# Damaged


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(cut_to(lambda size: 0), id="emptied"),
        pytest.param(cut_to(lambda size: 1), id="one byte"),
        pytest.param(cut_to(lambda size: 100), id="header only"),
        pytest.param(cut_to(lambda size: 4096), id="one page"),
        pytest.param(cut_to(lambda size: size // 2), id="half"),
        pytest.param(cut_to(lambda size: size - 4096), id="a page less"),
        pytest.param(cut_to(lambda size: size - 1), id="a byte less"),
        pytest.param(fill(b"\0" * 40_960), id="zeros"),
        pytest.param(fill(b"no database\n" * 4_000), id="text"),
        pytest.param(with_other_tables, id="of another program"),
        pytest.param(without_version, id="no version"),
        pytest.param(without_table, id="a table less"),
    ],
)
def test_a_damaged_database_is_refused_and_left_alone(
    damage: Callable[[Path], None], site: RealSite
) -> None:
    before = site.published()
    damage(site.database)
    left = site.database.read_bytes()

    done = site.build()

    assert done.returncode == EXIT_INVALID, done.stderr
    assert "the database is damaged" in done.stderr
    assert "'feedpub restore BACKUP'" in done.stderr
    assert (site.published(), site.waiting()) == (before, [])
    assert site.database.read_bytes() == left


@pytest.mark.parametrize("words", [("status",), ("opml",), ("hide", "old.md"), ("backup", "c.db")])
def test_no_command_goes_on_with_a_damaged_database(words: tuple[str, ...], site: RealSite) -> None:
    os.truncate(site.database, site.database.stat().st_size // 2)

    done = site.run(*words)

    assert done.returncode == EXIT_INVALID
    assert "the database is damaged" in done.stderr
    assert not (site.root / "c.db").exists()


@pytest.mark.slow
def test_a_zeroed_page_is_told_or_of_no_consequence(
    template: RealSite, tmp_path: Path, wanted: dict[str, bytes]
) -> None:
    before = template.published()
    pages = template.database.stat().st_size // 4096
    outcomes = set()

    # The first page is the header; of the others, as many as there is time for.
    for page in range(1, pages, max(1, pages // 12)):
        site = template.copy(tmp_path / "site")
        with site.database.open("r+b") as file:
            file.seek(page * 4096)
            file.write(bytes(4096))
        done = site.build()
        outcomes.add(done.returncode)

        assert done.returncode in (0, EXIT_INVALID), f"page {page}: {done.stderr}"
        assert "defect" not in done.stderr, f"page {page}"
        if done.returncode:
            assert "the database is damaged" in done.stderr, f"page {page}"
            kept = {path: site.published().get(path) for path in before}
            assert kept == before, f"page {page}"
        else:
            assert site.published() == wanted, f"page {page}"

    assert EXIT_INVALID in outcomes


# The log of a run that was killed


def test_the_log_of_a_killed_run_is_used(site: RealSite, wanted: dict[str, bytes]) -> None:
    # A writer that commits and is killed before the log is merged.
    script = (
        "import os, signal, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA journal_mode=wal')\n"
        "connection.execute(\"INSERT INTO dirty VALUES (0, '*')\")\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(site.database)])
    assert killed.returncode == -signal.SIGKILL
    log = site.root / "feedpub.db-wal"
    assert log.stat().st_size
    shutil.rmtree(site.feeds / "a")  # made again only if the log counts

    site.build_well()

    assert site.published()["all/rss.xml"] == wanted["all/rss.xml"]
    assert (site.feeds / "a/rss.xml").exists()
    assert site.look("SELECT * FROM dirty") == []
    site.articles_known()
