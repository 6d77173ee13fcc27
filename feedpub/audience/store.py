"""What the audience asks of the store; its adapter is ``feedpub.store.people``.

Instants are whole seconds since the epoch, hashes the 16 bytes of ``Signer.hash``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from feedpub.ports.people import ConsentRow, NoticeRow, Person
from feedpub.publishing.store import Shelves


class People(Protocol):
    """Subscribers and all that is kept of them, within one transaction."""

    # Their rows

    def get(self, subscriber: int) -> Person | None:
        """Return a row."""
        ...

    def find(self, mailboxes: Iterable[str]) -> dict[str, Person]:
        """Return whoever has one of these mailboxes, by mailbox."""
        ...

    def browse(self, states: Collection[int] = ()) -> Iterator[Person]:
        """Yield everybody in some states, or in all, in the order that they came."""
        ...

    def counts(self) -> dict[int, int]:
        """Return how many there are in each state."""
        ...

    def next_id(self) -> int:
        """Return the row that the next new one gets; never one that was used before."""
        ...

    def insert(self, people: Sequence[Person]) -> None:
        """Add people, who bring their rows."""
        ...

    def update(self, people: Sequence[Person]) -> None:
        """Replace their rows."""
        ...

    def erase(self, subscribers: Sequence[int]) -> None:
        """Leave nothing of some people but empty rows and the nameless part of the log."""
        ...

    def unconfirmed(self, before: int) -> list[int]:
        """Return pending people who were last asked before a moment, and never since."""
        ...

    def merge_categories(self, merged: Mapping[int, int]) -> None:
        """Let choices follow a rename that made one category of two.

        Args:
            merged: Category that is gone, to the one that takes its articles; 0 stands for all.
        """
        ...

    # What they agreed to

    def log(self, rows: Sequence[ConsentRow]) -> None:
        """Add to the consent log."""
        ...

    def consents(self, subscriber: int) -> list[ConsentRow]:
        """Return the log of somebody, oldest first."""
        ...

    def last_event(self, subscriber: int, event: str) -> int | None:
        """Return when something last happened to somebody."""
        ...

    def drop_networks(self, before: int) -> None:
        """Take the network addresses out of the log that are older than a moment."""
        ...

    # Who is never mailed

    def suppressed(self, hashes: Iterable[bytes]) -> dict[bytes, str]:
        """Return why some addresses are suppressed, those that are."""
        ...

    def suppressions(self) -> Iterator[tuple[bytes, str, int]]:
        """Yield hash, reason and time of every barred address."""
        ...

    def suppress(self, rows: Sequence[tuple[bytes, str, int]]) -> None:
        """Bar addresses: hash, reason, time; one that is barred already keeps its row."""
        ...

    def lift(self, hash: bytes) -> None:
        """Let an address be mailed again."""
        ...

    # Mails to one person

    def add_notices(self, rows: Sequence[NoticeRow]) -> list[int]:
        """Add mails, whose ``id`` is not looked at; return their rows."""
        ...

    def notice(self, notice: int) -> NoticeRow | None:
        """Return a mail."""
        ...

    def last_notice(self, subscriber: int, kind: str) -> NoticeRow | None:
        """Return the last mail of one kind that somebody was to get."""
        ...

    # Limits

    def count_attempts(self, key: bytes, after: int) -> int:
        """Return how often something was asked for after a moment."""
        ...

    def note_attempts(self, keys: Iterable[bytes], at: int) -> None:
        """Note that something was asked for."""
        ...

    def forget_attempts(self, prefix: bytes, before: int | None = None) -> None:
        """Forget what was asked for under keys that begin like this, before a moment or ever."""
        ...

    # What came back

    def add_bounce(
        self, subscriber: int, at: int, message: bytes, delivery: int | None, kind: str, code: str
    ) -> bool:
        """Keep a report, unless it was kept before; return whether it is new."""
        ...

    def count_bounces(self, subscriber: int, kind: str = "", after: int = 0) -> int:
        """Return how many reports of a kind, or of any, there are after a moment."""
        ...

    # What they were sent

    def last_end(self, frequency: str) -> int | None:
        """Return the end of the last issue of a frequency; None if there was none."""
        ...

    def last_received(self, subscriber: int) -> int | None:
        """Return the latest end of the issues that somebody got, or may have got."""
        ...

    def recipient(self, delivery: int) -> int | None:
        """Return whose a row of the ledger is; None if there is no such row."""
        ...

    def deliveries(self, subscriber: int) -> dict[int, int]:
        """Return how many of somebody's digests stand in each state."""
        ...


class Catalog(Protocol):
    """The part of a transaction that the audience uses."""

    @property
    def people(self) -> People:
        """Who is there."""
        ...

    @property
    def shelves(self) -> Shelves:
        """What can be chosen."""
        ...


class Store(Protocol):
    """Keeps the subscribers."""

    def transaction(self) -> AbstractContextManager[Catalog]:
        """Give the catalog; commit at the end, undo everything on an error."""
        ...

    def compact(self) -> None:
        """Write the file anew, so that nothing of what was deleted is left in it.

        Raises:
            BusyError: Somebody else is reading or writing.
        """
        ...


class OpenStore(Protocol):
    """Opens the store anew each time."""

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[Store]:
        """Give the store.

        Raises:
            StoreError: It is missing, damaged or of another version.
        """
        ...
