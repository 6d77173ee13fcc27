"""What the newsletter is about: people, issues and deliveries; instants are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

Choice = tuple[int, ...]
"""Ids of the categories that somebody chose, ascending; ``()`` stands for all of them."""


class Frequency(StrEnum):
    """How often somebody gets a digest, oftenest first."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class SubscriberState(IntEnum):
    """Where a subscriber stands; only an active one is mailed."""

    PENDING = 0
    ACTIVE = 1
    UNSUBSCRIBED = 2
    BOUNCED = 3
    COMPLAINED = 4
    ERASED = 5


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who asked for the newsletter.

    Attributes:
        id: Of the store; never used again, and never 0.
        address: As mail is sent to it, its domain in ASCII; empty once erased.
        state: Where they stand.
        created: When they were first known.
        confirmed: When they last said yes; None if they never did.
        choice: Categories; each means its subtree, none means all.
        frequency: None means that of the site.
        language: BCP 47; None means that of the site.
        paused: Whether they asked for no mail until further notice.
        since: Articles first seen before it were mailed or missed under another frequency; None
            means that the issue's own window holds.
    """

    id: int
    address: str
    state: SubscriberState
    created: datetime
    confirmed: datetime | None = None
    choice: Choice = ()
    frequency: Frequency | None = None
    language: str | None = None
    paused: bool = False
    since: datetime | None = None


class IssueState(IntEnum):
    """Where an issue stands."""

    PREPARED = 0
    SENDING = 1
    STOPPED = 2
    FINISHED = 3
    DROPPED = 4
    EMPTY = 5


@dataclass(frozen=True, slots=True)
class Issue:
    """One digest on its way, frozen when it was prepared.

    Attributes:
        id: Of the store.
        key: Unique, such as ``weekly/2026-11-27``: frequency and local date of its schedule.
        frequency: Who gets it.
        starts: News from here on ...
        ends: ... and before this instant are in it.
        scheduled: When it was due.
        state: Where it stands.
        subject: Of the mails; empty means that each is called after its first article.
        articles: How many it is about.
        recipients: How many get it.
        created: When it was prepared.
        finished: When the last recipient was done with, None before.
        note: Why it was stopped or dropped; empty if it was not.
    """

    id: int
    key: str
    frequency: Frequency
    starts: datetime
    ends: datetime
    scheduled: datetime
    state: IssueState
    subject: str = ""
    articles: int = 0
    recipients: int = 0
    created: datetime | None = None
    finished: datetime | None = None
    note: str = ""


class DeliveryState(IntEnum):
    """Where one recipient's copy of an issue stands (DESIGN: the send ledger)."""

    QUEUED = 0
    SENDING = 1
    COMMITTING = 2
    SENT = 3
    FAILED = 4
    UNKNOWN = 5
    SKIPPED = 6


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, ready for the wire.

    Attributes:
        sender: Return path of the envelope, ASCII; empty for the null one.
        recipient: Of the envelope, its domain in ASCII.
        data: Header and body, lines ended by CRLF and under 998 bytes, the last one too; dots are
            not doubled.
        needs_utf8: Whether the server has to offer SMTPUTF8, for a local part that is not ASCII.
    """

    sender: str
    recipient: str
    data: bytes
    needs_utf8: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a digest is due, by the clock on the site's wall.

    Attributes:
        frequency: Whose digest.
        hour: 0 to 23.
        minute: 0 to 59.
        weekday: Of a weekly one, 0 is Monday; else None.
        day: Of a monthly one, 1 to 28; else None.
    """

    frequency: Frequency
    hour: int
    minute: int = 0
    weekday: int | None = None
    day: int | None = None
