"""What every ledger promises to several senders of one issue; see ``feedpub.ports.mailing``."""

import pytest

from feedpub.errors import BusyError
from feedpub.model import DeliveryState, IssueState
from feedpub.ports.mailing import Lease, Ledger, Recovery
from feedpub.store.lease import is_alive
from tests.support.ledger import ISSUE
from tests.support.ledgers import NOW, World, claim, cross, settle, states

QUEUED, SENDING, COMMITTING, SENT, FAILED, UNKNOWN, SKIPPED = DeliveryState
LEASE_S = 120


def join(world: World, *, now: int = NOW, shared: bool = True) -> Ledger:
    """Return a ledger as one more sender has it."""
    ledger = world.open()
    ledger.acquire(ISSUE, now, shared=shared)
    return ledger


def send(ledger: Ledger, deliveries: list[int]) -> None:
    for delivery in deliveries:
        assert cross(ledger, delivery)
        settle(ledger, delivery, SENT)


# Who may send beside whom


def test_those_who_share_send_at_once_and_nobody_to_the_same(world: World) -> None:
    first, second = join(world), join(world)

    mine, theirs = claim(first, limit=2), claim(second)

    assert [one.delivery for one in mine] == [1, 2]
    assert [one.delivery for one in theirs] == [3, 4]


@pytest.mark.parametrize(("first", "second"), [(False, True), (True, False), (False, False)])
def test_who_sends_alone_keeps_others_away_and_is_kept_away(
    world: World, first: bool, second: bool
) -> None:
    join(world, shared=first)

    with pytest.raises(BusyError, match="is being sent"):
        join(world, shared=second)


def test_who_was_kept_away_has_touched_nothing(world: World) -> None:
    first = join(world)
    claim(first, limit=2)

    with pytest.raises(BusyError):
        join(world, shared=False)

    assert cross(first, 1)
    assert len(first.senders(ISSUE)) == 1


def test_who_sends_alone_comes_in_when_the_last_of_the_others_has_left(world: World) -> None:
    first, second = join(world), join(world)
    first.release(ISSUE, NOW)
    with pytest.raises(BusyError):
        join(world, shared=False)
    second.release(ISSUE, NOW)

    assert world.open().acquire(ISSUE, NOW) == Recovery(0, 0)


def test_all_senders_are_told_each_with_its_own_progress(world: World) -> None:
    first, second = join(world), join(world)
    first.renew(ISSUE, NOW + 10, moved=True)
    second.renew(ISSUE, NOW + 20, moved=False)

    found = {(one.progressed, one.until, one.shared) for one in first.senders(ISSUE)}

    assert found == {(NOW + 10, NOW + 10 + LEASE_S, True), (NOW, NOW + 20 + LEASE_S, True)}


def test_a_stopped_issue_is_noticed_by_all_of_them(world: World) -> None:
    senders = [join(world), join(world)]
    world.set_issue(IssueState.STOPPED)

    assert [one.renew(ISSUE, NOW, moved=True) for one in senders] == [False, False]
    assert [claim(one) for one in senders] == [[], []]


# Those who die


def test_only_the_rows_of_a_dead_sender_are_put_right(world: World) -> None:
    dead, living = join(world), join(world)
    claim(dead, limit=2)
    cross(dead, 1)
    claim(living, limit=2)
    cross(living, 3)
    living.renew(ISSUE, NOW + LEASE_S, moved=True)

    found = world.open().acquire(ISSUE, NOW + LEASE_S, shared=True)

    assert found == Recovery(queued=1, unknown=1)
    assert states(living) == {1: UNKNOWN, 2: QUEUED, 3: COMMITTING, 4: SENDING}
    assert len(living.senders(ISSUE)) == 2


def test_what_nobody_is_known_to_have_is_put_right_by_who_sends_alone(world: World) -> None:
    lost = join(world)
    claim(lost, limit=2)
    cross(lost, 1)
    world.forget_senders()

    beside = join(world)  # who looks through all the rows of an issue only for a dead sender's
    assert states(beside) == {1: COMMITTING, 2: SENDING, 3: QUEUED, 4: QUEUED}
    beside.release(ISSUE, NOW)

    assert world.open().acquire(ISSUE, NOW) == Recovery(queued=1, unknown=1)
    assert states(beside) == {1: UNKNOWN, 2: QUEUED, 3: QUEUED, 4: QUEUED}


def test_who_joins_leaves_alone_what_living_senders_have(world: World) -> None:
    first = join(world)
    claim(first)
    cross(first, 1)

    assert world.open().acquire(ISSUE, NOW + 1, shared=True) == Recovery(0, 0)
    assert states(first) == {1: COMMITTING, 2: SENDING, 3: SENDING, 4: SENDING}


def test_a_sender_that_was_taken_for_dead_passes_no_fence(world: World) -> None:
    frozen = join(world)
    claim(frozen)
    other = join(world, now=NOW + LEASE_S)
    assert len(claim(other, now=NOW + LEASE_S)) == 4

    assert not cross(frozen, 1)
    assert not frozen.renew(ISSUE, NOW + LEASE_S, moved=True)
    assert claim(frozen, now=NOW + LEASE_S) == []
    assert cross(other, 1)


def test_a_sender_that_was_taken_for_dead_takes_nothing_along_when_it_leaves(world: World) -> None:
    frozen = join(world)
    claim(frozen)
    other = join(world, now=NOW + LEASE_S)
    claim(other, now=NOW + LEASE_S)

    assert not frozen.release(ISSUE, NOW + LEASE_S)

    assert set(states(other).values()) == {SENDING}
    assert len(other.senders(ISSUE)) == 1


def test_a_sender_that_was_taken_for_dead_comes_back_as_a_new_one(world: World) -> None:
    frozen = join(world)
    claim(frozen, limit=1)
    other = join(world, now=NOW + LEASE_S)

    frozen.acquire(ISSUE, NOW + LEASE_S, shared=True)

    assert [one.delivery for one in claim(frozen, now=NOW + LEASE_S, limit=2)] == [1, 2]
    assert [one.delivery for one in claim(other, now=NOW + LEASE_S)] == [3, 4]


# The end


def test_who_leaves_puts_back_what_is_its_own(world: World) -> None:
    first, second = join(world), join(world)
    claim(first, limit=2)
    cross(first, 1)
    claim(second)

    assert not first.release(ISSUE, NOW)

    assert states(second) == {1: UNKNOWN, 2: QUEUED, 3: SENDING, 4: SENDING}


def test_the_last_one_to_leave_finishes_the_issue_and_only_that_one(world: World) -> None:
    first, second, late = join(world), join(world), join(world)
    send(first, [one.delivery for one in claim(first, limit=2)])
    send(second, [one.delivery for one in claim(second)])

    finished = [one.release(ISSUE, NOW) for one in (first, second, late)]

    assert finished == [False, False, True]
    assert world.issue_state() is IssueState.FINISHED


def test_an_issue_is_not_finished_before_a_dead_sender_is_accounted_for(world: World) -> None:
    dead, living = join(world), join(world)
    claim(dead, limit=1)
    cross(dead, 1)
    send(living, [one.delivery for one in claim(living)])
    assert not living.release(ISSUE, NOW + 1)

    last = world.open()
    assert last.acquire(ISSUE, NOW + LEASE_S, shared=True) == Recovery(queued=0, unknown=1)
    assert last.release(ISSUE, NOW + LEASE_S)

    assert last.counts(ISSUE) == {SENT: 3, UNKNOWN: 1}


def test_who_leaves_twice_finishes_nothing_twice(world: World) -> None:
    ledger = join(world)
    send(ledger, [one.delivery for one in claim(ledger)])

    assert [ledger.release(ISSUE, NOW) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(("ahead_s", "alive"), [(0, False), (1, True), (3600, True), (3601, False)])
def test_a_lease_that_ends_absurdly_late_was_written_by_a_wrong_clock(
    ahead_s: int, alive: bool
) -> None:
    held = Lease("elsewhere", 1, 1, NOW + ahead_s, NOW, shared=False)

    assert is_alive(held, NOW) == alive
