"""A look at the catalog of a server by its driver alone, see ``feedpub.store.glance``."""

from feedpub.ports import Glance
from feedpub.store.glance import look
from feedpub.store.postgres.address import Address


def glance(address: Address) -> Glance | None:
    """Return what a build has to know; None if only the whole store can tell."""
    import psycopg

    try:
        with address.connect(read_only=True) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            return look(connection)
    except (psycopg.Error, LookupError, TypeError, ValueError):
        return None
