"""What takes requests, and lets a function answer each of them badly."""

import contextlib
import io
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import parse_headers
from typing import Self
from urllib.parse import parse_qs

Behaviour = Callable[["Exchange"], None]
BEHAVIOURS: dict[str, Behaviour] = {}
GIVE_UP_S = 20


@dataclass(frozen=True)
class Received:
    """One request, as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


def behaviour(path: str) -> Callable[[Behaviour], Behaviour]:
    """Register what answers a path, or every path below it where it ends with a slash."""

    def register(act: Behaviour) -> Behaviour:
        BEHAVIOURS[path] = act
        return act

    return register


class Stopped(Exception):  # noqa: N818  not an error
    """The server is being stopped."""


class Exchange:
    """One request and the means to answer it badly."""

    def __init__(self, server: "BadServer", connection: socket.socket, received: Received) -> None:
        self.server, self.connection, self.received = server, connection, received

    @property
    def last(self) -> str:
        """Return the last part of the path."""
        return self.received.path.partition("?")[0].rpartition("/")[2]

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def head(self, status: int = 200, **headers: object) -> None:
        lines = [f"HTTP/1.1 {status} Whatever"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def answer(self, body: bytes, media_type: str = "image/png", **headers: object) -> None:
        self.head(Content_Type=media_type, Content_Length=len(body), **headers)
        self.send(body)

    def redirect(self, location: str, status: int = 302) -> None:
        self.head(status, Location=location, Content_Length=0)

    def forever(self, data: bytes, pause_s: float = 0.0) -> None:
        """Send the same bytes until someone has had enough."""
        end = time.monotonic() + GIVE_UP_S
        while time.monotonic() < end:
            self.send(data)
            self.pause(pause_s)

    def pause(self, seconds: float) -> None:
        if self.server.stopping.wait(seconds):
            raise Stopped


class BadServer(socketserver.ThreadingTCPServer):
    """Serves ``BEHAVIOURS``; 404 for any other path.

    Attributes:
        received: Every request, in the order of arrival.
        busiest: Most requests that were ever answered at once.
    """

    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.tls = tls
        self.received: list[Received] = []
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.busy = self.busiest = 0
        self.open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def paths(self) -> list[str]:
        return [received.path for received in self.received]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        if self.tls is not None:
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        with self.lock:
            for connection in self.open:
                _hang_up(connection)
        self.server_close()


class _Connection(socketserver.BaseRequestHandler):
    server: BadServer

    def handle(self) -> None:
        self.request.settimeout(GIVE_UP_S)
        with self.server.lock:
            self.server.open.add(self.request)
        try:
            with self.request.makefile("rb") as stream:
                while (received := _receive(stream)) is not None:
                    self._answer(received)
        except (OSError, Stopped, ValueError):
            pass  # the other side had enough, as it should
        finally:
            with self.server.lock:
                self.server.open.discard(self.request)

    def _answer(self, received: Received) -> None:
        path = received.path.partition("?")[0]
        act = BEHAVIOURS.get(path) or BEHAVIOURS.get(path.rpartition("/")[0] + "/", not_found)
        with self.server.lock:
            self.server.received.append(received)
            self.server.busy += 1
            self.server.busiest = max(self.server.busiest, self.server.busy)
        try:
            act(Exchange(self.server, self.request, received))
        finally:
            with self.server.lock:
                self.server.busy -= 1


def _receive(stream: io.BufferedReader) -> Received | None:
    if stream.peek(1)[:1] == b"\x16":
        raise ValueError("a TLS greeting")
    method, _, rest = stream.readline(8192).decode("latin-1").partition(" ")
    if not rest:
        return None
    headers = {name.lower(): value for name, value in parse_headers(stream).items()}
    body = stream.read(int(headers.get("content-length", 0)))
    return Received(method, rest.rpartition(" ")[0], headers, body)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def not_found(exchange: Exchange) -> None:
    exchange.head(404, Content_Length=0)
