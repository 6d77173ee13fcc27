"""How SQLite goes about what a run asks of the ledger again and again."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from feedpub.store import ledger_statements
from tests.support.ledger import LedgerFile

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
