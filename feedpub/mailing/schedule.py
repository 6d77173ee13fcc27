"""When issues are due, and what each of them covers. Pure: every instant is given and aware."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from feedpub.model import Frequency, Issue, IssueState, Schedule

EARLY = timedelta(minutes=30)
"""A run this much before its time is meant for it: cron and the clock of the site may differ."""

PERIODS = {
    Frequency.DAILY: timedelta(days=1),
    Frequency.WEEKLY: timedelta(days=7),
    Frequency.MONTHLY: timedelta(days=31),
}

_SEARCHED_DAYS = 62  # two months hold two instants of any schedule
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """An issue that is to be made now.

    Attributes:
        key: Unique: its frequency and the local date of its schedule.
        frequency: Whose issue.
        starts: News from here on ...
        ends: ... and before this instant are in it.
        scheduled: When it was due, perhaps some minutes ahead.
        missed: Earlier instants that nothing was sent at, oldest first; their news are in it too.
    """

    key: str
    frequency: Frequency
    starts: datetime
    ends: datetime
    scheduled: datetime
    missed: tuple[datetime, ...] = ()

    def age(self, now: datetime) -> timedelta:
        """Return how long ago the first of its instants was."""
        return now - (*self.missed, self.scheduled)[0]

    def make_issue(self, now: datetime) -> Issue:
        """Return the issue as it is made now: not kept yet, and nothing known of its contents."""
        return Issue(
            id=0,
            key=self.key,
            frequency=self.frequency,
            starts=self.starts,
            ends=self.ends,
            scheduled=self.scheduled,
            state=IssueState.PREPARED,
            created=now,
        )


@dataclass(frozen=True, slots=True)
class NotDue:
    """Nothing is to be made now.

    Attributes:
        next: When the next issue is due.
    """

    next: datetime


def find_due(
    schedule: Schedule, zone: tzinfo, now: datetime, *, last: Issue | None
) -> Due | NotDue:
    """Return the issue that is due, or when the next one is.

    An issue covers what was first seen since the last one, whatever kept that one away, up to and
    including now: what this run has just read is in it. So no article can fall between two
    issues or stand in both.

    Args:
        schedule: Of one frequency.
        zone: Of the site; the schedule is by its wall clock.
        now: Of this run.
        last: The last issue of the frequency, sent or not; None if there was none.
    """
    latest = find_latest(schedule, zone, now + EARLY)
    if last is not None and latest <= last.scheduled:
        return NotDue(find_next(schedule, zone, max(last.scheduled, now)))
    before = find_latest(schedule, zone, latest - timedelta(seconds=1))
    missed: tuple[datetime, ...] = ()
    if last is not None:
        # What was due before the window begins was covered, or let go, by a restore perhaps.
        covered = max(last.scheduled, last.ends)
        missed = tuple(_list_between(schedule, zone, covered, latest))
    return Due(
        key=make_key(schedule.frequency, latest.astimezone(zone).date()),
        frequency=schedule.frequency,
        starts=before if last is None else last.ends,
        ends=max(end_of(now), before if last is None else last.ends),
        scheduled=latest,
        missed=missed,
    )


def make_due_now(
    schedule: Schedule, zone: tzinfo, now: datetime, *, last: Issue | None, number: int = 1
) -> Due:
    """Return an issue that somebody wants now, whatever the schedule says.

    Args:
        schedule: Of one frequency.
        zone: Of the site.
        now: Of this run.
        last: The last issue of the frequency.
        number: Of the issue among those of this day, from 1.
    """
    key = make_key(schedule.frequency, now.astimezone(zone).date())
    starts = now - PERIODS[schedule.frequency] if last is None else last.ends
    suffix = f"-{number}" if number > 1 else ""
    return Due(key + suffix, schedule.frequency, starts, max(end_of(now), starts), now)


def make_key(frequency: Frequency, day: date) -> str:
    """Return the name of an issue, such as ``weekly/2026-11-27``."""
    return f"{frequency}/{day:%Y-%m-%d}"


def end_of(now: datetime) -> datetime:
    """Return the first whole second after an instant: the half-open end that includes it."""
    return now.replace(microsecond=0) + timedelta(seconds=1)


def find_latest(schedule: Schedule, zone: tzinfo, moment: datetime) -> datetime:
    """Return the last scheduled instant at or before a moment, in UTC.

    Raises:
        ValueError: The schedule has no instants; settings let none such through.
    """
    day = moment.astimezone(zone).date() + _DAY
    for back in range(_SEARCHED_DAYS):
        instant = _instant(schedule, zone, day - back * _DAY)
        if instant is not None and instant <= moment:
            return instant
    raise ValueError(f"a schedule without instants: {schedule}")


def find_next(schedule: Schedule, zone: tzinfo, moment: datetime) -> datetime:
    """Return the first scheduled instant after a moment, in UTC.

    Raises:
        ValueError: The schedule has no instants; settings let none such through.
    """
    day = moment.astimezone(zone).date() - _DAY
    for ahead in range(_SEARCHED_DAYS):
        instant = _instant(schedule, zone, day + ahead * _DAY)
        if instant is not None and instant > moment:
            return instant
    raise ValueError(f"a schedule without instants: {schedule}")


def _list_between(
    schedule: Schedule, zone: tzinfo, after: datetime, before: datetime
) -> Iterator[datetime]:
    instant = find_next(schedule, zone, after)
    while instant < before:
        yield instant
        instant = find_next(schedule, zone, instant)


def _instant(schedule: Schedule, zone: tzinfo, day: date) -> datetime | None:
    """Return the instant of a schedule on a local day, None if it has none on that day.

    A time that the clocks skip in spring is as much later as they skip; of one that comes twice
    in autumn it is the first (PEP 495).
    """
    if schedule.weekday is not None and day.weekday() != schedule.weekday:
        return None
    if schedule.day is not None and day.day != schedule.day:
        return None
    local = datetime.combine(day, time(schedule.hour, schedule.minute), tzinfo=zone)
    return local.astimezone(UTC)
