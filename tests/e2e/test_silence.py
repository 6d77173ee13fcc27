"""A server that falls silent, as one whose cable is pulled, is not waited for without end."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest

from feedpub.store.postgres.address import Address


class Relay(socketserver.BaseRequestHandler):
    """Hands on what a client and the server's socket tell one another."""

    socket_path: str

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as inner:
            inner.connect(self.socket_path)
            back = threading.Thread(target=hand_on, args=(inner, self.request))
            back.start()
            hand_on(self.request, inner)
            back.join()


def hand_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def remote(database: str) -> Iterator[str]:
    """The address of a database as on another machine: by TCP."""
    parts = urlsplit(database)
    folder = parse_qs(parts.query)["host"][0]
    handler = type("Handler", (Relay,), {"socket_path": f"{folder}/.s.PGSQL.5432"})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        yield f"postgresql://feedpub@127.0.0.1:{port}{parts.path}?sslmode=disable"
        server.shutdown()


def test_what_nobody_acknowledges_ends_a_connection_within_a_minute(remote: str) -> None:
    with Address(remote).connect() as connection:
        end = socket.socket(fileno=connection.fileno())
        silence_ms = end.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        end.detach()

    assert silence_ms == 60_000
