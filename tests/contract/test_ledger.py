"""What every ledger promises; see ``feedpub.ports.mailing.Ledger``."""

import pytest

from feedpub.errors import BusyError
from feedpub.model import DeliveryState, IssueState, SubscriberState
from feedpub.ports.mailing import Change, Ledger, Outcome, Recovery
from tests.support.ledger import ISSUE
from tests.support.ledgers import NOW, World, claim, cross, settle, states

QUEUED, SENDING, COMMITTING, SENT, FAILED, UNKNOWN, SKIPPED = DeliveryState
LEASE_S = 120


# Claims


def test_a_claim_takes_what_is_due_in_order(ledger: Ledger) -> None:
    claims = claim(ledger, limit=2)

    assert [(one.delivery, one.address) for one in claims] == [
        (1, "a@x.example"),
        (2, "b@x.example"),
    ]
    assert states(ledger) == {1: SENDING, 2: SENDING, 3: QUEUED, 4: QUEUED}


def test_what_is_claimed_is_not_claimed_again(ledger: Ledger) -> None:
    claim(ledger)

    assert claim(ledger) == []


def test_a_claim_without_a_lease_gets_nothing(world: World) -> None:
    assert claim(world.open()) == []


def test_a_claim_carries_what_the_message_is_made_from(ledger: Ledger) -> None:
    first = claim(ledger)[0]

    assert (first.issue, first.subscriber, first.language, first.choice) == (ISSUE, 1, "en", ())
    assert (first.attempts, first.first_try) == (0, None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": SubscriberState.UNSUBSCRIBED}, "unsubscribed"),
        ({"state": SubscriberState.BOUNCED}, "bounced"),
        ({"paused": True}, "paused"),
        ({"suppressed": "complaint"}, "suppressed: complaint"),
    ],
    ids=["unsubscribed", "bounced", "paused", "suppressed"],
)
def test_whoever_left_since_the_issue_was_prepared_is_skipped(
    world: World, ledger: Ledger, change: dict[str, object], reason: str
) -> None:
    world.set_subscriber(2, **change)  # type: ignore[arg-type]

    batch = ledger.claim(ISSUE, now=NOW, limit=100)

    assert ([one.delivery for one in batch.claims], batch.skipped) == ([1, 3, 4], 1)
    assert [row.reply for row in ledger.rows(ISSUE, [SKIPPED])] == [reason]


def test_a_batch_of_nothing_but_skipped_ones_says_so(world: World, ledger: Ledger) -> None:
    world.set_subscriber(1, state=SubscriberState.UNSUBSCRIBED)

    batch = ledger.claim(ISSUE, now=NOW, limit=1)

    assert (list(batch.claims), batch.skipped) == ([], 1)


def test_a_stopped_issue_gives_no_claims(world: World, ledger: Ledger) -> None:
    world.set_issue(IssueState.STOPPED)

    assert claim(ledger) == []


def test_what_is_put_off_is_claimed_when_it_is_due(ledger: Ledger) -> None:
    claim(ledger)
    settle(ledger, 1, QUEUED, not_before=NOW + 60)

    assert claim(ledger, now=NOW + 59) == []
    assert [one.delivery for one in claim(ledger, now=NOW + 60)] == [1]


def test_an_attempt_is_counted_and_the_first_one_remembered(ledger: Ledger) -> None:
    claim(ledger)
    settle(ledger, 1, QUEUED, not_before=NOW + 60)
    settle(ledger, 2, QUEUED, tried=False)

    again = {one.delivery: one for one in claim(ledger, now=NOW + 60)}

    assert (again[1].attempts, again[1].first_try) == (1, NOW)
    assert (again[2].attempts, again[2].first_try) == (0, None)


def test_the_first_attempt_stays_the_first_one(ledger: Ledger) -> None:
    for now in (NOW, NOW + 60):
        claim(ledger, now=now)
        ledger.commit([Change(crossing=1)], now)
        ledger.commit([Change([Outcome(1, QUEUED, not_before=now + 60)])], now)

    (again,) = claim(ledger, now=NOW + 120)

    assert (again.attempts, again.first_try) == (2, NOW)


# The lease, and what crashes leave


def test_a_second_sender_is_kept_away(world: World, ledger: Ledger) -> None:
    with pytest.raises(BusyError, match="is being sent"):
        world.open().acquire(ISSUE, NOW)


def test_a_lease_that_is_not_renewed_is_over(world: World, ledger: Ledger) -> None:
    assert world.open().acquire(ISSUE, NOW + LEASE_S) == Recovery(0, 0)


def test_a_renewed_lease_holds_on(world: World, ledger: Ledger) -> None:
    assert ledger.renew(ISSUE, NOW + 60, moved=True)

    with pytest.raises(BusyError):
        world.open().acquire(ISSUE, NOW + LEASE_S)


def test_the_lease_tells_who_sends_and_when_something_moved(ledger: Ledger) -> None:
    ledger.renew(ISSUE, NOW + 10, moved=True)
    ledger.renew(ISSUE, NOW + 20, moved=False)

    (lease,) = ledger.senders(ISSUE)

    assert (lease.until, lease.progressed) == (NOW + 20 + LEASE_S, NOW + 10)
    assert lease.host
    assert lease.pid
    assert not lease.shared


def test_nobody_has_the_lease_after_release(world: World, ledger: Ledger) -> None:
    ledger.release(ISSUE, NOW)

    assert ledger.senders(ISSUE) == []
    assert world.open().acquire(ISSUE, NOW) == Recovery(0, 0)


def test_what_a_dead_sender_had_is_put_right(world: World, ledger: Ledger) -> None:
    claim(ledger)
    cross(ledger, 1)
    cross(ledger, 2)
    settle(ledger, 2, SENT)

    found = world.open().acquire(ISSUE, NOW + LEASE_S)

    assert found == Recovery(queued=2, unknown=1)
    assert states(ledger) == {1: UNKNOWN, 2: SENT, 3: QUEUED, 4: QUEUED}


def test_a_sender_that_wakes_after_its_lease_does_not_pass(world: World, ledger: Ledger) -> None:
    claim(ledger)
    other = world.open()
    other.acquire(ISSUE, NOW + LEASE_S)
    claim(other, now=NOW + LEASE_S)

    assert not cross(ledger, 3)
    assert not ledger.renew(ISSUE, NOW + LEASE_S, moved=True)
    assert claim(ledger, now=NOW + LEASE_S) == []
    assert cross(other, 3)


def test_a_sender_that_wakes_may_tell_how_its_last_message_ended(
    world: World, ledger: Ledger
) -> None:
    claim(ledger)
    cross(ledger, 1)
    world.open().acquire(ISSUE, NOW + LEASE_S)

    settle(ledger, 1, SENT)

    assert states(ledger)[1] is SENT


def test_it_may_not_after_the_operator_decided(world: World, ledger: Ledger) -> None:
    claim(ledger)
    cross(ledger, 1)
    other = world.open()
    other.acquire(ISSUE, NOW + LEASE_S)
    other.resolve(ISSUE, [UNKNOWN], QUEUED, NOW, reason="again")

    settle(ledger, 1, SENT)

    assert states(ledger)[1] is QUEUED


def test_release_puts_back_what_was_not_sent(ledger: Ledger) -> None:
    claim(ledger)
    cross(ledger, 1)

    assert not ledger.release(ISSUE, NOW)
    assert states(ledger) == {1: UNKNOWN, 2: QUEUED, 3: QUEUED, 4: QUEUED}


def test_release_leaves_what_another_sender_has(world: World, ledger: Ledger) -> None:
    claim(ledger)
    other = world.open()
    other.acquire(ISSUE, NOW + LEASE_S)
    claim(other, now=NOW + LEASE_S)

    ledger.release(ISSUE, NOW + LEASE_S)

    assert set(states(ledger).values()) == {SENDING}
    assert other.renew(ISSUE, NOW + LEASE_S, moved=False)


@pytest.mark.parametrize(
    "state", [IssueState.STOPPED, IssueState.DROPPED, IssueState.FINISHED, IssueState.EMPTY]
)
def test_a_closed_issue_is_not_sent(world: World, state: IssueState) -> None:
    world.set_issue(state)

    assert world.open().acquire(ISSUE, NOW) is None


def test_a_stopped_issue_is_noticed_when_the_lease_is_renewed(world: World, ledger: Ledger) -> None:
    world.set_issue(IssueState.STOPPED)

    assert not ledger.renew(ISSUE, NOW, moved=True)


# The end


def finish_all(ledger: Ledger) -> None:
    for one, state in zip(claim(ledger), (SENT, FAILED, UNKNOWN, SENT), strict=True):
        cross(ledger, one.delivery)
        settle(ledger, one.delivery, state)


def test_an_issue_is_finished_when_everybody_is_accounted_for(world: World, ledger: Ledger) -> None:
    finish_all(ledger)

    assert ledger.release(ISSUE, NOW)
    assert world.issue_state() is IssueState.FINISHED
    assert ledger.counts(ISSUE) == {SENT: 2, FAILED: 1, UNKNOWN: 1}


def test_an_issue_with_somebody_left_is_not_finished(world: World, ledger: Ledger) -> None:
    claim(ledger, limit=3)

    assert not ledger.release(ISSUE, NOW)
    assert world.issue_state() is IssueState.SENDING


def test_the_next_one_due_is_told(ledger: Ledger) -> None:
    claim(ledger)
    settle(ledger, 1, QUEUED, not_before=NOW + 60)
    settle(ledger, 2, QUEUED, not_before=NOW + 30)

    assert ledger.next_due(ISSUE) == NOW + 30


def test_nothing_is_due_when_all_are_done_with(ledger: Ledger) -> None:
    finish_all(ledger)

    assert ledger.next_due(ISSUE) is None


# What a person decides


def test_the_unknown_may_be_sent_again(world: World, ledger: Ledger) -> None:
    finish_all(ledger)
    ledger.release(ISSUE, NOW)

    assert ledger.resolve(ISSUE, [UNKNOWN], QUEUED, NOW, reason="again") == 1

    assert world.issue_state() is IssueState.SENDING
    ledger.acquire(ISSUE, NOW)
    assert [one.delivery for one in claim(ledger)] == [3]


def test_the_unknown_may_be_skipped(world: World, ledger: Ledger) -> None:
    finish_all(ledger)
    ledger.release(ISSUE, NOW)

    assert ledger.resolve(ISSUE, [UNKNOWN], SKIPPED, NOW, reason="they wrote") == 1

    assert [row.reply for row in ledger.rows(ISSUE, [SKIPPED])] == ["they wrote"]
    assert world.issue_state() is IssueState.FINISHED


def test_a_few_of_them_may_be_decided_about(ledger: Ledger) -> None:
    claim(ledger)
    for delivery in (1, 2, 3):
        settle(ledger, delivery, FAILED)

    assert ledger.resolve(ISSUE, [FAILED], QUEUED, NOW, reason="", deliveries=[2, 4]) == 1
    assert states(ledger) == {1: FAILED, 2: QUEUED, 3: FAILED, 4: SENDING}


def test_what_was_sent_is_never_sent_again(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="sent is not made queued"):
        ledger.resolve(ISSUE, [SENT], QUEUED, NOW, reason="")


def test_bounced_ones_are_those_that_the_server_did_not_know(world: World, ledger: Ledger) -> None:
    claim(ledger)
    settle(ledger, 1, FAILED, code="550 5.1.1", bounced=True)
    settle(ledger, 2, FAILED, code="550 5.1.1", bounced=True)
    settle(ledger, 3, FAILED, code="550 5.1.1")
    world.set_subscriber(2, state=SubscriberState.BOUNCED)

    assert [tuple(one) for one in ledger.bounced(ISSUE)] == [(1, 1, "550 5.1.1")]
