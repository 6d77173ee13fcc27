"""``feedpub config``: what the settings are and where each comes from."""

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteGroup
from feedpub.cli.output import say, write, write_json
from feedpub.cli.session import Session, pass_session
from feedpub.errors import ConfigErrors


@click.group(cls=SiteGroup)
def config() -> None:
    """Show or check the settings."""


@config.command()
@click.option("--origin", is_flag=True, help="Say for each where it comes from.")
@pass_session
def show(session: Session, origin: bool) -> None:
    """Write all settings in use as TOML.

    File, environment and defaults together.
    """
    from feedpub.config import settings_as_data, show_settings

    resolved = session.resolve_settings()
    if resolved.errors:
        raise ConfigErrors(resolved.errors)
    if session.json:
        write_json(settings_as_data(resolved))
    else:
        write(show_settings(resolved, origin=origin).rstrip())


@config.command()
@pass_session
def check(session: Session) -> None:
    """Report every wrong setting at once; exit with 3 if there is one."""
    found = load_settings(session, tell=True)
    if session.json:
        write_json({"path": str(found.path), "warnings": found.warnings})
    say(f"{session.config_path}: all is well")
