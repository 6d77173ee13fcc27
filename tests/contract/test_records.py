"""What a store keeps of sources and of the files in them, on the disk and in memory."""

from feedpub.catalog.identity import Flag, State
from feedpub.ports import StoredProblem
from tests.support.records import make_record
from tests.support.stores import Store, insert

DAY = 24 * 3600


def test_a_source_is_made_when_it_is_first_asked_for(store: Store) -> None:
    with store.transaction() as catalog:
        first = catalog.sources.open_source("posts")
        catalog.sources.update_source(first.id, first_read=7, settings="x")

        again = catalog.sources.open_source("posts")

        assert (again.id, again.first_read, again.settings) == (first.id, 7, "x")
        assert catalog.sources.list_sources() == [again]


def test_a_record_comes_back_as_it_was(store: Store, source: int) -> None:
    kept = make_record(1, source=source, categories=(3, 1), folder="a/b", origin="x.md")
    insert(store, kept)

    with store.transaction() as catalog:
        assert list(catalog.sources.records([1])) == [kept]
        assert list(catalog.sources.records_in(source, ["a/b"])) == [kept]
        assert list(catalog.sources.records_by_content([b"same"])) == [kept]
        assert list(catalog.sources.records_by_uid(["urn:x:1"])) == [kept]
        assert list(catalog.sources.records_in(source, ["a"])) == []


def test_a_record_may_be_replaced(store: Store, source: int) -> None:
    kept = make_record(1, source=source)
    insert(store, kept, make_record(2, source=source))
    changed = kept._replace(title="New", categories=(5,), state=State.HELD, first_seen=None)

    with store.transaction() as catalog:
        catalog.sources.update([changed])

        assert sorted(catalog.sources.records([1, 2])) == [changed, make_record(2, source=source)]


def test_more_values_than_a_statement_takes_are_fine(store: Store, source: int) -> None:
    insert(store, *(make_record(row, source=source) for row in range(1, 1202)))

    with store.transaction() as catalog:
        assert len(list(catalog.sources.records(range(1, 2000)))) == 1201
        assert catalog.sources.next_id() == 1202


def test_duplicates_are_found_by_their_article(store: Store, source: int) -> None:
    insert(
        store,
        make_record(1, source=source),
        make_record(3, source=source, state=State.DUPLICATE, same_as=1),
        make_record(2, source=source, state=State.DUPLICATE, same_as=1),
    )

    with store.transaction() as catalog:
        assert [record.id for record in catalog.sources.duplicates_of([1])] == [2, 3]


def test_what_is_due_is_found(store: Store, source: int) -> None:
    insert(
        store,
        make_record(1, source=source, state=State.HELD, published=50),
        make_record(2, source=source, state=State.HELD, published=150),
        make_record(3, source=source, expires=50),
        make_record(4, source=source, expires=170),
        make_record(5, source=source),
    )

    with store.transaction() as catalog:
        assert {record.id for record in catalog.sources.records_due(100)} == {1, 3}
        assert catalog.sources.next_due(100) == 150
        assert catalog.sources.next_due(160) == 170
        assert catalog.sources.next_due(200) is None


def test_what_another_kind_of_build_would_hold_is_found(store: Store, source: int) -> None:
    insert(
        store,
        make_record(1, source=source, state=State.HELD),
        make_record(2, source=source, flags=Flag.DRAFT),
        make_record(3, source=source, published=150),
        make_record(4, source=source, expires=50),
        make_record(5, source=source, published=50, first_seen=None),
        make_record(6, source=source, published=50),
    )

    with store.transaction() as catalog:
        assert {record.id for record in catalog.sources.records_held(100)} == {1, 2, 3, 4, 5}


def test_tombstones_are_not_counted_as_known(store: Store, source: int) -> None:
    insert(store, make_record(1, source=source), make_record(2, source=source, state=State.DELETED))

    with store.transaction() as catalog:
        assert catalog.sources.count_known(source) == 1
        assert catalog.sources.count_states() == {
            (source, State.LIVE): 1,
            (source, State.DELETED): 1,
        }


def test_fingerprints_are_replaced_and_forgotten(store: Store, source: int) -> None:
    with store.transaction() as catalog:
        catalog.sources.save_fingerprints(source, {"a": b"1", "b": b"1"}, ())
        catalog.sources.save_fingerprints(source, {"a": b"2"}, ["b"])

        assert catalog.sources.fingerprints(source) == {"a": b"2"}


def test_problems_are_replaced_by_place(store: Store, source: int) -> None:
    old = StoredProblem("posts", "", "a.md", "error", 3, 7, "old")
    other = StoredProblem("posts", "sub", "a.md", "error", None, None, "other")
    new = old._replace(message="new")

    with store.transaction() as catalog:
        catalog.sources.replace_problems(source, (), [old, other])
        catalog.sources.replace_problems(source, {("", "a.md")}, [new])

        assert catalog.sources.problems() == [new, other]


def test_merged_categories_give_their_files_to_others(store: Store, source: int) -> None:
    insert(
        store,
        make_record(1, source=source, categories=(1, 11)),
        make_record(2, source=source, categories=(11, 2)),
        make_record(3, source=source, categories=(111,)),
    )

    with store.transaction() as catalog:
        catalog.sources.merge_categories({11: 2})

        found = {record.id: record.categories for record in catalog.sources.records([1, 2, 3])}
        assert found == {1: (1, 2), 2: (2,), 3: (111,)}
