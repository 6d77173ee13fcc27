"""A whole site on a server of PostgreSQL: the same as in a file, and moved there from one."""

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from feedpub.errors import BusyError, MissingStoreError, StoreError, StoreVersionError
from feedpub.model import DeliveryState, Frequency, Issue, SubscriberState
from feedpub.ports import StoredProblem
from feedpub.ports.mailing import Change, Outcome, Recovery
from feedpub.store import engine as engines
from feedpub.store import newsletter_schema, transfer
from feedpub.store.ledger import SqlLedger
from feedpub.store.postgres import address as addresses
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.engine import make_engine
from feedpub.store.postgres.lock import AdvisoryLock
from feedpub.store.postgres.plain import PostgresDatabase
from feedpub.store.postgres.store import PostgresStore, create
from feedpub.tokens import Action
from feedpub.web.site import create_site_app
from feedpub.wiring import migrate_site, open_site
from feedpub.wiring.audience import read_signer
from feedpub.wiring.databases import make_database
from feedpub.wiring.server_pool import make_pool
from tests.e2e.test_database import ADD_COLUMN
from tests.support.ledger import ISSUE
from tests.support.ledger_server import LedgerServer
from tests.support.ledgers import NOW, hash_mailbox, states
from tests.support.postgres import REASON, Cluster
from tests.support.press import Press
from tests.unit.catalog.test_duplicates import record as make_record

QUEUED, SENT, UNKNOWN = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.UNKNOWN

KEY = "5e" * 32 + "\n"


def make_press(root: Path, database: str = "", **more: str) -> Press:
    """Return a site with a key that does not depend on chance."""
    root.mkdir()
    (root / "feedpub.key").write_text(KEY)
    (root / "feedpub.key").chmod(0o600)
    return Press(root, database=database, newsletter='daily = "07:00"', **more)


def live(press: Press) -> None:
    """Let three weeks pass in which everything happens that a database has to keep."""
    press.write("Tea", "[茶, 绿茶]")
    press.write("Coffee", "[coffee]")
    press.write("Both", "[[茶], [coffee]]")
    press.write("Same", "[coffee]")
    press.build()
    for number in range(7):
        press.join(f"all{number}")
    press.join("tea", "茶/绿茶")
    press.join("coffee", "coffee", language="en")
    press.join("daily", frequency=Frequency.DAILY)
    press.send()
    press.pass_week()
    (press.root / "articles/coffee.md").unlink()
    press.write("Old", "[coffee]")
    for number in range(9):
        press.write(f"News {number}", "[茶]" if number % 3 else "[新, 闻]")
    press.audience.remove("all3@example.com", source="test")
    press.send()
    press.pass_week()
    press.write("Last")
    press.send(Frequency.DAILY)


def harvest(press: Press) -> dict[str, bytes]:
    """Return every file that is published, and every mail by who it is to and from when."""
    feeds = press.root / "feeds"
    found = {str(path.relative_to(feeds)): path.read_bytes() for path in feeds.rglob("*.*")}
    for path, mail in zip(
        sorted((press.root / "mails/new").glob("*"), key=lambda path: path.stat().st_mtime_ns),
        press.mails(),
        strict=True,
    ):
        found[f"{mail['To']} {mail['Message-ID']}"] = path.read_bytes()
    return found


def test_a_file_and_a_server_give_the_same_bytes(tmp_path: Path, database: str) -> None:
    file, server = make_press(tmp_path / "file"), make_press(tmp_path / "server", database)
    for press in (file, server):
        live(press)

    wanted, found = harvest(file), harvest(server)

    assert sum("@" in name for name in wanted) > 15
    assert sum(name.endswith(".xml") for name in wanted) > 8
    assert sorted(found) == sorted(wanted)
    assert [name for name in wanted if wanted[name] != found[name]] == []
    assert list_issues(server) == list_issues(file)


def list_issues(press: Press) -> list[Issue]:
    with make_database(press.config).open() as store, store.transaction() as catalog:
        return catalog.issues.recent()


# Moving there


def test_a_site_moves_to_a_server_and_goes_on_there(tmp_path: Path, database: str) -> None:
    stays, moves = make_press(tmp_path / "stays"), make_press(tmp_path / "moves")
    for press in (stays, moves):
        press.write("Tea", "[茶, 绿茶]")
        press.build()
        press.join("ann")
        press.join("bob", "茶")
        press.send()
        press.pass_week()
        press.write("Coffee", "[coffee]")

    settings = moves.root / "feedpub.toml"
    settings.write_text(f'database = "{database}"\n{settings.read_text()}')
    taken = migrate_site(moves.config, moves.root / "feedpub.db")
    (moves.root / "feedpub.db").unlink()
    for press in (stays, moves):
        press.join("carl")
        press.send()

    assert {one.table: one.rows for one in taken}["deliveries"] == 2
    assert harvest(moves) == harvest(stays)


def test_what_is_on_a_server_is_never_overwritten_by_moving(tmp_path: Path, database: str) -> None:
    press = make_press(tmp_path / "site", database)
    other = make_press(tmp_path / "other")
    before = count(database)

    with pytest.raises(StoreError, match="not empty"):
        migrate_site(press.config, other.root / "feedpub.db")

    assert count(database) == before


def test_moving_that_goes_wrong_leaves_the_server_as_it_was(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = make_press(tmp_path / "site")
    press.join("ann")
    url = cluster.create()
    settings = press.root / "feedpub.toml"
    settings.write_text(f'database = "{url}"\n{settings.read_text()}')
    whole = transfer.insert_many

    def lose_one(connection: sa.Connection, table: sa.Table, rows: list[Any]) -> None:
        whole(connection, table, rows[1:] if table.name == "subscribers" else rows)

    monkeypatch.setattr(transfer, "insert_many", lose_one)
    with pytest.raises(StoreError):
        migrate_site(press.config, press.root / "feedpub.db")
    assert count(url) == 0
    monkeypatch.undo()

    migrate_site(press.config, press.root / "feedpub.db")

    assert count(url) == 2
    cluster.drop(url)


def test_a_cell_that_changed_on_the_way_is_found(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = make_press(tmp_path / "site")
    settings = press.root / "feedpub.toml"
    settings.write_text(f'database = "{database}"\n{settings.read_text()}')
    whole = transfer.insert_many

    def spoil(connection: sa.Connection, table: sa.Table, rows: list[Any]) -> None:
        spoiled = [(*row[:-1], "other") for row in rows] if table.name == "meta" else rows
        whole(connection, table, spoiled)

    monkeypatch.setattr(transfer, "insert_many", spoil)
    with pytest.raises(StoreError, match="table 'meta' did not arrive as it was"):
        migrate_site(press.config, press.root / "feedpub.db")
    assert count(database) == 0


def count(url: str) -> int:
    """Return how many articles and subscribers there are."""
    server = PostgresDatabase(Address(url))
    ((number,),) = server.read(
        "SELECT (SELECT count(*) FROM articles) * (SELECT count(*) FROM subscribers)"
        " + (SELECT count(*) FROM sources)"
    )
    server.close()
    return int(str(number))


# Backup and restore


def test_a_server_comes_back_from_a_copy(tmp_path: Path, database: str) -> None:
    press = make_press(tmp_path / "site", database)
    press.write("Tea", "[茶]")
    press.join("ann")
    press.join("bob")
    press.send()
    with open_site(press.config) as publisher:
        publisher.backup(tmp_path / "copy.db")
    before = press.page("all/rss.xml")
    press.audience.remove("bob@example.com", source="test")
    press.pass_week()
    press.write("Lost")
    press.build()

    press.restore(tmp_path / "copy.db")
    (press.root / "articles/lost.md").unlink()
    press.build()

    assert press.page("all/rss.xml") == before
    with make_database(press.config).open() as store, store.transaction() as catalog:
        people = catalog.people.find(["ann@example.com", "bob@example.com"])
        assert catalog.issues.hidden() == set()
    # Whoever left since stays gone.
    assert people["ann@example.com"].state == SubscriberState.ACTIVE
    assert people["bob@example.com"].state == SubscriberState.UNSUBSCRIBED


def test_a_copy_of_a_server_is_a_site_in_a_file(tmp_path: Path, database: str) -> None:
    press = make_press(tmp_path / "site", database)
    press.write("Tea", "[茶]")
    press.join("ann")
    press.send()
    with open_site(press.config) as publisher:
        publisher.backup(press.root / "feedpub.db")
    settings = press.root / "feedpub.toml"
    settings.write_text(settings.read_text().replace(f'database = "{database}"', ""))
    press.pass_week()
    press.write("Coffee")
    press.join("bob")

    press.send()

    assert len(press.read("ann")) == 2
    assert len(press.read("bob")) == 1


# Versions


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let feedpub be a version later, with a migration of the largest table."""
    migrations = tmp_path / "migrations"
    shutil.copytree(engines.MIGRATIONS, migrations)
    text = ADD_COLUMN.replace("always", "auto").format(
        revision="9000", before=engines.HEAD, column="language", then="pass"
    )
    (migrations / "versions" / "9000_later.py").write_text(text)
    monkeypatch.setattr(engines, "MIGRATIONS", migrations)
    monkeypatch.setattr(engines, "HEAD", "9000")


def test_a_servers_database_of_an_older_version_opens_with_all_it_holds(
    database: str, request: pytest.FixtureRequest
) -> None:
    store = PostgresStore.open(Address(database))
    with store.transaction() as catalog:
        source = catalog.sources.open_source("posts").id
        catalog.sources.insert([make_record(1, source=source)])
    request.getfixturevalue("later")

    PostgresStore.open(Address(database)).close()

    server = PostgresDatabase(Address(database))
    assert server.read("SELECT title, language FROM articles") == [("Same", "new")]
    assert server.read("SELECT version_num FROM alembic_version") == [("9000",)]
    server.close()
    store.close()


def test_a_servers_database_of_a_newer_version_is_refused(database: str) -> None:
    server = PostgresDatabase(Address(database))
    with server.transaction() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '9999'")
    server.close()

    with pytest.raises(StoreVersionError, match="has schema 9999"):
        PostgresStore.open(Address(database))


def test_the_migrations_make_the_same_schema_on_a_server(database: str) -> None:
    engine = make_engine(Address(database))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, newsletter_schema.metadata)
    engine.dispose()

    found = {(what, str(getattr(item, "table", item))) for what, item in differences}
    # The ledger of a server has no foreign keys, and one index more to say; see the migration. The
    # queue is procrastinate's.
    assert {one for one in found if not one[1].startswith("procrastinate_")} == {
        (what, "deliveries") for what in ("add_fk", "remove_index", "add_index")
    }


# What can be wrong with a server


def test_a_database_without_tables_is_refused_with_the_remedy(cluster: Cluster) -> None:
    url = cluster.create_empty()

    with pytest.raises(
        MissingStoreError, match=r"no tables of feedpub.*feedpub migrate .*feedpub init --database"
    ):
        PostgresStore.open(Address(url))

    cluster.drop(url)


def test_a_database_of_another_program_is_left_alone(cluster: Cluster) -> None:
    url = cluster.create_empty()
    engine = make_engine(Address(url))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE other (id bigint)")
    engine.dispose()

    with pytest.raises(StoreError, match="tables of another program"):
        create(Address(url))

    cluster.drop(url)


def test_a_missing_database_is_never_made_anew(cluster: Cluster) -> None:
    with pytest.raises(MissingStoreError, match="no such database"):
        PostgresStore.open(Address(cluster.url("nowhere")))


def test_a_server_that_is_gone_is_told_without_its_password(tmp_path: Path) -> None:
    address = Address(f"postgresql://ann:hunter2@/feeds?host={tmp_path}", "hunter2")

    with pytest.raises(StoreError, match="can be reached") as found:
        PostgresStore.open(address)

    assert "hunter2" not in str(found.value)


def test_two_runs_keep_apart_and_the_next_one_comes_in(database: str) -> None:
    first, second = (AdvisoryLock(Address(database), "site", wait_s=0) for _ in range(2))

    with first(), pytest.raises(BusyError, match="holds this site"), second():
        pass

    with second():
        pass


def test_a_lock_of_one_kind_does_not_hold_up_another(database: str) -> None:
    site, sending = (AdvisoryLock(Address(database), n, wait_s=0) for n in ("site", "sending"))

    with site(), sending():
        pass


def test_who_writes_waits_for_the_other_writer(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "LOCK_S", 0.05)
    first, second = (PostgresStore(Address(database)) for _ in range(2))

    with first.transaction() as catalog:
        catalog.shelves.set_meta({"a": "1"})
        with pytest.raises(BusyError, match="try again later"), second.transaction():
            pass

    with second.transaction() as catalog:
        assert catalog.shelves.meta() == {"a": "1"}
    first.close()


# A server that stops in the middle


def test_a_server_that_stops_at_the_fence_leaves_everything_explained(
    cluster: Cluster, database: str
) -> None:
    file = LedgerServer.create(database, [f"{n}@x.example" for n in range(4)])
    ledger = SqlLedger(PostgresDatabase(file.address), hash_mailbox)
    ledger.acquire(ISSUE, NOW)
    claims = ledger.claim(ISSUE, now=NOW, limit=3).claims
    assert ledger.commit([Change(crossing=claims[0].delivery)], NOW) == [True]

    cluster.stop()
    with pytest.raises(StoreError):
        ledger.commit([Change(crossing=claims[1].delivery)], NOW)
    cluster.start()

    assert ledger.commit([Change(crossing=claims[1].delivery)], NOW) == [True]
    ledger.commit([Change([Outcome(claims[1].delivery, SENT)])], NOW)
    ledger.release(ISSUE, NOW)
    assert ledger.acquire(ISSUE, NOW) == Recovery(0, 0)
    assert list(states(ledger).values()) == [UNKNOWN, SENT, QUEUED, QUEUED]
    ledger.close()


# The web face


def test_the_web_face_answers_after_its_server_was_started_again(
    tmp_path: Path, cluster: Cluster, database: str
) -> None:
    # Without a mailer, so that no thread is still at the server when the test ends.
    press = make_press(
        tmp_path / "site", database, rest='[web]\nurl = "https://blog.example/mail/"\n'
    )
    person = press.join("ann")
    pool = make_pool(press.config)
    client = create_site_app(press.config, clock=lambda: press.now).test_client()
    link = f"/mail/u/{read_signer(press.config).sign(Action.UNSUBSCRIBE, person.id)}"

    assert client.get("/healthz").status_code == 200
    cluster.stop()
    assert client.get("/healthz").status_code == 503
    cluster.start()
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200

    with pool(read_only=True) as store, store.transaction() as catalog:
        assert catalog.people.counts() == {int(SubscriberState.UNSUBSCRIBED): 1}
    make_engine(Address(database)).dispose()
    make_engine(Address(database), read_only=True).dispose()


def test_texts_are_in_order_of_code_points_whatever_the_servers_language(
    cluster: Cluster,
) -> None:
    try:
        cluster.execute(
            "CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'"
        )
    except psycopg.errors.FeatureNotSupported:  # that of the wheel speaks no language
        pytest.skip(REASON)
    address = Address(cluster.url("english"))
    create(address)
    names = ["Z", "a", "b", "Ä", "中", "😀"]
    store = PostgresStore.open(address)
    with store.transaction() as catalog:
        source = catalog.sources.open_source("posts").id
        found = [StoredProblem("posts", "", one, "error", None, None, "bad") for one in names]
        catalog.sources.replace_problems(source, [], found[::-1])

        assert [one.name for one in catalog.sources.problems()] == names
    store.close()
    cluster.drop(address.url)


# Forgetting


def test_who_is_forgotten_on_a_server_is_not_left_in_the_file_that_the_site_had(
    tmp_path: Path, database: str
) -> None:
    press = make_press(tmp_path / "site")
    press.join("canary")
    file = press.root / "feedpub.db"
    settings = press.root / "feedpub.toml"
    settings.write_text(f'database = "{database}"\n{settings.read_text()}')
    migrate_site(press.config, file)
    assert b"canary@example.com" in file.read_bytes()

    report = press.audience.forget_address("canary@example.com", source="test")

    assert (report.cleaned, report.compacted) == (("feedpub.db",), True)
    assert not any(
        b"canary@example.com" in path.read_bytes() for path in press.root.glob("feedpub.db*")
    )
