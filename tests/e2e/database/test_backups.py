"""Backup and restore: a copy is whole, comes back with all ids, and replaces nothing unasked."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.databases import cut_to, dump, fill, with_other_tables
from tests.support.real_site import RealSite

EXIT_FAILURE, EXIT_USAGE, EXIT_INVALID = 1, 2, 3


def test_a_destroyed_database_comes_back_with_ids_and_first_sights(
    site: RealSite, wanted: dict[str, bytes]
) -> None:
    remembered = "SELECT uid, first_seen, published FROM articles ORDER BY uid"
    slugs = "SELECT id, name, slug FROM categories ORDER BY id"
    before, folders = site.look(remembered), site.look(slugs)
    copy = site.root / "copy.db"
    site.run("backup", copy).check_returncode()
    site.build_well()
    site.database.write_bytes(b"destroyed")

    restored = site.run("restore", "--yes", copy)
    site.build_well()

    assert restored.returncode == 0, restored.stderr
    assert site.published() == wanted
    assert set(before) <= set(site.look(remembered))
    assert site.look(slugs)[: len(folders)] == folders
    assert "nothing new; 0 files written" in site.build_well()


def test_what_was_hidden_after_the_backup_is_shown_again(site: RealSite) -> None:
    site.build_well()
    before = site.published()
    copy = site.root / "copy.db"
    site.run("backup", copy).check_returncode()
    site.run("hide", "mid.md").check_returncode()
    site.build_well()
    assert site.published()["all/rss.xml"] != before["all/rss.xml"] or site.published() != before

    site.run("restore", "--yes", copy).check_returncode()
    site.build_well()

    assert site.published() == before


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(cut_to(lambda size: 0), id="emptied"),
        pytest.param(cut_to(lambda size: size - 4096), id="cut"),
        pytest.param(fill(b"no database\n" * 4_000), id="text"),
        pytest.param(with_other_tables, id="of another program"),
    ],
)
def test_a_damaged_backup_is_refused_and_the_database_kept(
    damage: Callable[[Path], None], site: RealSite
) -> None:
    copy = site.root / "copy.db"
    site.run("backup", copy).check_returncode()
    damage(copy)
    before, names = dump(site.database), site.names()

    done = site.run("restore", "--yes", copy)

    assert done.returncode == EXIT_INVALID
    assert f"{copy}: not a whole backup of feedpub" in done.stderr
    assert dump(site.database) == before
    assert site.names() == names


def test_a_backup_of_a_newer_version_is_refused_and_the_database_kept(site: RealSite) -> None:
    copy = site.root / "copy.db"
    site.run("backup", copy).check_returncode()
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = dump(site.database)

    done = site.run("restore", "--yes", copy)

    assert done.returncode == EXIT_FAILURE
    assert "has schema 9999" in done.stderr
    assert dump(site.database) == before


def test_a_backup_is_whole_while_a_build_writes(site: RealSite, tmp_path: Path) -> None:
    with site.start("build", "--offline", "--everything") as build:
        copies = [tmp_path / f"{number}.db" for number in range(3)]
        done = [site.run("backup", copy) for copy in copies]
        build.communicate(timeout=60)

    assert build.returncode == 0
    # A copy that finds the database busy for long says so, and leaves nothing.
    assert {one.returncode for one in done} <= {0, 75}
    for copy, one in zip(copies, done, strict=True):
        assert copy.exists() == (one.returncode == 0)
        if copy.exists():
            with closing(sqlite3.connect(copy)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_backup_never_replaces_a_file(site: RealSite) -> None:
    copy = site.root / "copy.db"
    copy.write_text("precious")

    done = site.run("backup", copy)

    assert done.returncode == EXIT_FAILURE
    assert "the file exists; choose another name" in done.stderr
    assert copy.read_text() == "precious"


def test_restoring_over_a_database_asks(site: RealSite) -> None:
    copy = site.root / "copy.db"
    site.run("backup", copy).check_returncode()

    done = site.run("restore", copy)

    assert done.returncode == EXIT_USAGE
    assert "add --yes to replace it" in done.stderr


def test_a_backup_with_an_odd_name_is_restored(site: RealSite) -> None:
    copy = site.root / "100% sure? #1.db"
    site.run("backup", copy).check_returncode()

    assert site.run("restore", "--yes", copy).returncode == 0
