"""``feedpub bounces``: read mail that came back, and mail that subscribers wrote."""

from typing import TYPE_CHECKING

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, write, write_json
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count

if TYPE_CHECKING:
    from feedpub.returned import ReturnedReport


@click.command(cls=SiteCommand)
@click.option("--dry-run", is_flag=True, help="Say what the letters mean, and change nothing.")
@click.option("--limit", type=click.IntRange(1), help="Read at most so many letters.")
@pass_session
def bounces(session: Session, dry_run: bool, limit: int | None) -> None:
    """Read what came back: bounces, complaints, and requests by mail.

    Letters come from the maildir or IMAP folder of [bounces]. Whom one is about says the signed
    address that it came to, so a forged one does nothing. An address that does not exist, or
    failed three times in 30 days, is not mailed again. Letters that are for a person stay unread.
    """
    report = session.wiring.open_returned(load_settings(session)).take(dry_run=dry_run, limit=limit)
    if session.json:
        write_json(report)
        return
    _write_report(report)


def _write_report(report: "ReturnedReport") -> None:
    ours = sum(report.kinds.values())
    for kind, number in sorted(report.kinds.items()):
        write(f"{number:>7,} {kind}")
    if report.codes:
        listed = ", ".join(f"{code} ({number:,})" for code, number in report.codes.items())
        say(f"status codes: {listed}")
    if "refused as spam or by policy" in report.kinds:
        say("servers have something against the sender; see: feedpub doctor")
    if report.late:
        say(f"{report.late:,} came too late, or from somebody who was forgotten")
    rest = f"{count(report.letters, 'letter')} read, {report.letters - ours:,} not for us"
    end = f"{report.suppressed:,} of the addresses will not be mailed any more"
    say(f"{rest}; {'nothing was changed' if report.is_rehearsal else end}")
