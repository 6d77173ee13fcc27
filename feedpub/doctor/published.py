"""What the server of the published files has to say, so that pages of others can show them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from feedpub.doctor.findings import Finding, fail, ok, warn
from feedpub.errors import FetchError


class Document(NamedTuple):
    """What a server answered.

    Attributes:
        url: Where it came from at last.
        headers: Names in lower case.
        body: All of it.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """In lower case, without parameters; empty if there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the published files, for all of its kind.

    Attributes:
        about: What it is called.
        path: Below the folder.
        media_types: That browsers and readers take; the first is the best.
        is_shared: Whether pages of other sites read it by script.
        is_framed: Whether they show it in an iframe.
    """

    about: str
    path: str
    media_types: tuple[str, ...]
    is_shared: bool = True
    is_framed: bool = False


FEEDS = (
    Kind("RSS", "all/rss.xml", ("application/xml", "application/rss+xml", "text/xml")),
    Kind("JSON Feed", "all/feed.json", ("application/feed+json", "application/json")),
)
EMBEDS = (
    Kind("script", "embed/feedpub-feed.v1.js", ("application/javascript", "text/javascript")),
    Kind("frame", "embed/all.frame.html", ("text/html",), is_shared=False, is_framed=True),
)


class Published:
    """Examines the published files as browsers get them; made by ``feedpub.wiring``."""

    def __init__(self, base: str, get: Callable[[str], Document], *, embeds: bool = True) -> None:
        """Prepare.

        Args:
            base: Where the folder is served; ends with ``/``.
            get: Fetches a document as a page of another origin does; raises ``FetchError``.
            embeds: Whether there are any.
        """
        self._base, self._get = base, get
        self._kinds = FEEDS + EMBEDS * embeds

    def examine(self) -> Iterator[Finding]:
        """Yield what is found, one after the other."""
        if urlsplit(self._base).scheme != "https":
            yield warn(
                "https",
                f"{self._base} is not encrypted: pages on https may not load anything from there",
                'serve it with a certificate, and set url = "https://..." in [site]',
            )
        for kind in self._kinds:
            try:
                document = self._get(self._base + kind.path)
            except FetchError as error:
                yield fail(kind.about, f"{self._base}{kind.path} cannot be had", str(error))
                continue
            found = list(_examine(kind, document))
            yield from found or [ok(kind.about, f"{document.url} is served as it should be")]


def _examine(kind: Kind, document: Document) -> Iterator[Finding]:
    headers = document.headers
    if document.media_type not in kind.media_types:
        yield fail(
            kind.about,
            f"{document.url} is said to be {document.media_type or 'of no type'}",
            _write_type(kind, headers),
        )
    if kind.is_shared and headers.get("access-control-allow-origin") != "*":
        yield fail(
            kind.about,
            f"pages of other sites may not read {document.url}",
            _write_header("Access-Control-Allow-Origin", "*", headers),
        )
    if headers.get("x-content-type-options", "").lower() != "nosniff":
        yield warn(
            kind.about,
            f"browsers may take {document.url} for something else",
            _write_header("X-Content-Type-Options", "nosniff", headers),
        )
    yield from _examine_caching(kind, document)
    if kind.is_framed:
        yield from _examine_frame(kind, document)
    if document.media_type.endswith("json"):
        yield from _examine_pictures(kind, document)


def _examine_caching(kind: Kind, document: Document) -> Iterator[Finding]:
    headers = document.headers
    if "no-store" in headers.get("cache-control", ""):
        remedy = _write_header("Cache-Control", "public, max-age=60", headers)
        yield warn(kind.about, f"nobody may keep {document.url}, all fetch it anew", remedy)
    elif not headers.get("etag") and not headers.get("last-modified"):
        yield warn(
            kind.about,
            f"{document.url} has no ETag and no Last-Modified, all fetch it anew",
            "let the web server send one; nginx and Caddy do so for files on their disk",
        )


def _examine_frame(kind: Kind, document: Document) -> Iterator[Finding]:
    headers = document.headers
    if "x-frame-options" in headers:
        yield fail(
            kind.about,
            f"X-Frame-Options forbids other sites to show {document.url}",
            _choose("proxy_hide_header X-Frame-Options;", "header -X-Frame-Options", headers)
            + ", and no add_header of it in /feeds/embed/",
        )
    allowed = _find_ancestors(headers.get("content-security-policy", ""))
    if allowed is not None and not {"*", "https:"} & set(allowed):
        yield warn(
            kind.about,
            f"only {' '.join(allowed) or 'nobody'} may show {document.url} in a frame",
            "leave frame-ancestors out of the Content-Security-Policy of /feeds/embed/, "
            "or name in it whoever may",
        )


def _find_ancestors(policy: str) -> list[str] | None:
    """Return who may frame a page, None if nothing is said about it."""
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        if name.lower() == "frame-ancestors":
            return sources
    return None


def _examine_pictures(kind: Kind, document: Document) -> Iterator[Finding]:
    """Look for what a page on https would refuse to load, or load with a warning."""
    try:
        items = json.loads(document.body)["items"]
        pictures = [item.get("image") or "" for item in items]
    except (ValueError, LookupError, TypeError, AttributeError):
        yield fail(
            kind.about, f"{document.url} holds no JSON Feed", "publish the folder of feedpub build"
        )
        return
    mixed = sum(picture.startswith("http:") for picture in pictures)
    if mixed and urlsplit(document.url).scheme == "https":
        yield fail(
            kind.about,
            f"{mixed} of {len(pictures)} pictures in {document.url} are not encrypted",
            'set url = "https://..." in [site] and build again',
        )


def _write_header(name: str, value: str, headers: Mapping[str, str]) -> str:
    quoted = f'"{value}"' if " " in value else value
    return _choose(f"add_header {name} {quoted};", f"header {name} {quoted}", headers)


def _write_type(kind: Kind, headers: Mapping[str, str]) -> str:
    name, best = kind.path.rpartition("/")[2], kind.media_types[0]
    end = name.rpartition(".")[2]
    return _choose(
        rf"location ~ \.{end}$ {{ types {{ }} default_type {best}; }}",
        f"header *.{end} Content-Type {best}",
        headers,
    )


def _choose(nginx: str, caddy: str, headers: Mapping[str, str]) -> str:
    """Return the line for the server that answered, for both if it says nothing of itself."""
    server = headers.get("server", "").lower()
    if "nginx" in server:
        return f"nginx, for /feeds/: {nginx}"
    if "caddy" in server:
        return f"Caddy, for /feeds/: {caddy}"
    return f"nginx, for /feeds/: {nginx} Caddy: {caddy}"
