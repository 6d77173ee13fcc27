"""The form for strangers, and the pages behind the links of a mail: confirm, unsubscribe and so on.

GET, HEAD and OPTIONS change nothing, since programs that look for malware follow every link;
a button does, by POST. There is no cookie: the token in the address says who is meant, and each
form carries a proof that it was made for this token and this action.
"""

import json
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from feedpub.errors import (
    BusyError,
    FeedpubError,
    LimitError,
    StoreOutageError,
    SubscriberError,
    TokenError,
)
from feedpub.links import SUBSCRIBE, Place, preferences_url
from feedpub.tokens import Action
from feedpub.web.desk import Desk
from feedpub.web.notices import Courier
from feedpub.web.preferences import answer_preferences
from feedpub.web.setup import PeopleSetup
from feedpub.web.subscribing import answer_subscribing
from feedpub.web.unsubscribing import answer_unsubscribing

if TYPE_CHECKING:
    from feedpub.model import Subscriber

_SOURCE = "page"
_WAIT_S = 60
_LOG = logging.getLogger("feedpub.web")


class TokenConverter(BaseConverter):
    """What may be a token; longer than any name of a feed's file, which could lie beside it."""

    regex = r"[A-Za-z0-9_.=-]{12,400}"


def add_people(app: Flask, setup: PeopleSetup) -> None:
    """Add the pages to an application."""
    app.url_map.converters["token"] = TokenConverter
    courier = Courier(setup.deliver_notices)
    for place, answer in _ANSWERS.items():
        app.add_url_rule(
            f"{setup.path}{place}/<token:token>",
            f"people-{place.name.lower()}",
            partial(_answer, setup, courier, place, answer),
            methods=["GET", "POST"],
        )
    app.add_url_rule(
        f"{setup.path}{SUBSCRIBE}",
        f"people-{SUBSCRIBE}",
        partial(_answer, setup, courier, SUBSCRIBE, answer_subscribing),
        methods=["GET", "POST"],
    )


def _answer(
    setup: PeopleSetup,
    courier: Courier,
    place: Place | str,
    answer: Callable[[Desk], Response],
    token: str = "",
) -> Response:
    desk = Desk(setup, place, token)
    try:
        response = answer(desk)
    except TokenError as error:
        return _refuse_token(desk, error)
    except SubscriberError:
        return desk.error("taken", 409)
    except LimitError as error:
        response = desk.error("many", 429)
        response.headers["Retry-After"] = str(error.retry_s)
        return response
    except BusyError:
        return _put_off(desk, "busy")
    except StoreOutageError as error:
        _LOG.error("the page %s cannot be answered without the database: %s", place, error.remedy)
        return _put_off(desk, "broken")
    except HTTPException as error:
        return desk.error("large" if error.code == 413 else "form", error.code or 400)
    except FeedpubError:
        # Without the text of the error: it may name an address.
        _LOG.error("the page %s could not be answered", place)
        _LOG.debug("because", exc_info=True)
        return desk.error("broken", 500)
    if request.method == "POST":
        courier.wake()
    return response


def _put_off(desk: Desk, kind: str) -> Response:
    response = desk.error(kind, 503)
    response.headers["Retry-After"] = str(_WAIT_S)
    return response


def _refuse_token(desk: Desk, error: TokenError) -> Response:
    if error.expired:
        return desk.page("expired", 410, renew=desk.place == Place.CONFIRM)
    return desk.error("link", 404)


# Confirm


def _confirm(desk: Desk) -> Response:
    audience = desk.audience
    if request.method == "POST" and desk.asked == "renew":
        audience.renew(desk.token, network=desk.network)
        return desk.page("asked", first=False)
    desk.person = audience.find(Action.CONFIRM, desk.token)
    if request.method != "POST":
        return desk.page("confirm")
    if desk.asked != "confirm":
        return desk.error("form", 400)
    desk.person = audience.confirm(desk.token, source=_SOURCE, network=desk.network)
    return desk.page("confirmed", preferences=_link_preferences(desk, desk.person))


def _link_preferences(desk: Desk, person: "Subscriber") -> str:
    return preferences_url("../", desk.setup.signer.sign(Action.PREFERENCES, person.id))


# Links that are mailed on request


def _change_address(desk: Desk) -> Response:
    desk.person = desk.audience.find(Action.ADDRESS, desk.token)
    if request.method != "POST":
        return desk.page("address", done=False)
    if desk.asked != "address":
        return desk.error("form", 400)
    desk.person = desk.audience.change_address(desk.token, source=_SOURCE)
    return desk.page("address", done=True)


def _export(desk: Desk) -> Response:
    desk.person = person = desk.audience.find(Action.EXPORT, desk.token)
    if request.method != "POST":
        return desk.page("export")
    if desk.asked != "export":
        return desk.error("form", 400)
    text = json.dumps(desk.audience.export(person.id), ensure_ascii=False, indent=2)
    response = Response(f"{text}\n", content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="newsletter.json"'
    return response


def _erase(desk: Desk) -> Response:
    desk.person = person = desk.audience.find(Action.ERASE, desk.token)
    if request.method != "POST":
        return desk.page("erase")
    if desk.asked != "erase":
        return desk.error("form", 400)
    desk.audience.forget(person.id, source=_SOURCE)
    return desk.page("erased")


_ANSWERS: Mapping[Place, Callable[[Desk], Response]] = {
    Place.CONFIRM: _confirm,
    Place.UNSUBSCRIBE: answer_unsubscribing,
    Place.PREFERENCES: answer_preferences,
    Place.ADDRESS: _change_address,
    Place.EXPORT: _export,
    Place.ERASE: _erase,
}
