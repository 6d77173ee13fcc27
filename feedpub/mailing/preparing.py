"""When an issue may be made, and how it is frozen: articles, cards and recipients at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from feedpub.errors import ConfigError, IssueError, IssueHeldError
from feedpub.mailing.draft import INTRO_NOTE, Draft, Hand, make_draft
from feedpub.mailing.schedule import Due, NotDue, find_due, make_due_now
from feedpub.mailing.setup import MailSetup
from feedpub.model import Frequency, Issue, IssueState, Schedule
from feedpub.ports import Progress
from feedpub.ports.jobs import Job, share_out
from feedpub.publishing.build import RESTORED
from feedpub.publishing.setup import open_transaction
from feedpub.publishing.store import Catalog

_CLOCK = "clock"
"""Note of the catalog: what first sights were last dated with."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What was said about the time of an issue.

    Attributes:
        now: Make one now, whatever the schedule says.
        catch_up: Mail what was missed, however old it is.
        skip_missed: Let what was missed before the last period go unmailed.
    """

    now: bool = False
    catch_up: bool = False
    skip_missed: bool = False


BY_SCHEDULE = Timing()
"""Nothing was said: an issue is made when it is due."""


def decide(setup: MailSetup, frequency: Frequency, timing: Timing) -> Due | NotDue:
    """Return the issue that is to be made now, or when the next one is due.

    Raises:
        ConfigError: The frequency is not scheduled.
        IssueHeldError: Something was missed so long ago that a person has to decide.
    """
    if timing.now:
        return decide_now(setup, frequency)
    schedule, now = _find_schedule(setup, frequency), setup.clock()
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        last = catalog.issues.last(frequency)
        clock = _read_clock(catalog)
    found = find_due(schedule, setup.site.site.zone, now, last=last)
    if isinstance(found, NotDue):
        return found
    found = _include(found, clock)
    if not found.missed or timing.catch_up or found.age(now) <= setup.max_age(frequency):
        return found
    if timing.skip_missed:
        return _skip_missed(found)
    raise IssueHeldError(
        f"{found.key}: nothing was sent since {found.missed[0]:%Y-%m-%d}, and"
        f" {len(found.missed)} issues were missed; mail all of it with --catch-up, or let what is"
        " older than the last period go with --skip-missed",
        key=found.key,
    )


def decide_now(setup: MailSetup, frequency: Frequency) -> Due:
    """Return an issue that is wanted now, whether or not one is due.

    Raises:
        ConfigError: The frequency is not scheduled.
    """
    schedule, now = _find_schedule(setup, frequency), setup.clock()
    zone = setup.site.site.zone
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        last = catalog.issues.last(frequency)
        for number in count(1):
            due = make_due_now(schedule, zone, now, last=last, number=number)
            if catalog.issues.get(due.key) is None:
                break
        return _include(due, _read_clock(catalog))


def _find_schedule(setup: MailSetup, frequency: Frequency) -> Schedule:
    for schedule in setup.schedules:
        if schedule.frequency == frequency:
            return schedule
    raise ConfigError(
        f"there is no {frequency} newsletter; add a line such as"
        f" {frequency} = {_EXAMPLES[frequency]} to [newsletter]",
        key=f"newsletter.{frequency}",
    )


def check_restored(setup: MailSetup) -> None:
    """Refuse to mail from a backup until a build has told apart what came since.

    Raises:
        IssueHeldError: The database was restored, and nothing was built since.
    """
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        is_restored = bool(catalog.shelves.meta().get(RESTORED))
    if is_restored:
        raise IssueHeldError(
            "the database was restored from a backup, and which articles came since is not known"
            " yet; type: feedpub build",
            key="",
        )


_EXAMPLES = {
    Frequency.DAILY: '"07:30"',
    Frequency.WEEKLY: '"Fri 09:00"',
    Frequency.MONTHLY: '"1 09:00"',
}


def _include(due: Due, clock: int) -> Due:
    """End an issue behind everything that the catalog has seen, though the clock went back."""
    ends = max(due.ends, datetime.fromtimestamp(clock + 1, due.ends.tzinfo))
    return replace(due, ends=ends)


def _skip_missed(due: Due) -> Due:
    return replace(due, starts=max(due.starts, due.missed[-1]), missed=())


def _read_clock(catalog: Catalog) -> int:
    return int(catalog.shelves.meta().get(_CLOCK, "0"))


def draft_issue(
    setup: MailSetup, due: Due, hand: Hand, progress: Progress, *, stand_in: bool = False
) -> Draft:
    """Return what the issue would be; the site is held meanwhile, so that no news come in."""
    with setup.site.lock():
        return make_draft(setup, due, hand, progress, stand_in=stand_in)


def prepare_issue(
    setup: MailSetup,
    due: Due,
    hand: Hand,
    progress: Progress,
    *,
    approve: Callable[[Draft], None] | None = None,
    share: bool = False,
) -> tuple[Issue, Draft]:
    """Freeze an issue, in one transaction, if nobody made it meanwhile.

    One without news or without recipients is noted, too, so that its window is done with.

    Args:
        setup: Of the newsletter.
        due: Its window and key.
        hand: What the editor wants.
        progress: Is told how far it is.
        approve: Is shown the draft if there is something to mail; what it raises leaves nothing.
        share: Whether workers begin to send it at once, by jobs of the same transaction.

    Raises:
        IssueError: It exists.
    """
    with setup.site.lock():
        draft = make_draft(setup, due, hand, progress)
        if approve is not None and draft.digest is not None and draft.recipients:
            approve(draft)
        with open_transaction(setup.site.open_store) as catalog:
            issue = _freeze(setup, catalog, draft, on_the_way=share)
            if share:
                catalog.jobs.defer(share_out(issue.key, issue.recipients))
            # Whatever kept it back before.
            catalog.agenda.forgive(make_prepare_job(due.frequency).name)
            return issue, draft


def make_prepare_job(frequency: Frequency) -> Job:
    """Return the job that makes the issue of a frequency that is due."""
    return Job("prepare", {"frequency": str(frequency)}, key=f"prepare:{frequency}")


def _freeze(setup: MailSetup, catalog: Catalog, draft: Draft, *, on_the_way: bool) -> Issue:
    due, now = draft.due, setup.clock()
    if catalog.issues.get(due.key) is not None:
        raise IssueError(f"{due.key}: the issue exists; look at it with 'feedpub issue show'")
    is_empty = draft.digest is None or draft.recipients == 0
    waiting = IssueState.SENDING if on_the_way else IssueState.PREPARED
    issue = replace(
        due.make_issue(now),
        state=IssueState.EMPTY if is_empty else waiting,
        subject=draft.subject,
        articles=draft.articles,
        finished=now if is_empty else None,
        note="" if not is_empty else _explain_empty(draft),
    )
    content = b"" if draft.digest is None or is_empty else draft.digest.to_bytes()
    row = catalog.issues.add(issue, content)
    issue = _number(issue, row)
    audience = setup.audience_of(due.frequency)
    recipients = catalog.issues.enrol(issue, draft.selections, audience)
    notes = {_CLOCK: str(max(_read_clock(catalog), int(due.ends.timestamp()) - 1))}
    if draft.intro.digest and not is_empty:
        notes[INTRO_NOTE] = draft.intro.digest
    catalog.shelves.set_meta(notes)
    return _number(issue, row, recipients)


def _number(issue: Issue, row: int, recipients: int = 0) -> Issue:
    return replace(issue, id=row, recipients=recipients)


def _explain_empty(draft: Draft) -> str:
    if draft.digest is None:
        return "nothing new"
    return "nobody to mail" if not draft.groups else "nothing new for anybody"
