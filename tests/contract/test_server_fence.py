"""How a server's ledger goes through the fence: one statement, which gives way to nobody."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from feedpub.errors import StoreError
from feedpub.model import DeliveryState
from feedpub.ports.mailing import Change, Outcome
from feedpub.store.database import FenceRows
from feedpub.store.ledger import SqlLedger
from feedpub.store.postgres.fence import make_fence
from feedpub.store.postgres.plain import PostgresDatabase
from tests.support.ledger import ISSUE
from tests.support.ledger_server import LedgerServer
from tests.support.ledgers import NOW, claim, hash_mailbox, states

QUEUED, SENDING, COMMITTING, SENT, FAILED, UNKNOWN, SKIPPED = DeliveryState
PEOPLE = 40


@pytest.fixture
def server(database: str) -> LedgerServer:
    return LedgerServer.create(database, [f"p{number}@x.example" for number in range(PEOPLE)])


@pytest.fixture
def database_of_ledger(server: LedgerServer) -> PostgresDatabase:
    return PostgresDatabase(server.address)


@pytest.fixture
def ledger(database_of_ledger: PostgresDatabase) -> Iterator[SqlLedger]:
    """Return a ledger that has the lease, and all rows."""
    ledger = SqlLedger(database_of_ledger, hash_mailbox)
    ledger.acquire(ISSUE, NOW)
    assert len(claim(ledger)) == PEOPLE
    yield ledger
    ledger.close()


def test_a_fence_is_one_message_to_the_server(
    tmp_path: Path, ledger: SqlLedger, database_of_ledger: PostgresDatabase
) -> None:
    ledger.commit([Change(crossing=1)], NOW)  # from then on the statement is known
    path = tmp_path / "trace"
    connection = database_of_ledger._connection.pgconn

    with path.open("wb") as file:
        connection.trace(file.fileno())
        passed = ledger.commit([Change(crossing=2)], NOW)
        connection.untrace()

    said = [line.split("\t") for line in path.read_text().splitlines()]
    sent = [name for _, who, _, name, *_ in said if who == "F"]
    assert passed == [True]
    assert sent == ["Bind", "Describe", "Execute", "Sync"]


def test_it_is_on_disk_even_if_the_server_does_not_wait_for_others(
    database: str, server: LedgerServer
) -> None:
    name = database.split("?", maxsplit=1)[0].rpartition("/")[2]
    server.change(f"ALTER DATABASE {name} SET synchronous_commit = off")

    ((found,),) = server.look("SHOW synchronous_commit")

    assert found == "on"


def test_a_commit_that_fails_at_its_very_end_lets_nobody_pass(
    server: LedgerServer, ledger: SqlLedger
) -> None:
    server.change(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'no space left'; END $$"
    )
    server.change(
        f"CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON deliveries_{ISSUE} DEFERRABLE INITIALLY"
        " DEFERRED FOR EACH ROW WHEN (new.state = 2) EXECUTE FUNCTION refuse()"
    )

    with pytest.raises(StoreError, match="make room"):
        ledger.commit([Change(crossing=1), Change(crossing=2)], NOW)

    assert [states(ledger)[number] for number in (1, 2)] == [SENDING, SENDING]


def test_outcomes_and_crossings_of_many_are_written_at_once(ledger: SqlLedger) -> None:
    ledger.commit([Change(crossing=number) for number in range(1, 21)], NOW)

    changes = [
        Change([Outcome(number, SENT, "250", f'it\'s {{{number}}}, \\ "x"')], number + 20)
        for number in range(1, 20)
    ]
    refused = [Outcome(40, FAILED, "550 5.1.1", "who?", bounced=True)]
    passed = ledger.commit([*changes, Change(refused), Change(crossing=40)], NOW + 1)

    assert passed == [True] * 20 + [False]
    rows = {row.delivery: row for row in ledger.rows(ISSUE, list(DeliveryState))}
    assert [rows[number].state for number in (1, 19, 20, 21, 39, 40)] == [
        SENT, SENT, COMMITTING, COMMITTING, COMMITTING, FAILED,
    ]  # fmt: skip
    assert (rows[19].code, rows[19].reply) == ("250", 'it\'s {19}, \\ "x"')
    assert (rows[19].attempts, rows[19].at) == (1, NOW + 1)
    assert [one.delivery for one in ledger.bounced(ISSUE)] == [40]


def test_more_rows_than_lines_can_bring_are_one_statement(database: str) -> None:
    server = LedgerServer.create(database, [f"p{number}@x.example" for number in range(3_000)])
    ledger = SqlLedger(PostgresDatabase(server.address), hash_mailbox)
    ledger.acquire(ISSUE, NOW)
    claims = [one for _ in range(3) for one in claim(ledger, limit=1_000)]
    outcomes = [Outcome(one.delivery, QUEUED, not_before=NOW + 60) for one in claims]

    ledger.commit([Change(outcomes)], NOW)

    assert ledger.counts(ISSUE) == {QUEUED: 3_000}
    assert ledger.next_due(ISSUE) == NOW + 60
    ledger.close()


def test_whoever_waited_for_a_row_that_was_taken_away_does_not_cross(
    server: LedgerServer, ledger: SqlLedger
) -> None:
    passed: list[bool] = []
    frozen = threading.Thread(
        target=lambda: passed.extend(
            ledger.commit([Change(crossing=1), Change(crossing=2)], NOW),
        )
    )
    with psycopg.connect(server.address.url) as recovery:
        recovery.execute("UPDATE deliveries SET state = 0, token = NULL WHERE id = 1")
        frozen.start()
        await_blocked(server)
        recovery.commit()
    frozen.join(10)

    assert passed == [False, True]
    assert [states(ledger)[number] for number in (1, 2)] == [QUEUED, COMMITTING]


def await_blocked(server: LedgerServer) -> None:
    """Wait until somebody waits for a lock."""
    deadline = time.monotonic() + 30
    while server.look("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_plan_looks_at_no_other_row_and_no_other_issue(database: str) -> None:
    server = LedgerServer.create(database, [f"p{number}@x.example" for number in range(5_000)])
    for issue in range(100, 120):
        server.change(
            f"CREATE TABLE deliveries_{issue} PARTITION OF deliveries FOR VALUES IN ({issue})"
        )
    outcomes = [Outcome(number, SENT) for number in range(1, 9)]
    statement, values = make_fence(FenceRows(ISSUE, 7, outcomes, [20, 21], NOW))

    with psycopg.connect(server.address.url, cursor_factory=psycopg.RawCursor) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        explained = connection.execute(b"EXPLAIN " + statement, values, prepare=True).fetchall()

    plan = "\n".join(row[0] for row in explained)
    assert "Index Scan using deliveries_1_pkey" in plan
    assert "Seq Scan" not in plan
    assert plan.count("Update on deliveries_") == 1
