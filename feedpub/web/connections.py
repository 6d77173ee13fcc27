"""Connections of waitress; what is in memory is answered where it is asked for.

waitress reads requests in one thread, its loop, and has them answered by others. To hand a
request over and to wake the loop afterwards takes longer than to answer it, if it asks for a
file in memory. So the loop does that itself, by the very code that the threads run; whatever
may have to wait for a disk or a database is left to them.
"""

import time
from collections.abc import Callable
from threading import get_ident
from typing import Any

from waitress.channel import HTTPChannel

from feedpub.web.answers import LastingTask, Refusal
from feedpub.web.buffers import Body
from feedpub.web.parsing import RecallingParser

Find = Callable[[str, str, str], object]
"""Given method, path and ``Accept-Encoding``, returns what an answer needs; None if that is not
all in memory."""


class QuickChannel(HTTPChannel):
    """A connection whose simple requests are answered in the loop."""

    task_class = LastingTask
    error_task_class = Refusal  # type: ignore[assignment]  # does the same, in another way
    parser_class = RecallingParser

    _is_due = False  # read and written in the loop alone

    def received(self, data: bytes) -> bool:
        """Take what came, and answer as much of it as can be answered at once."""
        taken = super().received(data)
        while self._is_due and self._can_answer():
            self._is_due = False
            self.service()
        if self._is_due:
            self._is_due = False
            add_task: Any = self.server.task_dispatcher.add_task
            add_task(self)
        return taken

    def call(self) -> None:
        """Have the next request answered by the loop, which alone may call this."""
        self._is_due = True

    def send_at_once(self, head: bytes, body: bytes) -> None:
        """Send an answer by one system call; what the system does not take waits to be sent.

        Args:
            head: Of the answer.
            body: May be empty.
        """
        connection: Any = self.socket
        try:
            sent = connection.sendmsg([head, body])
        except OSError:
            sent = 0  # waitress meets the same when it sends the rest, and knows what to do
        self.last_activity = time.time()
        if sent < len(head) + len(body):
            self.write_soon(head[sent:])
            if body:
                rest: Any = Body(body, max(sent - len(head), 0))
                self.write_soon(rest)

    def _can_answer(self) -> bool:
        request: Any = self.requests[0]
        # Whoever does not read what is there already must not be given more.
        if request.error or self.total_outbufs_len:
            return False
        accepted = request.headers.get("ACCEPT_ENCODING", "")
        find: Find = self.server.find  # type: ignore[attr-defined]  # see ``adopt``
        request.found = find(request.command, request.path, accepted)
        return request.found is not None


class Loop:
    """The thread that reads requests, which is known once ``run`` begins."""

    def __init__(self, find: Find) -> None:
        """Not yet.

        Args:
            find: Of the files.
        """
        self._find = find
        self._thread: int | None = None

    def begin(self) -> None:
        """Remember this thread."""
        self._thread = get_ident()

    def adopt(self, listener: Any) -> None:
        """Have the connections of a listening server of waitress answered by it."""
        add_task, pull_trigger = listener.add_task, listener.pull_trigger

        def call(channel: QuickChannel) -> None:
            if get_ident() == self._thread:
                channel.call()
            else:
                add_task(channel)

        def wake() -> None:
            # It looks at every connection before it sleeps again.
            if get_ident() != self._thread:
                pull_trigger()

        listener.channel_class, listener.find = QuickChannel, self._find
        listener.add_task, listener.pull_trigger = call, wake
