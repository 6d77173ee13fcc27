"""What reading returned mail needs of the outside world."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

MAX_BYTES = 1024 * 1024
"""More of a letter is not fetched: what a report has to say stands at its beginning."""


class Letter(NamedTuple):
    """One mail in a mailbox.

    Attributes:
        id: Of the mailbox; good until it is closed.
        data: Header and body as they came, the first ``MAX_BYTES``.
    """

    id: str
    data: bytes


class Mailbox(Protocol):
    """A mailbox that was opened; used by one thread."""

    def letters(self) -> Iterator[Letter]:
        """Yield the letters that were not settled yet, oldest first; they stay unread.

        Raises:
            MailboxError: It cannot be read.
        """
        ...

    def settle(self, letter: str, *, done: bool) -> None:
        """Mark a letter, so that it is not acted on again; nothing is ever deleted.

        Args:
            letter: Its id.
            done: Whether it was for us; one that was not stays unread for a person.

        Raises:
            MailboxError: It cannot be marked.
        """
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
