"""A whole site on a server of PostgreSQL: the same as in a file, and moved there from one."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from feedpub.errors import StoreError
from feedpub.model import Frequency, Issue, SubscriberState
from feedpub.store import transfer
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.engine import make_engine
from feedpub.store.postgres.plain import PostgresDatabase
from feedpub.tokens import Action
from feedpub.web.site import create_site_app
from feedpub.wiring import migrate_site, open_site
from feedpub.wiring.audience import read_signer
from feedpub.wiring.databases import make_database
from feedpub.wiring.server_pool import make_pool
from tests.support.postgres import Cluster
from tests.support.press import Press

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
