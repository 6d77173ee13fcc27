"""``feedpub preview --watch``: a page on this machine that shows the mail, and its changes."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from feedpub.cli.loading import load_settings
from feedpub.cli.output import say
from feedpub.cli.session import Session
from feedpub.errors import FeedpubError

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>feedpub preview</title>
<style>
html,body{{height:100%;margin:0;background:#777;font-family:system-ui,sans-serif}}
iframe{{display:block;margin:0 auto;border:0;height:100%;width:{width};max-width:100%}}
</style></head>
<body><iframe src="mail" title="The mail"></iframe>
<script>
let known;
setInterval(async () => {{
  try {{
    const now = await (await fetch("version")).json();
    if (known !== undefined && now !== known) document.querySelector("iframe").src = "mail?" + now;
    known = now;
  }} catch {{}}
}}, 1000);
</script></body></html>
"""


def serve_preview(session: Session, make: Callable[[], str], *, port: int, mobile: bool) -> None:
    """Serve the mail until interrupted; it is made again when something it is made of changes.

    Args:
        session: Of the command.
        make: Gives the HTML of the mail.
        port: On the loopback address; 0 for any.
        mobile: Whether it is shown as wide as a telephone.
    """
    desk = _Desk(session, make)
    page = _PAGE.format(width="375px" if mobile else "100%").encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/":
                self._answer(page, "text/html; charset=utf-8")
            elif path == "/mail":
                self._answer(desk.show().encode(), "text/html; charset=utf-8")
            elif path == "/version":
                self._answer(json.dumps(desk.version()).encode(), "application/json")
            else:
                self.send_error(404)

        def _answer(self, data: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # its name
            """Say nothing; the page asks every second."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        say(f"preview at http://127.0.0.1:{server.server_address[1]}/  (stop: Ctrl-C)")
        server.serve_forever()


class _Desk:
    """The mail as it was made last."""

    def __init__(self, session: Session, make: Callable[[], str]) -> None:
        self._session, self._make = session, make
        self._lock = Lock()
        self._made: tuple[int, str] | None = None

    def version(self) -> int:
        """Return a number that changes with what the mail is made of."""
        return max(map(_changed, self._list_files()), default=0)

    def show(self) -> str:
        """Return the mail, or why there is none."""
        with self._lock:
            version = self.version()
            if self._made is None or self._made[0] != version:
                self._made = (version, self._try())
            return self._made[1]

    def _try(self) -> str:
        from html import escape

        try:
            return self._make()
        except FeedpubError as error:
            return f'<!DOCTYPE html><meta charset="utf-8"><pre>{escape(str(error))}</pre>'

    def _list_files(self) -> Iterator[Path]:
        yield self._session.config_path
        try:
            config = load_settings(self._session)
        except FeedpubError:
            return
        if not config.has_server:
            yield config.database_path
            yield config.database_path.with_name(config.database_path.name + "-wal")
        if config.newsletter is not None:
            yield config.newsletter.intro
        yield from config.pages.templates.rglob("*")


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
