"""The races of the sending benchmark: feedpub and its peers in turn, over the same servers."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.sending.peers import (
    Cost,
    read_cost,
    run_json,
    run_naive,
    run_smtp_source,
)
from tests.bench.sending.rows import Row
from tests.bench.sending.workers import race_workers
from tests.support.dkim_keys import rsa_pem
from tests.support.ledger import LedgerFile
from tests.support.ledger_server import LedgerServer
from tests.support.postfix import run_postfix
from tests.support.postgres import REASON, Cluster, find_binaries
from tests.support.real_site import REPOSITORY, RealSite
from tests.support.smtp import run_forgetful_server, run_smtp_sink

SIZE = 74_000
"""Bytes of a mail, about; smtp-source is given those of ours."""
DELAY_MS = 25
SLOW_COMMIT_MS = 5
SESSIONS = (1, 4, 16)


@dataclass(frozen=True)
class Scale:
    """How much is sent.

    Attributes:
        rounds: Of each race, in turn; medians count.
        messages: To smtp-sink, in one run.
        postfix: Messages through Postfix.
        naive: Messages of the naive mailer, which is slow.
        recipients: Of the largest issue, which goes to nobody.
        server: Recipients of the issue that PostgreSQL keeps.
        imported: Subscribers.
    """

    rounds: int = 3
    messages: int = 5_000
    postfix: int = 600
    naive: int = 400
    recipients: int = 1_000_000
    server: int = 200_000
    imported: int = 100_000


QUICK = Scale(1, 2_000, 300, 200, 100_000, 20_000, 20_000)


class Races:
    """Holds the databases of the runs."""

    def __init__(self, folder: Path, scale: Scale, tell: Callable[[str], None]) -> None:
        self._folder, self._scale, self._tell = folder, scale, tell
        self._templates: dict[tuple[Path, int], LedgerFile] = {}
        self._key = folder / "dkim.pem"
        self._key.write_bytes(rsa_pem())

    def run(self, names: Sequence[str]) -> Iterator[Row]:
        """Yield the rows of some races."""
        for name in names:
            self._tell(name)
            yield from RACES[name](self)

    def send(
        self, port: int, messages: int, *options: str, folder: Path | None = None
    ) -> dict[str, float]:
        """Run feedpub's sender over a fresh ledger; return what it printed."""
        folder = folder or self._folder
        if (folder, messages) not in self._templates:
            path = folder / f"ledger-{messages}.db"
            addresses = (f"reader{number}@inbox.test" for number in range(messages))
            self._templates[folder, messages] = LedgerFile.create(path, addresses)
        ledger = self._templates[folder, messages].copy(folder / "ledger.db")
        found = _run_sender(str(ledger.path), port, messages, *options)
        return found | {"ledger_bytes": ledger.path.stat().st_size}

    def cost(self, port: int, messages: int, *options: str) -> Cost:
        return read_cost(self.send(port, messages, *options), messages)

    def race_to_sink(self) -> Iterator[Row]:
        """Compare with smtp-source over one connection, as the quickest there is."""
        messages = self._scale.messages
        lines: dict[int, list[tuple[Cost, Cost]]] = {1: [], 16: []}
        with run_smtp_sink() as sink:
            for _ in range(self._scale.rounds):
                theirs = run_smtp_source(sink.port, messages, size=SIZE)
                for connections, pairs in lines.items():
                    ours = self.cost(sink.port, messages, "--connections", str(connections))
                    pairs.append((ours, theirs))
        for connections, pairs in lines.items():
            plural = "s" * (connections > 1)
            name = f"smtp-sink, {connections} connection{plural}"
            yield _rate_row(name, pairs, "smtp-source -d -s 1")

    def race_to_postfix(self) -> Iterator[Row]:
        """Compare the best of both, over several numbers of connections."""
        messages = self._scale.postfix
        ours: list[Cost] = []
        theirs: list[Cost] = []
        with run_postfix() as postfix:
            for _ in range(self._scale.rounds):
                for sessions in SESSIONS:
                    theirs.append(
                        run_smtp_source(postfix.port, messages, size=SIZE, sessions=sessions)
                    )
                    ours.append(self.cost(postfix.port, messages, "--connections", str(sessions)))
        best = (max(costs, key=lambda cost: cost.rate) for costs in (ours, theirs))
        yield _rate_row("Postfix", [(next(best), next(best))], "smtp-source -d -s N, at its best")

    def race_far_away(self) -> Iterator[Row]:
        """Compare at equal connections with a server that takes its time for each reply."""
        with run_forgetful_server("--delay-ms", str(DELAY_MS)) as port:
            for connections in (1, 16):
                messages = 40 * connections
                pairs = []
                for _ in range(self._scale.rounds):
                    theirs = run_smtp_source(port, messages, size=SIZE, sessions=connections)
                    ours = self.cost(port, messages, "--connections", str(connections))
                    pairs.append((ours, theirs))
                plural = "s" * (connections > 1)
                name = f"replies {DELAY_MS} ms later, {connections} connection{plural}"
                yield _rate_row(name, pairs, f"smtp-source -d -s {connections}")

    def race_on_slow_disk(self) -> Iterator[Row]:
        """Compare a slow disk with a fast one."""
        messages, line = self._scale.messages, ("--connections", "16")
        pairs = []
        with run_smtp_sink() as sink:
            for _ in range(self._scale.rounds):
                fast = self.cost(sink.port, messages, *line)
                slow = self.cost(sink.port, messages, *line, "--commit-ms", str(SLOW_COMMIT_MS))
                pairs.append((slow, fast))
        yield _rate_row(
            f"commits {SLOW_COMMIT_MS} ms longer, 16 connections", pairs, "nothing added"
        )

    def race_in_cpu(self) -> Iterator[Row]:
        """Compare the CPU of making and sending a mail, which the naive mailer does anew each."""
        for name, key in (("unsigned", None), ("RSA-2048", self._key)):
            signed = ("--key", str(key)) if key else ()
            pairs = []
            with run_smtp_sink() as sink:
                for _ in range(self._scale.rounds):
                    theirs = run_naive(sink.port, self._scale.naive, key=key)
                    pairs.append((self.cost(sink.port, self._scale.messages, *signed), theirs))
            ours = median(pair[0].cpu_us for pair in pairs)
            naive = median(pair[1].cpu_us for pair in pairs)
            ratio = median(pair[1].cpu_us / pair[0].cpu_us for pair in pairs)
            peer = "Jinja, css-inline, smtplib" + (", dkimpy" if key else "")
            yield Row(
                f"CPU per recipient, {name}", f"{ours:.0f} us", peer, f"{naive:,.0f} us", ratio,
                "times",
            )  # fmt: skip

    def race_in_memory(self) -> Iterator[Row]:
        """Compare an issue with one of a tenth of its recipients; nobody is at the other end."""
        many = self._scale.recipients
        with _memory_folder(self._folder) as folder:
            small, large = (
                self.send(0, messages, "--connections", "16", folder=folder)
                for messages in (many // 10, many)
            )
        few_mb, many_mb = small["peak_mb"], large["peak_mb"]
        yield Row("peak memory", f"{many_mb:.0f} MB", f"{many:,} recipients", "", many_mb, "MB")
        growth = (many_mb / few_mb - 1) * 100
        yield Row(
            "growth of memory, ten times the recipients", f"{many_mb:.0f} MB",
            f"{many // 10:,} recipients", f"{few_mb:.0f} MB", growth, "%",
        )  # fmt: skip
        yield _cost_row("SQLite", large, many)
        yield _size_row("SQLite", large, many)

    def race_on_server(self) -> Iterator[Row]:
        """Send an issue that PostgreSQL keeps; nobody is at the other end."""
        binaries, messages = find_binaries(), self._scale.server
        if binaries is None:
            self._tell(REASON)
            return
        cluster = Cluster(binaries)
        try:
            url = cluster.create()
            addresses = (f"reader{number}@inbox.test" for number in range(messages))
            server = LedgerServer.create(url, addresses)
            found = _run_sender(url, 0, messages, "--connections", "16")
            ((size,),) = server.look("SELECT pg_database_size(current_database())")
        finally:
            cluster.stop()
            cluster.remove()
        yield _cost_row("PostgreSQL", found, messages)
        yield _size_row("PostgreSQL", found | {"ledger_bytes": int(str(size))}, messages)

    def race_of_workers(self) -> Iterator[Row]:
        """Compare workers that share an issue with one alone."""
        yield from race_workers(2 * self._scale.messages, self._scale.rounds, self._tell)

    def race_of_import(self) -> Iterator[Row]:
        """Import subscribers by the command line, its start included."""
        count = self._scale.imported
        site = RealSite.create(self._folder / "import")
        rows = (f"reader{number}@inbox{number % 97}.test" for number in range(count))
        table = site.root / "people.csv"
        table.write_text("\n".join(["email", *rows, ""]))
        settings = site.root / "feedpub.toml"
        settings.write_text(settings.read_text("utf-8") + _NEWSLETTER, "utf-8")
        started = time.perf_counter()
        done = site.run("subscribers", "import", "--as", "confirmed", str(table), timeout=600)
        wall_s = time.perf_counter() - started
        assert done.returncode == 0, done.stderr
        assert site.look("SELECT count(*) FROM subscribers") == [(count,)]
        shutil.rmtree(site.root)
        yield Row(
            "import of subscribers", f"{wall_s:.1f} s", f"{count:,} rows", "", count / wall_s, "/s"
        )


_NEWSLETTER = """
[newsletter]
weekly = "Fri 09:00"
from = "news@news.test"
postal_address = "1 Example Street"
"""

RACES: dict[str, Callable[[Races], Iterator[Row]]] = {
    "sink": Races.race_to_sink,
    "postfix": Races.race_to_postfix,
    "delay": Races.race_far_away,
    "commit": Races.race_on_slow_disk,
    "cpu": Races.race_in_cpu,
    "memory": Races.race_in_memory,
    "server": Races.race_on_server,
    "import": Races.race_of_import,
    "workers": Races.race_of_workers,
}


def _run_sender(database: str, port: int, messages: int, *options: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.sending.send", database, str(port)]
    found = run_json([*command, *options], REPOSITORY)
    assert found["sent"] == messages, found
    return found


def _cost_row(kind: str, found: dict[str, float], messages: int) -> Row:
    rate = messages / found["wall_s"]
    return Row(
        f"CPU per recipient, to nobody, {kind}", f"{rate:,.0f}/s", f"{messages:,} recipients", "",
        found["cpu_s"] / messages * 1e6, "us",
    )  # fmt: skip


def _size_row(kind: str, found: dict[str, float], messages: int) -> Row:
    size = found["ledger_bytes"]
    return Row(
        f"database per recipient, {kind}", f"{size / 1e6:,.0f} MB", f"{messages:,} recipients", "",
        size / messages, "bytes",
    )  # fmt: skip


def _rate_row(what: str, pairs: Sequence[tuple[Cost, Cost]], peer: str) -> Row:
    """Return the median of the rounds' ratios; what the machine did meanwhile fell on both."""
    ours, theirs = (median(pair[side].rate for pair in pairs) for side in (0, 1))
    ratio = median(pair[0].rate / pair[1].rate for pair in pairs)
    return Row(what, f"{ours:,.0f}/s", peer, f"{theirs:,.0f}/s", ratio)


@contextmanager
def _memory_folder(otherwise: Path) -> Iterator[Path]:
    """Make a folder on tmpfs, for a million commits that wait for a disk would take an hour."""
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else otherwise
    folder = parent / f"feedpub-bench-{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
