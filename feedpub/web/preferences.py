"""The one page on which a subscriber chooses everything."""

from flask import Response, request

from feedpub.errors import AddressError, CategoryError
from feedpub.links import unsubscribe_url
from feedpub.model import Choice, Frequency, Subscriber, SubscriberState
from feedpub.tokens import Action
from feedpub.web.choosing import read_choice
from feedpub.web.desk import Desk

_SOURCE = "page"
_MAX_ADDRESS = 320


def answer_preferences(desk: Desk) -> Response:
    """Show the page, or do what one of its forms asks for."""
    desk.person = person = desk.audience.find(Action.PREFERENCES, desk.token)
    if person.state != SubscriberState.ACTIVE:
        return desk.page("stranger")
    if request.method != "POST":
        return _show(desk, person)
    match desk.asked:
        case "save":
            return _save(desk, person)
        case "address":
            return _request_address(desk, person)
        case "export":
            desk.audience.request_link(person.id, Action.EXPORT)
            return _show(desk, person, done="export")
        case "erase":
            desk.audience.request_link(person.id, Action.ERASE)
            return _show(desk, person, done="erase")
        case "unsubscribe":
            desk.audience.unsubscribe(person.id, source=_SOURCE, network=desk.network, goodbye=True)
            # To undo it takes the link of unsubscribing, which may do less than this one.
            undo = unsubscribe_url("../", desk.setup.signer.sign(Action.UNSUBSCRIBE, person.id))
            return desk.page("unsubscribed", can_undo=False, undo=undo, rarer=())
    return desk.error("form", 400)


def _show(
    desk: Desk,
    person: Subscriber,
    status: int = 200,
    *,
    done: str = "",
    fault: str = "",
    choice: Choice | None = None,
    everything: bool | None = None,
    typed: str = "",
) -> Response:
    audience, setup = desk.audience, desk.setup
    chosen = person.choice if choice is None else choice
    frequency = person.frequency
    if frequency not in audience.frequencies:
        frequency = audience.default_frequency
    return desk.page(
        "preferences",
        status,
        done=done,
        fault=fault,
        everything=not chosen if everything is None else everything,
        tree=setup.pages.grow(audience.list_categories(), chosen),
        frequencies=audience.frequencies,
        frequency=frequency,
        languages=setup.pages.languages,
        spoken=_language(desk, person),
        paused=person.paused,
        typed=typed,
    )


def _language(desk: Desk, person: Subscriber) -> str:
    tags = [tag for tag, _ in desk.setup.pages.languages]
    return person.language if person.language in tags else tags[0]


def _save(desk: Desk, person: Subscriber) -> Response:
    folders = request.form.getlist("category") if request.form.get("scope") == "some" else []
    if not folders and request.form.get("scope") == "some":
        return _show(desk, person, 422, fault="nothing", choice=(), everything=False)
    try:
        choice = read_choice(desk.audience, folders)
    except CategoryError:
        return _show(desk, person, 422, fault="category")
    desk.person = desk.audience.set_preferences(
        person.id,
        choice=choice,
        frequency=_read_frequency(desk, person),
        language=_read_language(desk, person),
        paused=request.form.get("paused") == "yes",
        source=_SOURCE,
        network=desk.network,
    )
    return _show(desk, desk.person, done="saved")


def _read_frequency(desk: Desk, person: Subscriber) -> Frequency | None:
    """Return what the form says; what holds already if it says nothing that there is."""
    written = request.form.get("frequency", "")
    if written in desk.audience.frequencies:
        return Frequency(written)
    return person.frequency


def _read_language(desk: Desk, person: Subscriber) -> str | None:
    written = request.form.get("language", "")
    return written if written in dict(desk.setup.pages.languages) else person.language


def _request_address(desk: Desk, person: Subscriber) -> Response:
    typed = request.form.get("address", "").strip()[:_MAX_ADDRESS]
    try:
        desk.audience.request_address(person.id, typed, source=_SOURCE, network=desk.network)
    except AddressError:
        return _show(desk, person, 422, fault="address", typed=typed)
    return _show(desk, person, done="address")
