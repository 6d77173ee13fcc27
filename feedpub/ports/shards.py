"""Where a build lays out the files of a source in shards, for other machines to read along.

A shard on offer has a number, by which jobs and workers speak of it: there are but a few numbers,
and one that is free is used again. A token tells one offer from the next under the same number, so
that who comes too late changes nothing.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol


class Shard(NamedTuple):
    """Some files of a source.

    Attributes:
        number: That it is known by as long as it is on offer, from 0 on.
        token: Of this offer.
        source: Name of the source.
        reading: Digest of all that changes what reading gives.
        files: As ``feedpub.publishing.parcels`` packs them.
    """

    number: int
    token: str
    source: str
    reading: str
    files: bytes


class Shards(Protocol):
    """The shards of one site; each call is a transaction of its own.

    Every method raises ``BusyError`` if somebody keeps it waiting for seconds, and ``StoreError``
    if the database cannot be used.
    """

    def count_readers(self) -> int:
        """Return how many workers are alive, on all machines."""
        ...

    def offer(self, shards: Sequence[Shard]) -> None:
        """Lay out shards in place of those of the same numbers, and defer a job for each."""
        ...

    def claim(self, number: int) -> Shard | None:
        """Take a shard, so that nobody else does; None if it is taken, or none is on offer."""
        ...

    def release(self, shard: Shard) -> None:
        """Give back a shard that was claimed, for somebody else."""
        ...

    def finish(self, shard: Shard, found: bytes) -> None:
        """Hand over what was read; in vain if the offer was taken back."""
        ...

    def collect(self, shard: Shard) -> bytes | None:
        """Return what was read of a shard and take back the offer; None if nobody is done."""
        ...

    def withdraw(self) -> None:
        """Take back all offers, and the jobs that nobody has begun: nobody waits any more."""
        ...


class OpenShards(Protocol):
    """Opens the shards of a site."""

    def __call__(self) -> AbstractContextManager[Shards]:
        """Give them.

        Raises:
            BusyError: It takes nobody else at present.
            StoreError: The database cannot be used.
        """
        ...
