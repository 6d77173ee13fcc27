"""The arrows between the states of a delivery; both ledgers go by them."""

from collections.abc import Mapping, Sequence

from feedpub.model import DeliveryState, SubscriberState

QUEUED = DeliveryState.QUEUED
SENDING = DeliveryState.SENDING
COMMITTING = DeliveryState.COMMITTING
SENT = DeliveryState.SENT
FAILED = DeliveryState.FAILED
UNKNOWN = DeliveryState.UNKNOWN
SKIPPED = DeliveryState.SKIPPED

OPEN = (QUEUED, SENDING, COMMITTING)
FINAL = (SENT, FAILED, UNKNOWN, SKIPPED)

NEXT: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    QUEUED: frozenset({SENDING, SKIPPED}),
    # No dot was sent: whatever goes wrong, the message was not accepted (RFC 5321 4.1.1.4).
    SENDING: frozenset({COMMITTING, QUEUED, FAILED, SKIPPED}),
    COMMITTING: frozenset({SENT, QUEUED, FAILED, UNKNOWN}),
    # The sender that a recovery took for dead may yet be told what became of its last message.
    UNKNOWN: frozenset({SENT, FAILED}),
    SENT: frozenset(),
    FAILED: frozenset(),
    SKIPPED: frozenset(),
}
"""What a run does with a row that is its own."""

BY_OPERATOR: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    QUEUED: frozenset({SKIPPED}),
    FAILED: frozenset({QUEUED, SKIPPED}),
    UNKNOWN: frozenset({QUEUED, SKIPPED}),
}
"""What a person may decide about a row, besides."""


def sources(state: DeliveryState) -> tuple[DeliveryState, ...]:
    """Return the states from which a run may bring a row to this one."""
    return tuple(old for old in DeliveryState if state in NEXT[old])


def check_decision(states: Sequence[DeliveryState], to: DeliveryState) -> None:
    """Hold that an operator may bring rows from some states to another.

    Raises:
        ValueError: Not from one of them.
    """
    for state in states:
        if to not in BY_OPERATOR.get(state, ()):
            raise ValueError(
                f"a delivery that is {state.name.lower()} is not made {to.name.lower()}"
            )


_REASONS = {
    SubscriberState.PENDING: "not confirmed",
    SubscriberState.UNSUBSCRIBED: "unsubscribed",
    SubscriberState.BOUNCED: "bounced",
    SubscriberState.COMPLAINED: "complained",
    SubscriberState.ERASED: "erased",
}


def why_not_mailed(
    state: SubscriberState, *, paused: bool, address: str | None, suppressed: str | None
) -> str | None:
    """Return why somebody is not mailed (any more); None if they are.

    Args:
        state: Of the subscriber.
        paused: Whether they asked for a pause.
        address: None or empty if there is none.
        suppressed: Why their address is on the suppression list; None if it is not.
    """
    if state is not SubscriberState.ACTIVE:
        return _REASONS[state]
    if not address:
        return "no address"
    if paused:
        return "paused"
    return None if suppressed is None else f"suppressed: {suppressed}"
