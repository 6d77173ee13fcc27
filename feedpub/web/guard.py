"""Forms are taken from our own pages only."""

from flask import Flask, request
from werkzeug.exceptions import Forbidden

_OURS = ("same-origin", "none")


def add_guard(app: Flask, origin: str) -> None:
    """Have an application refuse forms that a page of somebody else's site sends.

    Args:
        app: The application.
        origin: Of the pages for subscribers, such as ``https://news.example``.
    """

    def check() -> None:
        if request.method != "POST" or _is_ours(origin):
            return
        if not (request.endpoint == "people-unsubscribe" and is_one_click()):
            raise Forbidden

    app.before_request(check)


def is_one_click() -> bool:
    """Return whether a mail program sends the request, which has no page and so no origin.

    It sends this one field, by itself (RFC 8058, 3.2).
    """
    return request.method == "POST" and request.form.get("List-Unsubscribe") == "One-Click"


def _is_ours(origin: str) -> bool:
    """Return whether the browser says that the form is from here, or says nothing of it.

    Every form carries a proof of its own besides; see ``Desk.sign``.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in _OURS
    given = request.headers.get("Origin")
    # A page that sends no Referer has no Origin either: "null". That is what ours are like where
    # there is no HTTPS, without which there is no Sec-Fetch-Site.
    if given in (None, "null"):
        return True
    return given in (origin, f"https://{request.host}", f"http://{request.host}")
