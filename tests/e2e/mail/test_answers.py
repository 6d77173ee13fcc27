"""Whatever a mail server answers: where each recipient stands afterwards, and the run."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from feedpub.model import DeliveryState, IssueState
from tests.support import sending
from tests.support.ledger import Delivery, LedgerFile
from tests.support.smtp import ScriptedServer, run_scripted_server

QUEUED, SENT, FAILED = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.FAILED
UNKNOWN = DeliveryState.UNKNOWN

# What the recipient's address makes the server do, and where the recipient stands then. Only
# addresses that do not exist are suppressed, and only if RCPT said so.
ANSWERS = {
    "anybody": (SENT, "250 2.0.0", False),
    "rcpt-421-4.3.2": (QUEUED, "421 4.3.2", False),
    "rcpt-450-4.2.1": (QUEUED, "450 4.2.1", False),
    "rcpt-452-4.2.2": (QUEUED, "452 4.2.2", False),
    "rcpt-550-5.1.1": (FAILED, "550 5.1.1", True),
    "rcpt-550-5.1.3": (FAILED, "550 5.1.3", True),
    "rcpt-550-5.1.6": (FAILED, "550 5.1.6", True),
    "rcpt-556-5.1.10": (FAILED, "556 5.1.10", True),
    "rcpt-550-5.1.2": (FAILED, "550 5.1.2", False),
    "rcpt-550-5.2.1": (FAILED, "550 5.2.1", False),
    "rcpt-552-5.2.2": (FAILED, "552 5.2.2", False),
    "rcpt-550-5.7.1": (FAILED, "550 5.7.1", False),
    "rcpt-550-5.7.15": (FAILED, "550 5.7.15", False),
    "data-451-4.3.0": (QUEUED, "451 4.3.0", False),
    "data-554-5.5.1": (FAILED, "554 5.5.1", False),
    "dot-421-4.3.2": (QUEUED, "421 4.3.2", False),
    "dot-451-4.3.0": (QUEUED, "451 4.3.0", False),
    "dot-452-4.3.1": (QUEUED, "452 4.3.1", False),
    "dot-550-5.1.1": (FAILED, "550 5.1.1", False),
    "dot-552-5.3.4": (FAILED, "552 5.3.4", False),
    "dot-554-5.6.0": (FAILED, "554 5.6.0", False),
    "dot-554-5.7.1": (FAILED, "554 5.7.1", False),
    "grey-1": (QUEUED, "450 4.7.1", False),
    "drop-rcpt": (QUEUED, "", False),
    "drop-before": (UNKNOWN, "", False),
    "drop-after": (UNKNOWN, "", False),
    "stall-rcpt": (QUEUED, "", False),
    "stall-dot": (UNKNOWN, "", False),
    "garbage-rcpt": (QUEUED, "", False),
    "garbage-dot": (UNKNOWN, "", False),
}
TAKEN = ("anybody", "drop-after", "stall-dot", "garbage-dot")


@dataclass(frozen=True)
class Run:
    """A run against the scripted server.

    Attributes:
        ledger: Afterwards.
        server: Which is still there.
        report: Of the run.
        code: It exited with.
    """

    ledger: LedgerFile
    server: ScriptedServer
    report: dict[str, object]
    code: int
    said: str

    def stands(self, name: str) -> Delivery:
        """Return where the only recipient of a name stands."""
        (found,) = (
            delivery
            for address, delivery in self.ledger.deliveries().items()
            if address.partition("@")[0] in (name, f"{name}-x")
        )
        return found


def send(server: ScriptedServer, folder: Path, addresses: Sequence[str], *options: str) -> Run:
    ledger = LedgerFile.create(folder / "feedpub.db", addresses)
    return go_on(ledger, server, *options)


def go_on(ledger: LedgerFile, server: ScriptedServer, *options: str) -> Run:
    done = sending.finish(ledger, server.port, *options)
    report = json.loads(done.stdout) if done.stdout else {}
    ledger.check()
    return Run(ledger, server, report, done.returncode, done.stderr)


@pytest.fixture(
    scope="module", params=[(), ("--without", "PIPELINING")], ids=["pipelined", "plain"]
)
def everything(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """One run with a recipient for each answer, each of a domain of its own."""
    folder = tmp_path_factory.mktemp("answers")
    addresses = [f"{name}-x@{number}.test" for number, name in enumerate(ANSWERS)]
    with run_scripted_server(folder / "server", *request.param) as server:
        yield send(server, folder, addresses, "--reply-s", "2", "--trouble-limit", "1000")


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_has_its_outcome(everything: Run, name: str) -> None:
    state, code, suppressed = ANSWERS[name]

    found = everything.stands(name)

    assert (found.state, found.code, found.attempts) == (state, code, 1)
    assert (found.not_before > 0) is (state is QUEUED)
    bounced = everything.ledger.look(
        "SELECT d.bounced FROM deliveries d JOIN subscribers s ON s.id = d.subscriber"
        f" WHERE s.address LIKE '{name}-x@%'"
    )
    assert bounced == [(int(suppressed),)]


def test_nobody_gets_the_mail_of_another_answer(everything: Run) -> None:
    accepted = everything.server.accepted()

    assert [one.recipient.partition("-x@")[0] for one in accepted] == list(TAKEN)
    # After a refusal Postfix would send the next mail under the return path of the one before.
    rows = dict(everything.ledger.look("SELECT s.address, d.id FROM deliveries d"
        " JOIN subscribers s ON s.id = d.subscriber"))  # fmt: skip
    for one in accepted:
        assert one.sender == f"bounce+{rows[one.recipient]}@news.test"


def test_a_reply_is_kept_without_the_address(everything: Run) -> None:
    for delivery in everything.ledger.deliveries().values():
        assert "@" not in delivery.reply


def test_the_issue_goes_on_where_something_is_queued(everything: Run) -> None:
    assert everything.code == 4
    assert everything.ledger.issue_state() is IssueState.SENDING
    counted = everything.ledger.count()
    assert sum(counted.values()) == len(ANSWERS)
    assert (everything.report["sent"], everything.report["unknown"]) == (1, counted[UNKNOWN])


def test_the_greylisted_get_it_later(server: ScriptedServer, tmp_path: Path) -> None:
    first = send(server, tmp_path, ["grey-1-a@a.test", "b@a.test"])
    too_soon = go_on(first.ledger, server)
    first.ledger.let_time_pass()
    second = go_on(first.ledger, server)

    assert [run.code for run in (first, too_soon, second)] == [4, 4, 0]
    assert server.recipients() == ["b@a.test", "grey-1-a@a.test"]
    assert second.ledger.issue_state() is IssueState.FINISHED


def test_a_domain_that_refuses_us_is_paused(server: ScriptedServer, tmp_path: Path) -> None:
    addresses = ["rcpt-550-5.7.1-a@bad.test", *(f"b{n}@bad.test" for n in range(9)), "c@good.test"]

    run = send(server, tmp_path, addresses)

    assert run.report["paused"] == ["bad.test"]
    assert run.report["stopped"] == ""
    assert "c@good.test" in server.recipients()
    # The next envelope may have been on its way already.
    assert run.ledger.count()[QUEUED] >= 8
    assert all(one.not_before for one in run.ledger.deliveries().values() if one.state is QUEUED)


def test_five_such_domains_stop_the_run(server: ScriptedServer, tmp_path: Path) -> None:
    bad = [f"rcpt-550-5.7.1-a@bad{number}.test" for number in range(5)]

    run = send(server, tmp_path, [*bad, *(f"b{n}@good{n}.test" for n in range(40))])

    assert run.report["stopped"] == "refused"
    assert run.ledger.count()[FAILED] == 5
    assert len(server.recipients()) <= 1
    assert run.ledger.count()[QUEUED] >= 39


@pytest.mark.parametrize("code", ["550-5.1.7", "550-5.1.8"])
def test_a_refused_sender_stops_the_run(server: ScriptedServer, tmp_path: Path, code: str) -> None:
    run = send(server, tmp_path, [f"rcpt-{code}-a@a.test", "b@b.test", "c@c.test", "d@d.test"])

    assert run.report["stopped"] == "refused"
    assert run.code == 4
    states = run.ledger.deliveries()
    assert (states[f"rcpt-{code}-a@a.test"].state, states[f"rcpt-{code}-a@a.test"].attempts) == (
        QUEUED,
        0,
    )
    assert run.ledger.count()[FAILED] == 0
    assert len(server.recipients()) <= 1


@pytest.mark.parametrize(
    ("options", "stopped"),
    [
        (("--mail", "550 5.1.8 bad sender"), "refused"),
        (("--mail", "550 5.7.1 not you"), "refused"),
        (("--greeting", "554 5.7.1 go away"), "refused"),
        (("--greeting", "421 4.3.2 not now"), "unreachable"),
        (("--auth", "me:secret"), "refused"),
        (("--mail", "451 4.3.0 not now"), "trouble"),
    ],
    ids=["sender", "policy", "greeting", "busy", "login", "later"],
)
def test_a_server_that_takes_nothing_costs_nobody_the_mail(
    tmp_path: Path, options: Sequence[str], stopped: str
) -> None:
    with run_scripted_server(tmp_path / "server", *options) as server:
        run = send(server, tmp_path, [f"a{number}@a.test" for number in range(60)])

        assert run.report["stopped"] == stopped
        assert run.ledger.count() == {QUEUED: 60}
        assert server.recipients() == []


def test_a_server_that_asks_for_a_body_nevertheless_gets_no_dot(tmp_path: Path) -> None:
    with run_scripted_server(tmp_path / "server", "--loose") as server:
        run = send(server, tmp_path, ["rcpt-550-5.1.1-a@a.test", "b@a.test"])

        assert server.recipients() == ["b@a.test"]
        assert run.stands("rcpt-550-5.1.1-a").state is FAILED


def test_a_name_beyond_ascii_needs_a_server_that_offers_it(tmp_path: Path) -> None:
    with run_scripted_server(tmp_path / "server", "--without", "SMTPUTF8") as server:
        run = send(server, tmp_path, ["张三@a.test", "b@a.test"])

        assert server.recipients() == ["b@a.test"]
        found = run.ledger.deliveries()["张三@a.test"]
        assert found.state is FAILED
        assert "SMTPUTF8" in found.reply


def test_a_connection_lost_within_the_message_loses_nobody(
    server: ScriptedServer, tmp_path: Path
) -> None:
    # Larger than what the system takes without somebody who reads.
    run = send(server, tmp_path, ["drop-data-a@a.test", "b@a.test"], "--size", "20000000")

    assert run.stands("drop-data-a").state is QUEUED
    assert server.recipients() == ["b@a.test"]


def test_a_server_that_closes_often_is_no_trouble(tmp_path: Path) -> None:
    with run_scripted_server(tmp_path / "server", "--messages", "3") as server:
        addresses = [f"a{number}@a.test" for number in range(20)]
        run = send(server, tmp_path, addresses)
        for _ in range(10):
            if run.code == 0:
                break
            run.ledger.let_time_pass()
            run = go_on(run.ledger, server)

        assert sorted(server.recipients()) == sorted(addresses)
        assert run.code == 0


def test_a_dead_server_is_told_from_a_bad_one(tmp_path: Path) -> None:
    with run_scripted_server(tmp_path / "server") as server:
        pass

    run = send(server, tmp_path, ["a@a.test"])

    assert run.report["stopped"] == "unreachable"
    assert run.ledger.count() == {QUEUED: 1}
