"""One connection's thread: message after message, each through the fence before its dot."""

import time
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from feedpub.errors import MailerError, MailerRefusedError
from feedpub.model import Message
from feedpub.ports.mailing import Claim, Connection, Outcome, Reply
from feedpub.sending.fence import Ticket

# A server that waited so long for a message may be about to hang up, which is not to be taken for
# the fault of the next recipient.
_STALE_S = 20


class Job(NamedTuple):
    """A claim with its message."""

    claim: Claim
    message: Message


class Run(Protocol):
    """What a line needs of the run that it is part of; safe for threads."""

    @property
    def capacity(self) -> int:
        """How many messages a connection takes, at least 1."""
        ...

    @property
    def is_stopping(self) -> bool:
        """Whether nothing new is to be begun."""
        ...

    def line(self) -> AbstractContextManager[None]:
        """Count this line as one that may come to the fence."""
        ...

    def connect(self) -> Connection:
        """Return a connection; raise MailerError if there is none."""
        ...

    def rest(self, failures: int) -> bool:
        """Wait after so many failures to connect; return whether to try again."""
        ...

    def give_up(self, error: MailerError) -> None:
        """Take note that this line cannot connect."""
        ...

    def next(self, outcomes: list[Outcome], *, wait: bool, holding: Claim | None) -> Job | None:
        """Return what to send next; add the outcomes of what need not be sent."""
        ...

    def put_back(self, claim: Claim) -> None:
        """Take back a claim that nothing was done about."""
        ...

    def submit(self, outcomes: list[Outcome], crossing: int | None) -> Ticket:
        """Hand something to the fence."""
        ...

    def lose(self) -> None:
        """Take note that the fence let a delivery not pass."""
        ...

    def settle(self, claim: Claim, reply: Reply) -> Outcome:
        """Judge the last reply about a claim, and act upon it."""
        ...


class Line:
    """Sends over one connection at a time; used by its own thread.

    Attributes:
        connection: The present one, for whoever has to abort it.
    """

    def __init__(self, run: Run) -> None:
        """Join a run.

        Args:
            run: That it is part of.
        """
        self.connection: Connection | None = None
        self._run = run
        # Not on disk yet. The next fence takes them along; after a crash before it they would be
        # refused again, or are `committing`.
        self._outcomes: list[Outcome] = []

    def work(self) -> None:
        """Send until there is nothing left to do."""
        with self._run.line():
            job = self._wait()
            while job is not None:
                connection = self._connect(job.claim)
                job = None if connection is None else self._serve(connection, job)
            self._flush()

    def _wait(self) -> Job | None:
        self._flush()
        return self._run.next(self._outcomes, wait=True, holding=None)

    def _flush(self) -> None:
        if self._outcomes:
            self._run.submit(self._take_outcomes(), None).wait()

    def _take_outcomes(self) -> list[Outcome]:
        outcomes, self._outcomes = self._outcomes, []
        return outcomes

    def _connect(self, claim: Claim) -> Connection | None:
        failures = 0
        while not self._run.is_stopping:
            try:
                return self._run.connect()
            except MailerError as error:
                failures += 1
                if isinstance(error, MailerRefusedError) or not self._run.rest(failures):
                    self._run.give_up(error)
                    break
        self._run.put_back(claim)
        return None

    def _serve(self, connection: Connection, job: Job) -> Job | None:
        """Send while the connection lasts; return what the next one begins with."""
        self.connection = connection
        try:
            following = self._send_all(connection, job)
        finally:
            connection.quit()
            self.connection = None
        return self._wait() if following is None else following

    def _send_all(self, connection: Connection, job: Job) -> Job | None:
        following: Job | None = job
        for left in reversed(range(self._run.capacity)):
            if following is None or not connection.usable:
                break
            following = self._send(connection, following, chain=left > 0)
            if following is None and left > 0 and connection.usable:
                start = time.monotonic()
                following = self._wait()
                if time.monotonic() - start > _STALE_S:
                    break
        return following

    def _send(self, connection: Connection, job: Job, *, chain: bool) -> Job | None:
        """Send one message; return the next one, whose envelope may be on its way already."""
        run, claim = self._run, job.claim
        refused = connection.offer(job.message)
        if refused is not None:
            self._outcomes.append(run.settle(claim, refused))
            return run.next(self._outcomes, wait=False, holding=None) if chain else None
        ticket = run.submit(self._take_outcomes(), claim.delivery)
        # While the disk is at work.
        following = run.next(self._outcomes, wait=False, holding=claim) if chain else None
        if not ticket.wait():
            connection.hang_up()
            run.lose()
            return following
        reply = connection.finish(None if following is None else following.message)
        self._outcomes.append(run.settle(claim, reply))
        return following
