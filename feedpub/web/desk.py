"""What all pages for subscribers have in common: how they are answered, signed and protected."""

import hmac
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, request

from feedpub.links import SUBSCRIBE, Place
from feedpub.model import Subscriber
from feedpub.tokens import Action
from feedpub.web.client import find_client
from feedpub.web.setup import PeopleSetup
from feedpub.web.speech import FIELD, choose_spoken


class Desk:
    """Answers one request of somebody who comes with a token, or without one to ``SUBSCRIBE``."""

    def __init__(self, setup: PeopleSetup, place: Place | str, token: str = "") -> None:
        self.setup, self.place, self.token = setup, place, token
        self.audience = setup.audience
        self.person: Subscriber | None = None

    @property
    def asked(self) -> str:
        """What the form that was sent wants done; empty if it does not come from this page."""
        wanted = request.form.get("do", "")
        given = request.form.get("form", "")
        if wanted and hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), self.sign(wanted).encode()
        ):
            return wanted
        return ""

    @property
    def network(self) -> str | None:
        """The address that the request came from, for the consent log and the limits."""
        forwarded = request.headers.get("X-Forwarded-For", "")
        return find_client(request.remote_addr, forwarded, current_app.config["PROXIES"])

    @property
    def spoken(self) -> str | None:
        """The language that the person chose, or else that of their browser; None for the site's.

        BCP 47.
        """
        chosen = self.person.language if self.person else None
        return chosen or choose_spoken(self.setup.pages)

    def now(self) -> int:
        """Return the time in seconds since the epoch."""
        return int(self.setup.clock().timestamp())

    def agreement(self) -> str:
        """Return what somebody agrees to who presses the button, in the language of the page."""
        return self.setup.pages.agreement(self.spoken)

    def other_languages(self) -> list[tuple[str, str, str]]:
        """Return tag and name of each other language of this page, and the way to it."""
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != FIELD]
        return [
            (tag, name, f"?{urlencode([*kept, (FIELD, tag)])}")
            for tag, name in self.setup.pages.list_others(self.spoken)
        ]

    def sign(self, do: str) -> str:
        """Return the proof that a form comes from this page, for one action and one token."""
        return self.setup.signer.digest(Action.FORM, f"form {self.place} {do} {self.token}")

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        """Return a page in the language of the person, if they are known."""
        person = self.person
        body = self.setup.pages.render(
            name,
            language=self.spoken,
            address=person.address if person else "",
            sign=self.sign,
            root="" if self.place == SUBSCRIBE else "../",
            around=self.setup.look(),
            **values,
        )
        return Response(body, status, content_type="text/html; charset=utf-8")

    def error(self, kind: str, status: int) -> Response:
        """Return the page that says why there is no other."""
        return self.page("error", status, kind=kind)
