"""Who left since a backup was made, so that bringing it back brings none of them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedpub.audience.store import Catalog
from feedpub.model import SubscriberState
from feedpub.ports.people import ConsentRow, Person
from feedpub.subscribers.states import Event, move
from feedpub.tokens import Action, Signer

_LEFT = {
    SubscriberState.UNSUBSCRIBED: Event.UNSUBSCRIBED,
    SubscriberState.BOUNCED: Event.BOUNCED,
    SubscriberState.COMPLAINED: Event.COMPLAINED,
}
_ERASED = SubscriberState.ERASED.name.lower()
_SOURCE = "before a restore"


@dataclass(frozen=True, slots=True)
class Departures:
    """What a database knows of those who want no mail.

    Attributes:
        suppressions: Hash, reason and time of each barred address.
        left: State by mailbox of those who were subscribers.
    """

    suppressions: Sequence[tuple[bytes, str, int]]
    left: Mapping[str, int]


def list_departures(catalog: Catalog) -> Departures:
    """Return who left."""
    people = catalog.people.browse([int(state) for state in _LEFT])
    return Departures(
        list(catalog.people.suppressions()),
        {person.mailbox: person.state for person in people if person.mailbox},
    )


def apply_departures(catalog: Catalog, departures: Departures, signer: Signer, now: int) -> None:
    """Let those who left be gone in a copy of the database that knows nothing of it yet.

    Args:
        catalog: Of the copy.
        departures: Of the database that it replaces.
        signer: Of the site.
        now: Seconds since the epoch.
    """
    people = catalog.people
    people.suppress(departures.suppressions)
    erased = {hash for hash, reason, _ in departures.suppressions if reason == _ERASED}
    known = list(people.browse([int(SubscriberState.PENDING), int(SubscriberState.ACTIVE)]))
    known += people.browse([int(state) for state in _LEFT])
    gone = [
        person.id
        for person in known
        if signer.hash(Action.SUPPRESSION, person.mailbox or "") in erased
    ]
    forgotten = set(gone)
    moved = [
        person._replace(state=int(state))
        for person in known
        if person.id not in forgotten and (state := _find_state(person, departures)) is not None
    ]
    people.log([ConsentRow(one, now, Event.ERASED.value, _SOURCE) for one in gone])
    people.erase(gone)
    people.update(moved)
    people.log(
        [ConsentRow(one.id, now, _LEFT[SubscriberState(one.state)].value, _SOURCE) for one in moved]
    )


def _find_state(person: Person, departures: Departures) -> SubscriberState | None:
    """Return where somebody goes who had left; None if they stay where they are."""
    left = departures.left.get(person.mailbox or "")
    if left is None or left == person.state:
        return None
    return move(SubscriberState(person.state), _LEFT[SubscriberState(left)])
