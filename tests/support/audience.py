"""Subscribers in memory, and what a test wants to know of them besides the API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from feedpub.audience import Audience
from feedpub.catalog.categories import CategoryTree
from feedpub.model import (
    DeliveryState,
    Frequency,
    Issue,
    IssueState,
    NoticeKind,
    Subscriber,
    SubscriberRecord,
)
from feedpub.ports.newsletter import Selection
from feedpub.ports.people import NoticeRow
from feedpub.subscribers.notices import LINK_KINDS
from feedpub.testing import FixedClock, MemoryStore, make_audience

PATHS = [("News", "Town"), ("News", "Land"), ("生活", "美食")]
READER = "reader@example.com"


@dataclass
class House:
    """A site's subscribers.

    Attributes:
        store: Where they are kept.
        clock: Their now.
        changes: Of the setup.
    """

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: FixedClock = field(default_factory=FixedClock)
    changes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.store.open() as store, store.transaction() as catalog:
            catalog.shelves.save_tree(CategoryTree().grow(PATHS), known=CategoryTree())

    @property
    def audience(self) -> Audience:
        return make_audience(self.store, clock=self.clock, **self.changes)

    @property
    def now(self) -> int:
        return int(self.clock().timestamp())

    def subscribe(self, address: str = READER, **options: Any) -> None:
        given = {
            "source": "form",
            "wording": "Send me the news.",
            "version": "1",
            "network": "192.0.2.7",
        }
        self.audience.subscribe(address, **{**given, **options})

    def join(self, address: str = READER, **options: Any) -> Subscriber:
        """Subscribe and confirm."""
        self.subscribe(address, **options)
        return self.audience.confirm(self.token(address), source="page")

    def show(self, address: str = READER) -> SubscriberRecord:
        return self.audience.show(address)

    def events(self, address: str = READER) -> list[str]:
        return [one.event for one in self.show(address).consents]

    def notices(self, subscriber: int | None = None) -> list[NoticeRow]:
        """Return the mails that wait, of one or of all; those that must not go out are not."""
        with self.store.open() as store, store.transaction() as catalog:
            rows = [catalog.people.notice(row) for row in range(1, 300)]
        return [
            row
            for row in rows
            if row is not None
            and row.state == DeliveryState.QUEUED
            and subscriber in (None, row.subscriber)
        ]

    def mails(self, subscriber: int | None = None) -> list[str]:
        return [row.kind for row in self.notices(subscriber)]

    def token(self, address: str = READER, kind: NoticeKind = NoticeKind.CONFIRM) -> str:
        """Return the token of the last mail of a kind to somebody."""
        subscriber = self.show(address).subscriber.id
        row = [one for one in self.notices(subscriber) if one.kind == kind][-1]
        action = {kind: action for action, kind in LINK_KINDS.items()}[kind]
        return self.audience.make_token(action, notice=row.id, subscriber=subscriber)

    def prepare(self, frequency: Frequency, *, ends: int | None = None) -> list[tuple[int, int]]:
        """Prepare an issue that ends now: ``(subscriber, from when on)`` of whoever gets it."""
        end = self.now if ends is None else ends
        with self.store.open() as store, store.transaction() as catalog:
            last = catalog.issues.last(frequency)
            moment = datetime.fromtimestamp(end, UTC)
            issue = Issue(
                0, f"{frequency}/{end}", frequency, moment if last is None else last.ends,
                moment, moment, IssueState.PREPARED, created=moment,
            )  # fmt: skip
            row = catalog.issues.add(issue, b"")
            kept = Issue(row, *[getattr(issue, name) for name in Issue.__slots__[1:]])
            wanted = [frequency, None] if frequency == Frequency.WEEKLY else [frequency]
            starts = int(kept.starts.timestamp())
            groups = catalog.issues.groups(wanted)
            catalog.issues.enrol(
                kept,
                {
                    Selection(one.choice, one.language, starts if one.since is None else one.since)
                    for one in groups
                },
                wanted,
            )
            rows = catalog._connection.exec_driver_sql(
                "SELECT d.subscriber, s.since FROM deliveries d JOIN selections s"
                " ON s.id = d.selection WHERE d.issue = ? ORDER BY d.subscriber",
                (row,),
            )
            return [(subscriber, since) for subscriber, since in rows]
