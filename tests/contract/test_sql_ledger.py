"""What the ledger and the notices do with a database file."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from feedpub.errors import BusyError, CorruptStoreError, MissingStoreError, StoreError
from feedpub.model import DeliveryState, SubscriberState
from feedpub.ports.mailing import Change, Outcome, Recovery
from feedpub.store import plain
from feedpub.store.ledger import SqlLedger
from feedpub.store.noticebook import SqlNoticeBook
from tests.support.ledger import ISSUE, LedgerFile
from tests.support.ledgers import NOW, claim, hash_mailbox, states

SENT, SENDING = DeliveryState.SENT, DeliveryState.SENDING


@pytest.fixture
def file(tmp_path: Path) -> LedgerFile:
    return LedgerFile.create(tmp_path / "feedpub.db", [f"{n}@x.example" for n in range(1, 5)])


@pytest.fixture
def ledger(file: LedgerFile) -> Iterator[SqlLedger]:
    opened = SqlLedger.open(file.path, hash_mailbox)
    yield opened
    opened.close()


# The file


def test_every_commit_is_synchronised(file: LedgerFile) -> None:
    with closing(plain.PlainDatabase(file.path)) as database:
        assert database.read("PRAGMA synchronous") == [(2,)]
        assert database.read("PRAGMA journal_mode") == [("wal",)]


def test_a_missing_database_is_never_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "feedpub.db"

    with pytest.raises(MissingStoreError, match="feedpub restore"):
        SqlLedger.open(path, hash_mailbox)

    assert not path.exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feedpub.db"
    path.write_bytes(b"hello, I am a letter" * 100)

    with pytest.raises(CorruptStoreError, match="damaged"):
        SqlLedger.open(path, hash_mailbox)


def test_another_writer_is_waited_for(file: LedgerFile, ledger: SqlLedger) -> None:
    ledger.acquire(ISSUE, NOW)
    claim(ledger)
    with closing(sqlite3.connect(file.path, check_same_thread=False)) as build:
        build.execute("BEGIN IMMEDIATE")
        threading.Timer(0.5, build.rollback).start()
        start = time.monotonic()

        assert ledger.commit([Change(crossing=1)], NOW) == [True]

        assert time.monotonic() - start > 0.3


def test_a_writer_that_takes_too_long_lets_nobody_pass(
    file: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "BUSY_TIMEOUT_S", 0.1)
    ledger = SqlLedger.open(file.path, hash_mailbox)
    ledger.acquire(ISSUE, NOW)
    claim(ledger)
    with closing(sqlite3.connect(file.path)) as build:
        build.execute("BEGIN IMMEDIATE")

        with pytest.raises(BusyError):
            ledger.commit([Change(crossing=1)], NOW)

    assert states(ledger)[1] is SENDING
    ledger.close()


def test_a_transaction_that_fails_half_way_leaves_nothing(
    file: LedgerFile, ledger: SqlLedger
) -> None:
    ledger.acquire(ISSUE, NOW)
    claim(ledger)
    file.change(
        "CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN new.id = 3 AND new.state = 2"
        " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )

    with pytest.raises(StoreError, match="make room"):
        ledger.commit([Change(crossing=1), Change(crossing=3)], NOW)

    assert states(ledger)[1] is SENDING


# The lease of a process that died


def acquire_elsewhere(file: LedgerFile) -> int:
    """Let another process take the lease and die; return its number."""
    script = (
        "import os, sys; from pathlib import Path\n"
        "from feedpub.store.ledger import SqlLedger\n"
        "ledger = SqlLedger.open(Path(sys.argv[1]), lambda mailbox: b'')\n"
        f"ledger.acquire({ISSUE}, {NOW})\n"
        f"ledger.claim({ISSUE}, now={NOW}, limit=2)\n"
        "print(os.getpid(), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(file.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    return int(done.stdout)


def test_a_dead_process_does_not_keep_the_next_run_waiting(
    file: LedgerFile, ledger: SqlLedger
) -> None:
    pid = acquire_elsewhere(file)
    assert [lease.pid for lease in ledger.senders(ISSUE)] == [pid]

    assert ledger.acquire(ISSUE, NOW + 1) == Recovery(queued=2, unknown=0)


def test_a_dead_process_of_another_machine_is_waited_for(
    file: LedgerFile, ledger: SqlLedger
) -> None:
    acquire_elsewhere(file)
    file.change("UPDATE senders SET host = 'elsewhere', pid = 1")

    with pytest.raises(BusyError, match="process 1 on elsewhere"):
        ledger.acquire(ISSUE, NOW + 119)
    assert ledger.acquire(ISSUE, NOW + 120) is not None


def test_a_living_process_of_this_machine_is_waited_for(
    file: LedgerFile, ledger: SqlLedger
) -> None:
    acquire_elsewhere(file)
    file.change("UPDATE senders SET pid = ?", os.getppid())

    with pytest.raises(BusyError):
        ledger.acquire(ISSUE, NOW + 1)


def test_the_same_number_in_another_container_is_not_ourselves(
    file: LedgerFile, ledger: SqlLedger
) -> None:
    acquire_elsewhere(file)
    file.change("UPDATE senders SET pid = ?", os.getpid())

    assert ledger.acquire(ISSUE, NOW + 1) is not None


def test_a_lease_from_the_far_future_is_that_of_a_wrong_clock(
    file: LedgerFile, ledger: SqlLedger
) -> None:
    acquire_elsewhere(file)
    file.change("UPDATE senders SET host = 'elsewhere', held_until = ?", NOW + 400 * 86400)

    assert ledger.acquire(ISSUE, NOW) is not None


# The list


def test_a_list_longer_than_a_page_is_whole(tmp_path: Path) -> None:
    file = LedgerFile.create(tmp_path / "feedpub.db", [f"{n}@x.example" for n in range(1201)])
    with closing(SqlLedger.open(file.path, hash_mailbox)) as ledger:
        listed = [row.delivery for row in ledger.rows(ISSUE, [DeliveryState.QUEUED])]

    assert listed == list(range(1, 1202))


def test_an_issue_with_a_row_missing_is_not_finished(file: LedgerFile, ledger: SqlLedger) -> None:
    ledger.acquire(ISSUE, NOW)
    for one in claim(ledger):
        ledger.commit([Change(crossing=one.delivery)], NOW)
        ledger.commit([Change([Outcome(one.delivery, SENT)])], NOW)
    file.change("DELETE FROM deliveries WHERE id = 4")

    assert not ledger.release(ISSUE, NOW)


# Notices


@pytest.fixture
def book(file: LedgerFile) -> Iterator[SqlNoticeBook]:
    for number, due in ((1, 0), (2, 0), (3, NOW + 60)):
        file.change(
            "INSERT INTO notices (id, subscriber, kind, details, state, not_before, created)"
            " VALUES (?, ?, 'confirm', 'more', 0, ?, ?)",
            number, number, due, NOW - 5,
        )  # fmt: skip
    opened = SqlNoticeBook.open(file.path, hash_mailbox)
    yield opened
    opened.close()


def test_notices_that_are_due_are_taken_once(book: SqlNoticeBook) -> None:
    first = book.claim_notices(now=NOW, limit=1)
    rest = book.claim_notices(now=NOW, limit=9)

    assert [(one.id, one.address, one.kind) for one in first] == [(1, "1@x.example", "confirm")]
    assert [one.id for one in rest] == [2]


def test_a_notice_that_a_dead_process_took_is_due_again(book: SqlNoticeBook) -> None:
    book.claim_notices(now=NOW, limit=9)

    assert [one.id for one in book.claim_notices(now=NOW + 900, limit=9)] == [1, 2, 3]


def test_a_notice_tells_where_its_subscriber_stands(file: LedgerFile, book: SqlNoticeBook) -> None:
    file.change("UPDATE subscribers SET state = ? WHERE id = 1", int(SubscriberState.PENDING))
    file.change(
        "INSERT INTO suppressions VALUES (?, 'bounced', 0, '')", hash_mailbox("2@x.example")
    )

    first, second = book.claim_notices(now=NOW, limit=2)

    assert (first.state, first.suppressed) == (SubscriberState.PENDING, None)
    assert (second.state, second.suppressed) == (SubscriberState.ACTIVE, "bounced")


def test_a_settled_notice_is_not_taken_again(file: LedgerFile, book: SqlNoticeBook) -> None:
    book.claim_notices(now=NOW, limit=9)
    book.settle_notices(
        [
            Outcome(1, SENT, "250 2.0.0", "ok"),
            Outcome(2, DeliveryState.QUEUED, "450", "later", not_before=NOW + 1800),
        ],
        NOW,
    )

    assert file.look("SELECT id, state, attempts, reply FROM notices WHERE id < 3") == [
        (1, int(SENT), 1, "250 2.0.0 ok"),
        (2, 0, 1, "450 later"),
    ]
    assert [one.id for one in book.claim_notices(now=NOW + 1800, limit=9)] == [2, 3]
