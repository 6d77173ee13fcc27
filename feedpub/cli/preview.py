"""``feedpub preview``: the next issue as one mail, to look at before anybody gets it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedpub.cli.files import replace_file
from feedpub.cli.issue import open_newsletter
from feedpub.cli.loading import load_settings
from feedpub.cli.newsletter import FREQUENCY, make_hand
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import printable, say, write, write_json
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count
from feedpub.errors import AddressError
from feedpub.model import Frequency

if TYPE_CHECKING:
    from feedpub.config import Config
    from feedpub.mailing.results import Preview
    from feedpub.newsletter import Newsletter

_DARK = ("@media (prefers-color-scheme: dark)", "@media (prefers-color-scheme:dark)")
_MOBILE_WIDTH = 375


@click.command(cls=SiteCommand)
@click.argument("frequency", type=FREQUENCY, required=False)
@click.option("--dark", is_flag=True, help="As in a mail program with a dark background.")
@click.option("--mobile", is_flag=True, help="As wide as a telephone.")
@click.option("--text", is_flag=True, help="Print the plain-text part.")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file: .eml is the whole mail, .txt its plain text, else HTML.",
)
@click.option(
    "--as",
    "subscriber",
    metavar="ADDRESS",
    help="As this subscriber gets it; or the number of one.",
)
@click.option("--language", help="Of the words around the articles, such as en.")
@click.option("--subject", metavar="TEXT", help="Subject of the mails.")
@click.option("--lead", metavar="ARTICLE", help="The article that comes first.")
@click.option("--exclude", metavar="ARTICLE", multiple=True, help="Leave an article out.")
@click.option("-w", "--watch", is_flag=True, help="Serve it, and show changes as they are saved.")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65_535),
    default=8001,
    show_default=True,
    help="Of --watch; 0 takes any that is free.",
)
@pass_session
def preview(session: Session, /, frequency: Frequency | None, **options: Any) -> None:
    """Show the next issue as one mail.

    Nothing is sent and nothing is marked. If there is no news yet, older articles stand in for
    them. It shows what was built last: type feedpub build first.
    """
    if options["watch"]:
        from feedpub.cli.preview_server import serve_preview

        serve_preview(
            session,
            lambda: show_mail(_make(session, frequency, options), dark=options["dark"]),
            port=options["port"],
            mobile=options["mobile"],
        )
        return
    made = _make(session, frequency, options)
    if session.json:
        write_json(_sum_up(made))
    elif options["text"] and options["out"] is None:
        write(printable_text(made.text))
    else:
        _write(session, made, options)


def _make(session: Session, frequency: Frequency | None, options: dict[str, Any]) -> "Preview":
    newsletter: Newsletter = open_newsletter(session)
    return newsletter.preview(
        frequency or newsletter.frequencies[0],
        subscriber=_find_subscriber(session, options["subscriber"]),
        language=options["language"] or "",
        hand=make_hand(newsletter, options),
    )


def _find_subscriber(session: Session, named: str | None) -> int | None:
    """Return the number of a subscriber, who is named by it or by their address.

    Raises:
        UsageError: It is no address.
        SubscriberError: Nobody has it.
    """
    if named is None or named.isdecimal():
        return None if named is None else int(named)
    audience = session.wiring.open_audience(load_settings(session))
    try:
        return audience.show(named).subscriber.id
    except AddressError as error:
        raise click.UsageError(str(error)) from error


def _sum_up(made: "Preview") -> dict[str, object]:
    return {
        "issue": made.key,
        "subject": made.subject,
        "articles": made.articles,
        "html_bytes": len(made.html.encode()),
        "mail_bytes": len(made.eml),
    }


def _write(session: Session, made: "Preview", options: dict[str, Any]) -> None:
    file: Path = options["out"] or Path("preview.html")
    if file.suffix == ".eml":
        data = made.eml
    elif file.suffix == ".txt" or options["text"]:
        data = made.text.encode()
    else:
        html = show_mail(made, dark=options["dark"])
        html = link_to_disk(html, load_settings(session), file.absolute().parent)
        data = (narrow(html) if options["mobile"] else html).encode()
    replace_file(file, data)
    say(f"{printable(made.subject)}")
    say(
        f"{count(made.articles, 'article')}, {len(made.html.encode()) / 1000:.0f} KB of HTML,"
        f" {len(made.eml) / 1000:.0f} KB as mail; wrote {file}"
    )
    config = load_settings(session)
    if config.bucket is not None:
        say(f"pictures that are not in {config.output} yet are missing; type: feedpub build")


def show_mail(made: "Preview", *, dark: bool) -> str:
    """Return the HTML of a mail; in a dark one the rules for the dark hold whatever the screen."""
    html = made.html
    for rule in _DARK if dark else ():
        html = html.replace(rule, "@media screen")
    return html


def link_to_disk(html: str, config: "Config", folder: Path) -> str:
    """Return a mail whose pictures and pages are those on this disk, published yet or not.

    Args:
        html: Of the mail.
        config: Of the site.
        folder: That the mail is opened from.

    With a bucket they stay where they are served.
    """
    if config.bucket is not None:
        return html
    here = Path(os.path.relpath(config.feeds.folder, folder)).as_posix()
    return html.replace(f'"{config.site.feeds_url}', f'"{here}/')


def narrow(html: str) -> str:
    """Return a page that shows another within the width of a telephone."""
    from html import escape

    return (
        '<!DOCTYPE html><meta charset="utf-8"><title>preview</title>'
        f'<iframe title="preview" width="{_MOBILE_WIDTH}" height="800" srcdoc="{escape(html)}">'
        "</iframe>\n"
    )


def printable_text(text: str) -> str:
    """Return text for a terminal, its line breaks kept."""
    return "\n".join(map(printable, text.splitlines()))
