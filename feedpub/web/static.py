"""Serves the published files before anything else looks at a request.

Feed readers ask for the same few files all day, mostly to hear that nothing changed. That is
answered here, by two system calls and what is kept in memory, without a request object.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.http import http_date

from feedpub.web.files import Folder, PublishedFile
from feedpub.web.frame import ROUTE
from feedpub.web.headers import KIND
from feedpub.web.memory import Memory
from feedpub.web.negotiation import (
    MIN_COMPRESSED,
    choose_encoding,
    compress,
    is_compressible,
    is_unchanged,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_KEPT_BYTES = 32 * 1024 * 1024
_Headers = list[tuple[str, str]]


class Representation(NamedTuple):
    """A file in one content coding, ready to be sent.

    Attributes:
        body: The bytes.
        etag: In quotes; strong, since it stands for these bytes.
        short: Headers of an answer without a body.
        headers: Headers of one with it.
    """

    body: bytes
    etag: str
    short: _Headers
    headers: _Headers


class FileServer:
    """A WSGI application for GET and HEAD of what is published; leaves the rest to another."""

    def __init__(self, app: "WSGIApplication", files: Folder, prefix: str) -> None:
        """Stand before an application.

        Args:
            app: Answers what is no published file.
            files: What is published.
            prefix: Path that they have on the site; begins and ends with ``/``.
        """
        self._app, self._files, self._prefix = app, files, prefix
        self._ready: Memory[Representation] = Memory(_KEPT_BYTES)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        path: str = environ["PATH_INFO"]
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        if (is_head or environ["REQUEST_METHOD"] == "GET") and path.startswith(self._prefix):
            file = self._files.find(decode_path(path[len(self._prefix) :]))
            if file is not None:
                environ[KIND], environ[ROUTE] = file.kind, path
                return self._send(file, environ, start_response, is_head)
        return self._app(environ, start_response)

    def _send(
        self,
        file: PublishedFile,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        is_head: bool,
    ) -> Iterable[bytes]:
        ready = self._prepare(file, environ.get("HTTP_ACCEPT_ENCODING", ""))
        if is_unchanged(environ, ready.etag, file.modified):
            start_response("304 NOT MODIFIED", ready.short)
            return []
        start_response("200 OK", ready.headers)
        return [] if is_head else [ready.body]

    def _prepare(self, file: PublishedFile, accepted: str) -> Representation:
        chosen = choose_encoding(accepted) if len(file.data) >= MIN_COMPRESSED else ""
        coding = chosen if is_compressible(file.media_type) else ""
        # By name too, since the type is told by that.
        key = file.path, file.etag, file.modified, coding
        ready = self._ready.get(key)
        if ready is None:
            ready = represent(file, coding)
            self._ready.put(key, ready, len(ready.body) if coding else 0)
        return ready


def represent(file: PublishedFile, coding: str) -> Representation:
    """Return a file as it is sent in a content coding, ``""`` for none."""
    body = compress(file.data, coding) if coding else file.data
    # Each coding has other bytes, and so another tag.
    etag = f'"{file.etag}-{coding}"' if coding else f'"{file.etag}"'
    short = [("ETag", etag)]
    if file.modified is not None:
        short.append(("Last-Modified", http_date(file.modified)))
    if is_compressible(file.media_type):
        short.append(("Vary", "Accept-Encoding"))
    length = ("Content-Length", str(len(body)))
    headers = [("Content-Type", file.media_type), length, *short]
    if coding:
        headers.append(("Content-Encoding", coding))
    return Representation(body, etag, short, headers)


def decode_path(path: str) -> str:
    """Return a path of the WSGI environment, which has bytes as Latin-1, as text.

    What is no UTF-8 becomes a NUL, which no name has.
    """
    if path.isascii():
        return path
    try:
        return path.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return "\0"
