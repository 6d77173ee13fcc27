"""What the database says is to be done about mails, for the sweep of the workers."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from feedpub.model import DeliveryState, IssueState
from feedpub.ports.jobs import Outstanding
from feedpub.store.postgres.store import PostgresStore
from feedpub.store.sql import SqlStore
from tests.support.ledger import LedgerFile
from tests.support.ledger_server import LedgerServer
from tests.support.ledgers import NOW

ISSUE = "weekly/2026-11-27"
PEOPLE = [f"{number}@x.example" for number in range(4)]
Data = LedgerFile | LedgerServer


@pytest.fixture(params=["disk", "postgres"])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Data:
    if request.param == "disk":
        return LedgerFile.create(tmp_path / "feedpub.db", PEOPLE)
    return LedgerServer.create(request.getfixturevalue("database"), PEOPLE)


@pytest.fixture
def look(data: Data) -> Iterator[Callable[[], Outstanding]]:
    opened: SqlStore | PostgresStore = (
        SqlStore.open(data.path)
        if isinstance(data, LedgerFile)
        else PostgresStore.open(data.address)
    )

    def look() -> Outstanding:
        with opened.transaction() as catalog:
            return catalog.agenda.outstanding(NOW)

    with closing(opened):
        yield look


Look = Callable[[], Outstanding]


def set_rows(data: Data, state: DeliveryState, *, not_before: int = 0) -> None:
    data.change(f"UPDATE deliveries SET state = {int(state)}, not_before = {not_before}")


def test_rows_that_are_due_are_counted(data: Data, look: Look) -> None:
    set_rows(data, DeliveryState.QUEUED, not_before=NOW)

    assert look() == Outstanding(False, [(ISSUE, 4)])


def test_an_issue_whose_rows_wait_for_later_waits(data: Data, look: Look) -> None:
    set_rows(data, DeliveryState.QUEUED, not_before=NOW + 1)

    assert look().issues == []


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.SENDING])
def test_an_issue_whose_last_sender_died_is_to_be_finished(
    data: Data, look: Look, state: DeliveryState
) -> None:
    set_rows(data, state)

    assert look().issues == [(ISSUE, 1)]


@pytest.mark.parametrize(("held_until", "found"), [(NOW + 1, []), (NOW, [(ISSUE, 1)])])
def test_one_whose_last_rows_are_being_sent_is_left_to_its_sender(
    data: Data, look: Look, held_until: int, found: list[tuple[str, int]]
) -> None:
    set_rows(data, DeliveryState.SENDING)
    data.change(
        "INSERT INTO senders (issue, token, shared, host, pid, held_until, progressed)"
        f" SELECT id, 1, false, 'a', 1, {held_until}, 0 FROM issues"
    )

    assert look().issues == found


@pytest.mark.parametrize(
    "state", [IssueState.STOPPED, IssueState.FINISHED, IssueState.DROPPED, IssueState.EMPTY]
)
def test_one_that_is_not_on_its_way_is_left_alone(
    data: Data, look: Look, state: IssueState
) -> None:
    data.change(f"UPDATE issues SET state = {int(state)}")

    assert look().issues == []
