"""A fault at every system call by which a sender writes, syncs, sends or receives, one run each.

    python -m tests.matrices.mails [--faults kill,ENOSPC,EIO] [--sample N] [--seed S]
                                   [--scenario NAME] [--folder DIR]

``kill`` is kill -9; the others let a call fail that writes to the disk. After each the next run has
to finish the issue, and then: nobody was mailed twice; whoever was not mailed is listed as unknown
or failed; and at most one recipient for each connection is unknown.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from feedpub.model import DeliveryState, IssueState
from tests.matrices.points import make_parser, say, say_tried, tell_failure, visit_chosen
from tests.support import sending, strace
from tests.support.ledger import LedgerFile
from tests.support.smtp import ScriptedServer, run_scripted_server
from tests.support.strace import Call

CALLS = (
    "write", "writev", "pwrite64", "pwritev", "ftruncate", "fsync", "fdatasync", "sendto",
    "sendmsg", "recvfrom", "recvmsg", "connect", "unlink",
)  # fmt: skip
DISK = ("pwrite64", "pwritev", "ftruncate", "fsync", "fdatasync")
FAULTS = {"kill": strace.KILL, "ENOSPC": "error=ENOSPC", "EIO": "error=EIO"}
REFUSED = "rcpt-550-5.1.1-bob@b.test"


class Kind(NamedTuple):
    """Whom is mailed, and how.

    Attributes:
        addresses: Three of them.
        options: Of the sender.
        connections: As the options have it.
    """

    addresses: Sequence[str]
    options: Sequence[str] = ()
    connections: int = 1


_THREE = ("ann@a.test", "bob@b.test", "cid@c.test")
KINDS = {
    "one": Kind(_THREE),
    "refusal": Kind(("ann@a.test", REFUSED, "cid@c.test")),
    # As large as digests are; more than the system takes in one piece.
    "large": Kind(_THREE, ("--size", "72000")),
    "two": Kind(_THREE, ("--connections", "2"), 2),
}


class Point(NamedTuple):
    """One run: a scenario, the thread and the call at which it is disturbed, and how."""

    scenario: "Scenario"
    thread: int
    call: Call
    fault: str


@dataclass(frozen=True)
class Scenario:
    """A run to disturb.

    Attributes:
        name: For people.
        kind: What it is.
        template: The database before.
        place: Where it runs.
        server: That takes the mail.
        calls: Where it can be disturbed, by thread.
    """

    name: str
    kind: Kind
    template: LedgerFile
    place: Path
    server: ScriptedServer
    calls: list[tuple[int, Call]] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        return [str(self.place), str(self.server.port), *self.kind.options]

    def reset(self) -> LedgerFile:
        self.server.forget()
        return self.template.copy(self.place)


def prepare(folder: Path, name: str, server: ScriptedServer) -> Scenario:
    """Make a scenario, and find out where it can be disturbed."""
    kind = KINDS[name]
    place = folder / name / "feedpub.db"
    template = LedgerFile.create(folder / name / "template.db", kind.addresses)
    scenario = Scenario(name, kind, template, place, server)
    thread, there = 0, True
    while there:
        scenario.reset()
        calls, there = strace.record_thread(
            scenario.words, CALLS, program=run_sender, thread=thread
        )
        scenario.calls.extend((thread, call) for call in calls)
        thread += 1
    return scenario


def list_points(scenarios: Sequence[Scenario], faults: Sequence[str]) -> list[Point]:
    """Return every run to be made; only what goes to the disk can fail."""
    return [
        Point(scenario, thread, call, fault)
        for scenario in scenarios
        for fault in faults
        for thread, call in scenario.calls
        if fault == "kill" or call.name in DISK
    ]


def run_sender(words: Sequence[str]) -> int:
    """Run the sender; what it leaves for a later try is no failure of the program."""
    code = sending.run(words)
    return 0 if code == 4 else code


@dataclass
class Tally:
    """What was tried and what was found."""

    tried: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    unknown: int = 0
    arrived: int = 0


def disturb(point: Point, tally: Tally) -> str:
    """Disturb one run at one call, go on, and return whatever is not as promised."""
    scenario, thread, call, fault = point
    ledger = scenario.reset()
    ended = strace.inject(call, FAULTS[fault], scenario.words, program=run_sender, thread=thread)
    tally.tried[call.name] += 1
    tally.ended += ended.code != 0
    problems = list(find_silence(scenario, ended, fault))
    again = strace.run(scenario.words, program=run_sender)
    if again.code:
        problems.append(f"the next run exits with {again.code}: {again.said}")
    problems += find_harm(scenario, ledger, tally)
    return tell_failure(f"{scenario.name}: {fault} in thread {thread} at {call}", problems)


def find_silence(scenario: Scenario, ended: strace.Ended, fault: str) -> Iterator[str]:
    """Yield what an error of the disk is not told about."""
    expected = (0, -9) if fault == "kill" else (0, 1)
    if ended.code not in expected or "Traceback" in ended.said:
        yield f"exits with {ended.code}: {ended.said}"
    if ended.code == 1 and str(scenario.place) not in ended.said:
        yield f"says {ended.said}"


def find_harm(scenario: Scenario, ledger: LedgerFile, tally: Tally) -> Iterator[str]:
    """Yield what is not as promised once the next run is over."""
    try:
        ledger.check()
    except AssertionError as error:
        yield f"database: {error}"
        return
    accepted = Counter(scenario.server.recipients())
    states = ledger.states()
    unknown = [address for address, state in states.items() if state is DeliveryState.UNKNOWN]
    tally.unknown += len(unknown)
    tally.arrived += sum(accepted[address] for address in unknown)
    for address, state in states.items():
        if accepted[address] > 1:
            yield f"{address} was mailed {accepted[address]} times"
        expected = DeliveryState.FAILED if address == REFUSED else DeliveryState.SENT
        if state not in (expected, DeliveryState.UNKNOWN):
            yield f"{address} is {state.name} and was mailed {accepted[address]} times"
        if state is DeliveryState.SENT and not accepted[address]:
            yield f"{address} is said to have been mailed and was not"
    if len(unknown) > scenario.kind.connections:
        yield f"{len(unknown)} are unknown"
    if ledger.issue_state() is not IssueState.FINISHED:
        yield f"the issue is {ledger.issue_state().name}"
    for one in scenario.server.accepted():
        delivery = scenario.kind.addresses.index(one.recipient) + 1
        if one.sender != f"bounce+{delivery}@news.test":
            yield f"{one.recipient} was mailed from {one.sender}"


def kind_of(point: Point) -> tuple[str, int, str, str]:
    """Return by what a point counts as another: every call of every thread of every scenario."""
    return point.scenario.name, point.thread, point.call.name, point.fault


def main() -> int:
    """Run the matrix; return 1 if a promise is broken."""
    parser = make_parser("python -m tests.matrices.mails", KINDS, FAULTS)
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="killmatrix-", dir=options.folder) as name:
        folder = Path(name)
        with run_scripted_server(folder / "server") as server:
            scenarios = [prepare(folder, kind, server) for kind in options.scenario or KINDS]
            for scenario in scenarios:
                say(f"{scenario.name}: {len(scenario.calls)} calls")
            points = list_points(scenarios, options.faults)
            failures = visit_chosen(
                points, lambda point: disturb(point, tally), options, group=kind_of
            )
    say_tried(tally.tried)
    say(
        f"{tally.tried.total()} points, {tally.ended} runs ended early, {tally.unknown} recipients "
        f"unknown, {tally.arrived} of them mailed, {len(failures)} failures"
    )
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
