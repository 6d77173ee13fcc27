"""A server of published files in this process, spoken to in bytes."""

import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedpub.web.feeds import create_app
from feedpub.web.server import FeedServer
from feedpub.web.setup import Pages
from feedpub.web.static import AT_HAND

HOST = "127.0.0.1"


@dataclass
class Served:
    """A server that runs.

    Attributes:
        port: Where it listens.
        tasks: What was handed over to a thread so far.
        app: Of Flask.
    """

    port: int
    tasks: list[object]
    app: Any

    def talk(self, *sent: bytes, pause_s: float = 0.0) -> bytes:
        """Return all that is answered until the server closes the connection.

        Args:
            sent: The last one asks for the end.
            pause_s: After each of them.
        """
        with socket.create_connection((HOST, self.port), timeout=20) as connection:
            # Each part is a packet of its own.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for part in sent:
                connection.sendall(part)
                time.sleep(pause_s)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))

    def count(self) -> int:
        """Return how many requests were answered so far."""
        return sum(self.app.wsgi_app._tally.read().values())


@contextmanager
def serve_files(
    folder: Path, *, at_hand: bool = True, pages: Pages | None = None
) -> Iterator[Served]:
    """Serve a folder below ``/feeds/``.

    Args:
        folder: The published files.
        at_hand: Whether the loop answers; every request is handed over to a thread if not.
        pages: Of errors.
    """
    app = create_app(folder, prefix="/feeds/", pages=pages)
    if not at_hand:
        app.extensions[AT_HAND] = lambda *_: None
    with FeedServer(app, "/feeds/", bind=HOST, port=0) as server:
        dispatcher: Any = server._server.task_dispatcher
        tasks: list[object] = []
        add_task = dispatcher.add_task
        dispatcher.add_task = lambda task: (tasks.append(task), add_task(task))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield Served(int(server.url.split(":")[2].partition("/")[0]), tasks, app)
        dispatcher.shutdown()
    thread.join(5)


def compose(
    method: str = "GET",
    path: str = "/feeds/all/rss.xml",
    fields: Sequence[str] = (),
    *,
    version: str = "1.1",
    end: bool = True,
) -> bytes:
    """Return a request.

    Args:
        method: Whatever stands there.
        path: The same.
        fields: Lines besides the host.
        version: Of HTTP.
        end: Whether the connection is to be closed.
    """
    last = ["Connection: close"] if end else []
    lines = [f"{method} {path} HTTP/{version}", "Host: a.example", *fields, *last, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def mask(said: bytes) -> bytes:
    """Return answers without what is different each time."""
    return re.sub(rb"\r\n(Date|X-Request-Id): [^\r]*", rb"\r\n\1", said)


def read_tag(said: bytes) -> bytes:
    """Return the tag of the first answer that has one; one of nothing if none has."""
    found = re.search(rb'\r\nEtag: ("[^"]*")', said)
    return found[1] if found else b'"none"'
