"""Two hosts on loopback, of different origins: that of a feed, and that of a page around it."""

import mimetypes
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a server of feeds has to say; see docs/how-to/web-servers.md.
OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


@dataclass
class Page:
    """What a host answers at one path."""

    data: bytes
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    delay_s: float = 0


@dataclass
class Host:
    """A running server.

    Attributes:
        url: Without a slash at the end.
        pages: By path; they come before the files of a folder.
        folder: Whose files are served, None for pages alone.
        asked: Paths that were asked for, in order.
        cookies: That came with requests.
    """

    url: str = ""
    folder: Path | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    def show(self, path: str, html: str, **headers: str) -> str:
        """Put a page there; return its URL. Header names are written with ``_``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Page(html.encode(), headers=named)
        return self.url + path

    def find(self, path: str) -> Page | None:
        """Return what is to be answered."""
        if path in self.pages:
            return self.pages[path]
        file = self.folder / unquote(path).strip("/") if self.folder else None
        if file is None or not file.is_file():
            return None
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        text = media_type.startswith("text/") or file.suffix == ".json"
        return Page(file.read_bytes(), media_type + "; charset=utf-8" * text, OPEN)


@contextmanager
def run_host(folder: Path | None = None) -> Iterator[Host]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    host = Host(folder=folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            host.asked.append(path)
            host.cookies += self.headers.get_all("Cookie", [])
            page = host.find(path) or Page(b"", "text/plain", OPEN, 404)
            time.sleep(page.delay_s)
            self.send_response(page.status)
            headers = {"Content-Type": page.media_type, "Content-Length": str(len(page.data))}
            for name, value in {**headers, **page.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            # The browser may have given up.
            with suppress(ConnectionError):
                self.wfile.write(page.data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        host.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
