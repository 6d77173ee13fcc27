"""Redirects, and answers to who asks whether anything is new."""

from urllib.parse import parse_qs, urlsplit

from tests.support.bad_server.server import Exchange, behaviour

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
