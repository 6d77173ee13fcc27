"""Subscribers, what they agreed to, and who is never mailed, within one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from feedpub.batches import cut_batches
from feedpub.model import DeliveryState, SubscriberState
from feedpub.ports.people import ConsentRow, NoticeRow, Person
from feedpub.store.choices import join_choice, split_choice
from feedpub.store.dialect import insert_many
from feedpub.store.newsletter_schema import (
    attempts,
    bounces,
    consents,
    deliveries,
    issues,
    notices,
    subscribers,
    suppressions,
)
from feedpub.store.statements import Statement

_PAGE = 1000
_PERSON = [subscribers.c[name] for name in Person._fields]
_CONSENT = [consents.c[name] for name in ConsentRow._fields]
_NOTICE = [notices.c[name] for name in NoticeRow._fields]
_NOT_RECEIVED = (DeliveryState.FAILED, DeliveryState.SKIPPED)

# What a request of the web face asks for. Made once: to make a statement costs more than to run it.
_SEVERAL: sa.BindParameter[Any] = sa.bindparam("several", expanding=True)
_GET = Statement(sa.select(*_PERSON).where(subscribers.c.id == sa.bindparam("row")))
_FIND = sa.select(*_PERSON).where(subscribers.c.mailbox.in_(_SEVERAL))
_LAST_ID = Statement(sa.select(sa.func.max(subscribers.c.id)))
_LAST_NOTICE = Statement(sa.select(sa.func.max(notices.c.id)))
_SUPPRESSED = sa.select(suppressions.c.hash, suppressions.c.reason).where(
    suppressions.c.hash.in_(_SEVERAL)
)
_COUNT_ATTEMPTS = Statement(
    sa.select(sa.func.count()).where(
        attempts.c.key == sa.bindparam("key"), attempts.c.at > sa.bindparam("after")
    )
)
_KEY, _AT = sa.bindparam("key", type_=sa.LargeBinary), sa.bindparam("at", type_=sa.BigInteger)
_NOTE_ATTEMPT = sa.insert(attempts).from_select(
    ["key", "at", "number"],
    sa.select(_KEY, _AT, sa.func.coalesce(sa.func.max(attempts.c.number), -1) + 1).where(
        attempts.c.key == _KEY, attempts.c.at == _AT
    ),
)
_UPDATE = (
    sa.update(subscribers)
    .where(subscribers.c.id == sa.bindparam("row"))
    .values({one.name: sa.bindparam(f"new_{one.name}") for one in subscribers.columns[1:]})
)


class People:
    """See ``feedpub.audience.store.People``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Their rows

    def get(self, subscriber: int) -> Person | None:
        """Return a row."""
        rows = _GET(self._connection, row=subscriber)
        return _make_person(rows[0]) if rows else None

    def find(self, mailboxes: Iterable[str]) -> dict[str, Person]:
        """Return whoever has one of these mailboxes, by mailbox."""
        found: dict[str, Person] = {}
        for some in cut_batches(mailboxes):
            for row in self._connection.execute(_FIND, {"several": some}):
                found[row.mailbox] = _make_person(row)
        return found

    def browse(self, states: Collection[int] = ()) -> Iterator[Person]:
        """Yield everybody in some states, or in all, in the order that they came."""
        last = 0
        wanted = subscribers.c.state.in_(list(states)) if states else sa.true()
        while True:
            # Page by page, so that whoever reads a million of them may write between.
            query = (
                sa.select(*_PERSON)
                .where(wanted, subscribers.c.id > last)
                .order_by(subscribers.c.id)
                .limit(_PAGE)
            )
            rows = self._connection.execute(query).all()
            yield from map(_make_person, rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1].id

    def counts(self) -> dict[int, int]:
        """Return how many there are in each state."""
        query = sa.select(subscribers.c.state, sa.func.count()).group_by(subscribers.c.state)
        return dict(self._connection.execute(query).all())

    def next_id(self) -> int:
        """Return the row that the next new one gets; never one that was used before."""
        # Rows of the erased stay, so the highest was never anybody else's.
        return int(_LAST_ID(self._connection)[0][0] or 0) + 1

    def insert(self, people: Sequence[Person]) -> None:
        """Add people, who bring their rows."""
        insert_many(self._connection, subscribers, [_to_row(person) for person in people])

    def update(self, people: Sequence[Person]) -> None:
        """Replace their rows."""
        if people:
            self._connection.execute(_UPDATE, [_to_change(one) for one in people])

    def erase(self, gone: Sequence[int]) -> None:
        """Leave nothing of some people but empty rows and the nameless part of the log."""
        for some in cut_batches(gone):
            self._connection.execute(
                sa.update(subscribers)
                .where(subscribers.c.id.in_(some))
                .values(
                    address=None, mailbox=None, state=int(SubscriberState.ERASED), choice="",
                    frequency=None, language=None, paused=False, since=None,
                )
            )  # fmt: skip
            self._connection.execute(
                sa.update(consents).where(consents.c.subscriber.in_(some)).values(network=None)
            )
            self._connection.execute(sa.delete(notices).where(notices.c.subscriber.in_(some)))
            # Servers repeat the address in what they answer.
            self._connection.execute(
                sa.update(deliveries).where(deliveries.c.subscriber.in_(some)).values(reply=None)
            )

    def unconfirmed(self, before: int) -> list[int]:
        """Return pending people who were last asked before a moment, and never since."""
        query = (
            sa.select(subscribers.c.id)
            .join(notices, notices.c.subscriber == subscribers.c.id)
            .where(subscribers.c.state == int(SubscriberState.PENDING), notices.c.kind == "confirm")
            .group_by(subscribers.c.id)
            .having(sa.func.max(notices.c.created) < before)
        )
        return list(self._connection.scalars(query))

    def merge_categories(self, merged: Mapping[int, int]) -> None:
        """Let choices follow a rename that made one category of two.

        Args:
            merged: Category that is gone, to the one that takes its articles; 0 stands for all.
        """
        if not merged:
            return
        query = sa.select(subscribers.c.choice).where(subscribers.c.choice != "").distinct()
        for text in self._connection.scalars(query).all():
            choice = split_choice(text)
            moved = {merged.get(one, one) for one in choice}
            if moved == set(choice):
                continue
            new = "" if 0 in moved else join_choice(moved)
            self._connection.execute(
                sa.update(subscribers).where(subscribers.c.choice == text).values(choice=new)
            )

    # What they agreed to

    def log(self, rows: Sequence[ConsentRow]) -> None:
        """Add to the consent log."""
        insert_many(self._connection, consents, rows, ConsentRow._fields)

    def consents(self, subscriber: int) -> list[ConsentRow]:
        """Return the log of somebody, oldest first."""
        query = (
            sa.select(*_CONSENT)
            .where(consents.c.subscriber == subscriber)
            .order_by(consents.c.at, consents.c.id)
        )
        return [ConsentRow._make(row) for row in self._connection.execute(query)]

    def last_event(self, subscriber: int, event: str) -> int | None:
        """Return when something last happened to somebody."""
        query = sa.select(sa.func.max(consents.c.at)).where(
            consents.c.subscriber == subscriber, consents.c.event == event
        )
        found: int | None = self._connection.scalar(query)
        return found

    def drop_networks(self, before: int) -> None:
        """Take the network addresses out of the log that are older than a moment."""
        self._connection.execute(
            sa.update(consents)
            .where(consents.c.network.is_not(None), consents.c.at < before)
            .values(network=None)
        )

    # Who is never mailed

    def suppressed(self, hashes: Iterable[bytes]) -> dict[bytes, str]:
        """Return why some addresses are suppressed, those that are."""
        found: dict[bytes, str] = {}
        for some in cut_batches(hashes):
            rows = self._connection.execute(_SUPPRESSED, {"several": some})
            found.update((bytes(hash), why) for hash, why in rows)
        return found

    def suppressions(self) -> Iterator[tuple[bytes, str, int]]:
        """Yield hash, reason and time of every barred address."""
        query = sa.select(suppressions.c.hash, suppressions.c.reason, suppressions.c.at)
        for hash, reason, at in self._connection.execute(query):
            yield bytes(hash), reason, at

    def suppress(self, rows: Sequence[tuple[bytes, str, int]]) -> None:
        """Bar addresses: hash, reason, time; one that is barred already keeps its row."""
        barred = self.suppressed(row[0] for row in rows)
        fresh = {row[0]: row for row in rows if row[0] not in barred}
        insert_many(self._connection, suppressions, list(fresh.values()), ("hash", "reason", "at"))

    def lift(self, hash: bytes) -> None:
        """Let an address be mailed again."""
        self._connection.execute(sa.delete(suppressions).where(suppressions.c.hash == hash))

    # Mails to one person

    def add_notices(self, rows: Sequence[NoticeRow]) -> list[int]:
        """Add mails, whose ``id`` is not looked at; return their rows."""
        highest = _LAST_NOTICE(self._connection)[0][0] or 0
        numbered = [row._replace(id=highest + one) for one, row in enumerate(rows, 1)]
        insert_many(self._connection, notices, numbered, NoticeRow._fields)
        return [row.id for row in numbered]

    def notice(self, notice: int) -> NoticeRow | None:
        """Return a mail."""
        return self._notice(notices.c.id == notice)

    def last_notice(self, subscriber: int, kind: str) -> NoticeRow | None:
        """Return the last mail of one kind that somebody was to get."""
        return self._notice(notices.c.subscriber == subscriber, notices.c.kind == kind)

    def _notice(self, *where: sa.ColumnElement[bool]) -> NoticeRow | None:
        query = sa.select(*_NOTICE).where(*where).order_by(notices.c.id.desc()).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else NoticeRow._make(row)

    # Limits

    def count_attempts(self, key: bytes, after: int) -> int:
        """Return how often something was asked for after a moment."""
        return int(_COUNT_ATTEMPTS(self._connection, key=key, after=after)[0][0])

    def note_attempts(self, keys: Iterable[bytes], at: int) -> None:
        """Note that something was asked for."""
        if noted := [{"key": key, "at": at} for key in keys]:
            self._connection.execute(_NOTE_ATTEMPT, noted)

    def forget_attempts(self, prefix: bytes, before: int | None = None) -> None:
        """Forget what was asked for under keys that begin like this, before a moment or ever."""
        end = prefix[:-1] + bytes([prefix[-1] + 1]) if prefix[-1] < 255 else prefix + b"\xff"
        where = [attempts.c.key >= prefix, attempts.c.key < end]
        if before is not None:
            where.append(attempts.c.at < before)
        self._connection.execute(sa.delete(attempts).where(*where))

    # What came back

    def add_bounce(
        self, subscriber: int, at: int, message: bytes, delivery: int | None, kind: str, code: str
    ) -> bool:
        """Keep a report, unless it was kept before; return whether it is new."""
        known = sa.select(bounces.c.at).where(
            bounces.c.subscriber == subscriber, bounces.c.message == message
        )
        if self._connection.execute(known).first() is not None:
            return False
        self._connection.execute(
            sa.insert(bounces).values(
                subscriber=subscriber, at=at, message=message, delivery=delivery, kind=kind,
                code=code,
            )
        )  # fmt: skip
        return True

    def count_bounces(self, subscriber: int, kind: str = "", after: int = 0) -> int:
        """Return how many reports of a kind, or of any, there are after a moment."""
        where = [bounces.c.subscriber == subscriber, bounces.c.at > after]
        if kind:
            where.append(bounces.c.kind == kind)
        return int(self._connection.scalar(sa.select(sa.func.count()).where(*where)) or 0)

    # What they were sent

    def last_end(self, frequency: str) -> int | None:
        """Return the end of the last issue of a frequency; None if there was none."""
        # Whatever became of it: the next one of its frequency begins there.
        query = sa.select(sa.func.max(issues.c.ends)).where(issues.c.frequency == frequency)
        found: int | None = self._connection.scalar(query)
        return found

    def last_received(self, subscriber: int) -> int | None:
        """Return the latest end of the issues that somebody got, or may have got."""
        query = (
            sa.select(sa.func.max(issues.c.ends))
            .join(deliveries, deliveries.c.issue == issues.c.id)
            .where(
                deliveries.c.subscriber == subscriber,
                deliveries.c.state.not_in([int(state) for state in _NOT_RECEIVED]),
            )
        )
        found: int | None = self._connection.scalar(query)
        return found

    def recipient(self, delivery: int) -> int | None:
        """Return whose a row of the ledger is; None if there is no such row."""
        query = sa.select(deliveries.c.subscriber).where(deliveries.c.id == delivery)
        found: int | None = self._connection.scalar(query)
        return found

    def deliveries(self, subscriber: int) -> dict[int, int]:
        """Return how many of somebody's digests stand in each state."""
        query = (
            sa.select(deliveries.c.state, sa.func.count())
            .where(deliveries.c.subscriber == subscriber)
            .group_by(deliveries.c.state)
        )
        return dict(self._connection.execute(query).all())


def _make_person(row: Any) -> Person:
    values = row._asdict()
    values["choice"] = split_choice(values["choice"])
    values["paused"] = bool(values["paused"])
    return Person(**values)


_COLUMNS = [column.name for column in subscribers.columns]
_PLACES = [Person._fields.index(name) for name in _COLUMNS]
_CHOICE = _COLUMNS.index("choice")


def _to_row(person: Person) -> tuple[object, ...]:
    """Return a person in the order of the table's columns."""
    row = [person[place] for place in _PLACES]
    row[_CHOICE] = join_choice(person.choice)
    return tuple(row)


def _to_change(person: Person) -> dict[str, object]:
    values = zip(_COLUMNS, _to_row(person), strict=True)
    return {"row" if name == "id" else f"new_{name}": value for name, value in values}
