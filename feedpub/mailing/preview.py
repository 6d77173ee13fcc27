"""The issue that would be next, as one mail: to look at, to test, to agree to."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from feedpub.digest.plan import LONGEST, Slot
from feedpub.digest.plan import Plan as MailPlan
from feedpub.errors import IssueError, SubscriberError
from feedpub.mailing.draft import Hand
from feedpub.mailing.preparing import decide, decide_now, draft_issue
from feedpub.mailing.results import Plan, Preview
from feedpub.mailing.schedule import NotDue
from feedpub.mailing.sending import Choices, load_digest
from feedpub.mailing.setup import MailSetup
from feedpub.messages.bodies import read_bodies
from feedpub.model import Choice, Frequency, Issue, Message
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
        return _describe(setup, issue, load_digest(setup, issue), resumes=True)
    due = decide(setup, frequency, choices.timing)
    if isinstance(due, NotDue):
        return None
    draft = draft_issue(setup, due, choices.hand, progress)
    if draft.digest is None or not draft.recipients:
        return None
    issue = replace(due.make_issue(setup.clock()), recipients=draft.recipients)
    return _describe(setup, issue, draft.digest)


def _describe(
    setup: MailSetup, issue: Issue, digest: "FrozenDigest", *, resumes: bool = False
) -> Plan:
    plan = _plan(setup, digest, (), "", int(issue.starts.timestamp()))
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        members = catalog.issues.members(setup.audience_of(issue.frequency), _EXAMPLES)
    return Plan(
        issue.frequency,
        issue.key,
        plan.subject,
        len(digest.articles),
        issue.recipients,
        _measure(plan),
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
    return _make_mail(setup, frequency, member, hand, progress).preview


def make_test_mail(
    setup: MailSetup, frequency: Frequency, address: str, hand: Hand, progress: Progress
) -> TestMail:
    """Return the next issue as a mail to an address whose links belong to nobody."""
    member = Member(0, address, (), "", None)
    return _make_mail(setup, frequency, member, hand, progress)


def _find_member(setup: MailSetup, subscriber: int | None, language: str) -> Member:
    if subscriber is None:
        return Member(0, _SAMPLE_ADDRESS, (), language, None)
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        member: Member | None = catalog.issues.member(subscriber)
    if member is None:
        raise SubscriberError(f"{subscriber}: no such subscriber; see 'feedpub subscribers list'")
    return member._replace(language=language) if language else member


def _make_mail(
    setup: MailSetup, frequency: Frequency, member: Member, hand: Hand, progress: Progress
) -> TestMail:
    """Return the issue that would be made now; without news, one of the newest articles."""
    due = decide_now(setup, frequency)
    digest = draft_issue(setup, due, hand, progress, stand_in=True).digest
    if digest is None:
        raise IssueError("there is no article to show yet; write one, then type: feedpub build")
    since = member.since if member.since is not None else int(due.starts.timestamp())
    plan = _plan(setup, digest, member.choice, member.language, since)
    composer = setup.make_composer(due.make_issue(setup.clock()))
    message = composer.compose(
        composer.compile(plan), delivery=0, subscriber=member.subscriber, address=member.address
    )
    return TestMail(message, _show(due.key, plan, message))


def _plan(
    setup: MailSetup, digest: "FrozenDigest", choice: Choice, language: str, since: int
) -> MailPlan:
    """Return what they would get; else of what they chose, else of all, what is no news."""
    language = language or setup.letterhead.languages[0]
    plan = (
        digest.plan(choice, language, since)
        or digest.plan(choice, language, 0)
        or digest.plan((), language, 0)
    )
    if plan is None:
        raise IssueError("there is nothing to show in what is chosen; choose something else")
    return plan


def _show(key: str, plan: MailPlan, message: Message) -> Preview:
    bodies = read_bodies(message.data)
    html, text = (
        bodies.get(kind, "").replace("\r\n", "\n") for kind in ("text/html", "text/plain")
    )
    return Preview(key, plan.subject, html, text, message.data, len(plan.articles))
