"""Hands on addresses that do not exist, unless they are suspiciously many."""

from collections.abc import Callable, Sequence

from feedpub.batches import cut_batches
from feedpub.deliveries import are_held
from feedpub.model import DeliveryState
from feedpub.ports.mailing import Bounced, Ledger

OnBounces = Callable[[Sequence[Bounced]], None]
"""Is given addresses that do not exist, a few hundred at a time, some perhaps a second time."""


def hand_on_bounces(ledger: Ledger, issue: int, on_bounces: OnBounces | None) -> tuple[int, int]:
    """Have addresses of an issue suppressed that do not exist, those of earlier runs included.

    Returns:
        How many were handed on, and how many are held for a person to look at.
    """
    counts = ledger.counts(issue)
    if on_bounces is None or not counts.get(DeliveryState.FAILED):
        return 0, 0
    done = sum(
        counts.get(state, 0)
        for state in (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN)
    )
    number = sum(1 for _ in ledger.bounced(issue))
    if are_held(number, done):
        return 0, number
    for batch in cut_batches(ledger.bounced(issue)):
        on_bounces(batch)
    return number, 0
