"""``feedpub sources``: where articles come from, and more of it from a reader's list."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, write, write_json, write_table
from feedpub.cli.session import Session, pass_session, shorten_path
from feedpub.cli.summary import count

if TYPE_CHECKING:
    from feedpub.config import Config
    from feedpub.sources.subscriptions import Subscription

_OWN = '[[sources]]\npath = "articles"\n'


@click.group()
def sources() -> None:
    """Look at the places that articles come from, and add feeds to them."""


@sources.command("list", cls=SiteCommand)
@pass_session
def list_sources(session: Session) -> None:
    """List the sources: name, kind, and where they are."""
    config = load_settings(session)
    rows = [(one.name, one.type, one.url or str(shorten_path(one.path))) for one in config.sources]
    if session.json:
        write_json([{"name": name, "type": kind, "place": place} for name, kind, place in rows])
    else:
        write_table(["name", "type", "place"], rows)


@sources.command("import", cls=SiteCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", "into", is_flag=True, help="Append them to feedpub.toml.")
@pass_session
def import_sources(session: Session, file: Path, into: bool) -> None:
    """Print the feeds of an OPML file as settings.

    A table for each feed that is no source yet; the folders of the list become categories.
    """
    from feedpub.sources.subscriptions import read_subscriptions

    config = load_settings(session)
    text, number = _compose(read_subscriptions(file), config)
    if not into:
        write(text.rstrip("\n"))
    elif number:
        _append(session.config_path, text)
    say(f"{count(number, 'new feed')}{' added to feedpub.toml' if into and number else ''}")


def _compose(feeds: "Iterable[Subscription]", config: "Config") -> tuple[str, int]:
    """Return the tables of those feeds that are no sources yet, and their number."""
    known = {source.url for source in config.sources}
    names = {source.name for source in config.sources}
    tables = []
    for feed in feeds:
        if feed.url not in known:
            name = _make_name(feed.url, names)
            names.add(name)
            tables.append("\n".join(_write_table(feed, name)))
    return "\n\n".join(tables) + "\n", len(tables)


def _write_table(feed: "Subscription", name: str) -> Iterator[str]:
    from feedpub.config.show import to_toml

    # A title may hold anything but a line break.
    yield f"# {''.join(char for char in feed.title if char.isprintable())}"
    yield "[[sources]]"
    yield 'type = "feed"'
    yield f"name = {to_toml(name)}"
    yield f"url = {to_toml(feed.url)}"
    if feed.folder:
        yield f"category = {to_toml(feed.folder)}"


def _make_name(url: str, taken: set[str]) -> str:
    """Return a name that does not change with the feed's title: its host, else all of it."""
    address = url.partition("://")[2].rstrip("/")
    host = address.partition("/")[0].removeprefix("www.")
    return next((name for name in (host, address) if name not in taken), url)


def _append(path: Path, text: str) -> None:
    """Append tables to the settings: all of it, and only if they can be read then.

    Raises:
        ConfigErrors: They could not; the file is as it was.
    """
    import tomllib

    from feedpub.config import load_config

    before = path.read_text("utf-8-sig")  # Notepad begins with a mark that TOML does not know
    # Without any table of sources there is one that nobody wrote; it must not vanish now.
    own = "" if "sources" in tomllib.loads(before) else f"{_OWN}\n"
    waiting = path.with_name(f".{path.name}.new")
    try:
        with waiting.open("w", encoding="utf-8") as file:
            file.write(f"{before.rstrip()}\n\n{own}{text}")
            file.flush()
            os.fsync(file.fileno())
        waiting.chmod(path.stat().st_mode & 0o777)
        load_config(waiting)
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
