"""When a delivery is tried again, and when it is given up; instants are epoch seconds."""

from feedpub.deliveries.replies import Scope, Verdict
from feedpub.model import DeliveryState
from feedpub.ports.mailing import Claim, Outcome

GIVE_UP_S = 72 * 3600
"""From the first attempt on; RFC 5321, 4.5.4.1, asks for at least four or five days of a relay,
but a digest is not worth reading by then."""

# RFC 5321, 4.5.4.1: at least half an hour. A server that stumbles is soon up again.
_FIRST_S = {Scope.RECIPIENT: 1800, Scope.SERVER: 300}
_LONGEST_S = 8 * 3600
_PAUSE_S = 4 * 3600

_HELD_SHARE = 0.05
_HELD_LEAST = 20


def settle(claim: Claim, verdict: Verdict, now: int) -> Outcome:
    """Return what becomes of a delivery after a verdict."""
    if verdict.state is not DeliveryState.QUEUED:
        return Outcome(
            claim.delivery, verdict.state, verdict.code, verdict.reply, bounced=verdict.suppress
        )
    if not verdict.is_blamed:
        return put_back(claim, code=verdict.code, reply=verdict.reply)
    delay = min(_FIRST_S.get(verdict.scope, 1800) << min(claim.attempts, 16), _LONGEST_S)
    return _retry(claim, now + delay, now, verdict.code, verdict.reply, tried=True)


def put_back(claim: Claim, *, code: str = "", reply: str = "") -> Outcome:
    """Return the outcome of a delivery that goes back as if nobody had touched it."""
    return Outcome(claim.delivery, DeliveryState.QUEUED, code, reply, tried=False)


def put_off(claim: Claim, reason: str, now: int) -> Outcome:
    """Return the outcome of a delivery whose domain is paused: it waits for some hours."""
    reply = f"domain paused: {reason}"
    return _retry(claim, now + _PAUSE_S, now, "", reply, tried=False)


def _retry(claim: Claim, then: int, now: int, code: str, reply: str, *, tried: bool) -> Outcome:
    first = now if claim.first_try is None else min(claim.first_try, now)
    end = first + GIVE_UP_S
    if now >= end:
        return Outcome(
            claim.delivery, DeliveryState.FAILED, code, f"given up after 72 hours: {reply}",
            tried=tried,
        )  # fmt: skip
    return Outcome(
        claim.delivery, DeliveryState.QUEUED, code, reply, not_before=min(then, end), tried=tried
    )


def are_held(bounced: int, done: int) -> bool:
    """Return whether so many addresses do not exist that a person has to look first.

    A relay that answers ``5.1.1`` to everything must not empty the list.

    Args:
        bounced: How many do not exist.
        done: How many deliveries came to an end, those included.
    """
    return bounced >= _HELD_LEAST and bounced > _HELD_SHARE * done
