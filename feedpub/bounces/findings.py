"""What a letter amounts to."""

from dataclasses import dataclass
from enum import StrEnum

from feedpub.deliveries.replies import BAD_SENDER, NO_SUCH_ADDRESS


class Kind(StrEnum):
    """What a letter says of a subscriber."""

    HARD = "hard bounce"
    SOFT = "soft bounce"
    REFUSED = "refused as spam or by policy"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    CONFIRM = "confirm"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a letter says, and of whom; signed by us, so that nobody can say it of another.

    Attributes:
        kind: NOTHING of whatever is not for us; everything else has one of the two numbers.
        message: Hash of the letter, 16 bytes, by which it is known when it is read again.
        delivery: Of the ledger, for mail that came back.
        subscriber: For everything else.
        code: Enhanced status code (RFC 3463) of a bounce; ``""`` if there is none.
        why: Of NOTHING, the reason.
        recipients: Addresses that a bounce names, as it writes them; empty if it names none. A
            mail that was forwarded may come back from another than it was sent to.
    """

    kind: Kind
    message: bytes
    delivery: int | None = None
    subscriber: int | None = None
    code: str = ""
    why: str = ""
    recipients: tuple[str, ...] = ()


def judge_code(code: str) -> Kind:
    """Return what an enhanced status code of class 4 or 5 says of a recipient.

    Only a mailbox that does not exist is a hard bounce. What the other side has against us, our
    address (5.1.7, 5.1.8), our policy (x.7) or our message (x.5, x.6, x.3.4), says nothing of the
    recipient.
    """
    if code in NO_SUCH_ADDRESS:
        return Kind.HARD
    _, subject, detail = code.split(".")
    if code in BAD_SENDER or subject in "567" or (subject, detail) == ("3", "4"):
        return Kind.REFUSED
    return Kind.SOFT
