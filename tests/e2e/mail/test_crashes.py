"""Nobody is mailed twice, and nobody is lost unseen, however a sender ends."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedpub.model import DeliveryState, IssueState
from tests.matrices.points import run_matrix
from tests.support import sending, strace
from tests.support.ledger import LedgerFile
from tests.support.smtp import (
    Accepted,
    ScriptedServer,
    requires_smtp_sink,
    run_scripted_server,
    run_smtp_sink,
)

SENT, UNKNOWN = DeliveryState.SENT, DeliveryState.UNKNOWN
CONNECTIONS = 4


@pytest.mark.slow
@strace.needed()
def test_a_kill_at_any_call_mails_nobody_twice(tmp_path: Path) -> None:
    done = run_matrix("mails", spare=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failures" in done.stdout


@contextmanager
def scripted(folder: Path) -> Iterator[tuple[int, Callable[[], list[Accepted]]]]:
    with run_scripted_server(folder / "server") as server:
        yield server.port, server.accepted


@contextmanager
def sink(folder: Path) -> Iterator[tuple[int, Callable[[], list[Accepted]]]]:
    with run_smtp_sink(keep=True) as running:
        yield running.port, running.accepted


@pytest.mark.slow
@pytest.mark.parametrize(
    "server", [scripted, pytest.param(sink, marks=requires_smtp_sink)], ids=["scripted", "sink"]
)
def test_kills_at_random_times_mail_everybody_once(
    server: Callable[[Path], "contextmanager[tuple[int, Callable[[], list[Accepted]]]]"],
    tmp_path: Path,
) -> None:
    addresses = [f"reader{number}@a{number % 7}.test" for number in range(2_000)]
    ledger = LedgerFile.create(tmp_path / "feedpub.db", addresses)
    chance = random.Random(8)

    with server(tmp_path) as (port, read_accepted):
        kills = send_and_kill(ledger, port, chance)
        accepted = Counter(one.recipient for one in read_accepted())

    states = ledger.states()
    unknown = {address for address, state in states.items() if state is UNKNOWN}
    assert kills >= 3
    assert set(states.values()) <= {SENT, UNKNOWN}
    assert [address for address in addresses if accepted[address] > 1] == []
    assert [address for address in addresses if not accepted[address]] == [
        address for address in addresses if address in unknown and not accepted[address]
    ]
    assert len(unknown) <= kills * CONNECTIONS
    assert ledger.issue_state() is IssueState.FINISHED
    ledger.check()


def send_and_kill(ledger: LedgerFile, port: int, chance: random.Random) -> int:
    """Start senders one after the other, each of which dies, until one comes to the end."""
    for kills in range(100):
        # The more often it was killed, the longer it may live, so that this has an end; the first
        # ones die so soon that the fastest machine is not done before.
        life_s = chance.uniform(0.001, 0.05 + kills / 20)
        words = ("--connections", str(CONNECTIONS), "--size", "2000", "--die-after-s", str(life_s))
        sender = sending.finish(ledger, port, *words)
        if sender.returncode != -signal.SIGALRM:
            assert sender.returncode == 0, sender.stderr
            return kills
    raise AssertionError("it never came to an end")


def count_accepted(server: ScriptedServer) -> Counter[str]:
    return Counter(server.recipients())


@pytest.mark.slow
def test_of_four_senders_one_sends(tmp_path: Path) -> None:
    addresses = [f"reader{number}@a.test" for number in range(300)]
    ledger = LedgerFile.create(tmp_path / "feedpub.db", addresses)

    with run_scripted_server(tmp_path / "server") as server:
        senders = [sending.start(ledger, server.port, "--connections", "2") for _ in range(4)]
        codes = sorted(finish(sender) for sender in senders)

        assert set(codes) <= {0, 75}
        assert codes[0] == 0
        assert count_accepted(server) == dict.fromkeys(addresses, 1)
    assert ledger.count() == {SENT: 300}


@pytest.mark.slow
def test_four_senders_whose_leases_mean_nothing_mail_everybody_once(tmp_path: Path) -> None:
    # As if their clocks were hours apart: each takes over from the others at once.
    addresses = [f"reader{number}@a.test" for number in range(300)]
    ledger = LedgerFile.create(tmp_path / "feedpub.db", addresses)

    with run_scripted_server(tmp_path / "server") as server:
        options = ("--connections", "2", "--lease-s", "0", "--renew-s", "0.05")
        senders = [sending.start(ledger, server.port, *options) for _ in range(4)]
        for sender in senders:
            finish(sender)
        last = sending.finish(ledger, server.port)

        states, accepted = ledger.states(), count_accepted(server)
        assert last.returncode == 0, last.stderr
        assert max(accepted.values()) == 1
        assert all(accepted[one] or states[one] is UNKNOWN for one in addresses)
        # A sender that lost its lease may yet tell how its last messages ended.
        assert sum(state is UNKNOWN for state in states.values()) <= 4 * 2


def finish(sender: "subprocess.Popen[str]") -> int:
    sender.communicate(timeout=sending.PATIENCE_S)
    return sender.returncode


@pytest.mark.slow
def test_a_frozen_sender_that_wakes_is_refused(tmp_path: Path) -> None:
    addresses = [f"reader{number}@a.test" for number in range(400)]
    ledger = LedgerFile.create(tmp_path / "feedpub.db", addresses)

    with run_scripted_server(tmp_path / "server") as server:
        # Without renewing, nothing but the fence tells it that its time is over.
        options = ("--connections", "2", "--lease-s", "600", "--renew-s", "1000")
        frozen = sending.start(ledger, server.port, *options)
        while len(server.recipients()) < 20:
            assert frozen.poll() is None
            time.sleep(0.01)
        freeze(frozen, ledger)
        early = sending.finish(ledger, server.port, *options)
        ledger.let_time_pass()
        other = sending.finish(ledger, server.port, *options)
        before = len(server.recipients())
        os.kill(frozen.pid, signal.SIGCONT)
        said, _ = frozen.communicate(timeout=sending.PATIENCE_S)

        accepted, states = count_accepted(server), ledger.states()
        assert early.returncode == 75
        assert "is being sent by process" in early.stderr
        assert other.returncode == 0
        # No more than the dots whose fence it had crossed before.
        assert len(server.recipients()) - before <= 2
        assert max(accepted.values()) == 1
        assert all(accepted[one] or states[one] is UNKNOWN for one in addresses)
    assert json.loads(said)["stopped"] == "lease"


def freeze(sender: "subprocess.Popen[str]", ledger: LedgerFile) -> None:
    """Stop a sender where it does not hold the database, which would keep all others waiting."""
    while True:
        os.kill(sender.pid, signal.SIGSTOP)
        while not is_stopped(sender.pid):
            time.sleep(0.01)
        try:
            ledger.change("UPDATE issues SET note = note", timeout_s=0.1)
        except sqlite3.OperationalError:
            os.kill(sender.pid, signal.SIGCONT)
            time.sleep(0.01)
        else:
            return


def is_stopped(pid: int) -> bool:
    """Return whether every thread of a process has taken the signal."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return all((task / "stat").read_text().rpartition(")")[2].split()[0] == "T" for task in tasks)


@pytest.mark.slow
def test_a_sender_told_to_stop_finishes_what_it_has_in_hand(tmp_path: Path) -> None:
    addresses = [f"reader{number}@a.test" for number in range(500)]
    ledger = LedgerFile.create(tmp_path / "feedpub.db", addresses)

    with run_scripted_server(tmp_path / "server") as server:
        sender = sending.start(ledger, server.port, "--connections", "4")
        while len(server.recipients()) < 20:
            assert sender.poll() is None
            time.sleep(0.01)
        told = time.monotonic()
        sender.terminate()
        finish(sender)

        assert time.monotonic() - told < 10
        states = ledger.states()
        assert Counter(one for one, state in states.items() if state is SENT) == count_accepted(
            server
        )
        assert set(states.values()) == {SENT, DeliveryState.QUEUED}

        assert sending.finish(ledger, server.port).returncode == 0
        assert count_accepted(server) == dict.fromkeys(addresses, 1)


@pytest.mark.parametrize("signals", [(signal.SIGTERM,), (signal.SIGTERM, signal.SIGTERM)], ids=len)
def test_a_sender_told_to_stop_leaves_a_hung_server_within_ten_seconds(
    tmp_path: Path, signals: Sequence[int]
) -> None:
    addresses = ["stall-dot-a@a.test", "b@a.test"]
    ledger = LedgerFile.create(tmp_path / "feedpub.db", addresses)

    with run_scripted_server(tmp_path / "server") as server:
        sender = sending.start(ledger, server.port, "--reply-s", "300")
        while not server.recipients():
            assert sender.poll() is None
            time.sleep(0.01)
        told = time.monotonic()
        for number in signals:
            sender.send_signal(number)
        finish(sender)

        assert time.monotonic() - told < 10.5
        assert ledger.states() == {
            "stall-dot-a@a.test": UNKNOWN, "b@a.test": DeliveryState.QUEUED,
        }  # fmt: skip
