"""The link by which subscribers leave: on its page, or by one click in a mail program.

It allows no more than to get less mail, and to take that back.
"""

from typing import TYPE_CHECKING

from flask import Response, request

from feedpub.errors import SubscriberError, TokenError
from feedpub.model import Frequency, SubscriberState
from feedpub.tokens import Action
from feedpub.web.desk import Desk
from feedpub.web.guard import is_one_click

if TYPE_CHECKING:
    from feedpub.model import Subscriber

_SOURCE = "page"
_RARER = {
    Frequency.DAILY: (Frequency.WEEKLY, Frequency.MONTHLY),
    Frequency.WEEKLY: (Frequency.MONTHLY,),
    Frequency.MONTHLY: (),
}


def answer_unsubscribing(desk: Desk) -> Response:
    """Show the page, do what its forms ask for, or take the one click of a mail program."""
    if is_one_click():
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
