"""A queue that lives as long as the object, for your own tests; nobody works it off by itself."""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from feedpub.model.vitals import JobCount
from feedpub.ports.jobs import Job, JobValue


class MemoryQueue:
    """See ``feedpub.ports.jobs.Queue``.

    Attributes:
        jobs: Those that wait, in the order in which they came.
    """

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self._lock = Lock()

    def defer(self, jobs: Sequence[Job]) -> None:
        """Add jobs; of those with a key only the ones that do not wait already."""
        with self._lock:
            for job in jobs:
                if not job.key or all(job.key != other.key for other in self.jobs):
                    self.jobs.append(job)

    def counts(self) -> list[JobCount]:
        """Return how many wait, by queue."""
        with self._lock:
            names = [job.queue_name for job in self.jobs]
        return [JobCount(name, "waiting", names.count(name)) for name in sorted(set(names))]

    def pending(self, task: str) -> list[Mapping[str, JobValue]]:
        """Return the arguments of those of a task."""
        with self._lock:
            return [job.arguments for job in self.jobs if job.task == task]

    def work(self, run: Callable[[Job], None], *, now: int | None = None) -> int:
        """Run what waits and is due, also what comes meanwhile; return how many jobs that were.

        Args:
            run: Does one.
            now: Seconds since the epoch; whatever it is due if None.
        """
        done = 0
        while (job := self._take(now)) is not None:
            run(job)
            done += 1
        return done

    def _take(self, now: int | None) -> Job | None:
        with self._lock:
            for job in self.jobs:
                if now is None or job.not_before is None or job.not_before <= now:
                    self.jobs.remove(job)
                    return job
        return None
