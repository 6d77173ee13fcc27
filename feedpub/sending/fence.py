"""The fence: a delivery is ``committing`` on disk before its final dot is sent.

Whoever comes to the fence first writes for all who have arrived, so that connections in flight
share a commit, and one connection alone waits for no other thread.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from feedpub.ports.mailing import Change, Outcome

# A commit this short is not worth waiting for company.
_FAST_S = 0.001
# Of the time that a commit takes: if nobody comes for so long, the others wait for the mail server.
_LULL = 0.25


class Ticket:
    """A change on its way to the disk.

    Attributes:
        change: What is written.
        crossed: Whether the dot may be sent; None as long as nothing is decided.
    """

    __slots__ = ("_fence", "change", "crossed")

    def __init__(self, change: Change, fence: "Fence") -> None:
        self.change = change
        self.crossed: bool | None = None
        self._fence = fence

    def wait(self) -> bool:
        """Return once it is on disk, or failed; whether the dot may be sent."""
        return self._fence.settle(self)


class Fence:
    """Commits what arrives, as much at once as there is; used by several threads.

    Attributes:
        error: What made a commit fail; nobody passes then. None if none failed.
        unsaved: Outcomes that a failed commit did not write.
    """

    def __init__(self, commit: Callable[[Sequence[Change]], Sequence[bool]]) -> None:
        """Open the fence.

        Args:
            commit: Writes changes in one transaction; tells for each whether it crossed.
        """
        self.error: BaseException | None = None
        self.unsaved: list[Outcome] = []
        self._commit = commit
        self._inbox: queue.SimpleQueue[Ticket] = queue.SimpleQueue()
        self._lines = 0
        self._counting = threading.Lock()
        self._writing = threading.Lock()
        self._last_s = 0.0
        self._closed = False

    @contextmanager
    def line(self) -> Iterator[None]:
        """Count a connection for as long as it may come to the fence."""
        with self._counting:
            self._lines += 1
        try:
            yield
        finally:
            with self._counting:
                self._lines -= 1

    def submit(self, outcomes: Sequence[Outcome], crossing: int | None) -> Ticket:
        """Hand in outcomes and the delivery whose dot comes next; ``Ticket.wait`` for them."""
        ticket = Ticket(Change(outcomes, crossing), self)
        self._inbox.put(ticket)
        return ticket

    def settle(self, ticket: Ticket) -> bool:
        """Return whether a ticket of ``submit`` crossed, having written it if nobody else did."""
        if ticket.crossed is None:
            with self._writing:
                # Whoever had the pen before may have written it along with theirs.
                if ticket.crossed is None:
                    self._write(self._gather())
        return bool(ticket.crossed)

    def close(self) -> None:
        """Commit what was handed in, then end; who comes later does not pass."""
        with self._writing:
            if batch := self._take():
                self._write(batch)
            self._closed = True

    def _gather(self) -> list[Ticket]:
        """Return what has arrived; on a slow disk wait for the others, as long as they come."""
        batch = self._take()
        if self._last_s > _FAST_S:
            until, lull_s = time.monotonic() + self._last_s, self._last_s * _LULL
            with suppress(queue.Empty):
                while len(batch) < self._lines and (left_s := until - time.monotonic()) > 0:
                    batch.append(self._inbox.get(timeout=min(left_s, lull_s)))
        return batch

    def _take(self) -> list[Ticket]:
        batch: list[Ticket] = []
        while not self._inbox.empty():  # only who has the pen takes
            batch.append(self._inbox.get_nowait())
        return batch

    def _write(self, batch: Sequence[Ticket]) -> None:
        start = time.monotonic()
        crossed: Sequence[bool] = [False] * len(batch)
        try:
            if not self._closed:
                crossed = self._commit([ticket.change for ticket in batch])
                self._last_s = time.monotonic() - start
        except BaseException as error:  # noqa: BLE001 - kept for the run, which raises it
            self.error = self.error or error
            self.unsaved += (one for ticket in batch for one in ticket.change.outcomes)
        finally:
            # A failed commit lets nobody pass, and leaves nobody waiting.
            for ticket, passed in zip(batch, crossed, strict=True):
                ticket.crossed = passed
