"""``feedpub demo``: the sample site, built, to click through."""

import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.build import build_once
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, write, write_json, write_table
from feedpub.cli.preview import link_to_disk
from feedpub.cli.session import Session, pass_session
from feedpub.model import BuildReport, FeedReport, Frequency

if TYPE_CHECKING:
    from feedpub.config import Config


@click.command(cls=SiteCommand)
@click.argument("folder", metavar="[DIR]", default="feedpub-demo", type=click.Path(path_type=Path))
@pass_session
def demo(session: Session, folder: Path) -> None:
    """Make a sample site to click through.

    It is written to the new folder DIR and built at once.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} is not empty; name a new folder: feedpub demo DIR")
    from feedpub.cli.scaffold import add_ignored
    from feedpub.config import load_config
    from feedpub.resources import sample_folder

    shutil.copytree(
        sample_folder(),
        folder,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("__pycache__", "__init__.py"),
    )
    add_ignored(folder)
    # The sample is the same everywhere, whatever this machine's environment sets.
    config = load_config(folder / "feedpub.toml", {})
    session.wiring.create_site(config)
    report = build_once(session, config, offline=True)
    mails = _write_mails(session, config)
    portal = _fill_portal(config)
    if session.json:
        write_json({"build": report, "newsletter": mails, "portal": portal})
    else:
        _show(report, folder, config.feeds.folder, mails[0])


def _write_mails(session: Session, config: "Config") -> list[Path]:
    """Write the first issue as a page, as plain text and as the whole mail."""
    preview = session.wiring.open_newsletter(config).preview(Frequency.WEEKLY)
    mails = {
        "newsletter.html": link_to_disk(preview.html, config, config.root).encode(),
        "newsletter.txt": preview.text.encode(),
        "newsletter.eml": preview.eml,
    }
    for name, data in mails.items():
        (config.root / name).write_bytes(data)
    return [config.root / name for name in mails]


_INCLUDE = re.compile(r'<!--#include virtual="/([^"]+)" -->\n')


def _fill_portal(config: "Config") -> Path:
    """Put the published fragments into the portal of the sample, as a server with SSI would."""
    portal = config.root / "portal.html"

    def include(line: re.Match[str]) -> str:
        published = config.root / line[1]
        if not published.is_file():
            return line[0]
        return link_to_disk(published.read_text("utf-8"), config, config.root)

    portal.write_text(_INCLUDE.sub(include, portal.read_text("utf-8")), "utf-8")
    return portal


def _show(report: BuildReport, folder: Path, output: Path, mail: Path) -> None:
    write_table(
        ("category", "articles", "files"),
        [(_name(one), one.articles, ", ".join(_short_names(one))) for one in report.summaries],
    )
    write("")
    write(f"Open in a browser: {output / 'index.html'}")
    write(f"In a portal:       {output.parent / 'portal.html'}")
    write(f"The newsletter:    {mail} (as text and as mail: .txt, .eml)")
    there = f"{_program()} -C {shlex.quote(str(folder))}"
    write(f"Or serve it:       {there} serve")
    say(f"The articles are in {folder / 'articles'}; change one and type: {there} build")


def _program() -> str:
    """Return how this program was called, where its name alone would not be found."""
    called = Path(sys.argv[0])
    if called.name != "feedpub" or shutil.which("feedpub"):
        return "feedpub"
    here = Path.cwd()
    path = called.absolute()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _name(report: FeedReport) -> str:
    depth = len(report.category.path)
    return "  " * (depth - 1) + report.category.name if depth else "(everything)"


def _short_names(report: FeedReport) -> list[str]:
    """Return the files, the first with its folder and the others by name."""
    first, *rest = report.files or ("",)
    return [first, *(name.rpartition("/")[2] for name in rest)]
