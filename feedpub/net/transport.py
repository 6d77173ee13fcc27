"""HTTP over checked connections, each read bounded by what is left of the fetch.

The timeout of requests is for one read, so a server that sends a byte a second never meets it,
and urllib3 waits for whole headers. Here the socket's file is wrapped, so that every read of every
layer (status line, headers, chunk sizes, body) gets only the time and the bytes that are left.
"""

import io
import socket
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from feedpub.errors import FetchError
from feedpub.net.addresses import open_socket
from feedpub.net.limits import Limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK_BYTES = 64 * 1024
# A connection outlives a fetch and serves the next one, so it asks whose time it is using.
_limits: ContextVar[Limits] = ContextVar("limits")
# urllib3 forgets an answer whose headers it refuses, and with it an open socket.
_answer: ContextVar[HTTPResponse | None] = ContextVar("answer", default=None)


class _BoundedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock, self._raw, self._limits = sock, raw, _limits.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._sock.settimeout(self._limits.left())
        # The raw file's readinto is typed for memoryviews, None is for non-blocking sockets.
        count = cast(Any, self._raw).readinto(buffer) or 0
        self._limits.receive(count)
        return int(count)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_BoundedReader(sock, self.fp.detach()))
        _answer.set(self)


class _CheckedConnection(HTTPConnection):
    response_class = _BoundedResponse

    def _new_conn(self) -> socket.socket:
        return open_socket(self.host, self.port, _limits.get())


class _CheckedTLSConnection(HTTPSConnection):
    response_class = _BoundedResponse

    def _new_conn(self) -> socket.socket:
        return open_socket(self.host, self.port, _limits.get())


class _CheckedPool(HTTPConnectionPool):
    ConnectionCls = _CheckedConnection


class _CheckedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTLSConnection


class Transport(HTTPAdapter):
    """The adapter of requests, used without a session.

    A session is what keeps cookies, follows redirects, and reads proxies and passwords from the
    environment; without one there is nothing to switch off. May be used by many threads.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make every connection a checked one."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _CheckedPool, "https": _CheckedTLSPool}

    def open(
        self,
        method: str,
        url: str,
        limits: Limits,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
    ) -> requests.Response:
        """Return the answer once its headers are there; its body is to be read by ``read_body``.

        Args:
            method: ``GET`` or ``POST``.
            url: Checked, in ASCII.
            limits: Of the whole fetch.
            headers: All of them but ``Host`` and ``Content-Length``.
            body: Of a POST.

        Raises:
            FetchError: There is no answer.
        """
        request = requests.Request(method, url, headers=dict(headers), data=body).prepare()
        _limits.set(limits)
        _answer.set(None)
        try:
            return self.send(request, stream=True, timeout=limits.left(), proxies={})
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as e:
            if (forgotten := _answer.get()) is not None:
                forgotten.close()
            raise _explain(e, limits) from e


def read_body(response: requests.Response, limits: Limits) -> bytes:
    """Return the decompressed body of an answer.

    Raises:
        FetchError: It breaks off, is not what its headers say, takes too long or is too large.
    """
    chunks: list[bytes] = []
    size = 0
    try:
        # read1 returns what is there, read would wait for a whole chunk.
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            limits.left()
            size += len(chunk)
            if size > limits.max_bytes:
                raise limits.too_large()
            chunks.append(chunk)
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise _explain(error, limits) from error
    return b"".join(chunks)


def _explain(error: Exception, limits: Limits) -> FetchError:
    """Return the one line that an editor can act on; the libraries' own texts are for us."""
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)):
        return limits.too_late()
    if isinstance(error, (requests.exceptions.SSLError, urllib3.exceptions.SSLError, ssl.SSLError)):
        return FetchError(f"the TLS connection failed: {_tls_reason(error)}", url=limits.url)
    if isinstance(error, urllib3.exceptions.DecodeError):
        return FetchError("the body is not compressed as its header says", url=limits.url)
    return FetchError("the server broke off before the end of its answer", url=limits.url)


def _tls_reason(error: BaseException) -> str:
    """Return what OpenSSL says of a certificate, from the depth of a chain of exceptions."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{cause.verify_message}; its certificate must be renewed"
        cause = cause.__cause__ or cause.__context__
    return "no common protocol or a broken answer"
