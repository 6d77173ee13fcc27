"""``migrate``."""

from pathlib import Path

import click

from feedpub.cli.loading import load_settings
from feedpub.cli.options import SiteCommand
from feedpub.cli.output import say, write_json
from feedpub.cli.session import Session, pass_session
from feedpub.cli.summary import count


@click.command(cls=SiteCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_session
def migrate(session: Session, file: Path) -> None:
    """Copy the database in FILE to the server that the settings name.

    Everything goes in one transaction, is read back and compared table by table, and is there
    afterwards whole or not at all. The server's database has to be empty; FILE stays as it is.
    Stop `feedpub serve` first.
    """
    config = load_settings(session)
    taken = session.wiring.migrate_site(config, file)
    if session.json:
        write_json([one._asdict() for one in taken])
        return
    for one in taken:
        if one.rows:
            click.echo(f"{one.table}: {count(one.rows, 'row')}, {one.digest}")
    name = session.wiring.name_database(config)
    rows = sum(one.rows for one in taken)
    say(f"{rows:,} rows are in {name}, as they were; keep {file} as a copy")
