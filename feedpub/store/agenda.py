"""What is done regularly, by whichever worker comes first, and what went wrong with it."""

import sqlalchemy as sa

from feedpub.model import DeliveryState, IssueState
from feedpub.ports.jobs import Failure, Outstanding
from feedpub.store.newsletter_schema import (
    deliveries,
    failures,
    issues,
    notices,
    schedules,
    senders,
)

_ON_THE_WAY = (IssueState.PREPARED, IssueState.SENDING)
# As a partial index names it.
_QUEUED: sa.ColumnElement[int] = sa.literal_column(str(int(DeliveryState.QUEUED)))
_KEPT = 1_000
"""Characters of a message."""

_MOST_DUE = 1_000_000
"""Rows that are counted: to count ten million takes seconds, and there is another minute."""


class Agenda:
    """See ``feedpub.ports.jobs.Agenda``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Schedules

    def next_run(self, name: str, period: str) -> int | None:
        """Return when a schedule is due next; None if it is new."""
        where = (schedules.c.name == name, schedules.c.period == period)
        return self._connection.scalar(sa.select(schedules.c.next_run_at).where(*where))

    def take(self, name: str, period: str, *, now: int, next_run_at: int) -> int | None:
        """Take a run that is due: nobody else gets it; return when it was due, None if it is not.

        A schedule that is new is due at once. One of the same name with another period is
        forgotten: the settings have changed.
        """
        due = self.next_run(name, period)
        if due is not None and due > now:
            return None
        others = sa.delete(schedules).where(schedules.c.name == name)
        self._connection.execute(others)
        self._connection.execute(
            sa.insert(schedules).values(name=name, period=period, next_run_at=next_run_at)
        )
        return now if due is None else due

    # Failures

    def fail(self, failure: Failure) -> None:
        """Keep what went wrong with a job, in place of what went wrong with it before."""
        self.forgive(failure.name)
        row = failure._replace(message=failure.message[:_KEPT])._asdict()
        self._connection.execute(sa.insert(failures).values(**row))

    def forgive(self, name: str) -> None:
        """Forget what went wrong with a job: it is done."""
        self._connection.execute(sa.delete(failures).where(failures.c.name == name))

    def failures(self) -> list[Failure]:
        """Return what went wrong and was not done since, oldest first."""
        query = sa.select(failures).order_by(failures.c.since, failures.c.name)
        return [Failure(**row) for row in self._connection.execute(query).mappings()]

    def hasten(self, now: int) -> None:
        """Let everything that went wrong be tried again at once: whoever mended it restarted us."""
        later = failures.c.retry_at > now
        self._connection.execute(sa.update(failures).where(later).values(retry_at=now))

    # What the tables say is to be done

    def outstanding(self, now: int) -> Outstanding:
        """Return what is to be done about mails at an instant in seconds since the epoch."""
        query = sa.select(issues.c.id, issues.c.key).where(issues.c.state.in_(_ON_THE_WAY))
        found = [(key, self._count_due(row, now)) for row, key in self._connection.execute(query)]
        waiting = (notices.c.state == DeliveryState.QUEUED, notices.c.not_before <= now)
        return Outstanding(self._has(notices, *waiting), [(key, due) for key, due in found if due])

    def _count_due(self, issue: int, now: int) -> int:
        """Return how many rows of an issue are due; 1 if it only has to be finished.

        Whoever had the last of them may have died.
        """
        queued = (deliveries.c.issue == issue, deliveries.c.state == _QUEUED)
        query = sa.select(sa.literal(1)).where(*queued, deliveries.c.not_before <= now)
        some = query.limit(_MOST_DUE).subquery()
        if due := self._connection.scalar(sa.select(sa.func.count()).select_from(some)):
            return int(due)
        at_it = (senders.c.issue == issue, senders.c.held_until > now)
        return 0 if self._has(deliveries, *queued) or self._has(senders, *at_it) else 1

    def _has(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> bool:
        query = sa.select(sa.literal(1)).select_from(table).where(*where).limit(1)
        return self._connection.execute(query).first() is not None
