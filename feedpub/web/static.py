"""Serves the published files before anything else looks at a request.

Feed readers ask for the same few files all day, mostly to hear that nothing changed. That is
answered here, by two system calls and what is kept in memory, without a request object.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.http import http_date

from feedpub.web.errors import REFUSED
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

AT_HAND = "feedpub.at_hand"
"""Key of a Flask application's extensions: ``FileServer.find_at_hand``."""

FOUND = "feedpub.found"
"""Key of the WSGI environment: what ``FileServer.find_at_hand`` returned, if a server asked it."""

_METHODS = ("GET", "HEAD")
_MOST_AT_HAND = 4 * 1024 * 1024
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
        found: Found | None = environ.get(FOUND) or self._find(environ)
        if found is None:
            return self._app(environ, start_response)
        file, ready = found
        environ[KIND], environ[ROUTE] = file.kind, environ["PATH_INFO"]
        if is_unchanged(environ, ready.etag, file.modified):
            start_response("304 NOT MODIFIED", ready.short)
            return []
        start_response("200 OK", ready.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [ready.body]

    def find_at_hand(self, method: str, path: str, accepted: str) -> "Found | None":
        """Return what a request asks for; None unless it is a file that can be sent at once.

        It is in memory, as it is to be sent, and not large.

        Args:
            method: Of the request.
            path: As in the WSGI environment.
            accepted: ``Accept-Encoding`` as it came.
        """
        if method not in _METHODS or not path.startswith(self._prefix):
            return None
        file = self._files.recall(decode_path(path[len(self._prefix) :]))
        if file is None:
            return None
        ready = self._ready.get(_make_key(file, _choose_coding(file, accepted)))
        if ready is None or len(ready.body) > _MOST_AT_HAND:
            return None
        return Found(file, ready)

    def _find(self, environ: "WSGIEnvironment") -> "Found | None":
        path: str = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in _METHODS or not path.startswith(self._prefix):
            return None
        if REFUSED in environ:
            return None
        file = self._files.find(decode_path(path[len(self._prefix) :]))
        if file is None:
            return None
        return Found(file, self._prepare(file, environ.get("HTTP_ACCEPT_ENCODING", "")))

    def _prepare(self, file: PublishedFile, accepted: str) -> Representation:
        coding = _choose_coding(file, accepted)
        key = _make_key(file, coding)
        ready = self._ready.get(key)
        if ready is None:
            ready = represent(file, coding)
            self._ready.put(key, ready, len(ready.body) if coding else 0)
        return ready


class Found(NamedTuple):
    """What a request asks for.

    Attributes:
        file: As it is.
        ready: As it is sent to whoever asks.
    """

    file: PublishedFile
    ready: Representation


def _choose_coding(file: PublishedFile, accepted: str) -> str:
    chosen = choose_encoding(accepted) if len(file.data) >= MIN_COMPRESSED else ""
    return chosen if is_compressible(file.media_type) else ""


def _make_key(file: PublishedFile, coding: str) -> tuple[str, str, float | None, str]:
    # By name too, since the type is told by that.
    return file.path, file.etag, file.modified, coding


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
