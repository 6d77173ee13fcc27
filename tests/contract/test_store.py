"""What the store promises, on the disk and in memory."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from feedpub.catalog.categories import CategoryTree
from feedpub.catalog.identity import State
from feedpub.errors import MissingStoreError, StoreError
from feedpub.ports import PictureRow, PictureState, RenditionRow
from feedpub.store.catalog import Catalog
from feedpub.store.sql import SqlStore
from tests.support.records import make_record
from tests.support.stores import Store, insert

# Transactions


def test_what_a_transaction_did_is_kept(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.shelves.set_meta({"a": "1"})

    with store.transaction() as catalog:
        assert catalog.shelves.meta() == {"a": "1"}


def change_and_fail(catalog: Catalog) -> None:
    catalog.shelves.set_meta({"a": "2", "b": "2"})
    raise RuntimeError


def test_what_a_failed_transaction_did_is_undone(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as catalog:
        change_and_fail(catalog)

    with store.transaction() as catalog:
        assert catalog.shelves.meta() == {}


def test_a_failed_attempt_undoes_itself_and_nothing_else(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.shelves.set_meta({"a": "1"})
        with pytest.raises(RuntimeError), catalog.attempt():
            change_and_fail(catalog)

    with store.transaction() as catalog:
        assert catalog.shelves.meta() == {"a": "1"}


def test_an_empty_note_is_removed(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.shelves.set_meta({"a": "1", "b": "2"})
        catalog.shelves.set_meta({"a": ""})

        assert catalog.shelves.meta() == {"b": "2"}


# Shelves


def test_a_shelf_gives_its_newest_first(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.shelves.place([(1, 10, 1), (1, 30, 2), (1, 30, 3), (2, 40, 4)])

        assert catalog.shelves.newest(1, 2) == [(30, 3), (30, 2)]
        assert catalog.shelves.newest(1, None) == [(30, 3), (30, 2), (10, 1)]
        assert catalog.shelves.between(1, 10, 30) == [(10, 1)]
        assert catalog.shelves.last_before(1, 30) == 10
        assert catalog.shelves.first_from(1, 11) == 30
        assert catalog.shelves.last_before(1, 10) is None
        assert catalog.shelves.counts() == {1: 3, 2: 1}


def test_what_is_withdrawn_is_gone(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.shelves.place([(1, 10, 1), (1, 20, 2)])
        catalog.shelves.announce([(1, 100, 1), (1, 100, 2)])

        catalog.shelves.withdraw([(1, 10, 100, 1), (1, 20, None, 2)])

        assert catalog.shelves.newest(1, None) == []
        assert catalog.shelves.latest_arrivals(1, 9) == [(100, 2)]


def test_articles_on_several_shelves_are_counted_by_these(store: Store, source: int) -> None:
    copied, hidden, copy = State.LIVE, State.HELD, State.DUPLICATE
    insert(
        store,
        make_record(1, source=source, categories=(1, 2)),
        make_record(2, source=source, categories=(2, 1)),
        make_record(3, source=source, categories=(3,)),
        make_record(4, source=source, categories=(1,), state=copied),
        make_record(5, source=source, categories=(2, 3), state=copy, same_as=4),
        make_record(6, source=source, categories=(1, 2), state=copied),
        make_record(7, source=source, categories=(2,), state=copy, same_as=6),
        make_record(8, source=source, categories=(1, 2), state=hidden),
        make_record(9, source=source, categories=(3,), state=copy, same_as=8),
        make_record(10, source=source, categories=(5,), state=copied),
        make_record(11, source=source, categories=(5,), state=copy, same_as=10),
    )

    with store.transaction() as catalog:
        assert catalog.shelves.overlaps() == {(1, 2): 3, (1, 2, 3): 1}


def test_shelves_may_be_merged(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.shelves.place([(1, 10, 1), (1, 20, 2), (2, 10, 1), (3, 30, 3)])
        catalog.shelves.announce([(1, 100, 2)])

        catalog.shelves.merge({1: 2})

        assert catalog.shelves.counts() == {2: 2, 3: 1}
        assert catalog.shelves.latest_arrivals(2, 9) == [(100, 2)]


def test_what_is_dirty_is_noted_once_and_forgotten(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.shelves.mark_dirty([(1, ""), (1, "2026-01")])
        catalog.shelves.mark_dirty([(1, ""), (0, "")])
        assert catalog.shelves.dirty() == [(0, ""), (1, ""), (1, "2026-01")]

        catalog.shelves.clear_dirty([(1, "")])
        assert catalog.shelves.dirty() == [(0, ""), (1, "2026-01")]


def test_what_is_dirty_is_noted_without_a_look_at_what_else_is(store: Store) -> None:
    statements: list[str] = []
    with store.transaction() as catalog:
        connection = catalog.shelves._connection
        sa.event.listen(
            connection, "before_cursor_execute", lambda *event: statements.append(event[2])
        )
        catalog.shelves.mark_dirty([(1, ""), (1, "*"), (1, "")])
        catalog.shelves.mark_dirty([])

        assert catalog.shelves.dirty() == [(1, ""), (1, "*")]

    assert [statement.split()[0] for statement in statements] == ["INSERT", "SELECT"]


def test_touched_articles_are_noted_once_and_forgotten(store: Store) -> None:
    with store.transaction() as catalog:
        catalog.shelves.touch([1, 2])
        catalog.shelves.touch([2, 3])
        assert sorted(catalog.shelves.touched()) == [1, 2, 3]

        catalog.shelves.clear_touched()
        assert catalog.shelves.touched() == []


def test_a_tree_comes_back_as_it_was(store: Store) -> None:
    tree = CategoryTree().grow([("技术", "Web"), ("all",)])
    with store.transaction() as catalog:
        catalog.shelves.save_tree(tree, known=catalog.shelves.load_tree())

        assert list(catalog.shelves.load_tree()) == list(tree)


def test_a_renamed_tree_comes_back_as_it_was(store: Store) -> None:
    tree = CategoryTree().grow([("a", "x"), ("b", "x"), ("c",)])
    renamed = tree.rename({("a",): ("b",), ("c",): ("a",)}).tree
    with store.transaction() as catalog:
        catalog.shelves.save_tree(tree, known=catalog.shelves.load_tree())
        catalog.shelves.save_tree(renamed, known=tree)

        found = catalog.shelves.load_tree()

    assert list(found) == list(renamed)
    assert found.aliases == renamed.aliases


def test_names_may_be_swapped(store: Store) -> None:
    tree = CategoryTree().grow([("a",), ("b",)])
    swapped = tree.rename({("a",): ("c",)}).tree.rename({("b",): ("a",)}).tree
    swapped = swapped.rename({("c",): ("b",)}).tree
    with store.transaction() as catalog:
        catalog.shelves.save_tree(tree, known=catalog.shelves.load_tree())
        catalog.shelves.save_tree(swapped, known=tree)

        assert list(catalog.shelves.load_tree()) == list(swapped)


# Renditions


def test_a_rendition_is_replaced_and_dropped(store: Store, source: int) -> None:
    insert(store, make_record(1, source=source))
    row = RenditionRow(1, b"key", b"{}", "https://b.example/a.png")
    with store.transaction() as catalog:
        catalog.renditions.put([row])
        catalog.renditions.put([row._replace(key=b"new")])
        assert list(catalog.renditions.get([1, 2])) == [row._replace(key=b"new")]
        assert catalog.renditions.keys([1]) == {1: b"new"}
        assert catalog.renditions.articles_showing(["https://b.example/a.png"]) == [1]

        catalog.renditions.drop([1])
        assert list(catalog.renditions.get([1])) == []


def test_a_dropped_record_takes_its_rendition_along(store: Store, source: int) -> None:
    insert(store, make_record(1, source=source))
    with store.transaction() as catalog:
        catalog.renditions.put([RenditionRow(1, b"key", b"{}", None)])

        catalog.sources.remove([1])

        assert catalog.renditions.keys([1]) == {}
        assert list(catalog.sources.records([1])) == []


def test_what_is_known_of_a_picture_is_replaced(store: Store) -> None:
    waiting = PictureRow("https://b.example/a.png", PictureState.WAITING)
    copied = PictureRow(waiting.url, PictureState.COPIED, "a.jpg", 1, 2, 3)
    with store.transaction() as catalog:
        catalog.renditions.put_pictures([waiting])
        assert catalog.renditions.pictures_waiting() == [waiting.url]

        catalog.renditions.put_pictures([copied])
        assert catalog.renditions.pictures([waiting.url]) == {waiting.url: copied}
        assert catalog.renditions.pictures_waiting() == []


# Backups


def test_a_backup_holds_everything(store: Store, source: int, tmp_path: Path) -> None:
    insert(store, make_record(1, source=source))

    store.backup(tmp_path / "copy.db")

    copy = SqlStore.open(tmp_path / "copy.db")
    with copy.transaction() as catalog:
        assert len(list(catalog.sources.records([1]))) == 1
    copy.check()
    copy.close()


def test_a_backup_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")

    with pytest.raises(StoreError, match="exists"):
        store.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_a_healthy_store_is_healthy(store: Store) -> None:
    store.check()


def test_a_missing_store_is_never_made_anew(tmp_path: Path) -> None:
    with pytest.raises(MissingStoreError, match="restore"):
        SqlStore.open(tmp_path / "feedpub.db")
    assert not (tmp_path / "feedpub.db").exists()
