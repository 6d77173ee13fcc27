"""What may become of a delivery, and what a mail server's replies mean for it and for the run."""

from feedpub.deliveries.breaker import Breaker
from feedpub.deliveries.replies import Scope, Verdict, judge, mask_addresses
from feedpub.deliveries.retries import GIVE_UP_S, are_held, put_back, put_off, settle
from feedpub.deliveries.states import (
    BY_OPERATOR,
    FINAL,
    NEXT,
    OPEN,
    check_decision,
    sources,
    why_not_mailed,
)

__all__ = [
    "BY_OPERATOR",
    "FINAL",
    "GIVE_UP_S",
    "NEXT",
    "OPEN",
    "Breaker",
    "Scope",
    "Verdict",
    "are_held",
    "check_decision",
    "judge",
    "mask_addresses",
    "put_back",
    "put_off",
    "settle",
    "sources",
    "why_not_mailed",
]
