"""Jobs that are deferred within a transaction, where there is no queue: SQLite.

Nothing is written. A worker of this process listens for the database's name and is told when the
transaction is committed; any other worker looks for what is to be done once a minute.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock

import sqlalchemy as sa

from feedpub.model.vitals import JobCount
from feedpub.ports.jobs import Job, Jobs, JobValue

Listener = Callable[[Sequence[Job]], None]

_listeners: dict[str, list[Listener]] = {}
_listening = Lock()


@contextmanager
def listen(name: str, listener: Listener) -> Iterator[None]:
    """Tell somebody of the jobs that this process defers, after their transactions.

    Args:
        name: Of the database: the path of its file, as the engine was given it.
        listener: Called by whatever thread has committed; must neither wait nor raise.
    """
    with _listening:
        _listeners.setdefault(name, []).append(listener)
    try:
        yield
    finally:
        with _listening:
            _listeners[name].remove(listener)
            if not _listeners[name]:
                del _listeners[name]


class LocalJobs:
    """See ``feedpub.ports.jobs.Jobs``."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._deferred: list[Job] = []

    def defer(self, jobs: Sequence[Job]) -> None:
        """Keep jobs until ``announce``."""
        self._deferred += jobs

    def pending(self, task: str) -> list[Mapping[str, JobValue]]:  # noqa: ARG002 # as the port has it
        """Return nothing: nothing is written."""
        return []

    def counts(self) -> list[JobCount]:
        """Return nothing, likewise."""
        return []

    def announce(self) -> None:
        """Tell those who listen what was deferred: it is committed."""
        if not self._deferred:
            return
        jobs, self._deferred = tuple(self._deferred), []
        with _listening:
            listeners = list(_listeners.get(self._name, ()))
        for listener in listeners:
            listener(jobs)


def jobs_of(connection: sa.Connection) -> Jobs:
    """Return the queue of the database of a connection."""
    if connection.dialect.name == "sqlite":
        return LocalJobs(connection.get_execution_options().get("feedpub_name", ""))
    from feedpub.store.postgres.jobs import ServerJobs

    return ServerJobs(connection)
