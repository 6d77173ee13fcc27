"""The web face: the published files, with everything that feed readers and caches rely on."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.http import http_date

from feedpub.web.files import Folder, PublishedFile, choose_encoding

if TYPE_CHECKING:
    from werkzeug.exceptions import HTTPException

    from feedpub.web.setup import PeopleSetup

# Same as the pages' own meta element, and what only a header can say.
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: http:;"
    " base-uri 'none'; form-action 'none'"
)
_DOCUMENT_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; sandbox"
_PLAIN = "text/plain; charset=utf-8"
_NOT_FOUND = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Not found</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>404: not found</h1>
<p>There is no such page or feed. <span lang="zh">没有这个页面或订阅源。</span></p>
<p><a href="{home}">All feeds / <span lang="zh">全部订阅</span></a></p>
</html>
"""


def create_app(folder: Path, *, prefix: str = "/", people: "PeopleSetup | None" = None) -> Flask:
    """Return the WSGI application that serves an output folder.

    Args:
        folder: Need not exist yet; files are looked up at each request.
        prefix: Path that the folder has on the site, begins and ends with ``/``.
        people: For the pages of subscribers; None where there are none.
    """
    app = Flask("feedpub.web", static_folder=None, template_folder=None)
    # ``//evil.example`` must not become a redirect to another host.
    app.url_map.merge_slashes = False
    files = Folder(folder)

    def serve(path: str = "") -> Response:
        found = files.find(path)
        if found is None:
            return _not_found(prefix)
        if isinstance(found, str):
            return _redirect(f"./{quote(path.rpartition('/')[2])}/")
        return _send(found)

    app.add_url_rule(prefix, "index", serve)
    app.add_url_rule(f"{prefix}<path:path>", "file", serve)
    if people is not None:
        from feedpub.web.people import add_people

        add_people(app, people)
    if prefix != "/":
        app.add_url_rule("/", "home", lambda: _redirect(prefix))
    app.register_error_handler(404, lambda _: _not_found(prefix))
    app.register_error_handler(405, _not_allowed)
    return app


def _send(file: PublishedFile) -> Response:
    encoding = choose_encoding(dict(request.accept_encodings), file)
    response = Response(file.encoded(encoding), content_type=file.media_type)
    # A strong tag stands for the bytes that are sent, so each coding has its own.
    response.set_etag(f"{file.etag}-{encoding}" if encoding else file.etag)
    response.headers["Last-Modified"] = http_date(file.modified)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _caching(file)
    _add_protection(response, file)
    response.make_conditional(request)
    return response


def _caching(file: PublishedFile) -> str:
    if file.is_immutable:
        return "public, max-age=31536000, immutable"
    # A minute, so that a proxy takes the load of a popular feed and news are not held up.
    return "public, max-age=60"


def _add_protection(response: Response, file: PublishedFile) -> None:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    embed = file.path.startswith("embed/")
    if file.is_page:
        # Only the embed is meant to stand in a frame of someone else's page.
        frames = "" if embed else "; frame-ancestors 'self'"
        headers["Content-Security-Policy"] = _PAGE_POLICY + frames
    else:
        headers["Content-Security-Policy"] = _DOCUMENT_POLICY
    if embed or not file.is_page:
        # Portals read feeds, pictures and the script from their own origin.
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def _redirect(location: str) -> Response:
    return Response("", 308, {"Location": location, "Cache-Control": "no-cache"})


def _not_found(prefix: str) -> Response:
    response = Response(
        _NOT_FOUND.format(home=quote(prefix)), 404, content_type="text/html; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = _PAGE_POLICY + "; frame-ancestors 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _not_allowed(error: "HTTPException") -> Response:
    methods = sorted(getattr(error, "valid_methods", None) or ("GET", "HEAD", "OPTIONS"))
    response = Response(f"only {', '.join(methods)}\n", 405, content_type=_PLAIN)
    response.headers["Allow"] = ", ".join(methods)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
