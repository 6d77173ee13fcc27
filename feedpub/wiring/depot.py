"""Wires the place where machines share what feeds brought: the database, where it is a server's."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from feedpub.ports.depot import DepotFile

if TYPE_CHECKING:
    from feedpub.wiring.databases import Store


class StoreDepot:
    """See ``feedpub.ports.depot.Depot``; each call is a transaction of its own."""

    def __init__(self, open_store: "Callable[..., AbstractContextManager[Store]]") -> None:
        """Open nothing yet.

        Args:
            open_store: Opens the store; ``read_only`` for looking.
        """
        self._open = open_store

    def versions(self) -> Mapping[str, int]:
        """See ``Depot``."""
        with self._open(read_only=True) as store, store.transaction() as catalog:
            return catalog.fetched.versions()

    def since(self, source: str, version: int) -> Iterator[DepotFile]:
        """See ``Depot``."""
        with self._open(read_only=True) as store, store.transaction() as catalog:
            yield from catalog.fetched.since(source, version)

    def put(self, source: str, files: Sequence[DepotFile]) -> int:
        """See ``Depot``."""
        with self._open() as store, store.transaction() as catalog:
            return catalog.fetched.put(source, files)
