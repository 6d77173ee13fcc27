"""Where issues stand, for a person to look at."""

from collections.abc import Sequence
from datetime import datetime

from feedpub.mailing.results import IssueStatus, NewsletterStatus, SenderStatus
from feedpub.mailing.schedule import NotDue, find_due
from feedpub.mailing.sending import suggest_command
from feedpub.mailing.setup import MailSetup
from feedpub.model import Frequency, Issue
from feedpub.model.instants import to_instant
from feedpub.ports.mailing import Ledger
from feedpub.publishing.setup import open_transaction

_LAST = 5


def look_at_newsletter(setup: MailSetup) -> NewsletterStatus:
    """Return the last issues, when the next ones are due, and how many subscribers there are."""
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        people: dict[str, int] = catalog.issues.people()
        last = {one.frequency: catalog.issues.last(one.frequency) for one in setup.schedules}
    return NewsletterStatus(
        tuple(list_issues(setup, _LAST)), _list_due(setup, last), people, setup.mailer is None
    )


def _list_due(setup: MailSetup, last: dict[Frequency, Issue | None]) -> dict[Frequency, datetime]:
    now, zone = setup.clock(), setup.site.site.zone
    due = {}
    for schedule in setup.schedules:
        found = find_due(schedule, zone, now, last=last[schedule.frequency])
        due[schedule.frequency] = found.next if isinstance(found, NotDue) else found.scheduled
    return due


def list_issues(setup: MailSetup, limit: int | None) -> list[IssueStatus]:
    """Return the last issues with their sums, newest first; all without a limit."""
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        found: Sequence[Issue] = catalog.issues.recent(limit)
    with setup.open_ledger() as ledger:
        return [describe_issue(ledger, issue) for issue in found]


def describe_issue(ledger: Ledger, issue: Issue) -> IssueStatus:
    """Return an issue with its sums, and what to type next."""
    counts = ledger.counts(issue.id)
    retry = ledger.next_due(issue.id)
    senders = (
        SenderStatus(one.host, one.pid, to_instant(one.progressed), one.shared)
        for one in ledger.senders(issue.id)
    )
    return IssueStatus(
        issue,
        counts,
        senders=tuple(sorted(senders, key=lambda one: (one.host, one.pid, one.progressed))),
        retry_at=to_instant(retry) if retry else None,
        next_command=suggest_command(issue, counts),
    )
