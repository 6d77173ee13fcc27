"""Where a PostgreSQL database is, how one connects to it, and what its errors mean.

``psycopg`` reads the address by libpq, so that all of it may be there: ``sslmode``, a service, a
socket's folder, several hosts; what is not, comes from ``PGUSER`` and the like, or ``~/.pgpass``.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from feedpub.errors import (
    BusyError,
    CorruptStoreError,
    FeedpubError,
    MissingStoreError,
    StoreError,
    StoreOutageError,
)
from feedpub.links import mask_password

if TYPE_CHECKING:
    import psycopg

LOCK_S: float = 10
"""So long whoever writes waits for another."""

_CONNECT_S = 10
_SILENCE_MS = 60_000
_TO_BE_SURE = """
SELECT set_config('timezone', 'UTC', false), set_config('lock_timeout', '{wait_ms}ms', false),
       set_config('default_transaction_read_only', '{read_only}', false),
       set_config('tcp_keepalives_idle', '30', false),
       set_config('tcp_keepalives_interval', '10', false),
       set_config('tcp_keepalives_count', '3', false),
       set_config('tcp_user_timeout', '{silence_ms}', false),
       CASE WHEN current_setting('synchronous_commit') = 'off'
            THEN set_config('synchronous_commit', 'on', false) END
"""
"""A commit is on disk when it returns, and the server misses a machine that is gone within a minute
or so, and lets go of its locks; as we miss the server. Keepalives alone do not: where something was
sent that nobody acknowledges, the system goes on for a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Address:
    """A database on a server.

    Attributes:
        url: As libpq takes it; may hold a password.
        password: Empty where the address, ``~/.pgpass`` or nobody has one.
    """

    url: str = field(repr=False)
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The address as it is shown: without any password."""
        return mask_password(self.url)

    def connect(
        self, *, autocommit: bool = False, read_only: bool = False, wait_s: float | None = None
    ) -> "psycopg.Connection[tuple[Any, ...]]":
        """Return a connection.

        Args:
            autocommit: Whether each statement is a transaction of its own.
            read_only: Whether the server refuses to write.
            wait_s: How long it waits for a lock; ``LOCK_S`` if None.

        Raises:
            psycopg.Error: There is none to be had; see ``explain_errors``.
        """
        import psycopg

        connection = psycopg.connect(
            self.url,
            connect_timeout=_CONNECT_S,
            application_name="feedpub",
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
            tcp_user_timeout=_SILENCE_MS,
            autocommit=True,
            password=self.password or None,
        )
        try:
            wait_ms = int(1000 * (LOCK_S if wait_s is None else wait_s))
            wanted = "on" if read_only else "off"
            settings = _TO_BE_SURE.format(wait_ms=wait_ms, read_only=wanted, silence_ms=_SILENCE_MS)
            connection.execute(settings.encode())
            connection.autocommit = autocommit
        except BaseException:
            connection.close()
            raise
        return connection


# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY = {
    "55P03": "another run is writing to it",
    "40P01": "another run was writing the same rows",
    "40001": "another run was writing the same rows",
    "53300": "the server has no connection left",
    "57P03": "the server is starting or stopping",
}
_LOST = ("08", "57P01", "57P02")
_MISSING = {
    "42P01": "it has no tables of feedpub",
    "3F000": "its schema is missing",
    "3D000": "there is no such database",
}
_REMEDIES = {
    "28": "set FEEDPUB_DATABASE_PASSWORD, or correct the user of 'database'",
    "42501": "grant this user the rights of the tables' owner",
    "53100": "make room on the server and try again",
    "25006": "the server takes no changes; connect to the primary one",
}


@contextmanager
def explain_errors(name: str) -> Iterator[None]:
    """Turn the driver's errors into ours, with the remedy.

    Args:
        name: Of the database, without a password.

    Raises:
        MissingStoreError: The database is not there, or not one of feedpub.
        CorruptStoreError: It is damaged.
        BusyError: Somebody else is writing, or the server is not ready.
        StoreOutageError: The server is gone, full, or does not let us.
        StoreError: Anything else that it refuses.
    """
    import psycopg

    try:
        yield
    except Exception as error:
        # SQLAlchemy keeps the driver's there; to import it would double the time of a look.
        cause = getattr(error, "orig", error)
        if not isinstance(cause, psycopg.Error):
            raise
        raise _explain(name, cause) from error


def _explain(name: str, error: "psycopg.Error") -> FeedpubError:
    state = error.sqlstate or ""
    text = mask_password(" ".join(str(error).split()))
    if state in _MISSING or (not state and re.search(r'database ".*" does not exist', text)):
        return missing(name, _MISSING.get(state, "there is no such database"))
    if state in _BUSY:
        return BusyError(f"{name}: {_BUSY[state]}; try again later")
    if state.startswith("XX"):
        return CorruptStoreError(
            f"{name}: the database is damaged ({text}); bring back a copy with"
            " 'feedpub restore BACKUP'; what is published stays as it is"
        )
    if not state or state.startswith(_LOST):
        return _explain_lost(name, text)
    for start, remedy in _REMEDIES.items():
        if state.startswith(start):
            return StoreOutageError(f"{name}: {text}", remedy=remedy)
    return StoreError(f"{name}: {text}; nothing was changed")


def _explain_lost(name: str, text: str) -> FeedpubError:
    if "starting up" in text or "shutting down" in text or "too many clients" in text:
        return BusyError(f"{name}: the server is not ready; try again later")
    if "password" in text or "authentication" in text:
        return StoreOutageError(f"{name}: {text}", remedy=_REMEDIES["28"])
    return StoreOutageError(f"{name}: {text}", remedy="see that the server runs and can be reached")


def missing(name: str, reason: str) -> MissingStoreError:
    """Return the error of a database that is not there, or is empty."""
    return MissingStoreError(
        f"{name}: {reason}; move a site in a file there with 'feedpub migrate feedpub.db', bring"
        " back a copy with 'feedpub restore BACKUP', or begin anew with 'feedpub init --database'"
        " in a database that createdb made (every article then counts as old, and no subscriber is"
        " known)"
    )
