"""Errors are pages too: in the reader's language, or as JSON or text for whoever asks for that."""

import json
import logging
import traceback
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from feedpub.web.frame import REQUEST_ID
from feedpub.web.headers import Kind, mark
from feedpub.web.speech import choose_spoken

if TYPE_CHECKING:
    from feedpub.web.setup import Pages

REFUSED = "feedpub.refused"
"""Key of the WSGI environment: the status by which a server refused what it did not even read."""

_LOG = logging.getLogger("feedpub.web")

# Status to what the page tells of it; any other 4xx is the request's fault, any 5xx is ours.
_KINDS = {
    403: "origin",
    404: "missing",
    405: "method",
    413: "large",
    429: "many",
    431: "large",
    503: "busy",
}
_TYPES = ("text/html", "application/problem+json", "application/json", "text/plain")


class QuietFlask(Flask):
    """Flask that logs an unexpected error without the address of the page, which may be secret.

    Nor what the error says, in which somebody's address may stand: that is told at DEBUG only.
    """

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log an error that no view expected."""
        kind, error, trace = exc_info
        where = "".join(traceback.format_tb(trace)).rstrip()
        name = "" if kind is None else kind.__name__
        _LOG.error("request %s failed: %s\n%s", request.environ.get(REQUEST_ID), name, where)
        _LOG.debug("because: %s", error)


def add_errors(app: Flask, pages: "Pages | None", *, home: str, root: str) -> None:
    """Have an application answer errors by pages.

    Args:
        app: The application.
        pages: Renders them; None for plain text.
        home: Path of the list of feeds.
        root: Path of the folder that the style sheet is in.
    """

    def answer(error: HTTPException) -> Response:
        status = error.code or 500
        response = Response(status=status)
        mark(request.environ, Kind.ERROR)
        wanted = request.accept_mimetypes.best_match(_TYPES, _TYPES[0])
        if "json" in wanted:
            response.content_type = "application/problem+json"
            response.set_data(_describe(status))
        elif pages is None or wanted == "text/plain":
            response.content_type = "text/plain; charset=utf-8"
            response.set_data(f"{response.status.lower()}\n")
        else:
            response.content_type = "text/html; charset=utf-8"
            kind = _KINDS.get(status, "broken" if status >= 500 else "form")
            spoken = choose_spoken(pages)
            response.set_data(
                pages.render("error", language=spoken, root=root, home=home, kind=kind, sign=str)
            )
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        if status in (429, 503):
            response.headers["Retry-After"] = "60"
        response.headers["Vary"] = "Accept, Accept-Language"
        return response

    app.before_request(_refuse)
    app.register_error_handler(HTTPException, answer)


def _refuse() -> None:
    """Answer what the server has refused; nothing else looks at it."""
    if (status := request.environ.get(REFUSED)) is not None:
        abort(status)


def _describe(status: int) -> str:
    """Return an error as RFC 9457 has it."""
    title = HTTPStatus(status).phrase
    name = request.environ.get(REQUEST_ID, "")
    return json.dumps({"title": title, "status": status, "request_id": name}) + "\n"
