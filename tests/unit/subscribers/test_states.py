"""Where somebody stands, and what moves them."""

import pytest

from feedpub.model import SubscriberState as State
from feedpub.subscribers.states import TRANSITIONS, Event, move


def test_every_event_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Event)


@pytest.mark.parametrize("event", Event)
def test_nothing_happens_to_somebody_who_was_erased(event: Event) -> None:
    assert move(State.ERASED, event) is None


@pytest.mark.parametrize("state", [state for state in State if state != State.ERASED])
def test_a_request_that_anybody_can_make_moves_nobody(state: State) -> None:
    assert move(state, Event.ASKED) == state


def test_only_a_yes_leads_to_mail() -> None:
    ways = {
        event
        for event, moves in TRANSITIONS.items()
        for before, after in moves.items()
        if after == State.ACTIVE != before
    }

    assert ways == {Event.CONFIRMED, Event.ADDED, Event.RETURNED}


def test_an_old_link_brings_nobody_back_who_called_our_mail_spam() -> None:
    assert move(State.COMPLAINED, Event.CONFIRMED) is None
    assert move(State.COMPLAINED, Event.UNSUBSCRIBED) == State.COMPLAINED
    assert move(State.COMPLAINED, Event.BOUNCED) == State.COMPLAINED


def test_what_a_server_says_does_not_undo_what_a_person_said() -> None:
    assert move(State.UNSUBSCRIBED, Event.BOUNCED) == State.UNSUBSCRIBED


def test_only_who_never_confirmed_expires() -> None:
    assert TRANSITIONS[Event.EXPIRED] == {State.PENDING: State.ERASED}


@pytest.mark.parametrize("event", [Event.UNSUBSCRIBED, Event.BOUNCED, Event.COMPLAINED])
def test_what_happens_twice_happened_once(event: Event) -> None:
    for before, after in TRANSITIONS[event].items():
        assert move(after, event) == after, before
