"""When the operator changes the schedules, nobody misses an article or gets one twice by it."""

import json
from datetime import timedelta

from feedpub.mailing.schedule import EARLY, find_latest
from feedpub.mailing.setup import MailSetup
from feedpub.model import Frequency, Issue, IssueState, Schedule
from feedpub.publishing.setup import open_transaction
from feedpub.publishing.store import Catalog

_NOTE = "newsletter"
"""Note of the site: the schedules and the default that the last issue was made under."""


def follow_settings(setup: MailSetup) -> None:
    """Let those whose frequency changed by the settings go on where their last issue ended.

    That is so for those who chose none when there is another default, and for those who chose one
    that was not scheduled: they got the issues of the default.
    """
    now = _describe(setup)
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        before = json.loads(catalog.shelves.meta().get(_NOTE, "null"))
    if before == now:
        return
    with open_transaction(setup.site.open_store) as catalog:
        if before is not None:
            _move(setup, catalog, before)
        catalog.shelves.set_meta({_NOTE: json.dumps(now)})


def _describe(setup: MailSetup) -> dict[str, object]:
    scheduled = sorted(schedule.frequency.value for schedule in setup.schedules)
    return {"default": setup.default.value, "scheduled": scheduled}


def _move(setup: MailSetup, catalog: Catalog, before: dict[str, object]) -> None:
    default = Frequency(str(before["default"]))
    scheduled = [Frequency(name) for name in before["scheduled"]]  # type: ignore[attr-defined] # ours
    last = catalog.issues.last(default)
    if last is None:
        return
    fresh = [one.frequency for one in setup.schedules if one.frequency not in scheduled]
    moved: list[Frequency | None] = list(fresh)
    if default != setup.default:
        moved += [None, *(one for one in Frequency if one not in {*scheduled, *fresh})]
    catalog.issues.go_on_from(moved, int(last.ends.timestamp()))
    for schedule in setup.schedules:
        if schedule.frequency in fresh:
            _close(setup, catalog, schedule, last)


def _close(setup: MailSetup, catalog: Catalog, schedule: Schedule, last: Issue) -> None:
    """Note that what came before was mailed by another frequency: it was not missed."""
    frequency, now = schedule.frequency, setup.clock()
    own = catalog.issues.last(frequency)
    if own is not None and own.ends >= last.ends:
        return
    # What was due last still is, unless that issue covered it.
    latest = find_latest(schedule, setup.site.site.zone, now + EARLY)
    scheduled = latest if latest <= last.ends else latest - timedelta(seconds=1)
    catalog.issues.add(
        Issue(
            id=0,
            key=f"{frequency}/begins-{now:%Y-%m-%dT%H%M%S}",
            frequency=frequency,
            starts=last.ends,
            ends=last.ends,
            scheduled=scheduled,
            state=IssueState.EMPTY,
            created=now,
            finished=now,
            note=f"scheduled anew: what came before was mailed as {last.frequency}",
        ),
        b"",
    )
