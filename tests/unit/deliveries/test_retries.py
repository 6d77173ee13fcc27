"""When a delivery is tried again, and when it is given up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.deliveries import GIVE_UP_S, are_held, judge, put_off, settle
from feedpub.model import DeliveryState
from feedpub.ports.mailing import Claim, Reply, Stage

NOW = 1_800_000_000
LATER = judge(Reply(Stage.RCPT, 450, "4.2.1 later"))
LOST = judge(Reply(Stage.RCPT, 0, "lost"))


def make_claim(attempts: int = 0, first_try: int | None = None) -> Claim:
    return Claim(1, 1, 1, "a@b.example", (), "en", 0, attempts, first_try)


def test_the_pauses_grow_from_half_an_hour_to_eight_hours() -> None:
    pauses = [settle(make_claim(tried), LATER, NOW).not_before - NOW for tried in range(7)]

    assert pauses == [1800, 3600, 7200, 14400, 28800, 28800, 28800]


def test_a_lost_connection_is_tried_again_sooner() -> None:
    assert settle(make_claim(), LOST, NOW).not_before == NOW + 300


def test_a_delivery_is_given_up_after_three_days() -> None:
    outcome = settle(make_claim(9, NOW - GIVE_UP_S), LATER, NOW)

    assert outcome.state is DeliveryState.FAILED
    assert outcome.reply == "given up after 72 hours: 4.2.1 later"


def test_the_last_attempt_is_made_when_three_days_are_over() -> None:
    outcome = settle(make_claim(9, NOW - GIVE_UP_S + 60), LATER, NOW)

    assert outcome.state is DeliveryState.QUEUED
    assert outcome.not_before == NOW + 60


@given(st.lists(st.integers(0, 36 * 3600), min_size=60, max_size=60))
def test_whatever_the_runs_a_delivery_comes_to_an_end(gaps: list[int]) -> None:
    now, claim = NOW, make_claim()
    for gap in gaps:
        outcome = settle(claim, LATER, now)
        if outcome.state is DeliveryState.FAILED:
            break
        assert now < outcome.not_before <= NOW + GIVE_UP_S
        claim = claim._replace(attempts=claim.attempts + 1, first_try=claim.first_try or now)
        now = outcome.not_before + gap

    assert outcome.state is DeliveryState.FAILED


def test_a_clock_that_was_put_back_does_not_prolong_it() -> None:
    outcome = settle(make_claim(3, NOW + 400 * 86400), LATER, NOW)

    assert outcome.not_before <= NOW + GIVE_UP_S


def test_a_refused_sender_leaves_the_delivery_as_it_was() -> None:
    outcome = settle(make_claim(2, NOW), judge(Reply(Stage.MAIL, 550, "no")), NOW)

    assert (outcome.state, outcome.not_before, outcome.tried) == (DeliveryState.QUEUED, 0, False)


def test_a_paused_domain_counts_as_no_attempt() -> None:
    outcome = put_off(make_claim(), "554 5.7.1 spam", NOW)

    assert (outcome.tried, outcome.not_before) == (False, NOW + 4 * 3600)


def test_a_domain_that_is_paused_for_three_days_is_given_up() -> None:
    outcome = put_off(make_claim(0, NOW - GIVE_UP_S), "554 5.7.1 spam", NOW)

    assert outcome.state is DeliveryState.FAILED


@pytest.mark.parametrize(
    ("bounced", "done", "held"),
    [(0, 0, False), (19, 19, False), (20, 20, True), (20, 400, False), (21, 400, True)],
)
def test_more_than_five_percent_and_twenty_are_held(bounced: int, done: int, held: bool) -> None:
    assert are_held(bounced, done) is held
