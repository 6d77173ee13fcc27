"""``feedpub template``: which templates there are, and which of them are the site's own."""

from difflib import unified_diff
from pathlib import Path

import click

from feedpub.cli.files import replace_file
from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteGroup
from feedpub.cli.output import printable, say, write, write_json, write_table
from feedpub.cli.session import Session, pass_session
from feedpub.errors import TemplateError


@click.group(cls=SiteGroup)
def template() -> None:
    """List, copy or compare the templates of the pages."""


@template.command("list")
@pass_session
def list_(session: Session) -> None:
    """List all templates and say which ones the site has its own of."""
    own = _own_folder(session)
    rows = [(name, _state(name, own)) for name in _default_names()]
    strays = sorted(set(_names_below(own)) - set(_default_names()))
    rows += [(name, "own, used by no default") for name in strays]
    if session.json:
        write_json([{"name": name, "state": state} for name, state in rows])
    else:
        write_table(("template", "state"), rows)


@template.command()
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Copy all of them.")
@click.option("--force", is_flag=True, help="Replace the site's own.")
@pass_session
def eject(session: Session, names: tuple[str, ...], everything: bool, force: bool) -> None:
    """Copy default templates to the site's folder, to be changed there.

    A template that is not there is taken from feedpub, so copy only what you want to change:
    updates of the others keep coming.
    """
    if not names and not everything:
        raise click.UsageError("name a template (see: feedpub template list), or --all")
    own = _own_folder(session)
    for name in _default_names() if everything else [_known(name) for name in names]:
        target = own / name
        if target.exists() and not force:
            say(f"kept {target}, which is yours already (--force replaces it)")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, (_defaults() / name).read_bytes())
        say(f"wrote {target}")


@template.command()
@click.argument("names", nargs=-1)
@pass_session
def diff(session: Session, names: tuple[str, ...]) -> None:
    """Show how the site's own templates differ from the defaults."""
    own = _own_folder(session)
    chosen = [_known(name) for name in names] or _default_names()
    for name in chosen:
        if (own / name).is_file():
            for line in _compare(name, own):
                write(printable(line))


def _compare(name: str, own: Path) -> list[str]:
    before = (_defaults() / name).read_text("utf-8").splitlines()
    after = (own / name).read_text("utf-8", "replace").splitlines()
    return list(unified_diff(before, after, f"default/{name}", str(own / name), lineterm=""))


def _own_folder(session: Session) -> Path:
    from feedpub.cli.session import shorten_path

    return shorten_path(load_settings(session).pages.templates)


def _defaults() -> Path:
    from feedpub.resources import templates_folder

    return templates_folder()


def _default_names() -> list[str]:
    return _names_below(_defaults())


def _names_below(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


def _known(name: str) -> str:
    from difflib import get_close_matches

    names = _default_names()
    if name in names:
        return name
    near = get_close_matches(name, names, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else "see: feedpub template list"
    raise TemplateError(f"there is no such template; {hint}", path=name)


def _state(name: str, own: Path) -> str:
    if not (own / name).is_file():
        return "default"
    same = (own / name).read_bytes() == (_defaults() / name).read_bytes()
    return "own, same as the default" if same else "own"
