"""What a reply means: for the delivery, for its domain, for the whole run (DESIGN: send ledger)."""

import re
from enum import IntEnum
from typing import NamedTuple

from feedpub.model import DeliveryState
from feedpub.ports.mailing import Reply, Stage

# RFC 3463, 3.2: no such mailbox, bad syntax of it, moved without a trace, null MX (RFC 7505).
NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.3", "5.1.6", "5.1.10"})
# Our own address is the one that they do not like; nobody will get anything.
BAD_SENDER = frozenset({"5.1.7", "5.1.8"})
_POLICY = "5.7."
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:=\[\]]+@[^\s<>\"'(),;:\[\]]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_LONGEST = 300


class Scope(IntEnum):
    """How far a reply reaches."""

    RECIPIENT = 0
    DOMAIN = 1
    SERVER = 2
    RUN = 3


class Verdict(NamedTuple):
    """What a reply means.

    Attributes:
        state: Of the delivery.
        scope: What else is touched: its domain is paused, the server is in trouble, or the run
            ends.
        code: Such as ``550 5.1.1``; empty if there was no reply.
        reply: Its text without addresses.
        suppress: Whether the address does not exist and is not mailed again.
        is_blamed: Whether it counts as an attempt at this recipient.
    """

    state: DeliveryState
    scope: Scope
    code: str
    reply: str
    suppress: bool = False
    is_blamed: bool = True


def judge(reply: Reply) -> Verdict:
    """Return what a reply means for the delivery that it answers."""
    enhanced = _read_enhanced(reply)
    code = f"{reply.code or ''} {enhanced}".strip()
    text = mask_addresses(reply.text)
    kind = reply.code // 100
    if kind == 5:
        return _judge_refusal(reply.stage, enhanced, code, text)
    if kind == 4:
        ours = reply.code == 421 or reply.stage <= Stage.MAIL
        scope = Scope.SERVER if ours else Scope.RECIPIENT
        return Verdict(DeliveryState.QUEUED, scope, code, text)
    if reply.stage is not Stage.DOT:
        return Verdict(DeliveryState.QUEUED, Scope.SERVER, code, text or "no reply")
    if kind == 2:
        return Verdict(DeliveryState.SENT, Scope.RECIPIENT, code, text)
    return Verdict(DeliveryState.UNKNOWN, Scope.SERVER, code, text or "no reply")


def _judge_refusal(stage: Stage, enhanced: str, code: str, text: str) -> Verdict:
    if enhanced in BAD_SENDER or stage <= Stage.MAIL:
        return Verdict(DeliveryState.QUEUED, Scope.RUN, code, text, is_blamed=False)
    if enhanced.startswith(_POLICY):
        return Verdict(DeliveryState.FAILED, Scope.DOMAIN, code, text)
    suppress = stage is Stage.RCPT and enhanced in NO_SUCH_ADDRESS
    return Verdict(DeliveryState.FAILED, Scope.RECIPIENT, code, text, suppress)


def _read_enhanced(reply: Reply) -> str:
    # RFC 2034, 4: the classes agree; where they do not, the basic code counts.
    found = _ENHANCED.match(reply.text)
    return found[1] if found and found[1][0] == str(reply.code)[0] else ""


def mask_addresses(text: str) -> str:
    """Return a reply as it is kept: one line, no address in it, at most 300 characters."""
    masked = _ADDRESS.sub("(address)", text) if "@" in text else text
    if masked.isprintable():  # the only whitespace that is printable is the blank
        return " ".join(masked.split())[:_LONGEST]
    return _UNPRINTABLE.sub(" ", masked).strip()[:_LONGEST]
