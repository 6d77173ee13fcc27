"""A server of its own for the web face: waitress, in this process."""

import logging
import socket
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from feedpub.errors import FeedpubError
from feedpub.web.static import AT_HAND, FOUND

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

_THREADS = 8
_MAX_BYTES = 1024 * 1024
_LARGE = 16 * 1024
_CONNECTIONS = 500
"""Open at a time. Readers keep theirs for a while; whoever comes beyond waits for one to end."""

_IDLE_S = 30
"""So long a connection on which nothing happens stays open."""

# A feed that fits is sent at once, not piece by piece.
_SEND_BUFFER = 512 * 1024


class ListenError(FeedpubError):
    """The address cannot be listened at."""


class FeedServer:
    """Listens from the start and answers while ``run`` runs.

    Attributes:
        url: Where the feeds are, as a browser on this machine would ask for them.
    """

    def __init__(self, app: "Flask", path: str, *, bind: str, port: int) -> None:
        """Listen.

        Args:
            app: Of the site. What it has at hand, as that of ``create_app``, is answered at once.
            path: Of the feeds; begins and ends with ``/``.
            bind: Address to listen at.
            port: 0 takes a free one.

        Raises:
            ListenError: The address cannot be listened at.
        """
        from feedpub.web.connections import Loop

        # It tells of each request that has to wait a moment, which is no news.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        listening: dict[int, Any] = {}
        self._loop = Loop(app.extensions.get(AT_HAND, _find_nothing))
        self._server = _listen(app, listening, bind=bind, port=port)
        # A name such as localhost may stand for several addresses, each with a socket.
        for one in listening.values():
            if hasattr(one, "channel_class"):
                self._loop.adopt(one)
                # What it accepts inherits it.
                one.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self.url = f"http://{_host(bind)}:{self._port()}{path}"

    def run(self) -> None:
        """Answer requests until interrupted."""
        self._loop.begin()
        self._server.run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    def _port(self) -> int:
        port = getattr(self._server, "effective_port", None)
        return int(port if port is not None else self._server.effective_listen[0][1])


class Sender:
    """A WSGI application that hands large answers to waitress in a buffer of ours.

    It sends these from where they are, and copies bytes several times before.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        from feedpub.web.buffers import Body

        self._app, self._body = app, Body

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        body = self._app(environ, start_response)
        # What was found at hand is sent by the connection itself.
        if FOUND in environ or not isinstance(body, list) or len(body) != 1:
            return body
        return self._body(body[0]) if len(body[0]) >= _LARGE else body


def _listen(app: "Flask", listening: dict[int, Any], *, bind: str, port: int) -> Any:
    """Return waitress at an address, its sockets in a table that others may look at.

    Raises:
        ListenError: The address cannot be listened at.
    """
    from waitress.server import create_server

    try:
        # No ident: nobody needs to know which server this is.
        return create_server(
            Sender(app),
            map=listening,
            host=bind,
            port=port,
            threads=_THREADS,
            ident=None,
            max_request_body_size=_MAX_BYTES,
            connection_limit=_CONNECTIONS,
            channel_timeout=_IDLE_S,
            cleanup_interval=_IDLE_S // 3,
            # Without it, a file of the process whose number is 1024 or more would end the loop.
            asyncore_use_poll=True,
            # The pages for subscribers decide by themselves which proxy they believe.
            clear_untrusted_proxy_headers=False,
        )
    except (OSError, ValueError) as error:
        raise _explain(error, bind, port) from error


def _find_nothing(method: str, path: str, accepted: str) -> None:
    """Leave every request to the threads."""


def _explain(error: Exception, bind: str, port: int) -> ListenError:
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    other = port + 1 if 0 < port < 65_535 else 8000
    return ListenError(
        f"cannot listen at {bind} port {port}: {reason}; try another, such as --port {other}"
    )


def _host(bind: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 # only shown
    return f"[{host}]" if ":" in host else host
