"""``feedpub export``."""

import click

from feedpub.cli.exits import EXIT_INVALID
from feedpub.cli.loading import load_settings, localise
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, write_json, write_problems
from feedpub.cli.progress import show_progress
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count


@click.command(cls=SiteCommand)
@click.argument("folder", metavar="[DIR]", default="exported")
@click.option("--category", metavar="PATH", help="Only this one and those below it: news/china.")
@click.option("--source", metavar="NAME", help="Only what comes from this source.")
@pass_session
def export(session: Session, folder: str, category: str | None, source: str | None) -> None:
    """Keep what is published as files with front matter, in DIR (exported).

    They are articles again: a folder source reads them to the same ids, dates and texts. Only
    what is new or changed is written; a file that feedpub did not write, or that somebody changed
    since, is left alone, and nothing is ever removed.
    """
    config = load_settings(session, tell=True)
    with session.wiring.open_site(config) as publisher, show_progress(session) as progress:
        report = publisher.export(folder, category=category, source=source, progress=progress)
    write_problems(localise(report.problems, config.root), err=True)
    if session.json:
        write_json(report)
    say(
        f"{count(report.articles, 'article')} in {folder}: {report.written:,} written, "
        f"{count(report.pictures, 'picture')} copied"
    )
    if report.errors:
        raise click.exceptions.Exit(EXIT_INVALID)
