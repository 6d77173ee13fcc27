"""What the newsletter asks of the store about issues, and the rows that pass between them.

A bare number for an instant is whole seconds since the epoch.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from feedpub.model import Choice, Frequency, Issue, IssueState


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


class Issues(Protocol):
    """Issues, and who gets them, within one transaction."""

    def last(self, frequency: Frequency) -> Issue | None:
        """Return the issue of a frequency that ended last, in whatever state; None at first."""
        ...

    def get(self, key: str) -> Issue | None:
        """Return the issue of a key."""
        ...

    def recent(
        self, limit: int | None = None, *, frequency: Frequency | None = None
    ) -> list[Issue]:
        """Return issues, those that were scheduled last first; all without a limit."""
        ...

    def unfinished(self) -> list[Issue]:
        """Return those that are prepared or on their way, oldest first; a stopped one is not."""
        ...

    def content(self, issue: int) -> bytes:
        """Return the frozen digest of an issue; empty if it has none."""
        ...

    def news(self, starts: int, ends: int) -> list[tuple[int, int]]:
        """Return what was first seen in a half-open period, latest first: first_seen, article."""
        ...

    def hidden(self, articles: Collection[int] | None = None) -> set[int]:
        """Return those articles that the editor hid, deleted ones too; of all if None."""
        ...

    def groups(self, frequencies: Sequence[Frequency | None]) -> list[Group]:
        """Return who would be mailed: active, not paused, of one of these frequencies."""
        ...

    def members(self, frequencies: Sequence[Frequency | None], limit: int) -> list[Member]:
        """Return some of those who would be mailed, those who came first first."""
        ...

    def member(self, subscriber: int) -> Member | None:
        """Return somebody by row, whatever their state; None if they are unknown or erased."""
        ...

    def add(self, issue: Issue, content: bytes) -> int:
        """Add an issue, whose ``id`` is not looked at; return its row."""
        ...

    def enrol(
        self,
        issue: Issue,
        selections: Iterable[Selection],
        frequencies: Sequence[Frequency | None],
    ) -> int:
        """Make a row of the ledger for each subscriber who asked for one of the selections.

        Subscribers of these frequencies lose their ``since``: from here on the windows of the
        issues hold for them.

        Returns:
            How many rows were made.
        """
        ...

    def set_state(
        self, issue: int, state: IssueState, *, note: str = "", finished: datetime | None = None
    ) -> None:
        """Change where an issue stands."""
        ...

    def go_on_from(self, frequencies: Sequence[Frequency | None], since: int) -> None:
        """Let subscribers of these frequencies get what was first seen from an instant on.

        Not those who have an instant of their own already.
        """
        ...

    def people(self) -> dict[str, int]:
        """Return how many subscribers there are by state, as words; none that is empty."""
        ...

    def knows_people(self) -> bool:
        """Return whether there is, or was, a subscriber."""
        ...

    def doubt_open(self, reason: str, now: int) -> int:
        """Call unknown whoever still waited in a copy of the database; return how many they are.

        They may have been mailed after the copy was made.
        """
        ...

    def close_windows(self, ends: int, now: int) -> None:
        """Let the next issue of each frequency begin at an instant, whatever came before.

        What came before may have been mailed by issues that a copy of the database does not know.
        """
        ...

    def largest_sent(self) -> int:
        """Return the recipients of the last issue that anything was sent of; 0 if none was."""
        ...
