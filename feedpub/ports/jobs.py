"""What is done later, by whichever worker has time: jobs, and the queue that keeps them.

The catalog and the ledger are the truth; a job only says "look there". It may run twice, late or
never: whoever runs it finds in the database what is to be done, and once a minute the sweep finds
what no job speaks of. So a job carries names and numbers, never content.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from feedpub.model import BuildReport
from feedpub.model.vitals import JobCount

JobValue = str | int | list[str] | list[int]
"""What an argument may be: JSON keeps it as it is."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done.

    Attributes:
        task: Name of what is done, see ``feedpub.jobs.tasks``, and of the queue that it is in.
        arguments: Names and numbers, by the parameter's name.
        not_before: Seconds since the epoch; at once if None.
        key: Of the jobs with one key only one waits at a time: another one is dropped when it is
            deferred. It is not tried again when it fails, since the sweep defers it again.
            A job without a key is tried again, later and later. A share of a mass mailing has
            none: there are many alike.
    """

    task: str
    arguments: Mapping[str, JobValue] = field(default_factory=dict)
    not_before: int | None = None
    key: str = ""

    @property
    def name(self) -> str:
        """What it is about, in one line: ``deliver issue=weekly/2026-11-27``."""
        about = (f"{key}={self.arguments[key]}" for key in sorted(self.arguments))
        return " ".join((self.task, *about))


SHARE = 500
"""Recipients that one job delivers to: a queue takes some hundred jobs a second, no more."""


def share_out(issue: str, recipients: int) -> list[Job]:
    """Return the jobs that deliver an issue to so many recipients.

    Args:
        issue: Its key.
        recipients: That are due.
    """
    return [make_share_job(issue)] * -(-recipients // SHARE)


def make_share_job(issue: str) -> Job:
    """Return the job that delivers an issue, given by its key, to one share of its recipients."""
    return Job("deliver", {"issue": issue})


def make_shard_job(number: int) -> Job:
    """Return the job that reads a shard of a source, see ``feedpub.ports.shards``."""
    return Job("read", {"shard": number}, key=f"read {number}")


def is_shard_job(job: Job) -> bool:
    """Return whether a job reads a shard, which is done as well if the job is not."""
    return "shard" in job.arguments


class Failure(NamedTuple):
    """What went wrong with a job, and was not done since.

    Attributes:
        name: Of the job: its task and arguments in one line.
        task: What was to be done.
        since: When it went wrong first, seconds since the epoch.
        attempts: How often.
        retry_at: When it is tried again; None if a person has to look first.
        message: What is wrong, and the remedy.
    """

    name: str
    task: str
    since: int
    attempts: int
    retry_at: int | None
    message: str


class Jobs(Protocol):
    """Keeps jobs until a worker takes them, within a transaction: ``catalog.jobs``."""

    def defer(self, jobs: Sequence[Job]) -> None:
        """Add jobs if, and when, the transaction is committed.

        On PostgreSQL they are rows of the same transaction. On SQLite nothing is written: a
        worker in this process is told once it is committed, one in another process finds what is
        to be done when it looks for it, within a minute.
        """
        ...

    def pending(self, task: str) -> list[Mapping[str, JobValue]]:
        """Return the arguments of each job of a task that waits or is running.

        Empty on SQLite, where nothing is written.
        """
        ...

    def counts(self) -> list[JobCount]:
        """Return how many jobs there are, by queue and state; likewise empty on SQLite."""
        ...


class End(StrEnum):
    """How a job ended."""

    DONE = "done"
    AGAIN = "again"
    FAILED = "failed"


class Verdict(NamedTuple):
    """What is to become of a job that was run.

    Attributes:
        end: DONE: forget it. AGAIN: run it again. FAILED: forget it, but count it.
        at: When it is run again, not before, in seconds since the epoch.
        reason: What went wrong, for people; empty if nothing.
        built: What was built on the way, if anything was looked for.
        is_busy: Whether all that went wrong is that somebody else is at it, and it is looked after:
            nothing that a person needs to hear.
    """

    end: End
    at: int | None = None
    reason: str = ""
    built: BuildReport | None = None
    is_busy: bool = False


Run = Callable[[Job, int], Verdict]
"""Runs a job, given how often it was run before; never raises an ``Exception``."""


class Engine(Protocol):
    """Has jobs run, in the threads of this process, those of other processes apart."""

    def work(self, run: Run, *, concurrency: int, queues: Sequence[str]) -> None:
        """Have jobs run until ``stop``, and until those are done that were begun.

        Args:
            run: Runs one, in any thread.
            concurrency: Jobs at a time, at least 1.
            queues: Whose jobs are taken; that of the sweep is always one of them.

        Raises:
            StoreError: There is no use in trying again.
        """
        ...

    def stop(self) -> None:
        """Let ``work`` come back when what was begun is done; from any thread or signal handler."""
        ...

    def revive(self) -> int:
        """Have jobs run again whose process died; return how many. Called by a running job."""
        ...

    def pending(self, task: str) -> list[Mapping[str, JobValue]] | None:
        """Return the arguments of each job of a task that waits or is running, in this process.

        None where the database knows better.
        """
        ...


class Outstanding(NamedTuple):
    """What the database says is to be done about mails.

    Attributes:
        notices: Whether mails to one person are due.
        issues: Key of each issue that is on its way, with how many rows of it are due; none of
            which all that wait are due later. 1 if nobody waits any more: somebody has to see
            that it is finished.
    """

    notices: bool
    issues: list[tuple[str, int]]


class Agenda(Protocol):
    """What is done regularly, and what went wrong with it, within a transaction."""

    def next_run(self, name: str, period: str) -> int | None:
        """Return when a schedule is due next, in seconds since the epoch; None if it is new."""
        ...

    def take(self, name: str, period: str, *, now: int, next_run_at: int) -> int | None:
        """Take a run that is due: nobody else gets it; return when it was due, None if it is not.

        Args:
            name: Of the schedule.
            period: How often, in words; a schedule whose period changed is a new one.
            now: Seconds since the epoch.
            next_run_at: When it is due again, likewise.
        """
        ...

    def fail(self, failure: Failure) -> None:
        """Keep what went wrong with a job, in place of what went wrong with it before."""
        ...

    def forgive(self, name: str) -> None:
        """Forget what went wrong with a job: it is done."""
        ...

    def failures(self) -> list[Failure]:
        """Return what went wrong and was not done since, oldest first."""
        ...

    def hasten(self, now: int) -> None:
        """Let everything that went wrong be tried again at once, in seconds since the epoch."""
        ...

    def outstanding(self, now: int) -> Outstanding:
        """Return what is to be done about mails at an instant in seconds since the epoch."""
        ...
