"""How a database goes about what a run asks of the ledger again and again."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from feedpub.store import ledger_statements
from feedpub.store.postgres.plain import PostgresDatabase
from tests.support.ledger import ISSUE, LedgerFile
from tests.support.ledger_server import LedgerServer

NEXT_DUE = "SELECT min(not_before) FROM deliveries WHERE issue = ? AND state = 0"


@pytest.mark.parametrize("statement", [ledger_statements.CLAIM, NEXT_DUE], ids=["claim", "due"])
def test_the_next_deliveries_are_found_without_a_look_at_all(
    tmp_path: Path, statement: str
) -> None:
    ledger = LedgerFile.create(tmp_path / "feedpub.db", ["ann@a.test"])

    with closing(sqlite3.connect(ledger.path)) as connection:
        values = (1,) * statement.count("?")
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]

    assert any("ix_deliveries_queued" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_a_server_finds_the_next_deliveries_without_a_look_at_all(database: str) -> None:
    ledger = LedgerServer.create(database, [f"{n}@a.test" for n in range(5_000)])
    server = PostgresDatabase(ledger.address)
    statement = ledger_statements.CLAIM + server.locking.skip.format("d")

    with server.transaction() as cursor:
        cursor.execute("UPDATE issues SET state = 1")
        values = (ISSUE, 1, ISSUE, 100)
        plan = cursor.execute(f"EXPLAIN ANALYZE {statement}", values).fetchall()
    server.close()

    steps = [row[0] for row in plan]
    assert any("Index Scan using deliveries_1_issue_not_before_id_idx" in step for step in steps)
    assert not any("Sort" in step or "Seq Scan on deliveries" in step for step in steps), steps
