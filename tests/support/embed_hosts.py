"""Two hosts on loopback, of different origins: that of a feed, and that of a page around it."""

import json
import mimetypes
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# What a server of feeds has to say; see docs/how-to/web-servers.md.
OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}

EVENTS = """<script>events = [];
    for (const name of ["load", "error"])
        addEventListener(`feedpub:${name}`, ({ detail }) => events.push([name, `${detail ?? ""}`]));
</script>"""
"""For the head of a page that remembers what its elements tell."""


@dataclass
class Page:
    """What a host answers at one path."""

    data: bytes
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass
class Host:
    """A running server.

    Attributes:
        url: Without a slash at the end.
        pages: By path; they come before the files of a folder.
        folder: Whose files are served, None for pages alone.
        slow: Seconds that paths with this ending take besides.
        held: What an answer at a path waits for, at most a minute.
        asked: Paths that were asked for, in order.
        cookies: That came with requests, after the path.
    """

    url: str = ""
    folder: Path | None = None
    pages: dict[str, Page] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    held: dict[str, threading.Event] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    def show(self, path: str, html: str, **headers: str) -> str:
        """Put a page there; return its URL. Header names are written with ``_``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Page(html.encode(), headers=named)
        return self.url + path

    def feed(self, path: str, items: list[Any], **head: Any) -> str:
        """Put a JSON Feed there; return its URL."""
        document = {"version": "https://jsonfeed.org/version/1.1", "title": "News", **head}
        data = json.dumps(document | {"items": items}).encode()
        self.pages[path] = Page(data, "application/feed+json; charset=utf-8", OPEN)
        return self.url + path

    def hold(self, path: str) -> threading.Event:
        """Answer at a path only once the event is set that this returns."""
        return self.held.setdefault(path, threading.Event())

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
            host.cookies += [f"{path} {each}" for each in self.headers.get_all("Cookie", [])]
            page = host.find(path) or Page(b"", "text/plain", OPEN, 404)
            if path in host.held:
                host.held[path].wait(60)
            time.sleep(sum(wait for end, wait in host.slow.items() if path.endswith(end)))
            headers = {"Content-Type": page.media_type, "Content-Length": str(len(page.data))}
            # The browser may have given up.
            with suppress(ConnectionError):
                self.send_response(page.status)
                for name, value in {**headers, **page.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
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


def make_items(count: int, *, start: int = 0, **values: Any) -> list[dict[str, Any]]:
    """Return articles of a JSON Feed, numbered; ``values`` are what each has besides."""
    return [
        {"id": f"{number}", "title": f"Article {number}", "url": f"https://a.example/{number}"}
        | values
        for number in range(start, start + count)
    ]


def write_page(body: str, *, head: str = "", lang: str = "en", direction: str = "ltr") -> str:
    """Return a portal's page with an embed above its other content."""
    return (
        f'<!doctype html><html lang="{lang}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>A portal</title>{head}</head><body><main><h1>A portal</h1><h2>News</h2>{body}"
        f"{'<p>What else there is, and would be moved.</p>' * 12}</main></body></html>"
    )


def without_style(snippet: str) -> str:
    """Return a snippet without the attribute that a strict policy refuses."""
    return re.sub(r' style="[^"]*"', "", snippet)


def run_feedpub(*arguments: str) -> None:
    """Run the real command; it must not fail."""
    command = [sys.executable, "-m", "feedpub", *arguments]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "TZ": "UTC"})
