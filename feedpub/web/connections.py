"""Connections of waitress that outlive an answer without a body."""

from waitress.channel import HTTPChannel
from waitress.task import WSGITask


class LastingTask(WSGITask):
    """Answers one request, and keeps the connection after a 204 or a 304.

    waitress takes the length of an answer from its ``Content-Length`` alone, and closes the
    connection without one. These have none, and end with their headers (RFC 9112, 6.3); and 304
    is what feed readers hear most.
    """

    def set_close_on_finish(self) -> None:
        """Close the connection after this answer, if there is a reason to."""
        headers = getattr(self.request, "headers", {})
        asked = headers.get("CONNECTION", "").lower() == "close"
        if asked or self.version != "1.1" or self.has_body:
            super().set_close_on_finish()


class LastingChannel(HTTPChannel):
    """A connection that answers by ``LastingTask``."""

    task_class = LastingTask
