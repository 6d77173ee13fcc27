"""The fence: a delivery is ``committing`` on disk before its final dot is sent.

One thread writes for all connections, so that those in flight share a commit.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from feedpub.ports.mailing import Change, Outcome

# A commit this short is not worth waiting for company.
_FAST_S = 0.001


class Ticket:
    """A change on its way to the disk.

    Attributes:
        change: What is written.
    """

    __slots__ = ("_crossed", "_done", "change")

    def __init__(self, change: Change) -> None:
        self.change = change
        self._crossed = False
        self._done = threading.Lock()
        self._done.acquire()

    def settle(self, *, crossed: bool) -> None:
        """Let whoever waits go on."""
        self._crossed = crossed
        self._done.release()

    def wait(self) -> bool:
        """Return once it is on disk, or failed; whether the dot may be sent. Called once."""
        self._done.acquire()
        return self._crossed


class Fence:
    """Commits what arrives, as much at once as there is.

    Attributes:
        error: What made a commit fail; nobody passes then. None if none failed.
        unsaved: Outcomes that a failed commit did not write.
    """

    def __init__(self, commit: Callable[[Sequence[Change]], Sequence[bool]]) -> None:
        """Start the thread.

        Args:
            commit: Writes changes in one transaction; tells for each whether it crossed.
        """
        self.error: BaseException | None = None
        self.unsaved: list[Outcome] = []
        self._commit = commit
        self._inbox: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._lines = 0
        self._counting = threading.Lock()
        self._last_s = 0.0
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="fence", daemon=True)
        self._thread.start()

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
        ticket = Ticket(Change(outcomes, crossing))
        self._inbox.put(ticket)
        if self._ended:
            self._turn_away()
        return ticket

    def close(self) -> None:
        """Commit what was handed in, then end; who comes later does not pass."""
        self._inbox.put(None)
        self._thread.join()

    def _serve(self) -> None:
        closing = False
        while not closing:
            batch, closing = self._gather()
            if batch:
                self._write(batch)
        self._ended = True
        self._turn_away()

    def _turn_away(self) -> None:
        with suppress(queue.Empty):
            while True:
                ticket = self._inbox.get_nowait()
                if ticket is not None:
                    ticket.settle(crossed=False)

    def _gather(self) -> tuple[list[Ticket], bool]:
        """Return what has arrived; on a slow disk wait for the others, as long as it is slow."""
        batch: list[Ticket] = []
        patience_s = self._last_s if self._last_s > _FAST_S else 0.0
        ticket = self._inbox.get()
        until = time.monotonic() + patience_s
        try:
            while ticket is not None:
                batch.append(ticket)
                if patience_s and len(batch) < self._lines:
                    ticket = self._inbox.get(timeout=max(0.0, until - time.monotonic()))
                else:
                    ticket = self._inbox.get_nowait()
        except queue.Empty:
            return batch, False
        return batch, True

    def _write(self, batch: Sequence[Ticket]) -> None:
        start = time.monotonic()
        crossed: Sequence[bool] = [False] * len(batch)
        try:
            crossed = self._commit([ticket.change for ticket in batch])
            self._last_s = time.monotonic() - start
        except BaseException as error:  # noqa: BLE001 - kept for the run, which raises it
            self.error = self.error or error
            self.unsaved += (one for ticket in batch for one in ticket.change.outcomes)
        finally:
            # A failed commit lets nobody pass, and leaves nobody waiting.
            for ticket, passed in zip(batch, crossed, strict=True):
                ticket.settle(crossed=passed)
