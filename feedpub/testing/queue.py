"""A queue that lives as long as the object, for your own tests; nobody works it off by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock

from feedpub.model.vitals import JobCount
from feedpub.ports.jobs import End, Job, JobValue, Run


class MemoryQueue:
    """Keeps jobs until ``work``; safe for any number of threads.

    Attributes:
        jobs: Those that wait, in the order in which they came.
    """

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self._attempts: dict[int, int] = {}
        self._failed: Counter[str] = Counter()
        self._lock = Lock()

    def defer(self, jobs: Sequence[Job]) -> None:
        """Add jobs; of those with a key only the ones that do not wait already."""
        with self._lock:
            for job in jobs:
                if not job.key or all(job.key != other.key for other in self.jobs):
                    self.jobs.append(job)

    def counts(self) -> list[JobCount]:
        """Return how many wait, and how many failed, by queue."""
        with self._lock:
            waiting = Counter(job.task for job in self.jobs)
            failed = Counter(self._failed)
        states = {"waiting": waiting, "failed": failed}
        return sorted(
            JobCount(queue, state, jobs)
            for state, count in states.items()
            for queue, jobs in count.items()
        )

    def pending(self, task: str) -> list[Mapping[str, JobValue]]:
        """Return the arguments of those of a task."""
        with self._lock:
            return [job.arguments for job in self.jobs if job.task == task]

    def work(self, run: Run, *, now: int | None = None, queues: Sequence[str] = ()) -> int:
        """Run what waits and is due, also what comes meanwhile; return how many jobs that were.

        Args:
            run: Does one.
            now: Seconds since the epoch; whatever it is due if None.
            queues: Whose jobs are taken; those of all if empty.
        """
        done = 0
        while (taken := self._take(now, queues)) is not None:
            job, attempts = taken
            self._end(job, attempts, run)
            done += 1
        return done

    def _end(self, job: Job, attempts: int, run: Run) -> None:
        verdict = run(job, attempts)
        with self._lock:
            if verdict.end == End.FAILED:
                self._failed[job.task] += 1
            elif verdict.end == End.AGAIN:
                again = replace(job, not_before=verdict.at)
                self.jobs.append(again)
                self._attempts[id(again)] = attempts + 1

    def _take(self, now: int | None, queues: Sequence[str]) -> tuple[Job, int] | None:
        with self._lock:
            for place, job in enumerate(self.jobs):
                is_due = now is None or job.not_before is None or job.not_before <= now
                if is_due and (not queues or job.task in queues):
                    del self.jobs[place]
                    return job, self._attempts.pop(id(job), 0)
        return None
