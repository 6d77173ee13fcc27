"""Where machines share what feeds brought, in every kind of database."""

from feedpub.ports.depot import ERA, DepotFile
from tests.support.stores import Store

A, B = DepotFile("一.html", 1_799_999_999_123_456_789, b"\x00\xff"), DepotFile("b", 2, b"b")


def put(store: Store, source: str, *files: DepotFile) -> int:
    with store.transaction() as catalog:
        return catalog.fetched.put(source, files)


def since(store: Store, source: str, version: int) -> list[DepotFile]:
    with store.transaction() as catalog:
        return list(catalog.fetched.since(source, version))


def versions(store: Store) -> dict[str, int]:
    with store.transaction() as catalog:
        return dict(catalog.fetched.versions())


def test_a_file_comes_back_as_it_was_put(store: Store) -> None:
    put(store, "快讯", A, B)

    assert since(store, "快讯", 0) == [B, A]
    assert since(store, "other", 0) == []


def test_each_change_of_a_source_has_a_number_of_its_own(store: Store) -> None:
    numbers = [put(store, "x", A), put(store, "y", A), put(store, "x", B)]

    assert numbers == [1, 1, 2]
    assert versions(store) == {"x": 2, "y": 1}
    assert since(store, "x", 1) == [B]
    assert since(store, "x", 2) == []


def test_a_file_that_changes_is_replaced_and_new_again(store: Store) -> None:
    put(store, "x", A)
    put(store, "x", B)
    changed = A._replace(data=b"changed")
    put(store, "x", changed)

    assert since(store, "x", 0) == [B, changed]
    assert since(store, "x", 2) == [changed]


def test_after_a_restore_no_number_is_given_a_second_time(store: Store) -> None:
    put(store, "x", A)
    put(store, "x", B)
    with store.transaction() as catalog:
        catalog.fetched.start_era()

    assert versions(store) == {"x": ERA + 2}
    assert since(store, "x", 2) == [A, B]
    assert put(store, "x", B) == ERA + 3

    with store.transaction() as catalog:
        catalog.fetched.start_era()
    assert versions(store) == {"x": 2 * ERA + 3}


def test_of_a_database_without_any_there_is_none(store: Store) -> None:
    assert versions(store) == {}
