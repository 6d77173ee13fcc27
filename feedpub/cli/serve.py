"""``feedpub serve``: the published files over HTTP."""

import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, warn, write_json
from feedpub.cli.session import Session, pass_session, shorten_path
from feedpub.errors import FeedpubError

if TYPE_CHECKING:
    from feedpub.config import Config

LOOPBACK = ("127.0.0.1", "::1", "localhost")
THREADS = 8


class ListenError(FeedpubError):
    """The address cannot be listened at."""


@click.command(cls=SiteCommand)
@click.option(
    "-b", "--bind", metavar="ADDRESS", default="127.0.0.1", show_default=True,
    help="Address to listen at; 0.0.0.0 for every one.",
)  # fmt: skip
@click.option(
    "-p", "--port", type=click.IntRange(0, 65_535), default=8000, show_default=True,
    help="0 takes a free one.",
)  # fmt: skip
@pass_session
def serve(session: Session, bind: str, port: int) -> None:
    """Serve the published files until interrupted.

    It listens on this machine only, unless told otherwise by --bind.
    """
    config = session.load_config()
    if not (config.feeds.folder / "index.html").exists() and not any_feed(config):
        raise ListenError(
            f"nothing is published in {shorten_path(config.feeds.folder)};"
            " first type: feedpub build"
        )
    server = make_server(config, bind, port)
    url = f"http://{_host(bind)}:{_port(server)}{prefix_of(config)}"
    if bind not in LOOPBACK:
        warn("others can reach this server; put a web server with HTTPS in front of it")
    if session.json:
        write_json({"url": url})
    say(f"serving {shorten_path(config.feeds.folder)} at {url}  (stop: Ctrl-C)")
    with contextlib.closing(server):
        server.run()
    # waitress takes Ctrl-C for a normal end; whoever called us should know better.
    raise KeyboardInterrupt


def any_feed(config: "Config") -> bool:
    """Return whether the output holds a feed of everything."""
    return (config.feeds.folder / "all" / "rss.xml").exists()


def prefix_of(config: "Config") -> str:
    """Return the path that the feeds have on the real site, so that paths are the same here."""
    return urlsplit(config.site.feeds_url).path or "/"


def make_server(config: "Config", bind: str, port: int) -> Any:
    """Return a waitress server that listens already.

    Raises:
        ListenError: The address is taken or not of this machine.
    """
    from waitress.server import create_server

    from feedpub.web.feeds import create_app

    app = create_app(config.feeds.folder, prefix=prefix_of(config))
    try:
        return create_server(app, host=bind, port=port, threads=THREADS, ident=None)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ListenError(
            f"cannot listen at {bind} port {port}: {reason.lower()}; try another, such as"
            f" --port {port + 1 if port < 65_535 else 8000}"
        ) from error


def _host(bind: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(bind, bind)  # noqa: S104 # only shown
    return f"[{host}]" if ":" in host else host


def _port(server: Any) -> int:
    # A name such as localhost may stand for several addresses, each with a socket.
    port = getattr(server, "effective_port", None)
    return int(port if port is not None else server.effective_listen[0][1])
