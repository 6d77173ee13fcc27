"""The end of a run: what is left to say is written, and what is left to send is for others."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from feedpub.errors import FeedpubError
from feedpub.ports.mailing import Change, Ledger, Outcome
from feedpub.sending.options import Stop

AGAIN_S = (0.5, 1, 2, 4, 8, 15)
"""Half a minute in all, in which a server is mostly up again."""


def leave(
    issue: int,
    ledger: Ledger,
    unsaved: list[Outcome],
    now: Callable[[], int],
    *,
    pauses_s: Sequence[float],
    stop: Stop,
) -> bool:
    """Be a sender of an issue no more; return whether that finished it.

    Until the lease of a sender that lives is over, nobody touches what it has: so one that shares
    the issue waits for a ledger that is gone for a moment.

    Args:
        issue: Its id.
        ledger: That may be out of reach.
        unsaved: Outcomes that could not be written; emptied when they are.
        now: The time.
        pauses_s: How long to wait before each further attempt; none for one attempt only.
        stop: Whoever is told to stop waits no longer.

    Raises:
        StoreError: The ledger stays out of reach; recovery decides about what is ours.
    """
    for pause_s in pauses_s:
        with suppress(FeedpubError):
            return _leave(issue, ledger, unsaved, now)
        if stop.requested:
            break
        time.sleep(pause_s)
    return _leave(issue, ledger, unsaved, now)


def _leave(issue: int, ledger: Ledger, unsaved: list[Outcome], now: Callable[[], int]) -> bool:
    with suppress(FeedpubError):
        if unsaved:
            ledger.commit([Change(unsaved)], now())
            unsaved.clear()
    return ledger.release(issue, now())
