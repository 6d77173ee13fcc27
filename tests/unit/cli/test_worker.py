"""What ``worker`` makes of its options, and what it says of jobs."""

import json

import click
import pytest

from feedpub.cli.session import Session
from feedpub.cli.worker import _HostPort, _Output
from feedpub.errors import ConfigError
from feedpub.jobs.tally import Event
from feedpub.model import BuildReport, Problem
from feedpub.ports.jobs import End, Job, Verdict, make_shard_job
from feedpub.publishing.chores import READ
from feedpub.worker import check_queues

BUILD, PREPARE = Job("build", key="build"), Job("prepare", {"frequency": "weekly"})
ERROR, ODD = Problem("error", "a.md", "no 'date'"), Problem("warning", "b.md", "no title")
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
    output.tell(Event(make_shard_job(3), Verdict(End.DONE), 0.1))
    output.tell(Event(READ, Verdict(End.DONE), 0.5))
    output.tell(Event(Job("build", key="build"), Verdict(End.FAILED, reason="disk full"), 0.1))

    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(" ", 1)[1] for line in err.splitlines()] == [
        "deliver issue=weekly/周报 done in 2.0 s",
        "read done in 0.5 s",
        "build failed in 0.1 s: disk full",
    ]


def test_a_build_that_finds_another_one_at_work_is_nothing_to_tell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    busy = Event(BUILD, Verdict(End.DONE, reason="another run holds it", is_busy=True), 10.0)

    for session in (Session(), Session(verbosity=1), Session(json=True)):
        _Output(session).tell(busy)

    out, err = capsys.readouterr()
    assert err.split(" ", 1)[1] == "build done in 10.0 s: another run holds it\n"
    assert json.loads(out)["reason"] == "another run holds it"


def test_what_a_build_changed_is_told_as_the_command_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = _Output(Session())
    built = BuildReport(articles=9, new=3, deleted=1, written=12, removed=2, problems=(ERROR, ODD))

    for report in (built, BuildReport(articles=9), BuildReport(removed=1), BuildReport(written=1)):
        output.tell(Event(BUILD, Verdict(End.DONE, built=report), 0.5))
    output.tell(Event(PREPARE, Verdict(End.DONE, built=BuildReport(articles=9)), 0.5))

    said = capsys.readouterr().err
    assert [line.split(" ", 1)[1] for line in said.splitlines()] == [
        "build done in 0.5 s: 3 new, 1 deleted; 12 files written, 2 removed; 1 error",
        "build done in 0.5 s: nothing new; 0 files written, 1 removed",
        "build done in 0.5 s: nothing new; 1 file written",
        "prepare frequency=weekly done in 0.5 s",
    ]


def test_the_numbers_of_a_build_are_in_its_json(capsys: pytest.CaptureFixture[str]) -> None:
    built = BuildReport(articles=9, new=3, feeds=6, written=12, problems=(ERROR, ODD))

    _Output(Session(json=True)).tell(Event(BUILD, Verdict(End.DONE, built=built), 0.5))

    line = json.loads(capsys.readouterr().out)
    assert line["built"] == {
        "articles": 9, "new": 3, "updated": 0, "moved": 0, "deleted": 0, "duplicates": 0,
        "held": 0, "baseline": 0, "written": 12, "removed": 0, "feeds": 6,
        "pictures_pending": 0, "pictures_failed": 0, "errors": 1,
    }  # fmt: skip


def test_quiet_tells_of_no_job(capsys: pytest.CaptureFixture[str]) -> None:
    _Output(Session(quiet=True)).tell(Event(DELIVER, Verdict(End.DONE), 2.0))

    assert capsys.readouterr() == ("", "")
