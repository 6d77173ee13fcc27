"""``feedpub serve``: the published files over HTTP."""

import sys
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, warn, write_json
from feedpub.cli.session import Session, pass_session, shorten_path
from feedpub.errors import TargetError

if TYPE_CHECKING:
    from feedpub.config import Config

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command(cls=SiteCommand)
@click.option(
    "-b", "--bind", metavar="ADDRESS", default="127.0.0.1", show_default=True,
    help="Address to listen at; 0.0.0.0 for every one.",
)  # fmt: skip
@click.option(
    "-p", "--port", type=click.IntRange(0, 65_535), default=8000, show_default=True,
    help="0 takes a free one.",
)  # fmt: skip
@click.option(
    "--log-format", type=click.Choice(["text", "json", "none"]), default="text", show_default=True,
    help="How each request is told on stderr: never who asked, nor a secret part of a link.",
)  # fmt: skip
@pass_session
def serve(
    session: Session, bind: str, port: int, log_format: Literal["text", "json", "none"]
) -> None:
    """Serve the published files until interrupted.

    With web.url set, it also answers subscribers: to confirm, to choose and to unsubscribe.
    It listens on this machine only, unless told otherwise by --bind.
    """
    config = load_settings(session)
    check_output(config)
    from feedpub.web.accesslog import log_requests
    from feedpub.web.server import FeedServer
    from feedpub.web.site import create_site_app, feeds_path, form_path

    app = create_site_app(config)
    with FeedServer(app, feeds_path(config), bind=bind, port=port) as server:
        if bind not in LOOPBACK:
            warn("others can reach this server; put a web server with HTTPS in front of it")
        if session.json:
            write_json({"url": server.url})
        what = (
            f"answering subscribers; the feeds are in {config.output}, which serves them itself,"
            if config.bucket
            else f"serving {shorten_path(config.feeds.folder)}"
        )
        say(f"{what} at {server.url}  (stop: Ctrl-C)")
        if config.web.url:
            say(f"the form for subscribers is at {urljoin(server.url, form_path(config))}")
        if log_format != "none" and not session.quiet:
            log_requests(log_format, sys.stderr)
        server.run()
    # waitress takes Ctrl-C for a normal end; whoever called us should know better.
    raise KeyboardInterrupt


def check_output(config: "Config") -> None:
    """Hold that there is something to serve.

    Raises:
        TargetError: There is nothing.
    """
    if config.bucket is not None:
        if not config.web.url:
            raise TargetError(
                f"the feeds are in {config.output}, which serves them itself, so there is nothing"
                " to serve; for the pages of subscribers set web.url"
            )
    elif not (config.feeds.folder / "index.html").exists() and not any_feed(config):
        raise TargetError(
            f"nothing is published in {shorten_path(config.feeds.folder)};"
            " first type: feedpub build"
        )


def any_feed(config: "Config") -> bool:
    """Return whether the output holds a feed of everything."""
    return (config.feeds.folder / "all" / "rss.xml").exists()
