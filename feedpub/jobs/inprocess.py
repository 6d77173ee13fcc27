"""Jobs of one process, kept in memory: whatever is lost with it is found again by the sweep."""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from feedpub.model.vitals import JobCount
from feedpub.ports.jobs import End, Job, JobValue, Run

_LOOK_S = 1.0
"""A waiting thread looks so often by itself, since a clock may be put back or forth."""

_PAUSE_S = 0.1


class InProcessEngine:
    """See ``feedpub.ports.jobs.Engine``; the jobs are those of this process."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Job, int]] = []
        self._running: list[Job] = []
        self._failed: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._stopping = False  # no Event, whose lock a signal's handler might wait for

    # The queue

    def defer(self, jobs: Sequence[Job]) -> None:
        """Add jobs; of those with a key only the ones that do not wait already."""
        with self._changed:
            for job in jobs:
                if not job.key or all(job.key != other.key for other, _ in self._waiting):
                    self._waiting.append((job, 0))
            self._changed.notify_all()

    def counts(self) -> list[JobCount]:
        """Return how many jobs there are, by queue and state; the failed ones since the start."""
        with self._changed:
            waiting = Counter(job.task for job, _ in self._waiting)
            running = Counter(job.task for job in self._running)
            states = {"waiting": waiting, "running": running, "failed": +self._failed}
        return sorted(
            JobCount(queue, state, jobs)
            for state, count in states.items()
            for queue, jobs in count.items()
        )

    def pending(self, task: str) -> list[Mapping[str, JobValue]]:
        """Return the arguments of each job of a task that waits or is running."""
        with self._changed:
            jobs = [*(job for job, _ in self._waiting), *self._running]
        return [job.arguments for job in jobs if job.task == task]

    # The worker

    def work(self, run: Run, *, concurrency: int, queues: Sequence[str]) -> None:
        """Have jobs run until ``stop``, and until those are done that were begun."""
        threads = [
            threading.Thread(target=self._work, args=(run, frozenset(queues)), name=f"job-{number}")
            for number in range(concurrency)
        ]
        for thread in threads:
            thread.start()
        while not self._stopping:
            time.sleep(_PAUSE_S)
        with self._changed:
            self._changed.notify_all()
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """Let ``work`` come back when what was begun is done; takes no lock, as a handler must."""
        self._stopping = True

    def revive(self) -> int:
        """Nothing: jobs die with the process that keeps them."""
        return 0

    def _work(self, run: Run, queues: frozenset[str]) -> None:
        while (taken := self._take(queues)) is not None:
            job, attempts = taken
            verdict = run(job, attempts)
            with self._changed:
                self._running.remove(job)
                if verdict.end == End.AGAIN:
                    again = replace(job, not_before=verdict.at)
                    self._waiting.append((again, attempts + 1))
                    self._changed.notify_all()
                elif verdict.end == End.FAILED:
                    self._failed[job.task] += 1

    def _take(self, queues: frozenset[str]) -> tuple[Job, int] | None:
        """Wait for the next job that is due; None if this is the end."""
        with self._changed:
            while not self._stopping:
                found = self._find(queues)
                if found is not None:
                    self._waiting.remove(found)
                    self._running.append(found[0])
                    return found
                self._changed.wait(_LOOK_S)
        return None

    def _find(self, queues: frozenset[str]) -> tuple[Job, int] | None:
        now = time.time()
        for job, attempts in self._waiting:
            if job.task in queues and (job.not_before is None or job.not_before <= now):
                return job, attempts
        return None
