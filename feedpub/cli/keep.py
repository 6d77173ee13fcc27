"""``backup``, ``restore`` and ``hide``."""

from datetime import datetime
from pathlib import Path

import click

from feedpub.cli.loading import load_settings, open_site
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import printable, say, write_json
from feedpub.cli.session import Session, pass_session


@click.command(cls=SiteCommand)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@pass_session
def backup(session: Session, file: Path | None) -> None:
    """Copy the database to FILE, whole and consistent.

    Builds may go on meanwhile. FILE is feedpub-DATE.db if it is left out.
    """
    # A file name in the editor's own time: nothing that is published depends on it.
    target = file or Path(f"feedpub-{datetime.now().astimezone():%Y%m%d-%H%M%S}.db")
    with open_site(session) as publisher:
        publisher.backup(target)
    if session.json:
        write_json({"path": str(target), "bytes": target.stat().st_size})
    say(f"wrote {target}; put it back with: feedpub restore {target}")


@click.command(cls=SiteCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-y", "--yes", is_flag=True, help="Replace the database without asking.")
@pass_session
def restore(session: Session, file: Path, yes: bool) -> None:
    """Put a backup in the place of the database."""
    config = load_settings(session)
    name = session.wiring.name_database(config)
    if not yes and session.wiring.has_database(config):
        if not session.may_ask:
            raise click.UsageError(f"{name} exists; add --yes to replace it")
        click.confirm(f"Replace {name}?", abort=True, err=True)
    session.wiring.restore_site(config, file)
    say(f"restored {name}; now type: feedpub build")


@click.command(cls=SiteCommand)
@click.argument("article")
@click.option("--undo", is_flag=True, help="Show it again.")
@pass_session
def hide(session: Session, article: str, undo: bool) -> None:
    """Withdraw an article from everything that is published.

    ARTICLE is its path or its id. Its file may stay where it is. The next build takes it
    out of feeds, archives and pages.
    """
    with open_site(session) as publisher:
        title = publisher.unhide(article) if undo else publisher.hide(article)
    if session.json:
        write_json({"article": article, "title": title, "hidden": not undo})
    verb = "shown again" if undo else "hidden"
    say(f"{verb}: {printable(title)}; now type: feedpub build")
