"""What is done regularly, whichever worker is first to look.

The table ``schedules`` has a row for each; who moves ``next_run_at`` defers the job, in the same
transaction. So any number of workers look once a minute, and one of them acts.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feedpub.ports.jobs import Failure, Job
from feedpub.publishing.store import Catalog

MOST_LATE_S = 600
"""What should have been done ten minutes ago is left to the next time, unless it must not be."""


class Store(Protocol):
    """Keeps the schedules."""

    def transaction(self) -> AbstractContextManager[Catalog]:
        """Give the catalog; commit at the end, undo everything on an error."""
        ...


class OpenStore(Protocol):
    """Opens the store anew each time."""

    def __call__(self, *, read_only: bool = False) -> AbstractContextManager[Store]:
        """Give the store.

        Raises:
            StoreError: It cannot be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class Regular:
    """Something that is done regularly.

    Attributes:
        job: What is deferred; has a key.
        every_s: So often.
        may_be_late: Whether it is done however late it is.
    """

    job: Job
    every_s: int
    may_be_late: bool = False

    @property
    def period(self) -> str:
        """How often, in words; another one makes it another schedule."""
        return f"{self.every_s} s"

    def find_next(self, due: int, now: int) -> int:
        """Return when it is due after now, in step with when it was due."""
        return now + self.every_s - (now - due) % self.every_s


class Clockwork:
    """Looks which schedules are due, and defers their jobs."""

    def __init__(
        self,
        regular: Sequence[Regular],
        *,
        open_store: OpenStore,
        clock: Callable[[], datetime],
        learn: Callable[[list[Failure]], None],
    ) -> None:
        """Prepare.

        Args:
            regular: What is done regularly; the names of the jobs differ.
            open_store: Opens what keeps the schedules.
            clock: Now, aware.
            learn: Is told what went wrong lately, here or elsewhere.
        """
        self._regular, self._open = tuple(regular), open_store
        self._clock, self._learn = clock, learn

    def tick(self) -> list[Job]:
        """Defer what is due; return it.

        Raises:
            StoreError: The database cannot be used.
            BusyError: Somebody else writes to it for long.
        """
        now = int(self._clock().timestamp())
        due = self._look(now)
        if not due:
            return []
        with self._open() as store, store.transaction() as catalog:
            jobs = [one.job for one in due if _take(catalog, one, now)]
            catalog.jobs.defer(jobs)
        return jobs

    def _look(self, now: int) -> list[Regular]:
        """Return what seems to be due, without waiting for whoever writes."""
        with self._open(read_only=True) as store, store.transaction() as catalog:
            failures = catalog.agenda.failures()
            nexts = [
                (one, catalog.agenda.next_run(one.job.name, one.period)) for one in self._regular
            ]
        self._learn(failures)
        waiting = {one.name for one in failures if one.retry_at is not None and one.retry_at > now}
        return [
            one for one, at in nexts if (at is None or at <= now) and one.job.name not in waiting
        ]


def _take(catalog: Catalog, one: Regular, now: int) -> bool:
    """Take a run of a schedule; return whether it is done: nobody was faster, nor is it late."""
    due = catalog.agenda.next_run(one.job.name, one.period)
    taken = catalog.agenda.take(
        one.job.name,
        one.period,
        now=now,
        next_run_at=one.find_next(now if due is None else due, now),
    )
    return taken is not None and (one.may_be_late or now - taken <= MOST_LATE_S)
