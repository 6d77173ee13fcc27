"""The headers of every answer, by what kind of answer it is; one hook adds them.

https://owasp.org/www-project-secure-headers/
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

KIND = "feedpub.kind"
"""Key of the WSGI environment under which a view leaves the kind of its answer."""

_MINUTE = "public, max-age=60"  # so that a proxy takes the load of a popular feed; news go on
_FOR_EVER = "public, max-age=31536000, immutable"
_NOTHING_RUNS = "default-src 'none'; style-src 'self'; img-src 'self'"
_PAGE = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: http:;"
    " base-uri 'none'; form-action 'none'"
)
_REFERRER = ("Referrer-Policy", "strict-origin-when-cross-origin")
# Portals read feeds, pictures and the script from their own origin.
_FOR_ALL = (
    ("Access-Control-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)


class Kind(Enum):
    """What an answer is, as far as its headers go."""

    PERSONAL = "what one person is meant to see, or a form; whatever has no other kind"
    PAGE = "a published page"
    EMBED = "a published page that is made for the frames of other sites"
    DOCUMENT = "a feed, a script or anything else that is published"
    LASTING = "a document whose name changes with its content"
    ERROR = "the page that stands in the place of another"
    REPORT = "what a machine asks about the server"
    REDIRECT = "the way to another address"


def _policy(text: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        ("Content-Security-Policy", text),
        ("X-Content-Type-Options", "nosniff"),
        *more,
    ]


_SECRET = (
    # The address of the page is a secret of its reader.
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_DOCUMENT = f"{_NOTHING_RUNS}; sandbox"

HEADERS: Mapping[Kind, list[tuple[str, str]]] = {
    # No script, no frame, no other host, and no form that leads elsewhere.
    Kind.PERSONAL: _policy(
        f"{_NOTHING_RUNS}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", *_SECRET
    ),
    Kind.ERROR: _policy(
        f"{_NOTHING_RUNS}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'", *_SECRET
    ),
    Kind.PAGE: _policy(f"{_PAGE}; frame-ancestors 'self'", _REFERRER, ("Cache-Control", _MINUTE)),
    # The page's own policy says more, and knows the address of the feeds: in a frame with a
    # sandbox, which has no origin, 'self' may be nobody.
    Kind.EMBED: _policy(
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors *",
        _REFERRER,
        ("Cache-Control", _MINUTE),
        *_FOR_ALL,
    ),
    Kind.DOCUMENT: _policy(_DOCUMENT, _REFERRER, ("Cache-Control", _MINUTE), *_FOR_ALL),
    Kind.LASTING: _policy(_DOCUMENT, _REFERRER, ("Cache-Control", _FOR_EVER), *_FOR_ALL),
    Kind.REPORT: _policy("default-src 'none'; sandbox", ("Cache-Control", "no-store")),
    Kind.REDIRECT: _policy("default-src 'none'", _REFERRER, ("Cache-Control", "no-cache")),
}
"""Added to each answer of a kind; an answer brings none of them itself."""


def mark(environ: dict[str, Any], kind: Kind) -> None:
    """Say of what kind the answer to a request is.

    Args:
        environ: Of WSGI, such as Flask's ``request.environ``.
        kind: PERSONAL, which is the strictest, where nobody says anything.
    """
    environ[KIND] = kind
