"""The mails to one person that wait to be sent."""

from collections.abc import Callable, Sequence
from pathlib import Path

from feedpub.model import DeliveryState
from feedpub.ports.mailing import Outcome
from feedpub.ports.notices import Notice
from feedpub.store.database import Database
from feedpub.store.plain import PlainDatabase, find_suppressed

# So long a notice that was taken is nobody else's; after a crash it is sent again.
_TAKEN_S = 900

_CLAIM = f"""
SELECT n.id, n.subscriber, n.kind, n.details, s.address, s.language, s.state, s.mailbox,
       n.attempts, n.created
FROM notices n JOIN subscribers s ON s.id = n.subscriber
WHERE n.state = {DeliveryState.QUEUED.value} AND n.not_before <= ?
ORDER BY n.id LIMIT ?
"""  # noqa: S608 # a number of ours
_TAKE = "UPDATE notices SET not_before = ? WHERE id = ?"
_SETTLE = (
    "UPDATE notices SET state = ?, not_before = ?, attempts = attempts + ?, reply = ? WHERE id = ?"
)


class SqlNoticeBook:
    """The notices of a database, by a connection of its own."""

    def __init__(self, database: Database, hash_mailbox: Callable[[str], bytes]) -> None:
        """Use a connection that nobody else uses.

        Args:
            database: Open, up to date; closed by ``close``.
            hash_mailbox: Makes of a mailbox what the suppression list has of it.
        """
        self._database = database
        self._hash = hash_mailbox

    @classmethod
    def open(cls, path: Path, hash_mailbox: Callable[[str], bytes]) -> "SqlNoticeBook":
        """Open a database file that is up to date.

        Raises:
            StoreError: It is missing or cannot be used.
        """
        return cls(PlainDatabase(path), hash_mailbox)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def claim_notices(self, *, now: int, limit: int) -> Sequence[Notice]:
        """Take some that are due, oldest first; others see them again in a quarter of an hour."""
        with self._database.transaction() as cursor:
            claim = _CLAIM + self._database.locking.skip.format("n")
            rows = cursor.execute(claim, (now, limit)).fetchall()
            mailboxes = [row[7] for row in rows if row[7] is not None]
            listed = find_suppressed(cursor, mailboxes, self._hash)
            cursor.executemany(_TAKE, [(now + _TAKEN_S, row[0]) for row in rows])
        return [
            Notice(id, who, kind, details, address or "", language, state, listed.get(box), *rest)
            for id, who, kind, details, address, language, state, box, *rest in rows
        ]

    def settle_notices(self, outcomes: Sequence[Outcome], now: int) -> None:  # noqa: ARG002 # as the port has it
        """Write what became of them."""
        with self._database.transaction() as cursor:
            cursor.executemany(
                _SETTLE,
                [
                    (int(one.state), one.not_before, int(one.tried),
                     f"{one.code} {one.reply}".strip(), one.delivery)
                    for one in outcomes
                ],
            )  # fmt: skip
