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

from feedpub.errors import BusyError, FeedpubError, LimitError, SubscriberError, TokenError
from feedpub.links import SUBSCRIBE, Place, preferences_url
from feedpub.model import Frequency, SubscriberState
from feedpub.tokens import Action
from feedpub.web.desk import Desk
from feedpub.web.notices import Courier
from feedpub.web.preferences import answer_preferences
from feedpub.web.setup import PeopleSetup
from feedpub.web.subscribing import answer_subscribing

if TYPE_CHECKING:
    from feedpub.model import Subscriber

_SOURCE = "page"
_RARER = {
    Frequency.DAILY: (Frequency.WEEKLY, Frequency.MONTHLY),
    Frequency.WEEKLY: (Frequency.MONTHLY,),
    Frequency.MONTHLY: (),
}
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
        return desk.error("busy", 503)
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


# Unsubscribe


def _unsubscribe(desk: Desk) -> Response:
    # RFC 8058, 3.2: the mail program sends this one field, by itself, without page or cookie.
    if request.method == "POST" and request.form.get("List-Unsubscribe") == "One-Click":
        return _take_click(desk)
    try:
        desk.person = desk.audience.find(Action.UNSUBSCRIBE, desk.token)
    except TokenError:
        if desk.setup.signer.read(Action.UNSUBSCRIBE, desk.token) is None:
            raise
        # Somebody who was erased: what they want is done already.
        return desk.page("unsubscribed", can_undo=False, undo="", rarer=())
    if request.method != "POST":
        return _ask_to_unsubscribe(desk, desk.person)
    return _change_by_link(desk, desk.person)


def _take_click(desk: Desk) -> Response:
    """Unsubscribe whoever the link is of, in one transaction: they come by the thousand."""
    subscriber = desk.setup.signer.read(Action.UNSUBSCRIBE, desk.token)
    if subscriber is None:
        raise TokenError("the link is not complete, or not from here; copy the whole of it")
    try:
        desk.audience.unsubscribe(subscriber, source="one-click", network=desk.network)
    except SubscriberError:
        if not _is_erased(desk):
            raise
    return Response("unsubscribed\n", content_type="text/plain; charset=utf-8")


def _is_erased(desk: Desk) -> bool:
    """Return whether nobody has the link any more."""
    try:
        desk.audience.find(Action.UNSUBSCRIBE, desk.token)
    except TokenError:
        return True
    return False


def _ask_to_unsubscribe(desk: Desk, person: "Subscriber") -> Response:
    if person.state == SubscriberState.UNSUBSCRIBED:
        return _show_left(desk, person)
    return desk.page("unsubscribe", rarer=_list_rarer(desk, person), can_pause=_is_mailed(person))


def _show_left(desk: Desk, person: "Subscriber") -> Response:
    can_undo = desk.audience.can_return(person.id)
    return desk.page("unsubscribed", can_undo=can_undo, undo="", rarer=_list_rarer(desk, person))


def _is_mailed(person: "Subscriber") -> bool:
    return person.state == SubscriberState.ACTIVE and not person.paused


def _list_rarer(desk: Desk, person: "Subscriber") -> tuple[Frequency, ...]:
    """Return what somebody could get less often than now, or than before they left.

    Nothing for who gets nothing, and cannot take that back.
    """
    now = person.frequency or desk.audience.default_frequency
    has_left = person.state == SubscriberState.UNSUBSCRIBED and not person.paused
    may_return = has_left and desk.audience.can_return(person.id)
    if now is None or not (may_return or _is_mailed(person)):
        return ()
    return tuple(one for one in _RARER[now] if one in desk.audience.frequencies)


def _change_by_link(desk: Desk, person: "Subscriber") -> Response:
    """Do what the link to unsubscribe allows: to end it, to get less, and to take that back."""
    asked, audience = desk.asked, desk.audience
    if asked == "unsubscribe":
        left = audience.unsubscribe(person.id, source=_SOURCE, network=desk.network, goodbye=True)
        return _show_left(desk, left)
    if asked == "undo":
        audience.resubscribe(person.id, source=_SOURCE, network=desk.network)
        return desk.page("changed", change="returned")
    rarer = _list_rarer(desk, person)
    if asked == "pause" or asked in rarer:
        if asked in rarer and person.state == SubscriberState.UNSUBSCRIBED:
            audience.resubscribe(person.id, source=_SOURCE, network=desk.network)
        audience.set_preferences(
            person.id,
            choice=person.choice,
            frequency=Frequency(asked) if asked in rarer else person.frequency,
            language=person.language,
            paused=asked == "pause",
            source=_SOURCE,
            network=desk.network,
        )
        return desk.page("changed", change="paused" if asked == "pause" else asked)
    return desk.error("form", 400)


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
    Place.UNSUBSCRIBE: _unsubscribe,
    Place.PREFERENCES: answer_preferences,
    Place.ADDRESS: _change_address,
    Place.EXPORT: _export,
    Place.ERASE: _erase,
}
