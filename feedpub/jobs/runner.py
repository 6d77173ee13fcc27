"""Runs one job, and says what is to become of it."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from feedpub.errors import BusyError, FeedpubError, StoreVersionError
from feedpub.jobs.policy import judge, note_failure
from feedpub.model import BuildReport
from feedpub.ports.jobs import Agenda, End, Failure, Job, Verdict
from feedpub.sending import Stop

Task = Callable[[Job], BuildReport | None]
"""Does a job; returns what was built on the way."""

OpenAgenda = Callable[[], AbstractContextManager[Agenda]]

_log = logging.getLogger(__name__)


class Observer(Protocol):
    """Is told what becomes of jobs, by any thread."""

    def began(self, job: Job) -> None:
        """A job begins."""
        ...

    def ended(self, job: Job, verdict: Verdict, seconds: float) -> None:
        """It has ended, after so many seconds."""
        ...


class Runner:
    """Runs jobs, in any number of threads.

    Attributes:
        fatal: Why this process must not go on: the database is of a newer version.
    """

    def __init__(
        self,
        tasks: Mapping[str, Task],
        *,
        open_agenda: OpenAgenda,
        clock: Callable[[], datetime],
        stop: Stop,
        observer: Observer,
    ) -> None:
        """Prepare.

        Args:
            tasks: What each is, by name.
            open_agenda: Opens what keeps failures, for one transaction.
            clock: Now, aware.
            stop: Set when this process is to end.
            observer: Is told of each job.
        """
        self._tasks, self._open, self._clock = tasks, open_agenda, clock
        self._stop, self._observer = stop, observer
        self._failing: dict[str, Failure] = {}
        self._keeping = threading.Lock()
        self.fatal: FeedpubError | None = None

    def __call__(self, job: Job, attempts: int) -> Verdict:
        """Run a job.

        Args:
            job: What is to be done.
            attempts: How often it was run before.
        """
        self._observer.began(job)
        began = time.monotonic()
        verdict = self._run(job, attempts + 1)
        self._observer.ended(job, verdict, time.monotonic() - began)
        return verdict

    def _run(self, job: Job, attempts: int) -> Verdict:
        try:
            built = self._tasks[job.task](job)
        except StoreVersionError as error:
            self.consider(error)
            return Verdict(End.AGAIN, self._now(), str(error))
        except FeedpubError as error:
            return self._fail(job, error, attempts)
        except Exception as error:  # noqa: BLE001 # the top of a worker: a defect is a failure
            _log.exception("a defect of feedpub in job %s", job.name)
            return self._fail(job, error, attempts)
        if self._stop.requested and not job.key:
            # It may have been cut short; whoever comes next finds nothing, or the rest.
            return Verdict(End.AGAIN, self._now(), built=built)
        self._forgive(job)
        return Verdict(End.DONE, built=built)

    def consider(self, error: FeedpubError) -> None:
        """Come to the end if there is no use in going on: the database is of a newer version."""
        if isinstance(error, StoreVersionError):
            self.fatal = error
            self._stop.request()

    def learn(self, failures: list[Failure]) -> None:
        """Take what the database says went wrong, be it elsewhere."""
        with self._keeping:
            self._failing = {failure.name: failure for failure in failures}

    def _fail(self, job: Job, error: Exception, attempts: int) -> Verdict:
        now = self._now()
        with self._keeping:
            failure = note_failure(job, error, self._failing.get(job.name), now)
            if failure is not None:
                self._failing[job.name] = failure
        if failure is not None:
            self._keep(lambda agenda: agenda.fail(failure))
        return judge(job, error, attempts, now)

    def _forgive(self, job: Job) -> None:
        with self._keeping:
            known = self._failing.pop(job.name, None)
        if known is not None:
            self._keep(lambda agenda: agenda.forgive(job.name))

    def _keep(self, change: Callable[[Agenda], None]) -> None:
        try:
            with self._open() as agenda:
                change(agenda)
        except BusyError as error:
            _log.info("what became of a job is not kept: %s", error)
        except FeedpubError as error:
            _log.warning("what became of a job cannot be kept: %s", error)

    def _now(self) -> int:
        return int(self._clock().timestamp())
