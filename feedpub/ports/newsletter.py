"""The rows that the newsletter's API and its store pass to one another."""

from typing import NamedTuple

from feedpub.model import Choice, DeliveryState


class Group(NamedTuple):
    """Subscribers who are alike for an issue.

    Attributes:
        choice: Categories; none means all.
        language: As they asked for; empty for that of the site.
        since: Seconds since the epoch; None where the issue's own window holds.
        members: How many they are, at least 1.
    """

    choice: Choice
    language: str
    since: int | None
    members: int


class Selection(NamedTuple):
    """What some recipients of an issue get: news from ``since`` on in the chosen categories."""

    choice: Choice
    language: str
    since: int


class Recipient(NamedTuple):
    """One row of the ledger, for a person to read.

    Attributes:
        delivery: Row.
        subscriber: Row.
        address: Empty once erased.
        state: Where it stands.
        attempts: How often it was tried.
        code: Of the last answer, such as ``550 5.1.1``; empty if there was none.
        reply: The last answer, or why it was left out.
        not_before: When it is tried again, seconds since the epoch; 0 for at once.
    """

    delivery: int
    subscriber: int
    address: str
    state: DeliveryState
    attempts: int
    code: str
    reply: str
    not_before: int
