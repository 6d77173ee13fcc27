"""One contract for what machines read together: on a server, and the twin."""

import time
from collections.abc import Iterator
from threading import Timer

import pytest

from feedpub.errors import BusyError
from feedpub.ports.jobs import make_shard_job
from feedpub.ports.shards import Shard, Shards
from feedpub.publishing.chores import READ
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.jobs import defer_jobs
from feedpub.store.postgres.shards import open_shards
from feedpub.store.postgres.store import PostgresStore
from feedpub.testing import MemoryShards

ONE = Shard(0, "a", "文章", "settings", b"\0files")
TWO = Shard(1, "b", "文章", "settings", b"")


@pytest.fixture(params=["memory", "server"])
def shards(request: pytest.FixtureRequest) -> Iterator[Shards]:
    if request.param == "memory":
        yield MemoryShards()
        return
    address = Address(request.getfixturevalue("database"))
    PostgresStore.open(address).close()
    with open_shards(address) as opened:
        yield opened


def test_where_nothing_is_on_offer_nothing_is_to_be_had(shards: Shards) -> None:
    assert shards.claim(0) is None
    assert shards.collect(ONE) is None
    shards.release(ONE)
    shards.finish(ONE, b"in vain")
    shards.withdraw()
    assert shards.collect(ONE) is None


def test_a_shard_is_taken_once_and_comes_back_whole(shards: Shards) -> None:
    shards.offer([ONE, TWO])

    assert [shards.claim(1), shards.claim(1), shards.claim(0), shards.claim(2)] == [
        TWO, None, ONE, None,
    ]  # fmt: skip
    assert shards.collect(ONE) is None
    shards.finish(ONE, b"found \xff")
    assert [shards.collect(TWO), shards.collect(ONE)] == [None, b"found \xff"]
    assert shards.collect(ONE) is None
    assert shards.claim(0) is None


def test_what_is_given_back_is_for_somebody_else(shards: Shards) -> None:
    shards.offer([ONE])
    assert shards.claim(0)
    shards.release(ONE)

    assert shards.claim(0) == ONE


def test_who_comes_too_late_changes_nothing(shards: Shards) -> None:
    """The number stands for another shard by now, or for none."""
    shards.offer([ONE])
    late = shards.claim(0)
    assert late
    again = ONE._replace(token="c", files=b"others")
    shards.offer([again])

    shards.finish(late, b"of the one before")
    assert shards.collect(again) is None
    shards.finish(again, b"found")
    assert shards.collect(late) is None
    assert shards.collect(again) == b"found"
    shards.offer([again := again._replace(token="d")])
    assert shards.claim(0) == again
    shards.release(late)
    assert shards.claim(0) is None

    shards.withdraw()
    shards.finish(again, b"of nobody")
    assert shards.collect(again) is None


def test_nobody_works_here(shards: Shards) -> None:
    assert shards.count_readers() == 0


def test_each_shard_has_one_job_however_often_it_is_laid_out(database: str) -> None:
    address = Address(database)
    store = PostgresStore.open(address)
    with open_shards(address) as shards:
        shards.offer([ONE, TWO])
        shards.offer([TWO._replace(token="c")])

        with store.transaction() as catalog:
            assert catalog.jobs.pending("read") == [{"shard": 0}, {"shard": 1}]
            catalog.jobs.defer([READ])
        shards.withdraw()
    with store.transaction() as catalog:
        assert catalog.jobs.pending("read") == [{}]
    store.close()


def test_in_memory_each_shard_has_one_job_too() -> None:
    shards = MemoryShards()
    shards.offer([ONE, TWO])
    shards.offer([TWO._replace(token="c")])
    shards.queue.defer([READ])
    assert shards.queue.pending("read") == [{"shard": 0}, {"shard": 1}, {}]

    shards.withdraw()

    assert shards.queue.jobs == [READ]


def test_a_build_that_writes_is_no_hindrance(database: str) -> None:
    address = Address(database)
    store = PostgresStore.open(address)
    with store.transaction() as catalog, open_shards(address) as shards:
        catalog.shelves.set_meta({"building": "1"})
        shards.offer([ONE])
        assert shards.claim(0) == ONE
        shards.finish(ONE, b"found")
        assert shards.collect(ONE) == b"found"
    store.close()


def test_what_somebody_is_stuck_at_is_nobody_elses_and_keeps_nobody(database: str) -> None:
    """A process that is stopped while the server sends it a shard holds the row all the while."""
    address = Address(database)
    PostgresStore.open(address).close()
    with open_shards(address) as shards, address.connect() as stuck:
        shards.offer([ONE, TWO])
        stuck.execute("UPDATE read_shards SET claimed = true WHERE number = 0")

        began = time.monotonic()
        assert [shards.claim(0), shards.claim(1), shards.collect(ONE)] == [None, TWO, None]
        assert time.monotonic() - began < 1


@pytest.mark.parametrize("ends", [True, False], ids=["comes through", "is stuck"])
def test_jobs_that_somebody_else_is_writing_are_told_as_such(database: str, ends: bool) -> None:
    address = Address(database)
    PostgresStore.open(address).close()
    with open_shards(address) as shards, address.connect() as other:
        defer_jobs(other, [make_shard_job(0)])
        timer = Timer(0.2, other.commit if ends else lambda: None)
        timer.start()

        with pytest.raises(BusyError, match="another run"):
            shards.offer([ONE])

        timer.join()
        assert shards.claim(0) is None


def test_a_job_that_somebody_is_stuck_at_is_left_to_him(database: str) -> None:
    """Nobody else's statement waits for it, and the rest is taken back."""
    address = Address(database)
    PostgresStore.open(address).close()
    with open_shards(address) as shards, address.connect() as stuck:
        shards.offer([ONE, TWO])
        taking = b"UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = 'read 0'"
        stuck.execute(taking)

        shards.withdraw()

        assert shards.claim(0) is None
        left = stuck.execute("SELECT queueing_lock FROM procrastinate_jobs").fetchall()
        assert left == [("read 0",)]


def test_a_job_that_is_being_done_is_neither_in_the_way_nor_taken_back(database: str) -> None:
    """A worker is still at the shard that had the number before."""
    address = Address(database)
    PostgresStore.open(address).close()
    count = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1 ORDER BY 1"
    with open_shards(address) as shards, address.connect(autocommit=True) as connection:
        shards.offer([ONE])
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")

        shards.offer([ONE._replace(token="c")])
        assert connection.execute(count.encode()).fetchall() == [("doing", 1), ("todo", 1)]
        shards.withdraw()
        assert connection.execute(count.encode()).fetchall() == [("doing", 1)]


def test_of_jobs_with_one_key_one_is_deferred(database: str) -> None:
    address = Address(database)
    PostgresStore.open(address).close()
    with address.connect() as connection:
        defer_jobs(connection, [make_shard_job(0), make_shard_job(1), make_shard_job(0)])

        found = connection.execute("SELECT queueing_lock FROM procrastinate_jobs ORDER BY id")
        assert found.fetchall() == [("read 0",), ("read 1",)]


def test_a_copy_that_is_being_made_keeps_nobody_for_long(database: str) -> None:
    """As pg_dump does, for hours."""
    address = Address(database)
    PostgresStore.open(address).close()
    with open_shards(address) as shards, address.connect() as copy:
        shards.offer([ONE])
        copy.execute("SELECT * FROM read_shards")

        began = time.monotonic()
        with pytest.raises(BusyError, match="try again later"):
            shards.withdraw()
        assert time.monotonic() - began < 5
        assert shards.claim(0) == ONE


def test_workers_are_counted_while_they_give_signs(database: str) -> None:
    address = Address(database)
    PostgresStore.open(address).close()
    with address.connect(autocommit=True) as connection:
        for age in ("1 second", "29 seconds", "31 seconds"):
            connection.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)",
                [age],
            )
    with open_shards(address) as shards:
        assert shards.count_readers() == 2
