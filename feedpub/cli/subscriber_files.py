"""``feedpub subscribers import`` and ``export``: lists of subscribers as files."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.exits import EXIT_INVALID
from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import printable, say, warn, write_json
from feedpub.cli.progress import show_progress
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count
from feedpub.model import ImportKind, ImportOptions, ImportReport, OnConflict, SubscriberState

if TYPE_CHECKING:
    from feedpub.audience import Audience

STATES = [state.name.lower() for state in SubscriberState if state != SubscriberState.ERASED]
_SHOWN = 5


@click.command("import", cls=SiteCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--as",
    "kind",
    type=click.Choice(["confirmed", "unconfirmed", "unsubscribed"]),
    default="unconfirmed",
    show_default=True,
    help="What rows are that do not say it themselves.",
)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Read a field from the column of this heading or number; may be given again.",
)
@click.option(
    "--on-conflict",
    type=click.Choice([one.value for one in OnConflict]),
    default="skip",
    show_default=True,
    help="What to do with addresses that are known; a row that says no withdraws them anyway.",
)
@click.option("--send-confirmation", is_flag=True, help="Ask the unconfirmed by mail.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where rows go that are no good.")
@click.option("--encoding", default="", help="Of the file, if it is read wrong.")
@click.option("--source", default="", help="Where they agreed, for the consent log.")
@click.option("--dry-run", is_flag=True, help="Read it all, keep nothing.")
@pass_session
def import_(
    session: Session,
    /,
    file: str,
    kind: str,
    mapping: tuple[str, ...],
    on_conflict: str,
    send_confirmation: bool,
    rejects: Path | None,
    encoding: str,
    source: str,
    dry_run: bool,
) -> None:
    """Take in a list of subscribers.

    FILE is an export of Mailchimp, Substack, listmonk, Ghost, Buttondown or feedpub, any other
    CSV with a column of addresses, or a plain list; - reads from stdin. Only who is confirmed
    gets mail: without a word in the file or --as confirmed, rows are kept and wait.
    """
    options = ImportOptions(
        name="" if file == "-" else Path(file).name,
        mapping=dict(_split(pair) for pair in mapping),
        kind=ImportKind(kind),
        on_conflict=OnConflict(on_conflict),
        send_confirmation=send_confirmation,
        dry_run=dry_run,
        encoding=encoding,
        source=source,
    )
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    audience = session.wiring.open_audience(load_settings(session))
    with show_progress(session) as progress:
        report = audience.import_csv(data, options, progress=progress)
    if report.rejected and rejects is None and not dry_run and file != "-":
        rejects = Path(f"{file}.rejected.csv")
    if report.rejected and rejects is not None:
        _write_private(rejects, audience.format_rejected(report))
    _tell(session, report, options, rejects)
    if report.rejected:
        click.get_current_context().exit(EXIT_INVALID)


def _split(pair: str) -> tuple[str, str]:
    field, sign, column = pair.partition("=")
    if not sign or not field or not column:
        raise click.BadParameter(f"{pair!r} is not FIELD=COLUMN", param_hint="--map")
    return field.strip(), column.strip()


def _tell(
    session: Session, report: ImportReport, options: ImportOptions, rejects: Path | None
) -> None:
    if session.json:
        write_json(_to_json(report, rejects))
    places = ", ".join(f"{field} from {column}" for field, column in report.columns.items())
    say(printable(f"read as {report.peer}, {report.encoding}: {places}"))
    added = [f"{number:,} {kind}" for kind, number in report.added.items() if number]
    verb = "would add" if options.dry_run else "added"
    say(f"{verb} {', '.join(added) or 'nobody'} of {count(report.rows, 'row')}")
    for number, what in (
        (report.updated, "updated"),
        (report.withdrawn, "withdrawn: known, and the file says that they want no mail"),
        (report.skipped, "known already, left as they are"),
        (report.suppressed, "never mailed again (bounced, complained or forgotten), left out"),
        (report.asked, "asked to confirm, with the next mails that go out"),
    ):
        if number:
            say(f"{number:,} {what}")
    if report.added.get(ImportKind.UNCONFIRMED) and not report.asked:
        say("the unconfirmed get no mail: --send-confirmation asks them, --as confirmed says that"
            " they agreed elsewhere")  # fmt: skip
    for one in report.rejected[:_SHOWN]:
        warn(f"row {one.row}: {one.reason}")
    if report.rejected:
        where = f"; they are in {rejects} with their reasons" if rejects else ""
        verb = "was" if len(report.rejected) == 1 else "were"
        warn(f"{count(len(report.rejected), 'row')} {verb} not taken{where}")


def _to_json(report: ImportReport, rejects: Path | None) -> dict[str, object]:
    return {
        "format": report.peer,
        "encoding": report.encoding,
        "columns": report.columns,
        "rows": report.rows,
        "added": report.added,
        "updated": report.updated,
        "withdrawn": report.withdrawn,
        "skipped": report.skipped,
        "suppressed": report.suppressed,
        "asked": report.asked,
        "rejected": [{"row": one.row, "reason": one.reason} for one in report.rejected],
        "rejects": rejects,
    }


@click.command("export", cls=SiteCommand)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@pass_session
def export_(session: Session, file: Path | None, states: tuple[str, ...], force: bool) -> None:
    """Write subscribers as CSV to FILE, or to stdout.

    The file is safe to open in a spreadsheet, and import reads it back as it was. Only you may
    read it.
    """
    audience = session.wiring.open_audience(load_settings(session))
    chosen = [SubscriberState[state.upper()] for state in states]
    if session.json:
        _write_json(audience, chosen)
        return
    lines = audience.export_csv(states=chosen)
    if file is None:
        for chunk in lines:
            click.echo(chunk, nl=False)
        return
    if file.exists() and not force:
        raise click.UsageError(f"{file} exists; choose another name, or add --force")
    _write_private(file, lines)
    say(f"wrote {file}")


def _write_json(audience: "Audience", states: list[SubscriberState]) -> None:
    """Write all that is known of each, the consent log too."""
    found = audience.list_subscribers(states=states)
    write_json([audience.export(one.id) for one in found])


def _write_private(path: Path, chunks: Iterable[str]) -> None:
    """Write a file that nobody else may read; what was there is replaced when it is whole."""
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(descriptor)
        waiting.replace(path)
    finally:  # half of it would be a list of addresses that nobody knows of
        waiting.unlink(missing_ok=True)
