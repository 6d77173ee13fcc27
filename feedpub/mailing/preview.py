"""The issue that would be next, as one mail: to look at, to test, to agree to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedpub.digest.plan import LONGEST, Slot
from feedpub.digest.plan import Plan as MailPlan
from feedpub.errors import IssueError, SubscriberError
from feedpub.mailing.draft import Draft, Hand
from feedpub.mailing.preparing import Timing, decide, draft_issue
from feedpub.mailing.results import Plan, Preview
from feedpub.mailing.schedule import NotDue
from feedpub.mailing.sending import Choices, load_digest
from feedpub.mailing.setup import MailSetup
from feedpub.messages.bodies import read_bodies
from feedpub.model import Choice, Frequency, Issue, IssueState, Message
from feedpub.ports import Progress
from feedpub.ports.newsletter import Member
from feedpub.publishing.setup import open_transaction
from feedpub.subscribers.addresses import mask_address

if TYPE_CHECKING:
    from feedpub.digest import FrozenDigest

_SAMPLE_ADDRESS = "reader@example.com"
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class TestMail:
    """A mail to one address that belongs to no subscriber.

    Attributes:
        message: For a mailer.
        preview: The same, to look at.
    """

    message: Message
    preview: Preview


def make_plan(
    setup: MailSetup, frequency: Frequency, choices: Choices, progress: Progress
) -> Plan | None:
    """Return what a send would do; None if there is nothing to do."""
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        open_issues = [one for one in catalog.issues.unfinished() if one.frequency == frequency]
    for issue in open_issues:
        digest = load_digest(setup, issue)
        return _describe(setup, issue.key, digest, frequency, issue.recipients, resumes=True)
    due = decide(setup, frequency, choices.timing)
    if isinstance(due, NotDue):
        return None
    draft = draft_issue(setup, due, choices.hand, progress)
    if draft.digest is None or not draft.recipients:
        return None
    return _describe(setup, due.key, draft.digest, frequency, draft.recipients)


def _describe(
    setup: MailSetup,
    key: str,
    digest: "FrozenDigest",
    frequency: Frequency,
    recipients: int,
    *,
    resumes: bool = False,
) -> Plan:
    plan = digest.plan((), setup.letterhead.languages[0], 0)
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        members = catalog.issues.members(setup.audience_of(frequency), _EXAMPLES)
    return Plan(
        frequency,
        key,
        plan.subject if plan else "",
        len(digest.articles),
        recipients,
        _measure(plan) if plan else 0,
        tuple(mask_address(member.address) for member in members),
        resumes,
    )


def _measure(plan: MailPlan) -> int:
    return sum(
        sum(LONGEST[piece] if isinstance(piece, Slot) else len(piece) for piece in block)
        for block in plan.html
    )


def make_preview(
    setup: MailSetup,
    frequency: Frequency,
    *,
    subscriber: int | None,
    language: str,
    hand: Hand,
    progress: Progress,
) -> Preview:
    """Return the next issue as one mail; see ``Newsletter.preview``."""
    member = _find_member(setup, subscriber, language)
    mail = _make_mail(setup, _draft_something(setup, frequency, hand, progress), member)
    return mail.preview


def make_test_mail(
    setup: MailSetup, frequency: Frequency, address: str, hand: Hand, progress: Progress
) -> TestMail:
    """Return the next issue as a mail to an address whose links belong to nobody."""
    member = Member(0, address, (), "", None)
    return _make_mail(setup, _draft_something(setup, frequency, hand, progress), member)


def _draft_something(
    setup: MailSetup, frequency: Frequency, hand: Hand, progress: Progress
) -> Draft:
    """Return the issue that would be made now; without news, one of the newest articles."""
    due = decide(setup, frequency, Timing(now=True))
    if isinstance(due, NotDue):  # never, of an issue that is wanted now
        raise IssueError("the issue is not due")
    draft = draft_issue(setup, due, hand, progress, stand_in=True)
    if draft.digest is None:
        raise IssueError("there is no article to show yet; write one, then type: feedpub build")
    return draft


def _find_member(setup: MailSetup, subscriber: int | None, language: str) -> Member:
    if subscriber is None:
        return Member(0, _SAMPLE_ADDRESS, (), language, None)
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        member: Member | None = catalog.issues.member(subscriber)
    if member is None:
        raise SubscriberError(f"{subscriber}: no such subscriber; see 'feedpub subscribers list'")
    return member._replace(language=language) if language else member


def _make_mail(setup: MailSetup, draft: Draft, member: Member) -> TestMail:
    if draft.digest is None:  # never, of a draft with something to show
        raise IssueError("there is nothing to show")
    since = member.since if member.since is not None else 0
    plan = _plan(setup, draft.digest, member.choice, member.language, since)
    due = draft.due
    issue = Issue(
        0, due.key, due.frequency, due.starts, due.ends, due.scheduled, IssueState.PREPARED,
        created=setup.clock(),
    )  # fmt: skip
    composer = setup.make_composer(issue)
    message = composer.compose(
        composer.compile(plan), delivery=0, subscriber=member.subscriber, address=member.address
    )
    return TestMail(message, _show(due.key, plan, message))


def _plan(
    setup: MailSetup, digest: "FrozenDigest", choice: Choice, language: str, since: int
) -> MailPlan:
    language = language or setup.letterhead.languages[0]
    plan = digest.plan(choice, language, since) or digest.plan((), language, 0)
    if plan is None:
        raise IssueError("there is nothing to show in what is chosen; choose something else")
    return plan


def _show(key: str, plan: MailPlan, message: Message) -> Preview:
    bodies = read_bodies(message.data)
    html, text = (
        bodies.get(kind, "").replace("\r\n", "\n") for kind in ("text/html", "text/plain")
    )
    return Preview(key, plan.subject, html, text, message.data, len(plan.articles))
