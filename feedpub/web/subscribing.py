"""The form by which strangers ask for the newsletter, and what becomes of it.

Nobody learns by it who is subscribed: whatever the address, the same page says to look into the
mailbox, and what else there is to say is mailed there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Response, request

from feedpub.errors import AddressError, CategoryError, LimitError
from feedpub.links import SUBSCRIBE
from feedpub.model import Choice, Frequency
from feedpub.web.choosing import read_choice
from feedpub.web.desk import Desk
from feedpub.web.stamps import Age, judge_stamp, make_stamp

_SOURCE = "form"
_TRAP = "subject"
_MAX_ADDRESS = 320
_STATUS = {"many": 429}


@dataclass(frozen=True, slots=True)
class _Filled:
    """What somebody filled in, and what is wrong with it.

    Attributes:
        fault: Name of a message; empty if nothing is.
        folders: Of the categories that are ticked.
        values: Of the other fields.
        stamp: That the form keeps; empty for a new one.
    """

    fault: str = ""
    folders: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)
    stamp: str = ""


def answer_subscribing(desk: Desk) -> Response:
    """Show the form, or take it."""
    if request.method != "POST":
        return _show(desk, _Filled(folders=frozenset(request.args.getlist("category"))))
    if request.form.get(_TRAP):
        # A program filled in what people do not see. It is told what everybody is told.
        return desk.page("asked", first=True)
    stamp = request.form.get("stamp", "")
    age = judge_stamp(desk.setup.signer, stamp, desk.now())
    if age is not Age.FINE:
        # Who was fast need not wait again: their stamp grows older with them.
        return _refuse(desk, age.value, stamp if age is Age.FAST else "")
    return _subscribe(desk, stamp)


def _subscribe(desk: Desk, stamp: str) -> Response:
    typed = _typed("address")
    if not typed:
        return _refuse(desk, "empty", stamp)
    try:
        choice = read_choice(desk.audience, request.form.getlist("category"))
        _ask(desk, typed, choice)
    except AddressError:
        return _refuse(desk, "address", stamp)
    except CategoryError:
        return _refuse(desk, "category", stamp)
    except LimitError as error:
        response = _refuse(desk, "many", stamp)
        response.headers["Retry-After"] = str(error.retry_s)
        return response
    return desk.page("asked", first=True)


def _ask(desk: Desk, typed: str, choice: Choice) -> None:
    frequency, language = _typed("frequency"), _typed("language")
    wording = desk.agreement()
    desk.audience.subscribe(
        typed,
        choice=choice,
        frequency=Frequency(frequency) if frequency in desk.audience.frequencies else None,
        language=language if language in dict(desk.setup.pages.languages) else None,
        source=_SOURCE,
        wording=wording,
        version=sha256(wording.encode()).hexdigest()[:8],
        network=desk.network,
    )


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:_MAX_ADDRESS]


def _refuse(desk: Desk, fault: str, stamp: str = "") -> Response:
    """Show the form as it was filled in, with what to do about it."""
    values = {name: _typed(name) for name in ("address", "frequency", "language")}
    ticked = frozenset(request.form.getlist("category"))
    return _show(desk, _Filled(fault, ticked, values, stamp))


def _show(desk: Desk, filled: _Filled) -> Response:
    audience, setup = desk.audience, desk.setup
    known = audience.list_categories()
    chosen = tuple(one.id for one in known if one.folder in filled.folders)
    return desk.page(
        SUBSCRIBE,
        _STATUS.get(filled.fault, 422) if filled.fault else 200,
        fault=filled.fault,
        typed=filled.values.get("address", ""),
        tree=setup.pages.grow(known, chosen),
        many=len(known),
        chosen=bool(chosen),
        agreement=desk.agreement(),
        stamp=filled.stamp or make_stamp(setup.signer, desk.now()),
        trap=_TRAP,
        others=desk.other_languages(),
        **_offer(desk, filled.values),
    )


def _offer(desk: Desk, values: Mapping[str, str]) -> dict[str, Any]:
    """Return what there is to choose besides categories, and what is chosen of it."""
    audience, pages = desk.audience, desk.setup.pages
    frequency, language = values.get("frequency", ""), values.get("language", "")
    tags = [tag for tag, _ in pages.languages]
    spoken = desk.spoken if desk.spoken in tags else tags[0]
    return {
        "frequencies": audience.frequencies,
        "frequency": frequency if frequency in audience.frequencies else audience.default_frequency,
        "languages": pages.languages,
        "speaks": language if language in tags else spoken,
    }
