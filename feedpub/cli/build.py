"""``feedpub build``."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from feedpub.cli.exits import EXIT_INVALID
from feedpub.cli.loading import load_settings, localise
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, write_json, write_problems
from feedpub.cli.progress import show_progress
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count, summarise
from feedpub.model import BuildReport

if TYPE_CHECKING:
    from feedpub.config import Config

MOST_PROBLEMS = 30


@click.command(cls=SiteCommand)
@click.option(
    "--category", metavar="PATH", help="Publish only this one and those below: news/china."
)
@click.option("--drafts", is_flag=True, help="Publish drafts, too; to look at, not to serve.")
@click.option("--future", is_flag=True, help="Publish articles dated in the future, too.")
@click.option("--strict", is_flag=True, help="Exit with 3 if anything had to be left out.")
@click.option("--offline", is_flag=True, help="Fetch nothing and tell no hub.")
@click.option("--dry-run", is_flag=True, help="Tell what would change; write nothing.")
@click.option("--accept-deletions", is_flag=True, help="Believe that many articles are gone.")
@click.option("--everything", is_flag=True, help="Make every file again, changed or not.")
@click.option("-w", "--watch", is_flag=True, help="Go on: build again when an article changes.")
@pass_session
def build(session: Session, /, watch: bool, strict: bool, **choices: Any) -> None:
    """Read what is new and publish what changed.

    Only files whose content changed are written. An article that cannot be read is reported and
    left as it was; everything else is published.
    """
    if watch:
        from feedpub.cli.watch import watch_site

        watch_site(session, lambda config: build_once(session, config, **choices))
        return
    report = build_once(session, load_settings(session, tell=True), **choices)
    if session.json:
        write_json(report)
    raise click.exceptions.Exit(exit_code_of(report, strict=strict))


def build_once(session: Session, config: "Config", **choices: Any) -> BuildReport:
    """Build, tell of problems and sum up."""
    started = time.monotonic()
    with session.wiring.open_site(config) as publisher, show_progress(session) as progress:
        report = publisher.build(**choices, progress=progress)
    report = replace(report, problems=localise(report.problems, config.root))
    _tell_problems(session, report)
    for line in summarise(report, seconds=time.monotonic() - started):
        say(line)
    return report


def _tell_problems(session: Session, report: BuildReport) -> None:
    """Tell of errors before warnings, and not of thousands; quiet leaves the warnings out."""
    warnings = [problem for problem in report.problems if problem.level == "warning"]
    problems = [*report.errors, *([] if session.quiet else warnings)]
    shown = problems if session.verbosity else problems[:MOST_PROBLEMS]
    write_problems(shown, err=True)
    if len(shown) < len(problems):
        say(f"and {count(len(problems) - len(shown), 'problem')} more; all of them: feedpub check")


def exit_code_of(report: BuildReport, *, strict: bool) -> int:
    """Return 3 where content must be looked at before the site can be called done, else 0."""
    missing = report.errors or report.unfetched
    return EXIT_INVALID if report.held_sources or (strict and missing) else 0
