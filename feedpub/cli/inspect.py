"""Commands that look and change nothing: ``check``, ``status``, ``opml``."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.exits import EXIT_INVALID
from feedpub.cli.files import replace_file
from feedpub.cli.issue import write_newsletter
from feedpub.cli.loading import load_settings, localise, open_site
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import (
    printable,
    say,
    to_plain,
    write,
    write_bytes,
    write_json,
    write_problems,
    write_table,
)
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count
from feedpub.model import SiteStatus

if TYPE_CHECKING:
    from feedpub.config import Config
    from feedpub.mailing.results import NewsletterStatus


@click.command(cls=SiteCommand)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 3 for warnings, too.")
@click.option("--links", is_flag=True, help="Also look whether the articles' links answer.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="github: annotations of a pull request.",
)
@pass_session
def check(session: Session, paths: tuple[Path, ...], strict: bool, links: bool, form: str) -> None:
    """Report everything that is wrong in settings and articles.

    Each line names file, line and column. PATHS are articles or folders of them; all sources if
    there are none. Nothing is written.
    """
    config = load_settings(session, tell=True)
    with session.wiring.open_site(config) as publisher:
        problems = localise(publisher.check(paths, links=links), config.root)
    if session.json or form == "json":
        write_json(problems)
    else:
        write_problems(problems, form=form)
    errors = sum(problem.level == "error" for problem in problems)
    warnings = len(problems) - errors + len(config.warnings)
    say(_sum_up(errors, warnings))
    raise click.exceptions.Exit(EXIT_INVALID if errors or (strict and warnings) else 0)


def _sum_up(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "all is well"
    return f"{count(errors, 'error')}, {count(warnings, 'warning')}"


@click.command(cls=SiteCommand)
@pass_session
def status(session: Session) -> None:
    """Show what the site has and what to type next.

    With -v also the pictures that could not be fetched, and why.
    """
    config = load_settings(session)
    with session.wiring.open_site(config) as publisher:
        found = publisher.status()
    found = replace(
        found,
        problems=localise(found.problems, config.root),
        next_command=_suggest(config, found.next_command),
    )
    newsletter = _look_at_newsletter(session, config)
    if session.json:
        plain = to_plain(found)
        write_json({**plain, "newsletter": newsletter} if isinstance(plain, dict) else plain)
        return
    write(f"site         {printable(config.site.title)}  {config.site.url}")
    write(f"output       {config.output}")
    for label, value in _describe(found):
        write(f"{label:<12} {value}")
    write_table(
        ("source", "articles", "first read"),
        [(s.name, s.articles, f"{s.first_read:%Y-%m-%d}" if s.first_read else "never")
         for s in found.sources],
    )  # fmt: skip
    write_problems(found.problems)
    if session.verbosity:
        write_problems(found.pictures_failed)
    if newsletter is not None:
        write_newsletter(newsletter)
    _write_failed_jobs(found)
    write(f"next: {found.next_command}")


def _suggest(config: "Config", command: str) -> str:
    """Return what to type next; where a bucket serves the feeds there is nothing to look at."""
    if command == "feedpub serve" and config.bucket is not None and not config.web.url:
        return "feedpub schedule"
    return command


def _look_at_newsletter(session: Session, config: "Config") -> "NewsletterStatus | None":
    if config.newsletter is None:
        return None
    return session.wiring.open_newsletter(config).status()


def _describe(found: SiteStatus) -> list[tuple[str, str]]:
    built = f"{found.last_build:%Y-%m-%d %H:%M} UTC" if found.last_build else "never"
    lines = [
        (
            "last build",
            built + (", a later one is under way or was interrupted" if found.pending else ""),
        ),
        ("articles", f"{found.articles:,} in {count(found.categories, 'category', 'categories')}"),
    ]
    if found.pictures_pending:
        lines.append(("pictures", f"{found.pictures_pending:,} to be fetched by the next build"))
    if found.jobs:
        queues = (f"{one.queue} {one.jobs:,} {one.state}" for one in found.jobs)
        lines.append(("jobs", ", ".join(queues)))
    return lines


def _write_failed_jobs(found: SiteStatus) -> None:
    """Tell what went wrong with workers: nobody else may have seen it."""
    for job in found.failed_jobs:
        again = f"; tried again from {job.retry_at:%Y-%m-%d %H:%M} UTC" if job.retry_at else ""
        write(
            f"job failed   {printable(job.name)}: {printable(job.message)}"
            f" ({count(job.attempts, 'attempt')} since {job.since:%Y-%m-%d %H:%M} UTC{again})"
        )


@click.command(cls=SiteCommand)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of stdout.",
)
@pass_session
def opml(session: Session, output: Path | None) -> None:
    """Write the list of all feeds for feed readers to import."""
    with open_site(session) as publisher:
        document = publisher.opml()
    if output is None:
        write_bytes(document)
    else:
        replace_file(output, document)
        say(f"wrote {output}")
