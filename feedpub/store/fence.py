"""How a database in a file writes what comes to the fence at once."""

from feedpub.model import DeliveryState
from feedpub.ports.mailing import Outcome
from feedpub.store.database import Cursor, FenceRows
from feedpub.store.ledger_statements import CROSS, SETTLE


def first_tried(outcome: Outcome, now: int) -> int | None:
    """Return when a delivery was tried for the first time, if it was not before.

    A domain that is paused is an attempt that was spared, and no less old for it.
    """
    return now if outcome.tried or outcome.not_before > 0 else None


def write_fence(cursor: Cursor, rows: FenceRows) -> set[int]:
    """Write row by row, which costs a file nothing; return the deliveries that crossed."""
    settled: dict[DeliveryState, list[tuple[object, ...]]] = {}
    for outcome in rows.outcomes:
        settled.setdefault(outcome.state, []).append(_settle(outcome, rows))
    for state, values in settled.items():
        cursor.executemany(SETTLE[state], values)
    return {
        delivery
        for delivery in rows.crossing
        if cursor.execute(CROSS, (rows.issue, delivery, rows.token)).rowcount == 1
    }


def _settle(outcome: Outcome, rows: FenceRows) -> tuple[object, ...]:
    """Return the values of ``SETTLE``."""
    delivery, _, code, reply, not_before, tried, bounced = outcome
    return (
        rows.now, code, reply, not_before, bounced, int(tried), first_tried(outcome, rows.now),
        rows.issue, delivery, rows.token,
    )  # fmt: skip
