"""The arrows between the states of a delivery."""

import pytest

from feedpub.deliveries import BY_OPERATOR, FINAL, NEXT, OPEN, sources, why_not_mailed
from feedpub.deliveries.states import check_decision
from feedpub.model import DeliveryState, SubscriberState

COMMITTING, SENT = DeliveryState.COMMITTING, DeliveryState.SENT


def test_nothing_is_sent_that_did_not_cross_the_fence() -> None:
    assert sources(SENT) == (COMMITTING, DeliveryState.UNKNOWN)
    assert sources(DeliveryState.UNKNOWN) == (COMMITTING,)
    assert sources(COMMITTING) == (DeliveryState.SENDING,)


def test_what_was_sent_or_skipped_stays_so() -> None:
    for state in (SENT, DeliveryState.SKIPPED):
        assert not NEXT[state]
        assert state not in BY_OPERATOR


def test_open_and_final_states_are_all_there_are() -> None:
    assert sorted((*OPEN, *FINAL)) == list(DeliveryState)


def test_nobody_decides_about_what_is_being_sent() -> None:
    with pytest.raises(ValueError, match="committing is not made queued"):
        check_decision([DeliveryState.UNKNOWN, COMMITTING], DeliveryState.QUEUED)


@pytest.mark.parametrize(
    ("state", "paused", "address", "suppressed", "reason"),
    [
        (SubscriberState.ACTIVE, False, "a@b.example", None, None),
        (SubscriberState.ACTIVE, True, "a@b.example", None, "paused"),
        (SubscriberState.ACTIVE, False, "a@b.example", "complaint", "suppressed: complaint"),
        (SubscriberState.ACTIVE, False, "", None, "no address"),
        (SubscriberState.UNSUBSCRIBED, False, "a@b.example", None, "unsubscribed"),
        (SubscriberState.ERASED, False, None, None, "erased"),
        (SubscriberState.PENDING, False, "a@b.example", None, "not confirmed"),
        (SubscriberState.BOUNCED, False, "a@b.example", None, "bounced"),
        (SubscriberState.COMPLAINED, False, "a@b.example", None, "complained"),
    ],
)
def test_only_an_active_subscriber_is_mailed(
    state: SubscriberState,
    paused: bool,
    address: str | None,
    suppressed: str | None,
    reason: str | None,
) -> None:
    assert why_not_mailed(state, paused=paused, address=address, suppressed=suppressed) == reason
