"""Writers that meet share a commit, and nobody goes on before it."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from feedpub.errors import StoreOutageError, SubscriberError
from feedpub.store.sharing import SharedStore
from feedpub.store.sql import SqlStore, create


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SharedStore]:
    create(tmp_path / "feedpub.db")
    shared = SharedStore(SqlStore.open(tmp_path / "feedpub.db"))
    yield shared
    shared.close()


def read_notes(tmp_path: Path) -> dict[str, str]:
    store = SqlStore.open(tmp_path / "feedpub.db", read_only=True)
    with store.transaction() as catalog:
        notes = catalog.shelves.meta()
    store.close()
    return notes


def meet(store: SharedStore, tasks: list[Callable[[], None]]) -> list[BaseException | None]:
    """Run tasks in threads that all wait for their turn before the first begins."""
    found: list[BaseException | None] = [None] * len(tasks)

    def run(at: int, task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:  # noqa: BLE001 # compared by the test
            found[at] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    with store._turn:
        for number, thread in enumerate(threads, 1):
            thread.start()
            while store._coming < number:  # they queue in this order
                pass
    for thread in threads:
        thread.join(20)
    return found


def note(store: SharedStore, key: str, error: Exception | None = None) -> Callable[[], None]:
    def task() -> None:
        with store.transaction() as catalog:
            catalog.shelves.set_meta({key: "yes"})
            if error is not None:
                raise error

    return task


def count_commits(store: SharedStore) -> list[str]:
    commits: list[str] = []
    sa.event.listen(store._store._engine, "commit", lambda _: commits.append("commit"))
    return commits


def test_those_who_meet_share_one_commit(store: SharedStore, tmp_path: Path) -> None:
    commits = count_commits(store)

    errors = meet(store, [note(store, f"n{number}") for number in range(5)])

    assert errors == [None] * 5
    assert len(commits) == 1
    assert {f"n{number}" for number in range(5)} <= set(read_notes(tmp_path))


def test_one_alone_commits_at_once(store: SharedStore, tmp_path: Path) -> None:
    note(store, "alone")()

    assert read_notes(tmp_path)["alone"] == "yes"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_who_breaks_a_rule_undoes_nothing_of_the_others(
    store: SharedStore, tmp_path: Path, place: int
) -> None:
    tasks = [note(store, f"n{number}") for number in range(3)]
    tasks[place] = note(store, "bad", SubscriberError("no"))

    errors = meet(store, tasks)

    assert [type(error) for error in errors if error] == [SubscriberError]
    notes = read_notes(tmp_path)
    assert "bad" not in notes
    assert len([key for key in notes if key.startswith("n")]) == 2


def test_after_an_error_of_the_database_nobody_believes_to_be_done(
    store: SharedStore, tmp_path: Path
) -> None:
    full = sa.exc.OperationalError("x", {}, Exception("database or disk is full"))

    for number in range(20):  # nobody knows who is first
        names = [f"n{number} {place}" for place in range(3)]
        errors = meet(store, [*(note(store, name) for name in names), note(store, "full", full)])

        notes = read_notes(tmp_path)
        raised = [error for error in errors if error is not None]
        assert all(isinstance(error, StoreOutageError) for error in raised)
        assert len({id(error) for error in raised}) == len(raised)
        assert {getattr(error, "remedy", "") for error in raised} == {"make room and try again"}
        assert errors.pop() is not None
        assert [error is None for error in errors] == [name in notes for name in names]
        assert "full" not in notes


def test_the_file_is_written_anew_between_two_writers(store: SharedStore, tmp_path: Path) -> None:
    errors = meet(store, [note(store, "one"), store.compact, note(store, "two")])

    assert errors == [None, None, None]
    assert {"one", "two"} <= set(read_notes(tmp_path))
