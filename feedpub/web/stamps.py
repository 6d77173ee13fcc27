"""When a form was made, signed: one that comes back too fast, or late, is looked at again."""

import hmac
from enum import StrEnum

from feedpub.tokens import Action, Signer

FASTEST_S = 2
"""Nobody reads a form and types an address in less."""

OLDEST_S = 24 * 3600
"""A page that was left open longer may not say any more what the site sends."""

_AHEAD_S = 300


class Age(StrEnum):
    """What the stamp of a form says of it."""

    FINE = "fine"
    FAST = "fast"
    OLD = "old"
    FORGED = "forged"


def make_stamp(signer: Signer, now: int) -> str:
    """Return the stamp of a form that is made now, in seconds since the epoch."""
    return f"{now}-{_sign(signer, str(now))}"


def judge_stamp(signer: Signer, stamp: str, now: int) -> Age:
    """Return what a stamp says; one of a clock that was ahead by minutes is as good as one of now.

    Args:
        signer: Of the site.
        stamp: As it came.
        now: Seconds since the epoch.
    """
    text, _, proof = stamp.partition("-")
    # Digits are looked at first: a proof of anything else is none of this.
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        return Age.FORGED
    if not hmac.compare_digest(
        proof.encode("utf-8", "surrogatepass"), _sign(signer, text).encode()
    ):
        return Age.FORGED
    age = now - int(text)
    if age > OLDEST_S or age < -_AHEAD_S:
        return Age.OLD
    return Age.FAST if age < FASTEST_S else Age.FINE


def _sign(signer: Signer, text: str) -> str:
    return signer.digest(Action.FORM, f"made at {text}")
