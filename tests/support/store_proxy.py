"""What stands between the program and a store, and makes its answers slow or wrong."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

_OWN = ("transfer-encoding", "connection", "content-length", "server", "date")


@dataclass
class StoreProxy:
    """A proxy; what is set holds for all requests that write.

    Attributes:
        address: To be used as the store's.
        delay_s: Before a request is passed on.
        failures: How many are answered by 500 before they are passed on.
        silent: Whether they are passed on and never answered.
        puts: Paths within the bucket, in the order in which the store had taken them.
        deleted: How often something was deleted.
        most: How many were under way at once.
    """

    store: str
    address: str = ""
    delay_s: float = 0
    failures: int = 0
    silent: bool = False
    puts: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    most: int = 0
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def forward(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        if handler.command not in ("PUT", "POST"):
            self._pass_on(handler, body)
            return
        with self._lock:
            self._busy += 1
            self.most = max(self.most, self._busy)
            fails = self.failures > 0
            self.failures -= fails
        try:
            self._write(handler, body, fails=fails)
        finally:
            with self._lock:
                self._busy -= 1

    def _write(self, handler: BaseHTTPRequestHandler, body: bytes, *, fails: bool) -> None:
        self._over.wait(self.delay_s)
        if fails:
            handler.send_response(500)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        self._pass_on(handler, body)

    def _pass_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        connection = HTTPConnection(urlsplit(self.store).netloc, timeout=60)
        try:
            headers = {k: v for k, v in handler.headers.items() if k.lower() != "connection"}
            connection.request(handler.command, handler.path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        self._note(handler, answer.status)
        if self.silent and handler.command in ("PUT", "POST"):
            self._over.wait(60)
            return
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OWN:
                handler.send_header(name, value)
        length = answer.getheader("Content-Length") if handler.command == "HEAD" else None
        handler.send_header("Content-Length", length or str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _note(self, handler: BaseHTTPRequestHandler, status: int) -> None:
        path = unquote(urlsplit(handler.path).path).lstrip("/").partition("/")[2]
        with self._lock:
            if handler.command == "PUT" and status == 200:
                self.puts.append(path)
                self.events.append(path)
            elif handler.command == "POST":
                self.events.append("delete")


@contextmanager
def run_proxy(store: str) -> Iterator[StoreProxy]:
    """Run a proxy before a store."""
    proxy = StoreProxy(store)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            try:
                proxy.forward(self)
            except (BrokenPipeError, ConnectionResetError):  # the program was killed
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy._over.set()
        server.shutdown()
        server.server_close()
        thread.join()
