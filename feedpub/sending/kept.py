"""Connections to a mail server that outlive a run: the next share of an issue goes on with them."""

import threading
import time
from collections import deque

from feedpub.model import Message
from feedpub.ports.mailing import Connection, Mailer, Reply

IDLE_S = 5.0
"""A server that is left waiting for longer may be about to hang up, which must not be taken for
the fault of the next recipient."""


class KeptConnections:
    """A mailer whose connections are used again for a while; used by several threads."""

    def __init__(self, mailer: Mailer, *, messages: int, idle_s: float = IDLE_S) -> None:
        """Keep none yet.

        Args:
            mailer: Opens them.
            messages: After so many a connection is not kept; at least 1.
            idle_s: How long one waits for the next run.
        """
        self._mailer, self._messages, self._idle_s = mailer, max(1, messages), idle_s
        self._idle: deque[tuple[float, _Kept]] = deque()
        self._lock = threading.Lock()
        self._watched = False

    def connect(self) -> Connection:
        """Return a connection that waited, or a new one; see ``Mailer``."""
        self._leave_old()
        with self._lock:
            if self._idle:
                return self._idle.pop()[1]
        return _Kept(self._mailer.connect(), self)

    @property
    def messages(self) -> int:
        """How many messages a connection takes."""
        return self._messages

    def keep(self, connection: "_Kept") -> None:
        """Let a connection wait for the next run."""
        with self._lock:
            self._idle.append((time.monotonic(), connection))
            if not self._watched:
                self._watch()

    def close(self) -> None:
        """Take leave of those that wait."""
        self._leave_old(older_than_s=-1)

    def _watch(self) -> None:
        self._watched = True
        timer = threading.Timer(self._idle_s, self._look)
        timer.daemon = True
        timer.start()

    def _look(self) -> None:
        self._leave_old()
        with self._lock:
            self._watched = False
            if self._idle:
                self._watch()

    def _leave_old(self, *, older_than_s: float | None = None) -> None:
        limit_s = self._idle_s if older_than_s is None else older_than_s
        now = time.monotonic()
        old = []
        with self._lock:
            while self._idle and now - self._idle[0][0] >= limit_s:
                old.append(self._idle.popleft()[1])
        for connection in old:
            connection.leave()


class _Kept:
    """See ``feedpub.ports.mailing.Connection``."""

    def __init__(self, inner: Connection, keeper: KeptConnections) -> None:
        self._inner, self._keeper = inner, keeper
        self._left = keeper.messages
        self._in_hand = False

    @property
    def usable(self) -> bool:
        return self._inner.usable and self._left > 0

    def offer(self, message: Message) -> Reply | None:
        self._left -= 1
        refused = self._inner.offer(message)
        self._in_hand = refused is None
        return refused

    def finish(self, following: Message | None = None) -> Reply:
        self._in_hand = False
        return self._inner.finish(following if self._left > 0 else None)

    def quit(self) -> None:
        if self.usable and not self._in_hand:
            self._keeper.keep(self)
        else:
            self.leave()

    def leave(self) -> None:
        self._inner.quit()

    def hang_up(self) -> None:
        self._inner.hang_up()

    def abort(self) -> None:
        self._inner.abort()
