"""What all pages for subscribers have in common: how they are answered, signed and protected."""

import hmac
from ipaddress import ip_address

from flask import Response, request

from feedpub.links import Place
from feedpub.model import Subscriber
from feedpub.tokens import Action
from feedpub.web.setup import Asset, PeopleSetup

# No script, no frame, no other host, and no form that leads elsewhere.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class Desk:
    """Answers one request of somebody who comes with a token."""

    def __init__(self, setup: PeopleSetup, place: Place, token: str) -> None:
        self.setup, self.place, self.token = setup, place, token
        self.audience = setup.audience
        self.person: Subscriber | None = None

    @property
    def asked(self) -> str:
        """What the form that was sent wants done; empty if it does not come from this page."""
        wanted = request.form.get("do", "")
        given = request.form.get("form", "")
        if wanted and hmac.compare_digest(given.encode(), self.sign(wanted).encode()):
            return wanted
        return ""

    @property
    def network(self) -> str | None:
        """The address that the request came from, for the consent log and the limits."""
        return find_client(request.remote_addr, request.headers.get("X-Forwarded-For", ""))

    def sign(self, do: str) -> str:
        """Return the proof that a form comes from this page, for one action and one token."""
        return self.setup.signer.digest(Action.FORM, f"form {self.place} {do} {self.token}")

    def page(self, name: str, status: int = 200, **values: object) -> Response:
        """Return a page in the language of the person, if they are known."""
        person = self.person
        body = self.setup.pages.render(
            name,
            language=person.language if person else None,
            address=person.address if person else "",
            sign=self.sign,
            **values,
        )
        return protect(Response(body, status, content_type="text/html; charset=utf-8"))

    def error(self, kind: str, status: int) -> Response:
        """Return the page that says why there is no other."""
        return self.page("error", status, kind=kind)


def protect(response: Response) -> Response:
    """Add the headers of everything that only one person is meant to see."""
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    # The address of the page is a secret of its reader.
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cache-Control"] = "no-store"
    headers["X-Robots-Tag"] = "noindex"
    return response


def send_asset(asset: Asset) -> Response:
    """Return a file that the pages refer to; another content has another name."""
    response = Response(asset.data, content_type=asset.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def find_client(peer: str | None, forwarded: str) -> str | None:
    """Return who is asking.

    Args:
        peer: The other end of the connection.
        forwarded: ``X-Forwarded-For``. Only a proxy on this machine is believed, and of what it
            says only the last address, for the client may have written those before.
    """
    if peer is None:
        return None
    try:
        if not ip_address(peer).is_loopback:
            return peer
        return str(ip_address(forwarded.rpartition(",")[2].strip()))
    except ValueError:
        return peer
