"""The rows that the newsletter's API and its store pass to one another."""

from typing import NamedTuple

from feedpub.model import Choice


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


class Member(NamedTuple):
    """Somebody who would get an issue.

    Attributes:
        subscriber: Row.
        address: Never empty.
        choice: Categories; none means all.
        language: As they asked for; empty for that of the site.
        since: Seconds since the epoch; None where the issue's own window holds.
    """

    subscriber: int
    address: str
    choice: Choice
    language: str
    since: int | None
