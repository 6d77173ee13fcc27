"""``feedpub embed``: the lines that a portal's editor copies."""

import re
from typing import Any

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import printable, warn, write, write_json
from feedpub.cli.session import Session, pass_session
from feedpub.model import EMBED_FORMS, EMBED_LAYOUTS, MAX_EMBED_LIMIT, EmbedForm, EmbedLook

_STYLED: tuple[EmbedForm, ...] = ("element", "iframe")


def _check_color(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Return a colour with its ``#``: digits alone, so that it is safe wherever it is pasted."""
    if value is None:
        return None
    digits = value.removeprefix("#").lower()
    if not re.fullmatch(r"[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8}", digits):
        raise click.BadParameter(f"{value!r} is no colour; write it as #b23c0a", context, option)
    return f"#{digits}"


@click.command(cls=SiteCommand)
@click.argument("category", default="all")
@click.option(
    "--form",
    type=click.Choice(EMBED_FORMS),
    default="element",
    show_default=True,
    help="What it is pasted into decides: see docs/how-to/embed.md.",
)
@click.option(
    "--layout",
    type=click.Choice(EMBED_LAYOUTS),
    default="list",
    show_default=True,
    help="How the articles are arranged.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_EMBED_LIMIT),
    default=EmbedLook().limit,
    show_default=True,
    help="Articles at most.",
)
@click.option("--thumbs/--no-thumbs", default=True, help="With pictures or without.")
@click.option("--text-color", callback=_check_color, help="Such as #222222.")
@click.option("--link-color", callback=_check_color, help="Of the titles.")
@click.option("--resize", is_flag=True, help="Make an iframe as high as its content, by a script.")
@click.option(
    "--latest", is_flag=True, help="Name the script that is kept up to date, without a checksum."
)
@pass_session
def embed(session: Session, /, category: str, form: EmbedForm, **look: Any) -> None:
    """Print lines that show the latest articles in another website.

    CATEGORY is a path of names, such as news/china, or its folder; everything if it is left out.
    The page embed/index.html of the site makes the same lines.
    """
    chosen = EmbedLook(**{name: value for name, value in look.items() if value is not None})
    with session.wiring.open_site(load_settings(session, tell=True)) as publisher:
        snippet = publisher.embed(category, form, chosen)
    if form not in _STYLED and chosen != EmbedLook():
        warn(f"a look is for {' and '.join(_STYLED)}; {form} has none")
    if session.json:
        write_json({"form": form, "url": snippet.url, "snippet": snippet.text})
    else:
        write("\n".join(map(printable, snippet.text.splitlines())))
