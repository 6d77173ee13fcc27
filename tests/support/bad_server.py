"""A server on loopback that misbehaves in one way for each path.

    with BadServer() as server:
        fetcher.get(server.url("/slow-body"), ...)

Everything it does ends when the server is stopped, so that no test leaves a thread behind.
"""

import contextlib
import functools
import gzip
import io
import socket
import socketserver
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from http.client import parse_headers
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.support import pictures

Behaviour = Callable[["Exchange"], None]
BEHAVIOURS: dict[str, Behaviour] = {}
GIVE_UP_S = 20


@dataclass(frozen=True)
class Received:
    """One request, as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


def behaviour(path: str) -> Callable[[Behaviour], Behaviour]:
    """Register what answers a path, or every path below it where it ends with a slash."""

    def register(act: Behaviour) -> Behaviour:
        BEHAVIOURS[path] = act
        return act

    return register


class Stopped(Exception):  # noqa: N818  not an error
    """The server is being stopped."""


class Exchange:
    """One request and the means to answer it badly."""

    def __init__(self, server: "BadServer", connection: socket.socket, received: Received) -> None:
        self.server, self.connection, self.received = server, connection, received

    @property
    def last(self) -> str:
        """Return the last part of the path."""
        return self.received.path.partition("?")[0].rpartition("/")[2]

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def head(self, status: int = 200, **headers: object) -> None:
        lines = [f"HTTP/1.1 {status} Whatever"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def answer(self, body: bytes, media_type: str = "image/png", **headers: object) -> None:
        self.head(Content_Type=media_type, Content_Length=len(body), **headers)
        self.send(body)

    def redirect(self, location: str, status: int = 302) -> None:
        self.head(status, Location=location, Content_Length=0)

    def forever(self, data: bytes, pause_s: float = 0.0) -> None:
        """Send the same bytes until someone has had enough."""
        end = time.monotonic() + GIVE_UP_S
        while time.monotonic() < end:
            self.send(data)
            self.pause(pause_s)

    def pause(self, seconds: float) -> None:
        if self.server.stopping.wait(seconds):
            raise Stopped


class BadServer(socketserver.ThreadingTCPServer):
    """Serves ``BEHAVIOURS``; 404 for any other path.

    Attributes:
        received: Every request, in the order of arrival.
        busiest: Most requests that were ever answered at once.
    """

    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.tls = tls
        self.received: list[Received] = []
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.busy = self.busiest = 0
        self.open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def paths(self) -> list[str]:
        return [received.path for received in self.received]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        if self.tls is not None:
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        with self.lock:
            for connection in self.open:
                _hang_up(connection)
        self.server_close()


class _Connection(socketserver.BaseRequestHandler):
    server: BadServer

    def handle(self) -> None:
        self.request.settimeout(GIVE_UP_S)
        with self.server.lock:
            self.server.open.add(self.request)
        try:
            with self.request.makefile("rb") as stream:
                while (received := _receive(stream)) is not None:
                    self._answer(received)
        except (OSError, Stopped, ValueError):
            pass  # the other side had enough, as it should
        finally:
            with self.server.lock:
                self.server.open.discard(self.request)

    def _answer(self, received: Received) -> None:
        path = received.path.partition("?")[0]
        act = BEHAVIOURS.get(path) or BEHAVIOURS.get(path.rpartition("/")[0] + "/", not_found)
        with self.server.lock:
            self.server.received.append(received)
            self.server.busy += 1
            self.server.busiest = max(self.server.busiest, self.server.busy)
        try:
            act(Exchange(self.server, self.request, received))
        finally:
            with self.server.lock:
                self.server.busy -= 1


def _receive(stream: io.BufferedReader) -> Received | None:
    if stream.peek(1)[:1] == b"\x16":
        raise ValueError("a TLS greeting")
    method, _, rest = stream.readline(8192).decode("latin-1").partition(" ")
    if not rest:
        return None
    headers = {name.lower(): value for name, value in parse_headers(stream).items()}
    body = stream.read(int(headers.get("content-length", 0)))
    return Received(method, rest.rpartition(" ")[0], headers, body)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def not_found(exchange: Exchange) -> None:
    exchange.head(404, Content_Length=0)


# Well-behaved


@behaviour("/picture/")
def picture(exchange: Exchange) -> None:
    """Answer with a picture that is different for every path."""
    exchange.answer(pictures.drawing(seed=exchange.received.path))


@behaviour("/slow-picture/")
def slow_picture(exchange: Exchange) -> None:
    exchange.pause(0.15)
    picture(exchange)


@behaviour("/jpeg")
def jpeg(exchange: Exchange) -> None:
    exchange.answer(pictures.drawing(kind="JPEG"), "image/jpeg")


@behaviour("/bytes")
def mere_bytes(exchange: Exchange) -> None:
    exchange.answer(pictures.drawing(), "application/octet-stream")


@behaviour("/gzip")
def gzipped(exchange: Exchange) -> None:
    exchange.answer(gzip.compress(b"hello"), "text/plain", Content_Encoding="gzip")


@behaviour("/no-type")
def no_type(exchange: Exchange) -> None:
    body = pictures.drawing()
    exchange.head(Content_Length=len(body))
    exchange.send(body)


@behaviour("/chunked")
def chunked(exchange: Exchange) -> None:
    exchange.head(Content_Type="text/plain", Transfer_Encoding="chunked")
    exchange.send(b"5\r\nhello\r\n0\r\n\r\n")


@behaviour("/until-close")
def until_close(exchange: Exchange) -> None:
    exchange.head(Content_Type="text/plain", Connection="close")
    exchange.send(b"hello")
    raise Stopped


# Time


@behaviour("/silent")
def silent(exchange: Exchange) -> None:
    exchange.pause(GIVE_UP_S)


@behaviour("/slow-headers")
def slow_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    exchange.forever(b"x", 0.1)


@behaviour("/slow-body")
def slow_body(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Content_Length=1000)
    exchange.forever(b"x", 0.1)


@behaviour("/slow-chunks")
def slow_chunks(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Transfer_Encoding="chunked")
    exchange.forever(b"1\r\nx\r\n", 0.1)


@behaviour("/slow-gzip")
def slow_gzip(exchange: Exchange) -> None:
    """Send compressed bytes that decompress to nothing at all."""
    exchange.head(Content_Type="image/png", Content_Encoding="gzip", Connection="close")
    exchange.forever(gzip.compress(b""), 0.1)


@behaviour("/slow-redirects/")
def slow_redirects(exchange: Exchange) -> None:
    """Let each hop alone be quick enough."""
    exchange.pause(0.4)
    exchange.redirect(f"/slow-redirects/{int(exchange.last) + 1}")


@behaviour("/continue")
def endless_continue(exchange: Exchange) -> None:
    exchange.forever(b"HTTP/1.1 100 Continue\r\n\r\n", 0.001)


# Size


@behaviour("/endless-body")
def endless_body(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Connection="close")
    exchange.forever(b"x" * 65536)


@behaviour("/endless-chunks")
def endless_chunks(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Transfer_Encoding="chunked")
    exchange.forever(b"10000\r\n" + b"x" * 65536 + b"\r\n")


@behaviour("/endless-headers")
def endless_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    exchange.forever(b"X-More: " + b"x" * 60000 + b"\r\n")


@behaviour("/endless-gzip-of-nothing")
def endless_gzip_of_nothing(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Content_Encoding="gzip", Connection="close")
    exchange.forever(gzip.compress(b"") * 1000)


@behaviour("/gzip-bomb")
def gzip_bomb(exchange: Exchange) -> None:
    """Send 100 KB that become 100 MB."""
    exchange.answer(_bomb(), "image/png", Content_Encoding="gzip")


@behaviour("/twice-gzipped-bomb")
def twice_gzipped_bomb(exchange: Exchange) -> None:
    exchange.answer(gzip.compress(_bomb()), "image/png", Content_Encoding="gzip, gzip")


@behaviour("/says-1-gb")
def says_1_gb(exchange: Exchange) -> None:
    """Announce far too much and send none of it."""
    exchange.head(Content_Type="image/png", Content_Length=10**9)
    exchange.pause(GIVE_UP_S)


# Lies


@behaviour("/gzip-lie")
def gzip_lie(exchange: Exchange) -> None:
    exchange.answer(pictures.drawing(), "image/png", Content_Encoding="gzip")


@behaviour("/says-more")
def says_more(exchange: Exchange) -> None:
    """Announce more than is sent, then hang up."""
    body = pictures.drawing()
    exchange.head(Content_Type="image/png", Content_Length=len(body) + 1000)
    exchange.send(body)
    raise Stopped


@behaviour("/says-less")
def says_less(exchange: Exchange) -> None:
    """Send another answer behind the one that was announced."""
    exchange.head(Content_Type="text/plain", Content_Length=5)
    exchange.send(b"helloHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")


@behaviour("/cut-chunk")
def cut_chunk(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Transfer_Encoding="chunked")
    exchange.send(b"ff\r\nonly this")
    raise Stopped


@behaviour("/no-last-chunk")
def no_last_chunk(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Transfer_Encoding="chunked")
    exchange.send(b"5\r\nhello\r\n")
    raise Stopped


@behaviour("/bad-chunk-size")
def bad_chunk_size(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Transfer_Encoding="chunked")
    exchange.send(b"-5\r\nhello\r\n0\r\n\r\n")


@behaviour("/bad-length")
def bad_length(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Content_Length="1, 2")
    exchange.send(b"hello")
    raise Stopped


@behaviour("/endless-length")
def endless_length(exchange: Exchange) -> None:
    """Announce a number that Python refuses to read."""
    exchange.head(Content_Type="text/plain", Content_Length="9" * 5000)
    exchange.send(b"hello")


@behaviour("/drop")
def drop(exchange: Exchange) -> None:
    raise Stopped


@behaviour("/reset")
def reset(exchange: Exchange) -> None:
    exchange.head(Content_Type="image/png", Content_Length=1000)
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Stopped


@behaviour("/not-http")
def not_http(exchange: Exchange) -> None:
    exchange.send(b"220 mail.example.org ESMTP\r\n")
    raise Stopped


@behaviour("/status/")
def status(exchange: Exchange) -> None:
    exchange.head(int(exchange.last), Content_Type="image/png", Content_Length=0)


# Redirects


@behaviour("/redirect-to")
def redirect_to(exchange: Exchange) -> None:
    """Redirect to the address in the query, as it is written there."""
    exchange.redirect(parse_qs(urlsplit(exchange.received.path).query)["url"][0])


@behaviour("/redirect-loop")
def redirect_loop(exchange: Exchange) -> None:
    exchange.redirect("/redirect-loop")


@behaviour("/redirect/")
def redirect(exchange: Exchange) -> None:
    """Redirect as often as the path says, then answer with a picture."""
    left = int(exchange.last)
    exchange.redirect(f"/redirect/{left - 1}" if left > 1 else "/picture/end")


@behaviour("/redirect-utf-8")
def redirect_utf_8(exchange: Exchange) -> None:
    exchange.send("HTTP/1.1 302 Found\r\nLocation: /picture/图\r\n".encode())
    exchange.send(b"Content-Length: 0\r\n\r\n")


@behaviour("/redirect-nowhere")
def redirect_nowhere(exchange: Exchange) -> None:
    exchange.head(302, Content_Length=0)


@behaviour("/redirect-with-cookie")
def redirect_with_cookie(exchange: Exchange) -> None:
    exchange.head(302, Location="/picture/end", Set_Cookie="a=b; Path=/", Content_Length=0)


# Pictures


@behaviour("/html-page")
def html_page(exchange: Exchange) -> None:
    exchange.answer(b"<!DOCTYPE html><title>Sign in</title>", "text/html; charset=utf-8")


@behaviour("/html-as-picture")
def html_as_picture(exchange: Exchange) -> None:
    exchange.answer(b"<!DOCTYPE html><title>Sign in</title>", "image/jpeg")


@behaviour("/svg-script")
def svg_script(exchange: Exchange) -> None:
    exchange.answer(pictures.SVG_SCRIPT, "image/svg+xml")


@behaviour("/empty")
def empty(exchange: Exchange) -> None:
    exchange.answer(b"")


@behaviour("/cut-picture")
def cut_picture(exchange: Exchange) -> None:
    body = pictures.drawing()
    exchange.answer(body[: len(body) // 2])


@behaviour("/huge-header")
def huge_header(exchange: Exchange) -> None:
    exchange.answer(pictures.png_header(50_000, 50_000))


@behaviour("/81-megapixels")
def megapixels(exchange: Exchange) -> None:
    exchange.answer(pictures.white_png(9_000, 9_000))


@behaviour("/tracking-pixel")
def tracking_pixel(exchange: Exchange) -> None:
    exchange.answer(pictures.drawing(1, 1, kind="GIF"), "image/gif")


@functools.cache
def _bomb() -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    megabyte = bytes(2**20)
    return b"".join(compressor.compress(megabyte) for _ in range(100)) + compressor.flush()


# Conditional answers


@behaviour("/tagged/")
def tagged(exchange: Exchange) -> None:
    """Answer 304 to whoever has the tag that is the last part of the path."""
    tag = f'"{exchange.last}"'
    if exchange.received.headers.get("if-none-match") == tag:
        exchange.head(304, ETag=tag)
    else:
        exchange.answer(b"hello", "text/plain", ETag=tag)


@behaviour("/never-modified")
def never_modified(exchange: Exchange) -> None:
    """Answer 304 though nobody asked whether anything is new."""
    exchange.head(304)


@behaviour("/busy")
def busy(exchange: Exchange) -> None:
    exchange.head(429, Retry_After=120, Content_Length=0)


@behaviour("/moved/")
def moved(exchange: Exchange) -> None:
    """Redirect with the statuses that the path lists, such as ``/moved/301-302``."""
    first, _, rest = exchange.last.partition("-")
    exchange.redirect(f"/moved/{rest}" if rest else "/chunked", int(first))


@behaviour("/moved-to")
def moved_to(exchange: Exchange) -> None:
    """Redirect for good to the address in the query."""
    exchange.redirect(parse_qs(urlsplit(exchange.received.path).query)["url"][0], 301)


# Feeds

_FEED = "<rss version='2.0'><channel><item><title>今天的新闻</title></item></channel></rss>"


@behaviour("/feed-bomb")
def feed_bomb(exchange: Exchange) -> None:
    exchange.answer(_bomb(), "application/rss+xml", Content_Encoding="gzip")


@behaviour("/slow-feed")
def slow_feed(exchange: Exchange) -> None:
    exchange.head(Content_Type="application/rss+xml", Content_Length=100_000)
    exchange.forever(b" ", 0.1)


@behaviour("/slow-chunked-feed")
def slow_chunked_feed(exchange: Exchange) -> None:
    exchange.head(Content_Type="application/rss+xml", Transfer_Encoding="chunked")
    exchange.forever(b"1\r\n \r\n", 0.1)


@behaviour("/endless-feed")
def endless_feed(exchange: Exchange) -> None:
    exchange.head(Content_Type="application/rss+xml", Transfer_Encoding="chunked")
    exchange.forever(b"10000\r\n" + b" " * 65536 + b"\r\n")


@behaviour("/unfinished-feed")
def unfinished_feed(exchange: Exchange) -> None:
    """End as if all were well, but for the last chunk."""
    exchange.head(Content_Type="application/rss+xml", Transfer_Encoding="chunked")
    data = _FEED.encode()
    exchange.send(b"%x\r\n%b\r\n" % (len(data), data))
    raise Stopped


@behaviour("/cut-feed")
def cut_feed(exchange: Exchange) -> None:
    """Announce more than is sent, so that half a feed looks like a whole one."""
    exchange.head(Content_Type="application/rss+xml", Content_Length=len(_FEED.encode()) + 100)
    exchange.send(_FEED.encode())
    raise Stopped


@behaviour("/empty-feed")
def empty_feed(exchange: Exchange) -> None:
    exchange.answer(b"", "application/rss+xml")


@behaviour("/laughs")
def laughs(exchange: Exchange) -> None:
    declared = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    exchange.answer(f"{declared}{_FEED}".encode(), "application/rss+xml")


@behaviour("/restless-feed")
def restless_feed(exchange: Exchange) -> None:
    exchange.answer(_FEED.encode(), "application/rss+xml", ETag=f'"{time.monotonic_ns()}"')


@behaviour("/latin-feed")
def latin_feed(exchange: Exchange) -> None:
    exchange.answer(_FEED.encode(), "text/xml; charset=ISO-8859-1")
