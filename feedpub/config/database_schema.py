"""The keys of ``feedpub.toml`` that are about the database."""

import re
from typing import Any

from feedpub.config import kinds
from feedpub.config.kinds import Kind, clean_text, refuse
from feedpub.config.setting import Setting
from feedpub.config.values import names_server

_ANY_SERVER = re.compile(r"[A-Za-z0-9+]+://")
_EXAMPLE = '"postgresql://user@host/name"'


def _database() -> Kind[str]:
    """Return the kind of a file, or of a database on a server of PostgreSQL."""

    def check(value: object) -> str:
        written = clean_text(value)
        if names_server(written):
            return written
        if _ANY_SERVER.match(written):
            raise refuse(f"{written.split(':')[0]!r} is no kind of server; write {_EXAMPLE}")
        return kinds.path().check(value)

    return Kind("path, or `postgresql://` address", check)


def has_password(database: str) -> bool:
    """Return whether the address of a server holds a password."""
    return re.search(r"^\w+://[^/@]*:[^/@]*@|[?&]password=", database) is not None


DATABASE = Setting(
    "database",
    _database(),
    "feedpub.db",
    "File of the catalog, which remembers what every article is; or where it is on a server of"
    " PostgreSQL, such as `postgresql://user@host/name`. `feedpub backup` copies it.",
)
DATABASE_PASSWORD = Setting(
    "database_password",
    kinds.text(),
    "",
    "Password of that server, in the environment only.",
    secret=True,
)
DATABASE_PASSWORD_FILE = Setting(
    "database_password_file",
    kinds.optional(kinds.path()),
    "",
    "File with that password, which nobody else may read.",
)

SETTINGS: tuple[Setting[Any], ...] = (DATABASE, DATABASE_PASSWORD, DATABASE_PASSWORD_FILE)
"""In the order of the documentation."""
