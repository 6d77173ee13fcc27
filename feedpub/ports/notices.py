"""What sending needs of the mails to one person that wait; instants are epoch seconds."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from feedpub.ports.mailing import Outcome


class Notice(NamedTuple):
    """A mail to one person that waits to be sent: confirmation, welcome, goodbye.

    Attributes:
        id: Of the row.
        subscriber: Id.
        kind: As the row has it.
        details: As the row has it.
        address: Where it goes.
        language: BCP 47; None means that of the site.
        state: Of the subscriber, a ``SubscriberState``.
        suppressed: Why the address is never mailed again; None if it may be.
        attempts: How often it was tried before.
        created: When it was asked for.
    """

    id: int
    subscriber: int
    kind: str
    details: str
    address: str
    language: str | None
    state: int
    suppressed: str | None
    attempts: int
    created: int


class NoticeBook(Protocol):
    """The mails that wait; used by one thread."""

    def claim_notices(self, *, now: int, limit: int) -> Sequence[Notice]:
        """Take some that are due, oldest first; others see them again in a quarter of an hour."""
        ...

    def settle_notices(self, outcomes: Sequence[Outcome], now: int) -> None:
        """Write what became of them; ``Outcome.delivery`` is the id of the notice."""
        ...
