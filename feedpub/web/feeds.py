"""The application: what is published, the pages for subscribers, and what both stand in."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from feedpub.web.client import Networks
from feedpub.web.errors import QuietFlask, add_errors
from feedpub.web.files import Folder
from feedpub.web.frame import Frame, Tally
from feedpub.web.headers import Kind, mark
from feedpub.web.static import AT_HAND, FileServer

if TYPE_CHECKING:
    from feedpub.web.setup import Asset, Pages, PeopleSetup, Vitals

_MAX_FORM_BYTES = 256 * 1024


def create_app(
    folder: Path,
    *,
    prefix: str = "/",
    pages: "Pages | None" = None,
    people: "PeopleSetup | None" = None,
    vitals: "Vitals | None" = None,
    proxies: Networks = (),
    watchers: Networks = (),
) -> Flask:
    """Return the WSGI application that serves an output folder.

    Args:
        folder: Need not exist yet; files are looked up at each request.
        prefix: Path that the folder has on the site, begins and ends with ``/``.
        pages: Renders errors; those of ``people`` if None, and plain text without any.
        people: For the pages of subscribers; None where there are none.
        vitals: What the site says of itself; None where nobody asks.
        proxies: Networks of proxies that are believed when they say who asks, besides this machine.
        watchers: Networks that may read ``/metrics``, besides this machine.
    """
    app = _make_flask(proxies)
    files, tally = Folder(folder), Tally()
    _add_folder(app, files, prefix)
    root = prefix if people is None else people.path
    if pages is None and people is not None:
        pages = people.pages
    if pages is not None:
        for asset in (pages.style, pages.icon):
            app.add_url_rule(f"{root}{asset.name}", asset.name, partial(_send_asset, asset))
    add_errors(app, pages, home=prefix, root=root)
    if people is not None:
        from feedpub.web.guard import add_guard
        from feedpub.web.people import add_people

        add_guard(app, people.origin)
        add_people(app, people)
    if vitals is not None:
        from feedpub.web.reports import add_reports

        add_reports(app, vitals, tally, watchers=watchers, proxies=proxies)
    # What is published is answered before Flask looks at it, and what goes around is around both.
    server = FileServer(app.wsgi_app, files, prefix)
    app.extensions[AT_HAND] = server.find_at_hand
    app.wsgi_app = Frame(server, tally, proxies)  # type: ignore[method-assign] # how Flask is wrapped
    return app


def _make_flask(proxies: Networks) -> Flask:
    app = QuietFlask("feedpub.web", static_folder=None, template_folder=None)
    app.config["PROXIES"] = proxies
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = _MAX_FORM_BYTES
    # ``//evil.example`` must not become a redirect to another host.
    app.url_map.merge_slashes = False
    return app


def _add_folder(app: Flask, files: Folder, prefix: str) -> None:
    find_folder = partial(_find_folder, files)
    app.add_url_rule(prefix, "index", find_folder)
    app.add_url_rule(f"{prefix}<path:path>", "file", find_folder)
    if prefix != "/":
        # The second would be Flask's own, with the host and scheme that it believes to have.
        for short, name in (("/", "home"), (prefix.rstrip("/"), "short")):
            app.add_url_rule(short, name, lambda: _redirect(prefix))


def _find_folder(files: Folder, path: str = "") -> Response:
    """Answer what ``FileServer`` left: there is no such file, but there may be such a folder."""
    if files.has_index(path):
        return _redirect(f"./{quote(path.rpartition('/')[2])}/")
    raise NotFound


def _redirect(location: str) -> Response:
    mark(request.environ, Kind.REDIRECT)
    return Response("", 308, {"Location": location})


def _send_asset(asset: "Asset") -> Response:
    """Return a file that the pages refer to; another content has another name."""
    mark(request.environ, Kind.LASTING)
    return Response(asset.data, content_type=asset.media_type)
