"""What all that is done about subscribers has in common, within one transaction."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from feedpub.audience.setup import AudienceSetup
from feedpub.audience.store import Catalog
from feedpub.catalog.categories import CategoryTree
from feedpub.errors import SubscriberError
from feedpub.model import (
    Choice,
    DeliveryState,
    Frequency,
    NoticeKind,
    Subscriber,
    SubscriberState,
)
from feedpub.model.instants import to_instant
from feedpub.ports.people import ConsentRow, NoticeRow, Person
from feedpub.subscribers.addresses import Address
from feedpub.subscribers.notices import COMPLAINED, may_mail
from feedpub.subscribers.states import Change, Event, move
from feedpub.subscribers.windows import (
    since_after_change,
    since_after_pause,
    since_after_return,
)
from feedpub.tokens import Action


class Desk:
    """The rows of one transaction, and the rules for changing them.

    Attributes:
        setup: Of the site.
        people: The rows.
        now: Seconds since the epoch.
    """

    def __init__(self, setup: AudienceSetup, catalog: Catalog) -> None:
        self.setup = setup
        self.people = catalog.people
        self.now = setup.now()
        self._catalog = catalog

    @cached_property
    def tree(self) -> CategoryTree:
        """What can be chosen."""
        return self._catalog.shelves.load_tree()

    # Finding

    def get(self, subscriber: int) -> Person:
        """Return somebody who was not erased.

        Raises:
            SubscriberError: There is no such subscriber.
        """
        person = self.people.get(subscriber)
        if person is None or person.address is None:
            raise SubscriberError("there is no such subscriber; they may have been forgotten")
        return person

    def find(self, mailbox: str) -> Person | None:
        """Return whoever has a mailbox."""
        return self.people.find([mailbox]).get(mailbox)

    def effective(self, frequency: str | None) -> Frequency | None:
        """Return the digest that somebody gets who chose a frequency, or none."""
        known = {one.value: one for one in self.setup.frequencies}
        return known.get(frequency or "", self.setup.default_frequency)

    def own_frequency(self, person: Person) -> Frequency | None:
        """Return the frequency that somebody chose; None if they left that to the site."""
        return None if person.frequency is None else Frequency(person.frequency)

    def last_end(self, frequency: Frequency | None) -> int | None:
        """Return the end of the last issue of a frequency."""
        return None if frequency is None else self.people.last_end(frequency.value)

    # Suppression

    def hash(self, mailbox: str) -> bytes:
        """Return what the list of suppressed addresses knows a mailbox by."""
        return self.setup.signer.hash(Action.SUPPRESSION, mailbox)

    def suppressed(self, mailbox: str) -> str | None:
        """Return why a mailbox is never mailed; None if it may be."""
        hash = self.hash(mailbox)
        return self.people.suppressed([hash]).get(hash)

    def suppress(self, mailbox: str, state: SubscriberState) -> bool:
        """Bar a mailbox, for good unless its owner comes back; return whether that is new."""
        reason, before = state.name.lower(), self.suppressed(mailbox)
        # A complaint outranks whatever barred it before, and is not outranked.
        if before is None or reason == COMPLAINED != before:
            self.people.lift(self.hash(mailbox))
            self.people.suppress([(self.hash(mailbox), reason, self.now)])
        return before is None

    # Changing

    def add(self, address: Address, **wish: Any) -> Person:
        """Return a new row, pending, with some fields."""
        row, state = self.people.next_id(), int(SubscriberState.PENDING)
        person = Person(row, address.text, address.mailbox, state, self.now)._replace(**wish)
        self.people.insert([person])
        return person

    def save(self, person: Person) -> Person:
        """Keep a changed row."""
        self.people.update([person])
        return person

    def shift(self, person: Person, event: Event) -> Person:
        """Return somebody where an event leads them; not kept yet.

        Raises:
            SubscriberError: It cannot happen to them.
        """
        state = move(SubscriberState(person.state), event)
        if state is None:
            stands = SubscriberState(person.state).name.lower()
            raise SubscriberError(f"a subscriber who is {stands} cannot be {event}")
        return person._replace(state=int(state))

    def activate(self, person: Person, event: Event) -> Person:
        """Return somebody as an active subscriber who is owed the issue under way; not kept yet.

        Raises:
            SubscriberError: They cannot become one by that.
        """
        active = self.shift(person, event)
        if person.state == SubscriberState.ACTIVE:
            return active
        since = since_after_return(
            received=self.people.last_received(person.id),
            next_start=self.last_end(self.effective(active.frequency)),
        )
        return active._replace(confirmed=self.now, since=since, paused=False)

    def set_frequency(self, person: Person, frequency: Frequency | None, *, source: str) -> Person:
        """Return somebody with another frequency, owed what they have not got; not kept yet."""
        old, new = self.effective(person.frequency), self.effective(frequency)
        if old == new or person.state != SubscriberState.ACTIVE:
            return person._replace(frequency=frequency)
        since = person.since
        if person.paused:  # so far under the old frequency, from here on under the new one
            since = self._since_after_pause(person)
            self.log(person.id, Change.PAUSED, source=source)
        since = since_after_change(
            since,
            last_end=self.last_end(old),
            joined=person.confirmed or person.created,
            next_start=self.last_end(new),
        )
        return person._replace(frequency=frequency, since=since)

    def set_paused(self, person: Person, paused: bool, *, source: str) -> Person:
        """Return somebody who pauses or goes on; not kept yet."""
        if paused == person.paused:
            return person
        self.log(person.id, Change.PAUSED if paused else Change.RESUMED, source=source)
        since = person.since if paused else self._since_after_pause(person)
        return person._replace(paused=paused, since=since)

    def _since_after_pause(self, person: Person) -> int | None:
        return since_after_pause(
            person.since,
            paused=self.people.last_event(person.id, Change.PAUSED) or 0,
            last_end=self.last_end(self.effective(person.frequency)),
        )

    def log(
        self,
        subscriber: int,
        event: Event | Change,
        *,
        source: str,
        wording: str = "",
        version: str = "",
        network: str | None = None,
        details: str = "",
    ) -> None:
        """Add a line to the consent log."""
        row = ConsentRow(
            subscriber, self.now, event.value, source, wording, version, network, details
        )
        self.people.log([row])

    def notify(
        self, person: Person, kind: NoticeKind, *, details: str = "", suppressed: str | None = None
    ) -> None:
        """Have a mail sent to somebody; one that must not be sent is noted all the same.

        So it takes as long, and nobody learns by that where an address stands.
        """
        allowed = may_mail(kind, SubscriberState(person.state), suppressed)
        state = DeliveryState.QUEUED if allowed else DeliveryState.SKIPPED
        row = NoticeRow(0, person.id, kind.value, details, int(state), self.now)
        self.people.add_notices([row])


def write_wish(choice: Choice, frequency: str | None, language: str | None) -> str:
    """Return preferences as JSON, for the log, and for a notice until it is confirmed."""
    wish = {"choice": list(choice), "frequency": frequency, "language": language}
    return json.dumps({key: value for key, value in wish.items() if value})


def read_wish(text: str) -> tuple[Choice, str | None, str | None]:
    """Return the choice, frequency and language that ``write_wish`` wrote."""
    wish = json.loads(text or "{}")
    return tuple(wish.get("choice", ())), wish.get("frequency"), wish.get("language")


def make_subscriber(person: Person) -> Subscriber:
    """Return a row as the faces are given it."""
    return Subscriber(
        id=person.id,
        address=person.address or "",
        state=SubscriberState(person.state),
        created=to_instant(person.created),
        confirmed=None if person.confirmed is None else to_instant(person.confirmed),
        choice=person.choice,
        frequency=None if person.frequency is None else Frequency(person.frequency),
        language=person.language,
        paused=person.paused,
        since=None if person.since is None else to_instant(person.since),
    )


def state_numbers(states: Sequence[SubscriberState]) -> list[int]:
    """Return states as the store has them; those of everybody who was not erased, if empty."""
    return [int(one) for one in states or SubscriberState if one != SubscriberState.ERASED]
