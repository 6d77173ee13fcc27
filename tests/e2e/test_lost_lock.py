"""A lock that a server has let go of, since the connection that held it was lost."""

import threading

import pytest

from feedpub.errors import BusyError, FeedpubError
from feedpub.store.postgres.address import Address
from feedpub.store.postgres.lock import AdvisoryLock
from feedpub.store.postgres.store import PostgresStore
from tests.support.postgres import Cluster


@pytest.fixture
def store(database: str) -> PostgresStore:
    return PostgresStore.open(Address(database))


def write(store: PostgresStore) -> None:
    with store.transaction() as catalog:
        catalog.shelves.set_meta({"a": "1"})


def lose_locks(cluster: Cluster) -> None:
    """End the connections that hold a lock of feedpub between transactions."""
    cluster.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks"
        " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    )


def test_who_lost_the_site_writes_nothing_more(
    cluster: Cluster, database: str, store: PostgresStore
) -> None:
    site = AdvisoryLock(Address(database), "site", wait_s=5)

    with site():
        write(store)
        lose_locks(cluster)
        with site(), pytest.raises(BusyError, match="was lost that kept other runs away"):
            write(store)  # while another run, which has the lock now, may be at it

    with site():
        write(store)
    store.close()


def test_a_thread_that_holds_nothing_goes_on(
    cluster: Cluster, database: str, store: PostgresStore
) -> None:
    errors: list[FeedpubError] = []

    def work() -> None:
        try:
            write(store)
        except FeedpubError as error:
            errors.append(error)

    with AdvisoryLock(Address(database), "site")():
        lose_locks(cluster)
        other = threading.Thread(target=work)
        other.start()
        other.join()

    assert errors == []
    store.close()


def test_a_server_that_started_again_holds_no_lock(
    cluster: Cluster, database: str, store: PostgresStore
) -> None:
    with AdvisoryLock(Address(database), "site")():
        cluster.stop()
        cluster.start()

        with pytest.raises(BusyError, match="run it again"):
            write(store)

    store.close()
