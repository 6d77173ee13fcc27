"""Answers as they should be."""

import gzip

from tests.support import pictures
from tests.support.bad_server.server import Exchange, Stopped, behaviour


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
