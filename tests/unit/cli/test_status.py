"""What ``status`` tells of jobs and of what is due."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub.cli.inspect import _describe, _write_failed_jobs
from feedpub.cli.issue import write_newsletter
from feedpub.mailing.results import NewsletterStatus
from feedpub.model import FailedJob, Frequency, SiteStatus
from feedpub.model.vitals import JobCount

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def make_status(**changes: object) -> SiteStatus:
    return SiteStatus(NOON, 1, 1, False, 0, (), (), "feedpub serve", **changes)  # type: ignore[arg-type]


def test_the_length_of_the_queue_is_told() -> None:
    jobs = (JobCount("deliver", "running", 2), JobCount("deliver", "waiting", 1998))

    assert ("jobs", "deliver 2 running, deliver 1,998 waiting") in _describe(make_status(jobs=jobs))


def test_one_category_is_no_plural() -> None:
    assert ("articles", "1 in 1 category") in _describe(make_status())


def test_nothing_is_told_of_an_empty_queue() -> None:
    assert [label for label, _ in _describe(make_status())] == ["last build", "articles"]


def test_what_went_wrong_with_a_worker_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    failed = FailedJob("deliver issue=weekly/1", NOON, 3, NOON.replace(hour=13), "no answer")

    _write_failed_jobs(make_status(failed_jobs=(failed,)))

    assert capsys.readouterr().out == (
        "job failed   deliver issue=weekly/1: no answer (3 attempts since 2026-11-27 12:00 UTC;"
        " tried again from 2026-11-27 13:00 UTC)\n"
    )


def test_an_issue_that_is_overdue_is_told_from_one_that_is_to_come(
    capsys: pytest.CaptureFixture[str],
) -> None:
    due = {Frequency.WEEKLY: NOON.replace(year=2000), Frequency.MONTHLY: NOON.replace(year=2999)}

    write_newsletter(NewsletterStatus((), due, {}, rehearsal=False))

    _, weekly, monthly = capsys.readouterr().out.splitlines()
    assert weekly.startswith("weekly       due since Mon 2000-11-27 ")
    assert weekly.endswith(": the next send makes it")
    assert monthly.startswith("monthly      next Wed 2999-11-27 ")
