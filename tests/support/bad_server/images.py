"""Pictures that are none, or none to be taken."""

from tests.support import pictures
from tests.support.bad_server.server import Exchange, behaviour


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
