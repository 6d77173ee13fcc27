"""Issues and their recipients, within one transaction."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feedpub.batches import cut_batches
from feedpub.catalog.identity import Flag
from feedpub.deliveries import OPEN
from feedpub.model import (
    DeliveryState,
    Frequency,
    Issue,
    IssueState,
    SubscriberState,
)
from feedpub.model.instants import to_instant, to_seconds
from feedpub.ports.newsletter import Group, Member, Selection
from feedpub.store.choices import join_choice, split_choice
from feedpub.store.dialect import dialect_of
from feedpub.store.newsletter_schema import (
    deliveries,
    issues,
    selections,
    senders,
    subscribers,
)
from feedpub.store.people import People
from feedpub.store.schema import arrivals, articles

_EVERYTHING = 0
_DAY = timedelta(days=1)


class Issues:
    """Issues, who gets them, and where each recipient stands."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Issues

    def last(self, frequency: Frequency) -> Issue | None:
        """Return the issue of a frequency that ended last, in whatever state; None at first."""
        found = self._select(
            issues.c.frequency == frequency.value,
            order=(issues.c.ends.desc(), issues.c.id.desc()),
            limit=1,
        )
        return found[0] if found else None

    def get(self, key: str) -> Issue | None:
        """Return the issue of a key."""
        found = self._select(issues.c.key == key)
        return found[0] if found else None

    def recent(
        self, limit: int | None = None, *, frequency: Frequency | None = None
    ) -> list[Issue]:
        """Return issues, those that were scheduled last first; all without a limit."""
        where = sa.true() if frequency is None else issues.c.frequency == frequency.value
        return self._select(
            where, order=(issues.c.scheduled.desc(), issues.c.id.desc()), limit=limit
        )

    def unfinished(self) -> list[Issue]:
        """Return those that are prepared or on their way, oldest first; a stopped one is not."""
        return self._select(issues.c.state.in_((IssueState.PREPARED, IssueState.SENDING)))

    def _select(
        self,
        where: sa.ColumnElement[bool],
        *,
        order: Sequence[sa.ColumnElement[Any]] = (),
        limit: int | None = None,
    ) -> list[Issue]:
        query = sa.select(*_ISSUE).where(where).order_by(*(order or (issues.c.id,))).limit(limit)
        return [_make_issue(row) for row in self._connection.execute(query)]

    def content(self, issue: int) -> bytes:
        """Return the frozen digest of an issue; empty if it has none."""
        query = sa.select(issues.c.content).where(issues.c.id == issue)
        return bytes(self._connection.execute(query).scalar() or b"")

    def add(self, issue: Issue, content: bytes) -> int:
        """Add an issue, whose ``id`` is not looked at; return its row."""
        statement = sa.insert(issues).values(
            key=issue.key,
            frequency=issue.frequency.value,
            starts=to_seconds(issue.starts),
            ends=to_seconds(issue.ends),
            scheduled=to_seconds(issue.scheduled),
            state=int(issue.state),
            subject=issue.subject,
            articles=issue.articles,
            recipients=issue.recipients,
            created=to_seconds(issue.created or issue.scheduled),
            finished=None if issue.finished is None else to_seconds(issue.finished),
            note=issue.note,
            content=content or None,
        )
        key = self._connection.execute(statement).inserted_primary_key
        return int(key[0]) if key else 0

    def set_state(
        self, issue: int, state: IssueState, *, note: str = "", finished: datetime | None = None
    ) -> None:
        """Change where an issue stands."""
        self._connection.execute(
            sa.update(issues)
            .where(issues.c.id == issue)
            .values(
                state=int(state),
                note=note,
                finished=None if finished is None else to_seconds(finished),
            )
        )

    # What is in them

    def news(self, starts: int, ends: int) -> list[tuple[int, int]]:
        """Return what was first seen in a half-open period, latest first: first_seen, article."""
        query = (
            sa.select(arrivals.c.first_seen, arrivals.c.article)
            .where(
                arrivals.c.category == _EVERYTHING,
                arrivals.c.first_seen >= starts,
                arrivals.c.first_seen < ends,
            )
            .order_by(arrivals.c.first_seen.desc(), arrivals.c.article)
        )
        return [(row[0], row[1]) for row in self._connection.execute(query)]

    def hidden(self, wanted: Collection[int] | None = None) -> set[int]:
        """Return those articles that the editor hid, whatever became of them since."""
        is_hidden = articles.c.flags.bitwise_and(int(Flag.HIDDEN)) != 0
        query = sa.select(articles.c.id).where(is_hidden)
        if wanted is None:
            return set(self._connection.scalars(query))
        found: set[int] = set()
        for rows in cut_batches(sorted(wanted)):
            found.update(self._connection.scalars(query.where(articles.c.id.in_(rows))))
        return found

    # Who gets them

    def groups(self, frequencies: Sequence[Frequency | None]) -> list[Group]:
        """Return who would be mailed: active, not paused, of one of these frequencies."""
        language = sa.func.coalesce(subscribers.c.language, "")
        query = (
            sa.select(subscribers.c.choice, language, subscribers.c.since, sa.func.count())
            .where(_is_mailed(frequencies))
            .group_by(subscribers.c.choice, language, subscribers.c.since)
            .order_by(subscribers.c.choice, language, subscribers.c.since)
        )
        return [
            Group(split_choice(choice), tongue, since, members)
            for choice, tongue, since, members in self._connection.execute(query)
        ]

    def members(self, frequencies: Sequence[Frequency | None], limit: int) -> list[Member]:
        """Return some of those who would be mailed, those who came first first."""
        query = _MEMBERS.where(_is_mailed(frequencies)).order_by(subscribers.c.id).limit(limit)
        return [_make_member(row) for row in self._connection.execute(query)]

    def member(self, subscriber: int) -> Member | None:
        """Return somebody by row, whatever their state; None if they are unknown or erased."""
        query = _MEMBERS.where(subscribers.c.id == subscriber, subscribers.c.address.is_not(None))
        row = self._connection.execute(query).first()
        return None if row is None else _make_member(row)

    def enrol(
        self,
        issue: Issue,
        wanted: Iterable[Selection],
        frequencies: Sequence[Frequency | None],
    ) -> int:
        """Make a row of the ledger for each subscriber who asked for one of the selections."""
        rows = [
            {"issue": issue.id, "choice": join_choice(one.choice), "language": one.language,
             "since": one.since}
            for one in wanted
        ]  # fmt: skip
        made = 0
        if rows:
            self._connection.execute(sa.insert(selections), rows)
            with dialect_of(self._connection).filling_ledger(self._connection, issue.id) as ledger:
                statement = _enrol_matching(ledger, issue, frequencies)
                statement = statement.execution_options(preserve_rowcount=True)
                made = self._connection.execute(statement).rowcount
        self._connection.execute(
            sa.update(subscribers)
            .where(_is_mailed(frequencies), subscribers.c.since.is_not(None))
            .values(since=None)
        )
        self._connection.execute(
            sa.update(issues).where(issues.c.id == issue.id).values(recipients=made)
        )
        return made

    def go_on_from(self, frequencies: Sequence[Frequency | None], since: int) -> None:
        """Let subscribers of these frequencies get what was first seen from an instant on."""
        self._connection.execute(
            sa.update(subscribers)
            .where(_is_of(frequencies), subscribers.c.since.is_(None))
            .values(since=since)
        )

    def people(self) -> dict[str, int]:
        """Return how many subscribers there are by state, as words; none that is empty."""
        counts = sorted(People(self._connection).counts().items())
        return {SubscriberState(state).name.lower(): number for state, number in counts}

    def knows_people(self) -> bool:
        """Return whether there is, or was, a subscriber."""
        return self._connection.execute(sa.select(subscribers.c.id).limit(1)).first() is not None

    def doubt_open(self, reason: str, now: int) -> int:
        """Call unknown whoever still waited in a copy of the database; return how many they are."""
        doubted = self._connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.state.in_([int(state) for state in OPEN]))
            .values(state=int(DeliveryState.UNKNOWN), reply=reason, at=now)
        ).rowcount
        # An issue that was only prepared may have been sent: it must not look like one that waits
        # for somebody to agree to it.
        self._connection.execute(
            sa.update(issues)
            .where(issues.c.state == int(IssueState.PREPARED))
            .values(state=int(IssueState.SENDING))
        )
        self._connection.execute(sa.delete(senders))
        return doubted

    def close_windows(self, ends: int, now: int) -> None:
        """Let the next issue of each frequency begin at an instant, whatever came before."""
        stamp = f"{to_instant(now):%Y-%m-%dT%H%M%S}"
        for frequency in Frequency:
            last = self.last(frequency)
            instant = to_instant(ends)
            self.add(
                Issue(
                    id=0,
                    key=f"{frequency}/restored-{stamp}",
                    frequency=frequency,
                    starts=instant if last is None else min(last.ends, instant),
                    ends=instant if last is None else max(last.ends, instant),
                    # What is due now is due still; it begins at this instant.
                    scheduled=to_instant(now) - _DAY if last is None else last.scheduled,
                    state=IssueState.EMPTY,
                    created=to_instant(now),
                    finished=to_instant(now),
                    note="restored from a backup: what came before counts as mailed",
                ),
                b"",
            )
        self._connection.execute(sa.update(subscribers).values(since=None))

    def largest_sent(self) -> int:
        """Return the recipients of the last issue that anything was sent of; 0 if none was."""
        query = sa.select(issues.c.id, issues.c.recipients).order_by(issues.c.id.desc())
        # One after the other: as one query a server joins the ledgers of all issues.
        for issue, recipients in self._connection.execute(query).all():
            sent = sa.select(deliveries.c.id).where(
                deliveries.c.issue == issue, deliveries.c.state == int(DeliveryState.SENT)
            )
            if self._connection.execute(sent.limit(1)).first() is not None:
                return int(recipients)
        return 0


_ISSUE = (
    issues.c.id,
    issues.c.key,
    issues.c.frequency,
    issues.c.starts,
    issues.c.ends,
    issues.c.scheduled,
    issues.c.state,
    issues.c.subject,
    issues.c.articles,
    issues.c.recipients,
    issues.c.created,
    issues.c.finished,
    issues.c.note,
)


_MEMBERS = sa.select(
    subscribers.c.id,
    subscribers.c.address,
    subscribers.c.choice,
    sa.func.coalesce(subscribers.c.language, ""),
    subscribers.c.since,
)


def _make_member(row: Any) -> Member:
    subscriber, address, choice, language, since = row
    return Member(subscriber, address, split_choice(choice), language, since)


def _make_issue(row: Any) -> Issue:
    return Issue(
        id=row.id,
        key=row.key,
        frequency=Frequency(row.frequency),
        starts=to_instant(row.starts),
        ends=to_instant(row.ends),
        scheduled=to_instant(row.scheduled),
        state=IssueState(row.state),
        subject=row.subject,
        articles=row.articles,
        recipients=row.recipients,
        created=to_instant(row.created),
        finished=None if row.finished is None else to_instant(row.finished),
        note=row.note,
    )


def _is_of(frequencies: Sequence[Frequency | None]) -> sa.ColumnElement[bool]:
    named = [one.value for one in frequencies if one is not None]
    theirs: sa.ColumnElement[bool] = subscribers.c.frequency.in_(named)
    if None in frequencies:
        theirs = sa.or_(subscribers.c.frequency.is_(None), theirs)
    return theirs


def _enrol_matching(
    ledger: sa.Table, issue: Issue, frequencies: Sequence[Frequency | None]
) -> sa.Insert:
    """Return what gives each subscriber a row who asked for what a selection of the issue has."""
    matching = sa.and_(
        selections.c.issue == issue.id,
        selections.c.choice == subscribers.c.choice,
        selections.c.language == sa.func.coalesce(subscribers.c.language, ""),
        selections.c.since == sa.func.coalesce(subscribers.c.since, to_seconds(issue.starts)),
    )
    rows = (
        sa.select(sa.literal(issue.id), subscribers.c.id, selections.c.id)
        .select_from(subscribers.join(selections, matching))
        .where(_is_mailed(frequencies))
        .order_by(subscribers.c.id)
    )
    return sa.insert(ledger).from_select(["issue", "subscriber", "selection"], rows)


def _is_mailed(frequencies: Sequence[Frequency | None]) -> sa.ColumnElement[bool]:
    return sa.and_(
        subscribers.c.state == int(SubscriberState.ACTIVE),
        sa.not_(subscribers.c.paused),
        _is_of(frequencies),
    )
