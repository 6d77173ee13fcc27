"""What builds lay out for other machines to read, in a table that the server need not keep.

No lock of the database here: a build holds that all the while that it reads. The table is not
logged, so that writing it costs little and a server that crashes empties it. Then the build reads
by itself what it laid out.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from feedpub.ports.jobs import make_shard_job
from feedpub.ports.shards import Shard
from feedpub.store.postgres.address import Address, explain_errors
from feedpub.store.postgres.jobs import defer_jobs
from feedpub.store.postgres.queue import COUNT_ALIVE

if TYPE_CHECKING:
    import psycopg

_WAIT_S = 2.0  # each statement takes milliseconds: who keeps us waiting longer is stuck, or copies

# Whoever is stuck while he takes a shard has it, as far as others go.
_CLAIM = b"""
UPDATE read_shards SET claimed = true WHERE number = (
    SELECT number FROM read_shards WHERE number = %s AND NOT claimed FOR UPDATE SKIP LOCKED)
RETURNING number, token, source, reading, files"""
_RELEASE = b"UPDATE read_shards SET claimed = false WHERE number = %s AND token = %s"
_FINISH = b"UPDATE read_shards SET found = %s WHERE number = %s AND token = %s"
_COLLECT = b"""
DELETE FROM read_shards WHERE number = %s AND token = %s AND found IS NOT NULL RETURNING found"""
_OFFER = b"INSERT INTO read_shards (number, token, source, reading, files) VALUES (%s,%s,%s,%s,%s)"

# Where no worker takes this queue they would wait for ever, and make somebody look. One that is
# being taken is none of them.
_FORGET = b"""
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(%s)
    FOR UPDATE SKIP LOCKED)"""


class ServerShards:
    """See ``feedpub.ports.shards.Shards``; by a connection of its own."""

    def __init__(self, address: Address, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self._name, self._connection = address.name, connection
        self._offered: set[int] = set()

    def count_readers(self) -> int:
        """Return how many workers are alive."""
        with explain_errors(self._name):
            row = self._connection.execute(COUNT_ALIVE.encode()).fetchone()
        return int(row[0]) if row else 0

    def offer(self, shards: Sequence[Shard]) -> None:
        """Lay out shards, and defer their jobs in the same transaction."""
        numbers = [shard.number for shard in shards]
        self._offered.update(numbers)
        with explain_errors(self._name), self._connection.transaction():
            self._connection.execute(b"DELETE FROM read_shards WHERE number = ANY(%s)", [numbers])
            self._connection.cursor().executemany(_OFFER, shards)
            defer_jobs(self._connection, list(map(make_shard_job, numbers)))

    def claim(self, number: int) -> Shard | None:
        """Take a shard if nobody has it."""
        with explain_errors(self._name):
            row = self._connection.execute(_CLAIM, [number]).fetchone()
        return None if row is None else Shard(*row)

    def release(self, shard: Shard) -> None:
        """Give a shard back."""
        with explain_errors(self._name):
            self._connection.execute(_RELEASE, [shard.number, shard.token])

    def finish(self, shard: Shard, found: bytes) -> None:
        """Hand over what was read."""
        with explain_errors(self._name):
            self._connection.execute(_FINISH, [found, shard.number, shard.token])

    def collect(self, shard: Shard) -> bytes | None:
        """Return what was read, if anybody is done."""
        with explain_errors(self._name):
            row = self._connection.execute(_COLLECT, [shard.number, shard.token]).fetchone()
        return None if row is None else bytes(row[0])

    def withdraw(self) -> None:
        """Take back all offers, and the jobs that nobody has begun."""
        keys = [make_shard_job(number).key for number in self._offered]
        with explain_errors(self._name), self._connection.transaction():
            # Not deleted: of a million files that would leave 90 MB of room for nothing.
            self._connection.execute(b"TRUNCATE read_shards")
            self._connection.execute(_FORGET, [keys])


@contextmanager
def open_shards(address: Address) -> Iterator[ServerShards]:
    """Give the shards of a database that is up to date.

    Raises:
        BusyError: The server has no connection left, or is starting.
        StoreError: It cannot be reached.
    """
    with explain_errors(address.name):
        connection = address.connect(autocommit=True, wait_s=_WAIT_S)
    try:
        yield ServerShards(address, connection)
    finally:
        connection.close()
