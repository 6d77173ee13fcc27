"""One run of feedpub's sender, measured: ``python -m tests.bench.sending.send DATABASE PORT``.

The ledger is the real one, with every commit synced: a file, or ``postgresql://...``. Prints
seconds of CPU and of the clock from the first claim to the end of the run, the size of a mail, and
megabytes of memory.
"""

import argparse
import json
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feedpub.mailers.smtp import SmtpMailer, SmtpSettings
from feedpub.model import Message
from feedpub.ports.mailing import Change, Claim, Mailer, Reply, Stage
from feedpub.sending import SendOptions, deliver
from feedpub.store.ledger import SqlLedger
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.plain import PostgresDatabase
from tests.bench.sending.mails import make_composer
from tests.support.ledger import ISSUE
from tests.support.sending import hash_mailbox


class SlowLedger:
    """A ledger on a disk that is slow: each commit takes longer by some milliseconds."""

    def __init__(self, ledger: SqlLedger, more_s: float) -> None:
        self._ledger, self._more_s = ledger, more_s
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def claim(self, issue: int, *, now: int, limit: int) -> Any:
        with self._lock:
            found = self._ledger.claim(issue, now=now, limit=limit)
            time.sleep(self._more_s)
        return found

    def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
        with self._lock:
            crossed = self._ledger.commit(changes, now)
            time.sleep(self._more_s)
        return crossed


class NullConnection:
    """Takes every message, and forgets it."""

    usable = True

    def offer(self, message: Message) -> None:
        return None

    def finish(self, following: Message | None = None) -> Reply:
        return Reply(Stage.DOT, 250, "2.0.0 taken")

    def quit(self) -> None: ...

    def hang_up(self) -> None: ...

    def abort(self) -> None: ...


class NullMailer:
    """Hands out connections that lead nowhere."""

    def connect(self) -> NullConnection:
        return NullConnection()


def main() -> None:
    options = _parse()
    mailer: Mailer = (
        SmtpMailer(SmtpSettings(host="127.0.0.1", port=options.port, helo="bench.test"))
        if options.port
        else NullMailer()
    )
    ledger: Any = _open_ledger(options.database)
    if options.commit_ms:
        ledger = SlowLedger(ledger, options.commit_ms / 1000)
    compose, sizes = _remember_size(make_composer(options.key))
    started, busy = time.perf_counter(), time.process_time()
    report = deliver(
        ISSUE, ledger=ledger, mailer=mailer, compose=compose, clock=lambda: datetime.now(UTC),
        options=SendOptions(
            connections=options.connections, messages_per_connection=options.capacity
        ),
    )  # fmt: skip
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - busy
    assert report.finished, report
    found = {"wall_s": wall_s, "cpu_s": cpu_s, "size": sizes[0], "peak_mb": _peak_mb()}
    print(json.dumps(found | {"sent": report.sent}))


def _open_ledger(database: str) -> SqlLedger:
    if "://" in database:
        return SqlLedger(PostgresDatabase(Address(database)), hash_mailbox)
    return SqlLedger.open(Path(database), hash_mailbox)


def _remember_size(
    compose: Callable[[Claim], Message],
) -> tuple[Callable[[Claim], Message], list[int]]:
    sizes: list[int] = []

    def compose_first(claim: Claim) -> Message:
        message = compose(claim)
        if not sizes:
            sizes.append(len(message.data))
        return message

    return compose_first, sizes


def _peak_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError("no VmHWM")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add = parser.add_argument
    add("database", help="path or address")
    add("port", type=int, help="0: to nobody")
    add("--connections", type=int, default=1)
    add("--capacity", type=int, default=1_000_000, help="messages on one connection")
    add("--commit-ms", type=float, default=0, help="added to each commit")
    add("--key", type=Path, help="signs with DKIM")
    return parser.parse_args()


if __name__ == "__main__":
    main()
