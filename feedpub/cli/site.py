"""``feedpub init``: from a folder to a site."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedpub.cli.files import replace_file
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, write_json
from feedpub.cli.session import Session, pass_session, shorten_path
from feedpub.errors import ConfigError, ConfigErrors

if TYPE_CHECKING:
    from feedpub.config import Config
    from feedpub.sources.generators import Blog

# Not taken from feedpub.sources, so that --help needs no YAML library.
GENERATORS = ("hexo", "jekyll", "hugo", "eleventy", "zola", "astro", "pelican", "nikola")


@click.command(cls=SiteCommand)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--from", "generator", type=click.Choice(GENERATORS), help="The blog's generator.")
@click.option("--title", help="What the site is called.")
@click.option("--url", help="Where the blog or portal itself is, such as https://example.org/.")
@click.option("--language", help="Such as zh-CN or en.")
@click.option("--timezone", help="Such as Asia/Shanghai.")
@click.option("--force", is_flag=True, help="Write feedpub.toml anew; the site keeps its id.")
@click.option("--database", is_flag=True, help="Only make the missing database of a site.")
@click.option(
    "--accept-key", is_flag=True, help="Only take another feedpub.key for the site's own."
)
@pass_session
def init(
    session: Session,
    /,
    folder: Path | None,
    generator: str | None,
    force: bool,
    database: bool,
    accept_key: bool,
    **given: str | None,
) -> None:
    """Make a site out of a folder.

    DIR is this folder if it is left out. A blog of Hexo, Jekyll, Hugo, Eleventy, Zola, Astro,
    Pelican or Nikola is recognised: title, address, time zone and permalink pattern are taken from
    its configuration, the language also from its articles. In any other folder articles are read
    from a folder called articles.
    """
    root = folder or session.directory
    settings = session.config_file or root / "feedpub.toml"
    if database:
        _create_missing(session, settings)
        return
    if accept_key:
        from feedpub.config import load_config

        session.wiring.accept_key(load_config(settings, session.environ))
        say("the key is the site's own now; links of mails that were sent before are dead")
        return
    site_id = _site_id(settings, force=force)
    blog = _detect(root, generator)
    text = _compose(session, root, blog, given, site_id)
    (root if blog else root / "articles").mkdir(parents=True, exist_ok=True)
    replace_file(settings, text.encode())
    ignored = _add_ignored(root)
    config = _create_missing(session, settings, quiet=True)
    _tell_next_steps(session, root, config, blog, ignored)


def _site_id(settings: Path, *, force: bool) -> str:
    """Return a new id; that of the site if its settings are to be written anew."""
    from uuid import uuid4

    if not settings.exists():
        return str(uuid4())
    if not force:
        raise ConfigError(
            "exists already; edit it, write it anew with --force,"
            " or make a missing database with --database",
            path=str(settings),
        )
    from feedpub.config import resolve_settings
    from feedpub.config.schema import SITE_ID

    resolved = resolve_settings(settings, {})
    # A misspelt id must not cost the articles theirs.
    if wrong := [error for error in resolved.errors if error.key == SITE_ID.key]:
        raise ConfigErrors(wrong)
    return resolved.get(SITE_ID) if resolved.is_set(SITE_ID) else str(uuid4())


def _detect(root: Path, generator: str | None) -> "Blog | None":
    from feedpub.sources.generators import detect_blog

    blog = detect_blog(root, generator)
    if generator and blog is None:
        raise click.UsageError(f"{root} does not look like a blog of {generator}")
    return blog


def _compose(
    session: Session,
    root: Path,
    blog: "Blog | None",
    given: dict[str, str | None],
    site_id: str,
) -> str:
    from feedpub.cli.answers import gather_answers
    from feedpub.cli.scaffold import compose_settings

    answers = gather_answers(session, root.resolve(), blog, given)
    return compose_settings(
        answers,
        site_id=site_id,
        blog=blog,
        description=blog.description if blog else "",
        author=blog.author if blog else "",
    )


def _add_ignored(root: Path) -> bool:
    from feedpub.cli.scaffold import add_ignored

    return add_ignored(root)


def _create_missing(session: Session, settings: Path, *, quiet: bool = False) -> "Config":
    from feedpub.config import load_config

    config = load_config(settings, session.environ)
    name = session.wiring.name_database(config)
    if not config.has_server:
        name = str(shorten_path(config.database_path))
    if session.wiring.has_database(config):
        if not quiet:
            say(f"kept {name}, which is there")
        return config
    session.wiring.create_site(config)
    if not quiet:
        say(f"made {name}; now type: feedpub build")
    return config


def _tell_next_steps(
    session: Session, root: Path, config: "Config", blog: "Blog | None", ignored: bool
) -> None:
    settings = shorten_path(config.path)
    if session.json:
        write_json({"config": str(settings), "generator": blog.generator if blog else None})
    if blog:
        say(f"found a {blog.generator} blog: {blog.config}, articles in {blog.articles}")
    # Guesses, where neither options nor a blog say so: nobody should find out by the pages.
    guesses = f"language {config.site.language}, time zone {config.site.zone}"
    say(f"wrote {settings}{' and .gitignore' if ignored else ''} ({guesses})")
    there = "" if root.resolve() == Path.cwd() else f" -C {shlex.quote(str(root))}"
    if blog is None:
        say(f"1. put articles (Markdown or HTML) in {root / 'articles'}")
    else:
        say(f"1. look through {settings}")
    say(f"2. feedpub{there} build    makes the feeds")
    say(f"3. feedpub{there} serve    shows them at http://127.0.0.1:8000/")
    say(f"4. for a newsletter, fill in [newsletter] in {settings}")
