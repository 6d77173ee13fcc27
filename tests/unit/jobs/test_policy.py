"""Whether, and when, a job that went wrong is run again."""

import pytest

from feedpub.errors import (
    ArticleError,
    BusyError,
    ConfigError,
    CorruptStoreError,
    FeedpubError,
    FetchError,
    IssueHeldError,
    MailerError,
    MailerRefusedError,
    StoreError,
    StoreVersionError,
    TargetError,
)
from feedpub.jobs.policy import is_passing, judge, note_failure, wait_s
from feedpub.ports.jobs import End, Failure, Job, Verdict, make_shard_job, share_out

NOON = 1_700_000_000
SHARE_OF_ISSUE = Job("deliver", {"issue": "weekly/2026-11-27"})
BUILD = Job("build", key="build")


@pytest.mark.parametrize(
    "error",
    [
        BusyError("busy"), StoreError("full"), MailerError("no answer"), TargetError("full"),
        FetchError("no answer", url="https://example.org/"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_what_may_pass_is_tried_again(error: FeedpubError) -> None:
    assert is_passing(error)
    assert judge(SHARE_OF_ISSUE, error, 1, NOON) == Verdict(End.AGAIN, NOON + 30, str(error))


@pytest.mark.parametrize(
    "error",
    [
        ConfigError("no"), CorruptStoreError("no"), StoreVersionError("no"),
        MailerRefusedError("no"), IssueHeldError("no", key="weekly/1"),
        ArticleError("no", path="a.md"), ZeroDivisionError("no"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_what_a_person_has_to_mend_is_not(error: Exception) -> None:
    assert not is_passing(error)
    assert judge(SHARE_OF_ISSUE, error, 1, NOON).end == End.FAILED


def test_it_waits_twice_as_long_each_time_but_ten_minutes_at_most() -> None:
    waits = [wait_s(attempt) for attempt in range(1, 11)]

    assert waits == [30, 60, 120, 240, 480, 600, 600, 600, 600, 600]


def test_a_job_is_given_up_after_an_hour() -> None:
    busy = BusyError("busy")

    assert judge(SHARE_OF_ISSUE, busy, 9, NOON).end == End.AGAIN
    assert judge(SHARE_OF_ISSUE, busy, 10, NOON).end == End.FAILED
    assert sum(wait_s(attempt) for attempt in range(1, 10)) == 3330


def test_a_job_with_a_key_is_left_to_the_sweep() -> None:
    assert judge(BUILD, BusyError("busy"), 1, NOON) == Verdict(
        End.DONE, reason="busy", is_busy=True
    )
    assert judge(BUILD, StoreError("full"), 1, NOON) == Verdict(End.DONE, reason="full")


def test_that_another_run_is_at_it_is_no_failure() -> None:
    assert note_failure(BUILD, BusyError("busy"), None, NOON) is None


def test_a_failure_that_goes_on_keeps_when_it_began() -> None:
    first = note_failure(BUILD, ConfigError("no"), None, NOON)
    second = note_failure(BUILD, ConfigError("no"), first, NOON + 30)

    message = "feedpub.toml: no"
    assert first == Failure("build", "build", NOON, 1, NOON + 30, message)
    assert second == Failure("build", "build", NOON, 2, NOON + 30 + 60, message)


@pytest.mark.parametrize(
    ("recipients", "jobs"), [(0, 0), (1, 1), (500, 1), (501, 2), (50_000, 100)]
)
def test_an_issue_is_shared_out_by_five_hundred(recipients: int, jobs: int) -> None:
    assert share_out("weekly/2026-11-27", recipients) == [SHARE_OF_ISSUE] * jobs


def test_a_job_is_named_by_what_it_is_about() -> None:
    assert Job("x", {"b": 2, "a": "one"}).name == "x a=one b=2"


def test_a_shard_that_was_not_read_is_nothing_to_tell() -> None:
    """The build reads it, and a job for one of that number may never come again."""
    error = StoreError("the server is gone; start it")

    assert note_failure(make_shard_job(3), error, None, NOON) is None
    assert note_failure(Job("read", key="read"), error, None, NOON) is not None
