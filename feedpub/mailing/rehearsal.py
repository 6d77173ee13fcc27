"""Sending without a mailer: the mails are written to files, and nobody is marked as mailed."""

from typing import TYPE_CHECKING

from feedpub.mailing.draft import Draft
from feedpub.mailing.preparing import decide, draft_issue
from feedpub.mailing.results import End, SendResult
from feedpub.mailing.schedule import NotDue
from feedpub.mailing.sending import Choices
from feedpub.mailing.setup import MailSetup
from feedpub.model import Frequency
from feedpub.ports import Progress
from feedpub.ports.newsletter import Member
from feedpub.publishing.setup import open_transaction

if TYPE_CHECKING:
    from feedpub.digest import FrozenDigest

MOST_FILES = 50
"""Mails that a rehearsal writes; more of them show nothing new."""

_NOBODY = Member(0, "reader@example.com", (), "", None)


def rehearse(
    setup: MailSetup, frequency: Frequency, choices: Choices, progress: Progress
) -> SendResult:
    """Write what would be mailed; the window stays where it is."""
    due = decide(setup, frequency, choices.timing)
    if isinstance(due, NotDue):
        return SendResult(frequency, End.NOT_DUE, next_due=due.next)
    draft = draft_issue(setup, due, choices.hand, progress)
    if draft.digest is None:
        return SendResult(frequency, End.NOTHING, due.key, reasons=("nothing new",))
    files = _write(setup, draft, draft.digest, choices.limit or MOST_FILES)
    return SendResult(
        frequency,
        End.REHEARSED,
        due.key,
        draft.articles,
        draft.recipients,
        reasons=(
            "no mailer is set up, so nobody was mailed; add [mail] to feedpub.toml for real ones",
        ),
        files=files,
    )


def _write(setup: MailSetup, draft: Draft, digest: "FrozenDigest", limit: int) -> tuple[str, ...]:
    due = draft.due
    composer = setup.make_composer(due.make_issue(setup.clock()))
    starts = int(due.starts.timestamp())
    with open_transaction(setup.site.open_store, read_only=True) as catalog:
        members = catalog.issues.members(setup.audience_of(due.frequency), limit) or [_NOBODY]
    files = []
    for number, member in enumerate(members, 1):
        language = member.language or setup.letterhead.languages[0]
        since = starts if member.since is None else member.since
        plan = digest.plan(member.choice, language, since)
        if plan is None:
            continue
        message = composer.compose(
            composer.compile(plan),
            delivery=number,
            subscriber=member.subscriber,
            address=member.address,
        )
        name = f"{due.key.replace('/', '-')}-{number:03}.eml"
        files.append(setup.outbox.put(name, message.data))
    return tuple(files)
