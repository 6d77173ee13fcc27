"""How waitress answers a request of ours, and one that it refuses."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from waitress.task import ErrorTask, WSGITask
from waitress.utilities import build_http_date

from feedpub.web.errors import REFUSED
from feedpub.web.memory import Memory
from feedpub.web.static import FOUND

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_KEPT_BYTES = 2 * 1024 * 1024
_NAME = "X-Request-ID"
_BLANK = "\0"  # where the date and the name of a request go; no header of ours has it


class LastingTask(WSGITask):
    """Answers one request, and keeps the connection after a 204 or a 304.

    waitress takes the length of an answer from its ``Content-Length`` alone, and closes the
    connection without one. These have none, and end with their headers (RFC 9112, 6.3); and 304
    is what feed readers hear most.
    """

    request: Any  # a ``RecallingParser``; waitress's types know no request

    def set_close_on_finish(self) -> None:
        """Close the connection after this answer, if there is a reason to."""
        if self._connection == "close" or self.version != "1.1" or self.has_body:
            super().set_close_on_finish()

    def get_environment(self) -> "WSGIEnvironment":
        """Return the environment of WSGI, with what was found already."""
        environ = super().get_environment()
        if self.request.found is not None:
            environ[FOUND] = self.request.found
        return environ

    def execute(self) -> None:
        """Answer; what was found already is sent from where it is."""
        if self.request.found is None:
            super().execute()
            return
        channel: Any = self.channel
        body = b"".join(channel.server.application(self.get_environment(), self._begin))
        head = self.build_response_header()
        self.wrote_header = True
        channel.send_at_once(head, body)

    @property
    def _connection(self) -> str:
        return str(self.request.headers.get("CONNECTION", "")).lower()

    def _begin(self, status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        self.status, self.response_headers = status, headers

    def build_response_header(self) -> bytes:
        """Return the head of the answer; that of a file is put together once."""
        headers: Any = self.response_headers
        if self.request.found is None or headers[-1][0] != _NAME:
            return super().build_response_header()
        name: str = headers.pop()[1]
        key = self.status, self.version, self._connection, tuple(headers)
        head = _HEADS.get(key)
        if head is None:
            headers += [("Date", _BLANK), (_NAME, _BLANK)]
            before, between, after = super().build_response_header().split(_BLANK.encode())
            head = Head(before, between, after, self.close_on_finish)
            _HEADS.put(key, head, 2 * (len(before) + len(after)))
        self.close_on_finish = head.closes
        date = _format_date(int(self.start_time))
        return b"".join((head.before, date, head.between, name.encode("latin-1"), head.after))


class Head(NamedTuple):
    """The head of an answer but for its date and name, as waitress makes it.

    Attributes:
        before: Up to the date.
        between: From there up to the name.
        after: The rest.
        closes: Whether the connection ends with the answer.
    """

    before: bytes
    between: bytes
    after: bytes
    closes: bool


class Refusal(LastingTask):
    """Answers what waitress refuses by itself as the application answers any error."""

    def execute(self) -> None:
        """Answer by a page."""
        self.set_close_on_finish()
        try:
            super().execute()
        except Exception:
            self.logger.exception("no page for a request that was refused")
            if not self.wrote_header:
                ErrorTask(self.channel, self.request).service()
                self.wrote_header = True

    def get_environment(self) -> "WSGIEnvironment":
        """Return the environment of WSGI, with the reason."""
        environ = super().get_environment()
        environ[REFUSED] = self.request.error.code
        return environ


@lru_cache(maxsize=4)
def _format_date(second: int) -> bytes:
    return build_http_date(second).encode("ascii")


_HEADS: Memory[Head] = Memory(_KEPT_BYTES)
