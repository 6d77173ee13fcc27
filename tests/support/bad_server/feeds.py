"""Feeds that are none, or none to be taken."""

import time

from tests.support.bad_server.server import Exchange, Stopped, behaviour
from tests.support.bad_server.transfers import bomb

_FEED = "<rss version='2.0'><channel><item><title>今天的新闻</title></item></channel></rss>"


@behaviour("/feed-bomb")
def feed_bomb(exchange: Exchange) -> None:
    exchange.answer(bomb(), "application/rss+xml", Content_Encoding="gzip")


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
