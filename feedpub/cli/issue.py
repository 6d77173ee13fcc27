"""``feedpub issue``: look at issues, and the editor's hand on them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.newsletter import FREQUENCY, make_hand, show_time
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import printable, say, write, write_json, write_table
from feedpub.cli.progress import show_progress
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count
from feedpub.model import DeliveryState, Frequency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedpub.mailing.results import IssueStatus, NewsletterStatus, SenderStatus
    from feedpub.newsletter import Newsletter

_STATES = {state.name.lower(): state for state in DeliveryState}
_DECIDED = {"unknown", "failed"}
"""States in which a person decides what is to become of somebody."""


def open_newsletter(session: Session) -> "Newsletter":
    """Return the API of the site's newsletter."""
    newsletter: Newsletter = session.wiring.open_newsletter(load_settings(session))
    return newsletter


@click.group()
def issue() -> None:
    """Show, prepare, stop or drop issues of the newsletter."""


@issue.command("list", cls=SiteCommand)
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most."
)
@pass_session
def list_issues(session: Session, limit: int) -> None:
    """Show the last issues and where their recipients stand."""
    found = open_newsletter(session).issues(limit)
    if session.json:
        write_json(found)
        return
    if not found:
        say("there is no issue yet; see: feedpub preview")
        return
    _write_issues(found)


def write_newsletter(status: "NewsletterStatus") -> None:
    """Write what ``feedpub status`` says of the newsletter."""
    people = ", ".join(f"{number:,} {state}" for state, number in status.subscribers.items())
    write(f"{'subscribers':<12} {people or 'nobody yet'}")
    for frequency, due in status.next_due.items():
        write(f"{frequency:<12} {_describe_due(due)}")
    if status.rehearsal:
        write(f"{'mail':<12} none is set up: sending is a rehearsal")
    if status.issues:
        _write_issues(status.issues)
    for one in status.issues:
        for sender in one.senders:
            write(f"{one.issue.key}: sent by {_describe_sender(sender)}")
        if one.next_command:
            write(f"{one.issue.key}: {one.next_command}")


def _describe_due(due: datetime) -> str:
    if due <= datetime.now(UTC):
        return f"due since {show_time(due)}: the next send makes it"
    return f"next {show_time(due)}"


def _describe_sender(sender: "SenderStatus") -> str:
    return f"{sender.host}, process {sender.pid}, progress {show_time(sender.progressed)}"


def _write_issues(found: "Sequence[IssueStatus]") -> None:
    write_table(
        ("issue", "state", "articles", "recipients", "where they stand"),
        [
            (
                one.issue.key,
                one.issue.state.name.lower(),
                one.issue.articles,
                one.issue.recipients,
                describe_counts(one.counts) if one.counts else one.issue.note,
            )
            for one in found
        ],
    )


@issue.command(cls=SiteCommand)
@click.argument("key")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(list(_STATES)),
    help="List the recipients in this state; may be given several times.",
)
@pass_session
def show(session: Session, key: str, states: tuple[str, ...]) -> None:
    """Show an issue: articles, sums and, if asked, recipients."""
    newsletter = open_newsletter(session)
    status, articles = newsletter.show(key)
    rows = newsletter.recipients(key, [_STATES[name] for name in states]) if states else []
    if session.json:
        write_json({"status": status, "articles": articles, "recipients": rows})
        return
    _write_status(status)
    write_table(
        ("article", "title", ""),
        [(one.id, printable(one.title), "hidden" if one.hidden else "") for one in articles],
    )
    if rows:
        write_table(
            ("row", "address", "state", "attempts", "answer"),
            [
                (
                    row.delivery,
                    printable(row.address),
                    row.state.name.lower(),
                    row.attempts,
                    printable(_join_answer(row.code, row.reply)),
                )
                for row in rows
            ],
        )
    undecided = sorted(_DECIDED & {row.state.name.lower() for row in rows})
    for name in undecided:
        write(
            f"send again: feedpub issue resend {key} --state {name}  (with --skip: leave them out)"
        )
    if status.next_command and not undecided:
        write(f"next: {status.next_command}")


def _join_answer(code: str, reply: str) -> str:
    """Return a server's answer; its text mostly begins with the second half of the code."""
    basic, _, enhanced = code.partition(" ")
    return " ".join(filter(None, (basic, enhanced, reply.removeprefix(enhanced).strip())))


def _write_status(status: "IssueStatus") -> None:
    issue = status.issue
    lines = [
        ("issue", f"{issue.key}  {issue.state.name.lower()}  {printable(issue.note)}".rstrip()),
        ("news", f"{show_time(issue.starts)} to {show_time(issue.ends)}"),
        ("recipients", f"{issue.recipients:,}: {describe_counts(status.counts)}"),
    ]
    lines += [("sent by", _describe_sender(sender)) for sender in status.senders]
    if status.retry_at:
        lines.append(("tried again", show_time(status.retry_at)))
    for label, value in lines:
        write(f"{label:<12} {value}")


@issue.command(cls=SiteCommand)
@click.argument("frequency", type=FREQUENCY)
@click.option("--now", is_flag=True, help="Make it now, whatever the schedule says.")
@click.option("--subject", metavar="TEXT", help="Subject of the mails.")
@click.option("--lead", metavar="ARTICLE", help="The article that comes first.")
@click.option("--exclude", metavar="ARTICLE", multiple=True, help="Leave an article out.")
@pass_session
def prepare(session: Session, /, frequency: Frequency, now: bool, **options: Any) -> None:
    """Freeze the issue that is due, for `feedpub send` to deliver.

    What changes in articles or subscribers afterwards changes nothing in it, but for what is
    withdrawn by `feedpub hide` and those who unsubscribe.
    """
    from feedpub.newsletter import Timing

    newsletter = open_newsletter(session)
    with show_progress(session) as progress:
        made = newsletter.prepare(
            frequency, make_hand(newsletter, options), Timing(now=now), progress=progress
        )
    if session.json:
        write_json(made)
    if made is None:
        say(f"{frequency}: nothing is due; make one now with --now")
    elif not made.recipients:
        say(f"{made.key}: {made.note}; nobody is mailed")
    else:
        say(
            f"{made.key}: {count(made.articles, 'article')},"
            f" {count(made.recipients, 'recipient')}; now type: feedpub send {frequency}"
        )


@issue.command(cls=SiteCommand)
@click.argument("key")
@click.option("-y", "--yes", is_flag=True, help="Do it without asking.")
@pass_session
def drop(session: Session, key: str, yes: bool) -> None:
    """Never send an issue, or the rest of it.

    Its articles do not come in the next one; use it for an issue that must not go out.
    """
    if not yes:
        if not session.may_ask:
            raise click.UsageError("this cannot be undone; add --yes to do it")
        click.confirm(f"Never send {key}, or the rest of it?", abort=True, err=True)
    dropped = open_newsletter(session).drop(key)
    if session.json:
        write_json(dropped)
    say(f"{key}: dropped; nobody else gets it")


@issue.command(cls=SiteCommand)
@click.argument("key")
@click.option("--undo", is_flag=True, help="Let the next send go on with it.")
@pass_session
def stop(session: Session, key: str, undo: bool) -> None:
    """Send no more of an issue for now.

    A sender that is at work stops within seconds.
    """
    newsletter = open_newsletter(session)
    changed = newsletter.resume(key) if undo else newsletter.stop(key)
    if session.json:
        write_json(changed)
    if undo:
        say(f"{key}: goes on with: feedpub send {changed.frequency}")
    else:
        say(f"{key}: stopped; go on with: feedpub issue stop --undo {key}")


@issue.command(cls=SiteCommand)
@click.argument("key")
@click.option(
    "--state",
    "states",
    multiple=True,
    required=True,
    type=click.Choice(["unknown", "failed"]),
    help="Whom; may be given twice.",
)
@click.option(
    "--delivery",
    "deliveries",
    type=int,
    multiple=True,
    metavar="ROW",
    help="Only this row of `issue show --state`; may be given again.",
)
@click.option("--skip", is_flag=True, help="Leave them out for good instead.")
@pass_session
def resend(
    session: Session,
    key: str,
    states: tuple[str, ...],
    deliveries: tuple[int, ...],
    skip: bool,
) -> None:
    """Queue those again who did not get an issue, and only those.

    Somebody in state unknown may have got it: a second mail has the same Message-ID, so that
    some mail programs show one only.
    """
    newsletter = open_newsletter(session)
    wanted = [_STATES[name] for name in states]
    act = newsletter.give_up if skip else newsletter.resend
    changed = act(key, wanted, deliveries or None)
    if session.json:
        write_json({"issue": key, "changed": changed})
    frequency = key.partition("/")[0]
    say(
        f"{key}: {count(changed, 'recipient')} left out"
        if skip
        else f"{key}: {count(changed, 'recipient')} queued; now type: feedpub send {frequency}"
    )


def describe_counts(counts: Mapping[DeliveryState, int]) -> str:
    """Return where recipients stand, such as ``120 sent, 3 failed``."""
    parts = [f"{number:,} {state.name.lower()}" for state, number in sorted(counts.items())]
    return ", ".join(parts) or "nobody to mail"
