"""What a worker has done, for whoever watches it."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from feedpub.model.measures import list_series
from feedpub.ports.jobs import Job, Verdict

_log = logging.getLogger("feedpub.worker")


class Event(NamedTuple):
    """A job that has ended.

    Attributes:
        job: What was done.
        verdict: What becomes of it.
        seconds: How long it took.
    """

    job: Job
    verdict: Verdict
    seconds: float


class Tally:
    """Counts jobs, and tells of each; safe for any number of threads."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        """Begin at nothing.

        Args:
            tell: Is told of each job that has ended.
        """
        self._tell = tell
        self._lock = threading.Lock()
        self._ended: Counter[tuple[str, str]] = Counter()
        self._seconds: dict[str, float] = {}
        self._running: Counter[str] = Counter()
        self._since = time.time()

    def began(self, job: Job) -> None:
        """See ``feedpub.jobs.runner.Observer``."""
        with self._lock:
            self._running[job.task] += 1

    def ended(self, job: Job, verdict: Verdict, seconds: float) -> None:
        """See ``feedpub.jobs.runner.Observer``."""
        with self._lock:
            self._running[job.task] -= 1
            self._ended[job.task, str(verdict.end)] += 1
            self._seconds[job.task] = self._seconds.get(job.task, 0.0) + seconds
        try:
            self._tell(Event(job, verdict, seconds))
        except OSError as error:  # nobody reads what we say: no reason to stop working
            _log.debug("cannot tell of a job: %s", error)

    def list_lines(self) -> Iterator[str]:
        """Yield the lines of Prometheus' text format."""
        with self._lock:
            ended, seconds, running = (
                dict(self._ended), dict(self._seconds), dict(self._running),
            )  # fmt: skip
        yield from list_series(
            "worker_jobs_total",
            "Jobs that this worker ran, by task and end.",
            {f'task="{task}",end="{end}"': number for (task, end), number in ended.items()},
            "counter",
        )
        yield from list_series(
            "worker_seconds_total",
            "How long they took in all.",
            {f'task="{task}"': round(taken, 3) for task, taken in seconds.items()},
            "counter",
        )
        yield from list_series(
            "worker_running",
            "Jobs that this worker is at.",
            {f'task="{task}"': number for task, number in running.items()},
            "gauge",
        )
        yield from list_series(
            "worker_start_time_seconds",
            "When this worker began.",
            {"": int(self._since)},
            "gauge",
        )
