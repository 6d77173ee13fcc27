"""Workers as processes, on a site whose database is on a server; they are killed, and it stops.

    python -m tests.support.worker_faults SITE CONCURRENCY

is ``feedpub worker`` in a hurry: what waits for a minute there waits for a second.
"""

import faulthandler
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from feedpub.model import DeliveryState, IssueState
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.plain import PostgresDatabase
from tests.support.mail_site import SEND, MailSite
from tests.support.postgres import Cluster
from tests.support.processes import clean_environment
from tests.support.real_site import REPOSITORY
from tests.support.smtp import run_forgetful_server

_LOOK_S = 0.02
_DYING_S = 60


def run(words: Sequence[str]) -> int:
    """Work until told to stop; this is the program."""
    from feedpub import worker
    from feedpub.config import load_config
    from feedpub.jobs import policy
    from feedpub.mailing import sharing
    from feedpub.wiring.jobs import Pace

    faulthandler.register(signal.SIGUSR1)  # what is every thread at?
    policy._FIRST_S, worker._LOOK_S = 1, 0.5
    for reason in sharing._REST_S:
        sharing._REST_S[reason] = 1
    root, concurrency = words
    pace = Pace(read_s=86_400, build_s=86_400, sweep_s=1, heartbeat_s=0.5, dead_s=3)
    return worker.run_worker(
        load_config(Path(root, "feedpub.toml"), {}),
        worker.Options(concurrency=int(concurrency), pace=pace, allow_private=True),
        tell=lambda event: print(event.job.name, event.verdict.end, flush=True),
        ready=lambda _: print("ready", flush=True),
    )


def move(site: MailSite, url: str) -> None:
    """Take a site to a server."""
    settings = site.root / "feedpub.toml"
    settings.write_text(f'database = "{url}"\n{settings.read_text()}')
    site.run_well("migrate", str(site.site.database))
    site.site.database.unlink()


@dataclass
class Proof:
    """What was found after everything that was done to workers and their server.

    Attributes:
        recipients: Of the issue.
        states: Of its deliveries, by address.
        mails: How many everybody was sent, as the mail server counted them.
        issue: Where the issue stands.
        kills: Workers that were killed.
        restarts: Of the database's server.
        allowed: How many may be unknown: one for each connection that a fault met.
        seconds: From the first worker's start until the issue was finished.
    """

    recipients: Sequence[str]
    states: dict[str, DeliveryState] = field(default_factory=dict)
    mails: Counter[str] = field(default_factory=Counter)
    issue: IssueState = IssueState.PREPARED
    kills: int = 0
    restarts: int = 0
    allowed: int = 0
    seconds: float = 0

    @property
    def unknown(self) -> list[str]:
        """Of whom nobody knows whether they were mailed."""
        return [one for one, state in self.states.items() if state is DeliveryState.UNKNOWN]

    @property
    def twice(self) -> list[str]:
        """Who was mailed more than once."""
        return [one for one, number in self.mails.items() if number > 1]

    @property
    def lost(self) -> list[str]:
        """Who was not mailed, and is not listed as unknown either."""
        known = {*self.mails, *self.unknown}
        return [one for one in self.recipients if one not in known]

    def check(self) -> None:
        """Hold that everything is as promised."""
        assert self.twice == []
        assert self.lost == []
        assert set(self.states) == set(self.recipients)
        assert set(self.states.values()) <= {DeliveryState.SENT, DeliveryState.UNKNOWN}
        assert self.issue is IssueState.FINISHED
        assert len(self.unknown) <= self.allowed

    def __str__(self) -> str:
        went = sum(one in self.mails for one in self.unknown)
        return (
            f"{len(self.recipients):,} recipients, {self.kills} workers killed, {self.restarts}"
            f" restarts: {len(self.twice)} twice, {len(self.lost)} lost, {len(self.unknown)}"
            f" unknown of {self.allowed} allowed ({went} of them mailed), {self.seconds:.0f} s"
        )


@dataclass(frozen=True)
class Plan:
    """What is done.

    Attributes:
        recipients: Of the issue.
        workers: At a time.
        concurrency: Jobs of each.
        connections: To the mail server, of each job.
        faults: In their order, each ``kill`` or ``restart``.
        command: Of a worker, given the site; that of this module by default.
        patience_s: For all of it.
    """

    recipients: int
    workers: int
    faults: Sequence[str]
    concurrency: int = 2
    connections: int = 2
    command: Callable[[MailSite], list[str]] | None = None
    patience_s: float = 120


class _Run:
    """Workers at work, and what happens to them."""

    def __init__(self, site: MailSite, cluster: Cluster, url: str, plan: Plan, journal: Path):
        self._site, self._cluster, self._url = site, cluster, url
        self._plan, self._journal = plan, journal
        self._workers: list[subprocess.Popen[bytes]] = []
        self.deadline = time.monotonic() + plan.patience_s

    def start_worker(self) -> None:
        plan, root = self._plan, self._site.root
        command = (
            [sys.executable, "-m", "tests.support.worker_faults", str(root), str(plan.concurrency)]
            if plan.command is None
            else plan.command(self._site)
        )
        with (root / "workers.log").open("ab") as log:
            self._workers.append(
                subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=REPOSITORY,
                    env=clean_environment(),
                )
            )  # fmt: skip

    def end_workers(self) -> None:
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            try:
                worker.wait(_DYING_S)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def count(self) -> int:
        """Return how many mails arrived."""
        return self._journal.read_bytes().count(b"\n") if self._journal.exists() else 0

    def wait(self, done: Callable[[], bool], pause_s: float = _LOOK_S) -> None:
        while not done():
            assert time.monotonic() < self.deadline, self._describe()
            time.sleep(pause_s)

    def _describe(self) -> str:
        """Return how far it came, for somebody who wonders why it does not end."""
        senders = self.look("SELECT host, pid, token, held_until, progressed FROM senders")
        rows = self.look("SELECT state, token, count(*) FROM deliveries GROUP BY 1, 2")
        pids = [worker.pid for worker in self._workers]
        for worker in self._workers:
            worker.send_signal(signal.SIGUSR1)
        time.sleep(1)
        log = (self._site.root / "workers.log").read_text()
        return f"{int(time.time())}: {senders=} {rows=} {pids=}\n{log[-20_000:]}"

    def disturb(self, fault: str) -> int:
        """Let something happen; return how many connections it met."""
        each = self._plan.concurrency * self._plan.connections
        if fault == "restart":
            self._cluster.stop()
            self._cluster.start()
            return each * len(self._workers)
        victim = self._workers.pop(0)
        victim.kill()
        victim.wait()
        self.start_worker()
        return each

    def is_finished(self) -> bool:
        return self.look("SELECT state FROM issues") == [(int(IssueState.FINISHED),)]

    def look(self, query: str) -> list[tuple[object, ...]]:
        server = PostgresDatabase(Address(self._url))
        try:
            return server.read(query)
        finally:
            server.close()


def prove(folder: Path, cluster: Cluster, url: str, plan: Plan) -> Proof:
    """Send an issue by workers while they die and the server of their database restarts.

    Args:
        folder: For the site.
        cluster: That server.
        url: Of an empty database on it.
        plan: What is done.
    """
    people = [f"p{number}@x{number % 97}.example" for number in range(plan.recipients)]
    journal = folder / "accepted.jsonl"
    with run_forgetful_server("--journal", str(journal), "--unsynced") as port:
        site = MailSite.create(folder / "site", people)
        site.set_mailer(port, connections=plan.connections)
        move(site, url)
        # A first mass send is held: a person lets it through, and workers send the rest of it.
        done = site.site.run(*SEND, "--max-recipients", str(plan.recipients), "--limit", "1")
        assert done.returncode == 4, done.stderr
        with _working(site, cluster, url, plan, journal) as run:
            found = _disturb_all(run, plan, people)
        _gather(run, found, journal)
    return found


@contextmanager
def _working(
    site: MailSite, cluster: Cluster, url: str, plan: Plan, journal: Path
) -> Iterator[_Run]:
    run = _Run(site, cluster, url, plan, journal)
    with ExitStack() as stack:
        stack.callback(run.end_workers)
        for _ in range(plan.workers):
            run.start_worker()
        yield run


def _disturb_all(run: _Run, plan: Plan, people: Sequence[str]) -> Proof:
    found = Proof(people)
    began = time.monotonic()
    for number, fault in enumerate(plan.faults, 1):
        wanted = len(people) * number // (len(plan.faults) + 2)
        run.wait(lambda least=wanted: run.count() >= least)  # type: ignore[misc]
        found.allowed += run.disturb(fault)
        found.kills += fault == "kill"
        found.restarts += fault == "restart"
    run.wait(run.is_finished, 0.2)
    found.seconds = time.monotonic() - began
    return found


def _gather(run: _Run, found: Proof, journal: Path) -> None:
    ((state,),) = run.look("SELECT state FROM issues")
    found.issue = IssueState(int(str(state)))
    rows = run.look(
        "SELECT s.address, d.state FROM deliveries d JOIN subscribers s ON s.id = d.subscriber"
    )
    found.states = {str(address): DeliveryState(int(str(state))) for address, state in rows}
    lines = journal.read_text().splitlines()
    found.mails = Counter(str(json.loads(line)["to"]) for line in lines)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
