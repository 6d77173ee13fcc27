"""What every ledger promises of the fence, which a delivery crosses right before its dot."""

import pytest

from feedpub.model import DeliveryState
from feedpub.ports.mailing import Change, Ledger, Outcome
from tests.support.ledger import ISSUE
from tests.support.ledgers import NOW, claim, cross, settle, states

QUEUED, SENDING, COMMITTING, SENT, FAILED, UNKNOWN, SKIPPED = DeliveryState


def test_a_claimed_delivery_crosses_the_fence_once(ledger: Ledger) -> None:
    claim(ledger)

    assert cross(ledger, 1)
    assert not cross(ledger, 1)
    assert states(ledger)[1] is COMMITTING


def test_a_delivery_that_was_not_claimed_does_not_cross(ledger: Ledger) -> None:
    assert not cross(ledger, 1)
    assert states(ledger)[1] is QUEUED


def test_those_that_cross_and_those_that_do_not_are_told_apart(ledger: Ledger) -> None:
    claim(ledger, limit=2)

    passed = ledger.commit([Change(crossing=1), Change(), Change(crossing=3)], NOW)

    assert passed == [True, True, False]


def test_a_delivery_crosses_once_also_within_one_commit(ledger: Ledger) -> None:
    claim(ledger)

    assert ledger.commit([Change(crossing=1), Change(crossing=1)], NOW) == [True, False]


@pytest.mark.parametrize("state", [FAILED, QUEUED, SKIPPED])
def test_what_is_refused_does_not_cross_in_the_same_commit(
    ledger: Ledger, state: DeliveryState
) -> None:
    claim(ledger)

    assert ledger.commit([Change([Outcome(1, state)], crossing=1)], NOW) == [False]
    assert states(ledger)[1] is state


@pytest.mark.parametrize("state", [SENT, FAILED, UNKNOWN, QUEUED])
def test_a_reply_to_the_dot_settles_a_delivery(ledger: Ledger, state: DeliveryState) -> None:
    claim(ledger)
    cross(ledger, 1)

    settle(ledger, 1, state, code="250 2.0.0", reply="a reply")

    row = next(row for row in ledger.rows(ISSUE, [state]) if row.delivery == 1)
    assert (row.code, row.reply, row.attempts, row.at) == ("250 2.0.0", "a reply", 1, NOW)


@pytest.mark.parametrize("state", [FAILED, QUEUED, SKIPPED])
def test_a_refusal_before_the_dot_settles_a_delivery(ledger: Ledger, state: DeliveryState) -> None:
    claim(ledger)

    settle(ledger, 1, state)

    assert states(ledger)[1] is state


@pytest.mark.parametrize("state", [SENT, UNKNOWN])
def test_what_did_not_cross_is_neither_sent_nor_unknown(
    ledger: Ledger, state: DeliveryState
) -> None:
    claim(ledger)

    settle(ledger, 1, state)

    assert states(ledger)[1] is SENDING


def test_what_was_sent_stays_sent(ledger: Ledger) -> None:
    claim(ledger)
    cross(ledger, 1)
    settle(ledger, 1, SENT)

    settle(ledger, 1, QUEUED)

    assert states(ledger)[1] is SENT
