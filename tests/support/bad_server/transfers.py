"""Answers that take too long, are too large or do not keep what they announce."""

import functools
import gzip
import socket
import struct
import zlib

from tests.support import pictures
from tests.support.bad_server.server import GIVE_UP_S, Exchange, Stopped, behaviour

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
    exchange.answer(bomb(), "image/png", Content_Encoding="gzip")


@behaviour("/twice-gzipped-bomb")
def twice_gzipped_bomb(exchange: Exchange) -> None:
    exchange.answer(gzip.compress(bomb()), "image/png", Content_Encoding="gzip, gzip")


@behaviour("/says-1-gb")
def says_1_gb(exchange: Exchange) -> None:
    """Announce far too much and send none of it."""
    exchange.head(Content_Type="image/png", Content_Length=10**9)
    exchange.pause(GIVE_UP_S)


@functools.cache
def bomb() -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    megabyte = bytes(2**20)
    return b"".join(compressor.compress(megabyte) for _ in range(100)) + compressor.flush()


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
