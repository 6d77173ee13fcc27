"""The database: missing, damaged, older, newer, brought back. Nothing is ever made anew unasked."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from feedpub import wiring
from feedpub.errors import StoreVersionError
from feedpub.store import engine as engines
from feedpub.store import schema
from feedpub.store.sql import SqlStore, create
from tests.e2e.killmatrix import write_first, write_second
from tests.support.real_site import RealSite

EXIT_FAILURE, EXIT_USAGE, EXIT_INVALID = 1, 2, 3


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> RealSite:
    """A site that was built, and changed since; bodies larger than a page of the database."""
    site = RealSite.create(tmp_path_factory.mktemp("database") / "site", entries=2)
    write_first(site)
    for number in range(6):
        body = f"paragraph {number}. " * 1_500
        site.post(f"long{number}.md", f"Long {number}", date=f"2025-08-0{number + 1}", body=body)
    site.build_well()
    write_second(site)
    return site


@pytest.fixture
def site(template: RealSite, tmp_path: Path) -> RealSite:
    return template.copy(tmp_path / "site")


@pytest.fixture(scope="module")
def wanted(template: RealSite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed build publishes."""
    site = template.copy(tmp_path_factory.mktemp("wanted") / "site")
    site.build_well()
    return site.published()


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


def cut_to(size: Callable[[int], int]) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size(path.stat().st_size))


def fill(text: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(text)


def with_other_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (id INTEGER PRIMARY KEY)")


def without_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")


def without_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE placements")


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


# Versions


def test_a_database_of_a_newer_version_is_refused(site: RealSite) -> None:
    before = site.published()
    with closing(sqlite3.connect(site.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    done = site.build()

    assert done.returncode == EXIT_FAILURE
    assert "has schema 9999" in done.stderr
    assert "install the newer feedpub" in done.stderr
    assert site.published() == before


def test_the_newest_version_is_the_same_for_all_who_name_it() -> None:
    heads = ScriptDirectory(str(engines.MIGRATIONS)).get_heads()

    assert heads == [engines.HEAD] == [wiring.SCHEMA]


def test_databases_made_by_several_threads_at_once_are_each_whole(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.db" for number in range(6)]

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(create, paths))

    for path in paths:
        with closing(sqlite3.connect(path)) as connection:
            ((version,),) = connection.execute("SELECT version_num FROM alembic_version")
        assert version == engines.HEAD


def test_the_migrations_make_the_schema_that_the_code_knows() -> None:
    engine = engines.connect_memory()
    engines.upgrade(engine, "memory", create=True)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, schema.metadata)

    assert differences == []


ADD_COLUMN = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = depends_on = None


def upgrade():
    with op.batch_alter_table("articles", recreate="always") as batch:
        batch.add_column(sa.Column("{column}", sa.Text(), server_default="new", nullable=False))
    {then}
"""


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    """Let feedpub be a version later, with a migration that makes the largest table anew."""
    migrations = tmp_path / "migrations"
    shutil.copytree(engines.MIGRATIONS, migrations)

    def release(*, then: str = "pass") -> str:
        text = ADD_COLUMN.format(revision="9000", before=engines.HEAD, column="language", then=then)
        (migrations / "versions" / "9000_later.py").write_text(text)
        monkeypatch.setattr(engines, "MIGRATIONS", migrations)
        monkeypatch.setattr(engines, "HEAD", "9000")
        return "9000"

    return release


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_database_of_an_older_version_opens_with_all_it_holds(
    site: RealSite, later: Callable[..., str]
) -> None:
    known = site.articles_known()
    renditions = site.look("SELECT article, payload FROM renditions ORDER BY article")
    later()

    SqlStore.open(site.database).close()

    assert site.articles_known() == known
    assert site.look("SELECT article, payload FROM renditions ORDER BY article") == renditions
    assert site.look("SELECT DISTINCT language FROM articles") == [("new",)]
    assert site.look("SELECT version_num FROM alembic_version") == [("9000",)]


@pytest.mark.parametrize(
    "then",
    ["raise RuntimeError('halfway')", "op.execute('DELETE FROM sources')"],
    ids=["it fails", "it breaks a reference"],
)
def test_a_migration_that_goes_wrong_leaves_the_database_as_it_was(
    then: str, site: RealSite, later: Callable[..., str]
) -> None:
    before = dump(site.database)
    later(then=then)

    with pytest.raises(Exception, match=r"halfway|breaks a reference"):
        SqlStore.open(site.database)

    assert dump(site.database) == before


def test_a_reader_does_not_migrate(site: RealSite, later: Callable[..., str]) -> None:
    before = dump(site.database)
    later()

    SqlStore.open(site.database, read_only=True).close()

    assert dump(site.database) == before


def test_a_store_in_memory_is_of_the_newest_version() -> None:
    store = SqlStore.in_memory()

    with store.transaction() as catalog:
        assert catalog.sources.next_id() == 1


def test_a_newer_version_is_an_error_with_a_type_of_its_own(site: RealSite) -> None:
    with closing(sqlite3.connect(site.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreVersionError):
        SqlStore.open(site.database)


# Backup and restore


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


def test_metadata_of_sqlalchemy_is_what_the_tables_are(site: RealSite) -> None:
    engine = sa.create_engine(f"sqlite:///{site.database}")
    with engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
    engine.dispose()

    assert tables == {*schema.metadata.tables, "alembic_version"}
