"""A ledger that cannot be written stops the sender before the dot, and nobody is mailed twice."""

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from feedpub.model import DeliveryState
from tests.matrices.points import run_matrix
from tests.support import sending, strace
from tests.support.ledger import LedgerFile
from tests.support.small_disk import SmallDisk, mount_small_disk, requires_mounts
from tests.support.smtp import ScriptedServer

SENT, UNKNOWN = DeliveryState.SENT, DeliveryState.UNKNOWN
ADDRESSES = [f"reader{number}@a.test" for number in range(300)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with mount_small_disk(tmp_path / "disk", kilobytes=16_000) as mounted:
        yield mounted


@pytest.fixture
def ledger(disk: SmallDisk, tmp_path: Path) -> LedgerFile:
    """A ledger on the disk, as the sender sees it."""
    made = LedgerFile.create(tmp_path / "made" / "feedpub.db", ADDRESSES)
    shutil.copy(made.path, disk.path)
    return LedgerFile(disk.place / "feedpub.db")


def copy_ledger(disk: SmallDisk) -> LedgerFile:
    """Return a copy, since SQLite would look for the disk where this process does not see it."""
    folder = Path(tempfile.mkdtemp(dir=disk.place.parent))
    for file in disk.path.glob("feedpub.db*"):
        shutil.copy(file, folder)
    return LedgerFile(folder / "feedpub.db")


def hold_that_all_are_mailed_once(ledger: LedgerFile, server: ScriptedServer) -> None:
    accepted, states = Counter(server.recipients()), ledger.states()
    assert max(accepted.values()) == 1
    assert set(states.values()) <= {SENT, UNKNOWN}
    assert all(accepted[one] or states[one] is UNKNOWN for one in ADDRESSES)
    ledger.check()


@requires_mounts
def test_on_a_full_disk_nobody_is_mailed(
    disk: SmallDisk, ledger: LedgerFile, server: ScriptedServer
) -> None:
    disk.fill(leave=0)

    done = sending.finish(ledger, server.port, wrapper=disk.wrapper)

    assert done.returncode == 1
    assert "feedpub.db" in done.stderr
    assert "make room" in done.stderr
    assert server.recipients() == []
    disk.clear()
    assert copy_ledger(disk).count()[SENT] == 0
    again = sending.finish(ledger, server.port, wrapper=disk.wrapper)
    assert again.returncode == 0, again.stderr
    assert Counter(server.recipients()) == dict.fromkeys(ADDRESSES, 1)


@requires_mounts
@pytest.mark.parametrize("leave", [60_000, 120_000, 250_000])
def test_a_disk_that_fills_up_stops_before_the_dot(
    disk: SmallDisk, ledger: LedgerFile, server: ScriptedServer, leave: int
) -> None:
    disk.fill(leave=leave)

    done = sending.finish(ledger, server.port, "--connections", "4", wrapper=disk.wrapper)

    assert done.returncode == 1, done.stdout
    assert "make room" in done.stderr
    mailed = server.recipients()
    assert len(mailed) < len(ADDRESSES)
    disk.clear()
    states = copy_ledger(disk).states()
    assert {one for one, state in states.items() if state is SENT} <= set(mailed)
    again = sending.finish(ledger, server.port, wrapper=disk.wrapper)
    assert again.returncode == 0, again.stderr
    hold_that_all_are_mailed_once(copy_ledger(disk), server)


@requires_mounts
def test_on_a_read_only_disk_nobody_is_mailed(
    disk: SmallDisk, ledger: LedgerFile, server: ScriptedServer
) -> None:
    disk.make_read_only()

    done = sending.finish(ledger, server.port, wrapper=disk.wrapper)

    assert done.returncode == 1
    assert "feedpub.db" in done.stderr
    assert "write" in done.stderr
    assert server.recipients() == []
    disk.make_writable()
    assert sending.finish(ledger, server.port, wrapper=disk.wrapper).returncode == 0
    hold_that_all_are_mailed_once(copy_ledger(disk), server)


def test_without_a_database_nobody_is_mailed(tmp_path: Path, server: ScriptedServer) -> None:
    ledger = LedgerFile(tmp_path / "feedpub.db")

    done = sending.finish(ledger, server.port)

    assert done.returncode == 1
    assert "feedpub restore" in done.stderr
    assert server.recipients() == []
    assert not ledger.path.exists()


@pytest.mark.parametrize("table", ["issues", "deliveries", "subscribers"])
def test_with_a_damaged_database_nobody_is_mailed(
    tmp_path: Path, server: ScriptedServer, table: str
) -> None:
    ledger = LedgerFile.create(tmp_path / "feedpub.db", ADDRESSES)
    spoil(ledger.path, table)

    done = sending.finish(ledger, server.port)

    assert done.returncode == 3, done.stderr
    assert "damaged" in done.stderr
    assert "feedpub restore" in done.stderr
    assert server.recipients() == []


def spoil(path: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    with closing(sqlite3.connect(path)) as connection:
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?",
            (table,)).fetchall()  # fmt: skip
        ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


@pytest.mark.slow
@strace.needed()
def test_a_disk_that_fails_at_any_call_mails_nobody_twice(tmp_path: Path) -> None:
    scenarios = ("--scenario", "one", "--scenario", "refusal")

    done = run_matrix("mails", "--faults", "ENOSPC,EIO", *scenarios, spare=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failures" in done.stdout
