"""Whether, and when, a job that went wrong is run again. Pure: it asks no clock."""

from feedpub.errors import (
    BusyError,
    CorruptStoreError,
    FetchError,
    MailboxError,
    MailerError,
    MailerRefusedError,
    MissingStoreError,
    ResolverError,
    StoreError,
    StoreVersionError,
    TargetError,
)
from feedpub.ports.jobs import End, Failure, Job, Verdict, is_shard_job

MOST_ATTEMPTS = 10
"""Then the queue is rid of a job, after an hour; the sweep defers what is left to do."""

_FIRST_S, _LONGEST_S = 30, 600

_PASSING = (
    BusyError, FetchError, MailboxError, MailerError, ResolverError, StoreError, TargetError,
)  # fmt: skip
_LASTING = (CorruptStoreError, MailerRefusedError, MissingStoreError, StoreVersionError)


def is_passing(error: Exception) -> bool:
    """Return whether what went wrong may be well a little later, without anybody's doing."""
    return isinstance(error, _PASSING) and not isinstance(error, _LASTING)


def wait_s(attempts: int) -> int:
    """Return how long to wait after so many attempts, at least 1: twice as long each time."""
    return int(min(_FIRST_S * 2 ** min(attempts - 1, 16), _LONGEST_S))


def judge(job: Job, error: Exception, attempts: int, now: int) -> Verdict:
    """Return what is to become of a job that went wrong.

    Args:
        job: With a key it is never run again, since the sweep defers it again.
        error: What went wrong.
        attempts: How often it was run, this time included.
        now: Seconds since the epoch.
    """
    reason = str(error) or type(error).__name__
    if not is_passing(error):
        return Verdict(End.FAILED, reason=reason)
    if job.key:
        return Verdict(End.DONE, reason=reason, is_busy=isinstance(error, BusyError))
    if attempts >= MOST_ATTEMPTS:
        return Verdict(End.FAILED, reason=reason)
    return Verdict(End.AGAIN, now + wait_s(attempts), reason)


def note_failure(job: Job, error: Exception, known: Failure | None, now: int) -> Failure | None:
    """Return what is kept of what went wrong, so that a person sees it; None if nothing.

    Until ``retry_at`` nobody defers the job again, also if a person has to act first: nobody tells
    us when they have.

    Args:
        job: That went wrong.
        error: What went wrong; that somebody else is at it is nothing to tell, nor that a shard was
            not read: the build does that, and nobody would ever forgive it.
        known: What went wrong with it before.
        now: Seconds since the epoch.
    """
    if isinstance(error, BusyError) or is_shard_job(job):
        return None
    attempts = 1 if known is None else known.attempts + 1
    since = now if known is None else known.since
    reason = str(error) or type(error).__name__
    return Failure(job.name, job.task, since, attempts, now + wait_s(attempts), reason)
