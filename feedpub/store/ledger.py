"""The send ledger, by plain statements: an ORM's second would be a message's second."""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from feedpub.deliveries import check_decision, why_not_mailed
from feedpub.model import DeliveryState, IssueState, SubscriberState
from feedpub.ports.mailing import (
    Batch,
    Bounced,
    Change,
    Claim,
    Lease,
    Listed,
    Recovery,
)
from feedpub.store import ledger_statements as statements
from feedpub.store.choices import split_choice
from feedpub.store.database import Cursor, Database, FenceRows
from feedpub.store.lease import (
    check_company,
    held_here,
    is_alive,
    name_host,
    read_leases,
)
from feedpub.store.plain import PlainDatabase, find_suppressed

LEASE_S = 120
_PAGE = 500
_MOST = 1000
_UNKNOWN = "the sender ended between the final dot and its reply"
_NOTHING = Recovery(0, 0)

_split = lru_cache(4096)(split_choice)


class SqlLedger:
    """The ledger of a database, by a connection of its own; used by several threads.

    Every transaction is on disk when it ends.
    """

    def __init__(
        self,
        database: Database,
        hash_mailbox: Callable[[str], bytes],
        *,
        lease_s: int = LEASE_S,
    ) -> None:
        """Use a connection that nobody else uses.

        Args:
            database: Open; closed by ``close``.
            hash_mailbox: Makes of a mailbox what the suppression list has of it.
            lease_s: How long a sender that shows no sign of life keeps others away.
        """
        self._database = database
        self._hash = hash_mailbox
        self._lease_s = lease_s
        self._token, self._issue = secrets.randbits(62), 0
        # Deliveries that carry our token: to look for them would be a look at every row.
        self._in_hand: set[int] = set()
        self._transaction, self._read = database.transaction, database.read

    @classmethod
    def open(
        cls, path: Path, hash_mailbox: Callable[[str], bytes], *, lease_s: int = LEASE_S
    ) -> "SqlLedger":
        """Open a database file that is up to date.

        Raises:
            MissingStoreError: There is none.
            StoreError: It cannot be used.
        """
        return cls(PlainDatabase(path), hash_mailbox, lease_s=lease_s)

    def close(self) -> None:
        """Let go of the file; a thread that is still writing keeps it until the process ends."""
        self._database.close()

    # Who sends

    def acquire(self, issue: int, now: int, *, shared: bool = False) -> Recovery | None:
        """Become a sender of an issue and put right what those had left whose lease is over."""
        token = secrets.randbits(62)
        with self._transaction() as cursor:
            query = statements.STATE + self._database.locking.change
            row = cursor.execute(query, (issue,)).fetchone()
            if row is None or row[0] not in (IssueState.PREPARED, IssueState.SENDING):
                return None
            known = read_leases(cursor.execute(statements.SENDERS, (issue,)).fetchall())
            alive = [one for one in known if is_alive(one, now)]
            check_company(issue, alive, shared=shared)
            dead = [(issue, one.token) for one in known if one not in alive]
            # A server lets this wait until a claim that one of them is making is done.
            cursor.executemany(statements.LEAVE, dead)
            cursor.execute(
                statements.JOIN,
                (issue, token, shared, name_host(), os.getpid(), now + self._lease_s, now),
            )
            cursor.execute(
                "UPDATE issues SET state = ? WHERE id = ?", (int(IssueState.SENDING), issue)
            )
            # Whoever left by themselves left nothing behind.
            found = _recover_lost(cursor, issue, now) if dead or not shared else _NOTHING
        self._token, self._issue = token, issue
        self._in_hand.clear()
        held_here.add(token)
        return found

    def renew(self, issue: int, now: int, *, moved: bool) -> bool:
        """Prolong our lease."""
        with self._transaction() as cursor:
            cursor.execute(
                statements.RENEW, (now + self._lease_s, moved, now, issue, self._token, issue)
            )
            return cursor.rowcount == 1

    def release(self, issue: int, now: int) -> bool:
        """Put what is ours and unsent back, and be a sender no more."""
        query = statements.STATE + self._database.locking.change
        try:
            with self._transaction() as cursor:
                # Of two that leave at once the later one has to see that it is the last.
                cursor.execute(query, (issue,)).fetchone()
                ours = [(issue, delivery, self._token) for delivery in self._in_hand]
                doubted = [(now, _UNKNOWN, now, *row) for row in ours]
                cursor.executemany(statements.REQUEUE_OURS, ours)
                cursor.executemany(statements.DOUBT_OURS, doubted)
                cursor.execute(statements.LEAVE, (issue, self._token))
                return _finish(cursor, issue, now)
        finally:
            held_here.discard(self._token)

    def senders(self, issue: int) -> list[Lease]:
        """Return who sends an issue, in no order, also those whose lease is over."""
        return read_leases(self._read(statements.SENDERS, issue))

    # The way of a delivery

    def claim(self, issue: int, *, now: int, limit: int) -> Batch:
        """Take rows that are due, and skip those of people who are not mailed any more."""
        locking = self._database.locking
        with self._transaction() as cursor:
            # Whoever takes us for dead waits until we know what we have.
            hold = statements.HOLD + locking.change
            if cursor.execute(hold, (issue, self._token)).fetchone() is None:
                return Batch([], 0)
            rows = cursor.execute(
                statements.CLAIM + locking.skip.format("d"), (issue, now, issue, min(limit, _MOST))
            ).fetchall()
            mailboxes = [row[5] for row in rows if row[5] is not None]
            listed = find_suppressed(cursor, mailboxes, self._hash)
            claims: list[Claim] = []
            skipped: list[tuple[int, str, int, int]] = []
            for delivery, who, address, state, paused, mailbox, choice, *rest in rows:
                reason = why_not_mailed(
                    SubscriberState(state),
                    paused=bool(paused),
                    address=address,
                    suppressed=listed.get(mailbox),
                )
                if reason is None:
                    claims.append(Claim(delivery, issue, who, address, _split(choice), *rest))
                else:
                    skipped.append((now, reason, issue, delivery))
            cursor.executemany(statements.SKIP, skipped)
            taken = [claim.delivery for claim in claims]
            # Before the end, since a server that is lost then may have them as ours.
            self._in_hand.update(taken)
            if locking.take:
                cursor.execute(locking.take, (self._token, issue, taken))
            else:
                rows = [(self._token, issue, delivery) for delivery in taken]
                cursor.executemany(statements.TAKE, rows)
        return Batch(claims, len(skipped))

    def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
        """Write outcomes and let deliveries cross the fence, all in one transaction."""
        outcomes = [outcome for change in changes for outcome in change.outcomes]
        crossing = [one.crossing for one in changes if one.crossing is not None]
        crossed = self._database.write_fence(
            FenceRows(self._issue, self._token, outcomes, crossing, now)
        )
        self._in_hand.difference_update(outcome.delivery for outcome in outcomes)
        return [one.crossing is None or _is_first(one.crossing, crossed) for one in changes]

    # What a person looks at and decides

    def counts(self, issue: int) -> dict[DeliveryState, int]:
        """Return how many rows are in each state, those without a row left out."""
        (row,) = self._read(statements.COUNT, issue)
        return {
            state: int(str(number))
            for state, number in zip(DeliveryState, row, strict=True)
            if number
        }

    def next_due(self, issue: int) -> int | None:
        """Return when the next queued row is due; None if none is queued."""
        rows = self._read(
            "SELECT min(not_before) FROM deliveries WHERE issue = ? AND state = 0", issue
        )
        return None if rows[0][0] is None else int(str(rows[0][0]))

    def rows(self, issue: int, states: Sequence[DeliveryState]) -> Iterator[Listed]:
        """Yield the rows in some states, oldest first; a few at a time are held."""
        query = statements.LIST.format(states=statements.join_states(states))
        for row in self._pages(query, issue):
            id, who, address, state, *rest = row
            yield Listed(id, who, address, DeliveryState(state), *rest)  # type: ignore[arg-type] # as the statement selects

    def bounced(self, issue: int) -> Iterator[Bounced]:
        """Yield failed rows whose address does not exist and whose subscriber is still active."""
        for row in self._pages(statements.BOUNCED, issue):
            yield Bounced(*row)  # type: ignore[arg-type] # as the statement selects

    def _pages(self, query: str, issue: int) -> Iterator[tuple[object, ...]]:
        last: object = 0
        while rows := self._read(query, issue, last, _PAGE):
            yield from rows
            last = rows[-1][0]

    def resolve(
        self,
        issue: int,
        states: Sequence[DeliveryState],
        to: DeliveryState,
        now: int,
        *,
        reason: str,
        deliveries: Sequence[int] | None = None,
    ) -> int:
        """Let the operator decide about rows: send them (again), or skip them."""
        check_decision(states, to)
        statement = statements.RESOLVE.format(states=statements.join_states(states))
        values = (int(to), now, reason, issue)
        with self._transaction() as cursor:
            if deliveries is None:
                cursor.execute(statement, values)
            else:
                cursor.executemany(statement + " AND id = ?", [(*values, id) for id in deliveries])
            changed = cursor.rowcount
            if changed and to is DeliveryState.QUEUED:
                cursor.execute(
                    "UPDATE issues SET state = ?, finished = NULL WHERE id = ? AND state = ?",
                    (int(IssueState.SENDING), issue, int(IssueState.FINISHED)),
                )
        return changed


def _recover_lost(cursor: Cursor, issue: int, now: int) -> Recovery:
    """Bring the rows of those who are senders no more to where they belong."""
    cursor.execute(statements.REQUEUE_LOST, (issue, issue))
    queued = cursor.rowcount
    cursor.execute(statements.DOUBT_LOST, (now, _UNKNOWN, now, issue, issue))
    return Recovery(queued, cursor.rowcount)


def _finish(cursor: Cursor, issue: int, now: int) -> bool:
    """Note that an issue is finished if nobody sends it and everybody is accounted for.

    To count takes a look at every row, which only the last of many senders has to take.
    """
    for query in (statements.IS_SENT_BY, statements.IS_QUEUED):
        if cursor.execute(query, (issue,)).fetchone() is not None:
            return False
    recipients, left = cursor.execute(statements.SUM_UP, (issue,)).fetchone()
    if left:
        return False
    cursor.execute(statements.FINISH, (int(IssueState.FINISHED), now, issue, recipients))
    return cursor.rowcount == 1


def _is_first(delivery: int, crossed: set[int]) -> bool:
    """Return whether a delivery crossed, which is told once: there is one dot."""
    if delivery not in crossed:
        return False
    crossed.remove(delivery)
    return True
