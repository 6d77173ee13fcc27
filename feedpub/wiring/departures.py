"""Carries over a restore who wanted no mail any more."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.errors import StoreError
from feedpub.tokens import Signer
from feedpub.wiring.databases import SiteDatabase

if TYPE_CHECKING:
    from feedpub.store.catalog import Catalog


def keep_departures(database: SiteDatabase, key: Path) -> "Callable[[Catalog], None]":
    """Return what brings those who left by now up to date in a copy of the database.

    From a database that is gone or damaged nothing can be learnt; then it does nothing.

    Args:
        database: That is about to be replaced.
        key: File of the site's secret.
    """
    from feedpub.audience.restoring import apply_departures, list_departures

    if not key.exists():
        return _keep_nothing
    try:
        with database.open() as store, store.transaction() as catalog:
            departures = list_departures(catalog)
    except StoreError:
        return _keep_nothing
    signer, now = Signer(key.read_bytes().strip()), int(datetime.now(UTC).timestamp())
    return lambda catalog: apply_departures(catalog, departures, signer, now)


def _keep_nothing(_: "Catalog") -> None:
    """Leave a copy as it is."""
