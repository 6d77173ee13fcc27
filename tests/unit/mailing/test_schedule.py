"""When issues are due, and that their windows meet without gap or overlap."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.mailing.schedule import (
    Due,
    NotDue,
    find_due,
    find_latest,
    find_next,
    make_due_now,
)
from feedpub.model import Frequency, Issue, IssueState, Schedule

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
WEEKLY = Schedule(Frequency.WEEKLY, 9, weekday=4)
DAILY = Schedule(Frequency.DAILY, 2, 30)
MONTHLY = Schedule(Frequency.MONTHLY, 9, day=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def issue_of(due: Due) -> Issue:
    return Issue(
        1, due.key, due.frequency, due.starts, due.ends, due.scheduled, IssueState.FINISHED
    )


def test_a_weekly_issue_is_due_at_its_hour_in_the_zone_of_the_site() -> None:
    due = find_due(WEEKLY, SHANGHAI, at("2026-11-27T09:00"), last=None)

    assert isinstance(due, Due)
    assert due.key == "weekly/2026-11-27"
    assert due.scheduled == datetime(2026, 11, 27, 1, tzinfo=UTC)


def test_the_first_issue_covers_one_period() -> None:
    due = find_due(WEEKLY, SHANGHAI, at("2026-11-27T09:00"), last=None)

    assert isinstance(due, Due)
    assert due.starts == at("2026-11-20T09:00")
    assert due.ends == at("2026-11-27T09:00:01")


def test_an_issue_begins_where_the_last_one_ended() -> None:
    first = find_due(WEEKLY, SHANGHAI, at("2026-11-27T09:00:07"), last=None)
    assert isinstance(first, Due)

    second = find_due(WEEKLY, SHANGHAI, at("2026-12-04T09:00:02"), last=issue_of(first))

    assert isinstance(second, Due)
    assert second.starts == first.ends == at("2026-11-27T09:00:08")
    assert second.missed == ()


def test_what_this_very_run_has_read_is_in_the_issue() -> None:
    late = at("2026-11-27T11:30:15")

    due = find_due(WEEKLY, SHANGHAI, late, last=None)

    assert isinstance(due, Due)
    assert due.ends > late


@pytest.mark.parametrize("minutes", [-29, -1, 0, 1, 600])
def test_a_run_somewhat_early_or_late_makes_the_issue_of_the_day_once(minutes: int) -> None:
    run = at("2026-11-27T09:00") + timedelta(minutes=minutes)
    due = find_due(WEEKLY, SHANGHAI, run, last=None)
    assert isinstance(due, Due)
    assert due.key == "weekly/2026-11-27"

    again = find_due(WEEKLY, SHANGHAI, run + timedelta(minutes=30), last=issue_of(due))

    assert again == NotDue(at("2026-12-04T09:00"))


def test_a_run_much_too_early_makes_nothing() -> None:
    last = issue_of(make_due(at("2026-11-20T09:00")))

    assert find_due(WEEKLY, SHANGHAI, at("2026-11-27T08:00"), last=last) == NotDue(
        at("2026-11-27T09:00")
    )


def make_due(now: datetime) -> Due:
    due = find_due(WEEKLY, SHANGHAI, now, last=None)
    assert isinstance(due, Due)
    return due


def test_missed_weeks_are_merged_into_one_issue() -> None:
    last = issue_of(make_due(at("2026-11-06T09:00")))

    due = find_due(WEEKLY, SHANGHAI, at("2026-11-27T09:00"), last=last)

    assert isinstance(due, Due)
    assert due.starts == last.ends
    assert due.missed == (at("2026-11-13T09:00"), at("2026-11-20T09:00"))
    assert due.age(at("2026-11-27T09:00")) == timedelta(days=14)


def test_a_clock_that_went_back_makes_no_second_issue() -> None:
    last = issue_of(make_due(at("2026-11-27T09:00")))

    found = find_due(WEEKLY, SHANGHAI, at("2026-11-24T09:00"), last=last)

    assert found == NotDue(at("2026-12-04T09:00"))


def test_a_time_that_summer_time_skips_is_as_much_later() -> None:
    due = find_due(DAILY, BERLIN, at("2026-03-29T12:00", BERLIN), last=None)

    assert isinstance(due, Due)
    assert due.key == "daily/2026-03-29"
    assert due.scheduled == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert find_latest(DAILY, BERLIN, first) == first
    assert find_next(DAILY, BERLIN, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_the_key_of_a_week_over_the_year_end_is_its_own_day() -> None:
    keys = [
        make_due(at(day)).key
        for day in ("2026-12-25T09:00", "2027-01-01T09:00", "2027-01-08T09:00")
    ]

    assert keys == ["weekly/2026-12-25", "weekly/2027-01-01", "weekly/2027-01-08"]


def test_a_monthly_issue_covers_the_month_before() -> None:
    due = find_due(MONTHLY, SHANGHAI, at("2027-03-01T09:00"), last=None)

    assert isinstance(due, Due)
    assert due.starts == at("2027-02-01T09:00")


def test_an_issue_wanted_now_does_not_keep_the_next_one_away() -> None:
    last = issue_of(make_due(at("2026-11-20T09:00")))
    extra = make_due_now(WEEKLY, SHANGHAI, at("2026-11-25T15:00"), last=last)
    assert (extra.key, extra.starts) == ("weekly/2026-11-25", last.ends)

    due = find_due(WEEKLY, SHANGHAI, at("2026-11-27T09:00"), last=issue_of(extra))

    assert isinstance(due, Due)
    assert due.starts == extra.ends


def test_a_second_issue_on_one_day_has_a_key_of_its_own() -> None:
    now = at("2026-11-25T15:00")

    assert make_due_now(WEEKLY, SHANGHAI, now, last=None, number=2).key == "weekly/2026-11-25-2"


schedules = st.one_of(
    st.builds(Schedule, st.just(Frequency.DAILY), st.integers(0, 23), st.integers(0, 59)),
    st.builds(
        Schedule,
        st.just(Frequency.WEEKLY),
        st.integers(0, 23),
        st.integers(0, 59),
        weekday=st.integers(0, 6),
    ),
    st.builds(
        Schedule,
        st.just(Frequency.MONTHLY),
        st.integers(0, 23),
        st.integers(0, 59),
        day=st.integers(1, 28),
    ),
)
zones = st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("Pacific/Apia"), ZoneInfo("America/New_York")])


@given(
    schedules,
    zones,
    st.lists(st.integers(-3 * 86_400, 20 * 86_400), min_size=1, max_size=30),
)
def test_whatever_the_clock_does_windows_meet_and_keys_differ(
    schedule: Schedule, zone: ZoneInfo, steps: list[int]
) -> None:
    now, issues = datetime(2026, 3, 1, tzinfo=UTC), []
    for step in steps:
        now += timedelta(seconds=step)
        found = find_due(schedule, zone, now, last=issues[-1] if issues else None)
        if isinstance(found, Due):
            issues.append(issue_of(found))
        else:
            assert found.next > now

    assert all(a.ends == b.starts and a.starts < a.ends for a, b in pairwise(issues))
    assert len({issue.key for issue in issues}) == len(issues)


@given(schedules, zones, st.integers(0, 400 * 86_400))
def test_the_instant_after_the_latest_is_the_next(
    schedule: Schedule, zone: ZoneInfo, seconds: int
) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)

    latest, following = find_latest(schedule, zone, moment), find_next(schedule, zone, moment)

    assert latest <= moment < following
    assert find_next(schedule, zone, latest) == following
    assert find_latest(schedule, zone, following) == following
