"""Stores that stay open between requests."""

import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from feedpub.errors import CategoryError, MissingStoreError, StoreError
from feedpub.store.sql import create
from feedpub.wiring.pool import StorePool


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create(tmp_path / "a.db")
    return tmp_path / "a.db"


def taken(pool: StorePool, *, read_only: bool = False) -> object:
    with pool(read_only=read_only) as store:
        return store


def note(pool: StorePool, value: str) -> None:
    with pool() as store, store.transaction() as catalog:
        catalog.shelves.set_meta({"note": value})


def read_note(pool: StorePool) -> str | None:
    with pool(read_only=True) as store, store.transaction() as catalog:
        return catalog.shelves.meta().get("note")


def test_a_store_is_given_again(path: Path) -> None:
    pool = StorePool(path)

    assert taken(pool) is taken(pool)


def test_one_for_reading_is_another(path: Path) -> None:
    pool = StorePool(path)

    assert taken(pool) is not taken(pool, read_only=True)


def test_what_is_written_by_one_is_read_by_the_other(path: Path) -> None:
    pool = StorePool(path)

    assert read_note(pool) is None
    note(pool, "x")
    assert read_note(pool) == "x"


def test_who_reads_has_a_store_alone_and_who_writes_shares_it(path: Path) -> None:
    pool = StorePool(path)
    other: dict[bool, object] = {}

    def take(read_only: bool) -> None:
        other[read_only] = taken(pool, read_only=read_only)

    for read_only in (True, False):
        with pool(read_only=read_only) as mine:
            thread = threading.Thread(target=take, args=(read_only,))
            thread.start()
            thread.join()
        assert (other[read_only] is mine) == (not read_only)


@pytest.mark.parametrize("read_only", [True, False])
def test_after_an_error_of_the_database_another_is_opened(path: Path, read_only: bool) -> None:
    pool = StorePool(path)
    first = taken(pool, read_only=read_only)
    with pytest.raises(StoreError), pool(read_only=read_only):
        raise StoreError("the disk is full")

    assert taken(pool, read_only=read_only) is not first


def test_what_one_writer_raises_undoes_its_own_part_only(path: Path) -> None:
    pool = StorePool(path)

    def write(number: int) -> None:
        with pool() as store, store.transaction() as catalog:
            catalog.shelves.set_meta({f"note {number}": "x"})
            if number % 2:
                raise CategoryError("no", category="no")

    def run(number: int) -> None:
        with suppress(CategoryError):
            write(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with pool(read_only=True) as store, store.transaction() as catalog:
        found = {name for name in catalog.shelves.meta() if name.startswith("note")}
    assert found == {f"note {number}" for number in range(0, 40, 2)}


def test_a_file_that_took_the_place_of_the_other_is_read(path: Path) -> None:
    pool = StorePool(path)
    note(pool, "old")
    assert read_note(pool) == "old"
    create(path.with_name("b.db"))
    note(StorePool(path.with_name("b.db")), "new")

    # As `restore` does it: the log is brought into the file first, and taken away.
    for name in ("a.db", "b.db"):
        with StorePool(path.with_name(name))() as store:
            store.compact()
    for suffix in ("-wal", "-shm"):
        path.with_name(f"a.db{suffix}").unlink(missing_ok=True)
    path.with_name("b.db").replace(path)

    assert read_note(pool) == "new"
    note(pool, "newer")
    assert read_note(StorePool(path)) == "newer"


def test_a_database_that_is_gone_is_missed(path: Path) -> None:
    pool = StorePool(path)
    taken(pool)
    path.unlink()

    with pytest.raises(MissingStoreError):
        taken(pool)


def test_a_forked_process_opens_its_own(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = StorePool(path)
    first = taken(pool)

    monkeypatch.setattr(os, "getpid", lambda: -1)

    assert taken(pool) is not first


def test_no_more_are_kept_than_are_needed(path: Path) -> None:
    pool = StorePool(path)
    many = [pool(read_only=True) for _ in range(40)]
    for one in many:
        one.__enter__()
    for one in many:
        one.__exit__(None, None, None)

    with pool(read_only=True), pool(read_only=True):
        note(pool, "x")
    assert read_note(pool) == "x"


def test_the_file_can_be_written_anew_while_others_are_kept_open(path: Path) -> None:
    pool = StorePool(path)
    note(pool, "x")
    read_note(pool)
    with pool(read_only=True) as one, pool(read_only=True) as two:
        assert one is not two

    with pool() as store:
        store.compact()

    assert read_note(pool) == "x"
