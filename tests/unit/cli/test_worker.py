"""What ``worker`` makes of its options, and what it says of jobs."""

import json

import click
import pytest

from feedpub.cli.session import Session
from feedpub.cli.worker import _HostPort, _Output
from feedpub.errors import ConfigError
from feedpub.jobs.tally import Event
from feedpub.ports.jobs import End, Job, Verdict
from feedpub.worker import check_queues

DELIVER = Job("deliver", {"issue": "weekly/周报"})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9100", ("127.0.0.1", 9100)),
        ("[::1]:0", ("::1", 0)),
        (":9100", ("127.0.0.1", 9100)),
    ],
)
def test_an_address_is_host_and_port(text: str, address: tuple[str, int]) -> None:
    assert _HostPort().convert(text, None, None) == address


@pytest.mark.parametrize("text", ["9100", "localhost", "localhost:http", "localhost:65536"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not HOST:PORT, such as"):
        _HostPort().convert(text, None, None)


def test_queues_are_those_of_the_tasks() -> None:
    assert check_queues(["build", "deliver"]) == ("build", "deliver")
    with pytest.raises(ConfigError, match="there is no queue 'mail'; there are read, build"):
        check_queues(["build", "mail"])


def test_a_job_is_a_line_of_json_where_that_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = Verdict(End.AGAIN, 1_700_000_000, "no answer")

    _Output(Session(json=True)).tell(Event(DELIVER, verdict, 1.23456))

    line = json.loads(capsys.readouterr().out)
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "job", "task": "deliver", "arguments": {"issue": "weekly/周报"}, "end": "again",
        "seconds": 1.235, "retry_at": 1_700_000_000, "reason": "no answer",
    }  # fmt: skip


def test_a_job_is_told_to_people_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    output = _Output(Session())

    output.tell(Event(DELIVER, Verdict(End.DONE), 2.0))
    output.tell(Event(Job("sweep", key="sweep"), Verdict(End.DONE), 0.1))
    output.tell(Event(Job("build", key="build"), Verdict(End.FAILED, reason="disk full"), 0.1))

    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(" ", 1)[1] for line in err.splitlines()] == [
        "deliver issue=weekly/周报 done in 2.0 s",
        "build failed in 0.1 s: disk full",
    ]


def test_quiet_tells_of_no_job(capsys: pytest.CaptureFixture[str]) -> None:
    _Output(Session(quiet=True)).tell(Event(DELIVER, Verdict(End.DONE), 2.0))

    assert capsys.readouterr() == ("", "")
