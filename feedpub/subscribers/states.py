"""Where somebody stands, and what moves them: one table."""

from collections.abc import Mapping
from enum import StrEnum

from feedpub.model import SubscriberState as State


class Event(StrEnum):
    """What happens to a subscriber; the words of the consent log.

    ASKED is a request that anybody can make in anybody's name, so it moves nobody; CONFIRMED is
    the owner's own click, ADDED the editor's word that they agreed elsewhere.
    """

    ASKED = "asked"
    CONFIRMED = "confirmed"
    ADDED = "added"
    UNSUBSCRIBED = "unsubscribed"
    RETURNED = "returned"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"
    EXPIRED = "expired"


class Change(StrEnum):
    """What somebody changes without moving; the other words of the consent log."""

    PREFERENCES = "preferences"
    PAUSED = "paused"
    RESUMED = "resumed"
    ADDRESS = "address"
    IMPORTED = "imported"


_ALIVE = (State.PENDING, State.ACTIVE, State.UNSUBSCRIBED, State.BOUNCED, State.COMPLAINED)

TRANSITIONS: Mapping[Event, Mapping[State, State]] = {
    Event.ASKED: {state: state for state in _ALIVE},
    # Whoever called our mail spam is not brought back by an old link.
    Event.CONFIRMED: dict.fromkeys(
        (State.PENDING, State.ACTIVE, State.UNSUBSCRIBED, State.BOUNCED), State.ACTIVE
    ),
    Event.ADDED: dict.fromkeys(_ALIVE, State.ACTIVE),
    Event.UNSUBSCRIBED: {
        **dict.fromkeys(_ALIVE, State.UNSUBSCRIBED),
        State.COMPLAINED: State.COMPLAINED,
    },
    Event.RETURNED: {State.UNSUBSCRIBED: State.ACTIVE},
    # Their own word outranks what a server said later.
    Event.BOUNCED: {
        State.PENDING: State.BOUNCED,
        State.ACTIVE: State.BOUNCED,
        State.UNSUBSCRIBED: State.UNSUBSCRIBED,
        State.BOUNCED: State.BOUNCED,
        State.COMPLAINED: State.COMPLAINED,
    },
    Event.COMPLAINED: dict.fromkeys(_ALIVE, State.COMPLAINED),
    Event.ERASED: dict.fromkeys(_ALIVE, State.ERASED),
    Event.EXPIRED: {State.PENDING: State.ERASED},
}
"""Where each event leads from each state; what is not in it does not happen."""


def move(state: State, event: Event) -> State | None:
    """Return where an event leads; None if it cannot happen there."""
    return TRANSITIONS[event].get(state)
