"""A web server for feeds on loopback: strong ETag, Last-Modified, 304, and a log of requests."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LAST_MODIFIED = "Sat, 31 Jan 2026 12:00:00 GMT"
MEDIA_TYPES = {
    "rss.xml": "application/rss+xml",
    "atom.xml": "application/atom+xml",
    "feed.json": "application/feed+json",
}


@dataclass
class FeedServer:
    """A running server.

    ``documents`` are served by path, such as ``/feeds/all/rss.xml``, and may be changed at any
    time; ``answers`` lists path and status of every answer.
    """

    url: str
    documents: dict[str, bytes] = field(default_factory=dict)
    answers: list[tuple[str, int]] = field(default_factory=list)

    def publish(self, folder: str, documents: Mapping[str, bytes]) -> None:
        """Serve the documents of a feed under ``/feeds/<folder>/``."""
        self.documents |= {f"/feeds/{folder}/{name}": data for name, data in documents.items()}

    def statuses(self, path: str) -> list[int]:
        """Return the statuses of the answers to one path, in order."""
        return [status for asked, status in self.answers if asked == path]


@contextmanager
def run_feed_server() -> Iterator[FeedServer]:
    """Run a server for as long as the context lasts."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server = FeedServer(f"http://127.0.0.1:{httpd.server_port}/")
    httpd.feeds = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        feeds: FeedServer = self.server.feeds  # type: ignore[attr-defined]
        data = feeds.documents.get(self.path)
        if data is None:
            self._answer(feeds, HTTPStatus.NOT_FOUND)
            return
        etag = f'"{sha256(data).hexdigest()[:16]}"'
        # RFC 9110, section 13.2.2: If-None-Match takes precedence over If-Modified-Since.
        tags, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        unchanged = etag in tags if tags else since == LAST_MODIFIED
        media_type = MEDIA_TYPES.get(self.path.rsplit("/", 1)[1], "text/html")
        headers = {"ETag": etag, "Last-Modified": LAST_MODIFIED, "Content-Type": media_type}
        if unchanged:
            self._answer(feeds, HTTPStatus.NOT_MODIFIED, headers)
        else:
            self._answer(feeds, HTTPStatus.OK, headers, data)

    def _answer(
        self,
        feeds: FeedServer,
        status: HTTPStatus,
        headers: Mapping[str, str] | None = None,
        data: bytes = b"",
    ) -> None:
        feeds.answers.append((self.path, status))
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing; `FeedServer.answers` is the log."""
