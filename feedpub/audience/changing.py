"""What subscribers change, and how they leave."""

import json

from feedpub.audience.desk import Desk, make_subscriber, write_wish
from feedpub.audience.joining import check_language
from feedpub.audience.setup import AudienceSetup
from feedpub.errors import SubscriberError
from feedpub.model import Choice, Frequency, NoticeKind, Subscriber, SubscriberState
from feedpub.ports.people import Person
from feedpub.subscribers.choices import tidy_choice
from feedpub.subscribers.states import Change, Event

HARD, SOFT, COMPLAINT = "hard", "soft", "complaint"


def set_preferences(
    setup: AudienceSetup,
    subscriber: int,
    *,
    choice: Choice,
    frequency: Frequency | None,
    language: str | None,
    paused: bool,
    source: str,
    network: str | None,
) -> Subscriber:
    """See ``Audience.set_preferences``."""
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        person = desk.get(subscriber)
        if person.state != SubscriberState.ACTIVE:
            raise SubscriberError("the subscription has ended; subscribe again")
        changed = change_preferences(
            desk,
            person,
            choice=tidy_choice(desk.tree, choice),
            frequency=frequency,
            language=check_language(language),
            source=source,
            network=network,
        )
        changed = desk.set_paused(changed, paused, source=source)
        return make_subscriber(desk.save(changed))


def change_preferences(
    desk: Desk,
    person: Person,
    *,
    choice: Choice,
    frequency: Frequency | None,
    language: str | None,
    source: str,
    network: str | None = None,
) -> Person:
    """Return somebody with other preferences, which are logged if they differ; not kept yet."""
    before = write_wish(person.choice, person.frequency, person.language)
    wish = write_wish(choice, frequency, language)
    if wish == before:
        return person
    desk.log(person.id, Change.PREFERENCES, source=source, network=network, details=wish)
    changed = desk.set_frequency(person, frequency, source=source)
    return changed._replace(choice=choice, language=language)


def unsubscribe(desk: Desk, person: Person, *, source: str, network: str | None) -> Person:
    """Return somebody after they left; kept and logged if they had not left before."""
    left = desk.shift(person, Event.UNSUBSCRIBED)
    if left.state != person.state:
        desk.save(left)
        desk.log(person.id, Event.UNSUBSCRIBED, source=source, network=network)
    return left


def say_goodbye(desk: Desk, person: Person, left: Person) -> None:
    """Mail somebody that their subscription has ended, if it has only now."""
    if left.state != person.state:
        desk.notify(left, NoticeKind.GOODBYE, suppressed=desk.suppressed(left.mailbox or ""))


def can_return(desk: Desk, person: Person) -> bool:
    """Return whether somebody left so lately that it can be undone without a new confirmation."""
    left = desk.people.last_event(person.id, Event.UNSUBSCRIBED)
    return (
        person.state == SubscriberState.UNSUBSCRIBED
        and person.confirmed is not None
        and left is not None
        and desk.now - left <= desk.setup.policy.undo.total_seconds()
        and desk.suppressed(person.mailbox or "") is None
    )


def resubscribe(
    setup: AudienceSetup, subscriber: int, *, source: str, network: str | None
) -> Subscriber:
    """See ``Audience.resubscribe``."""
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        person = desk.get(subscriber)
        if person.state == SubscriberState.ACTIVE:
            return make_subscriber(person)
        if not can_return(desk, person):
            raise SubscriberError("that cannot be undone, or not any more; subscribe again")
        undone = desk.activate(person, Event.RETURNED)
        # They had said yes before, and did not say so again.
        undone = desk.save(undone._replace(confirmed=person.confirmed, paused=person.paused))
        desk.log(person.id, Event.RETURNED, source=source, network=network)
        return make_subscriber(undone)


def record_bounce(
    setup: AudienceSetup,
    subscriber: int,
    *,
    code: str,
    hard: bool,
    message: bytes,
    delivery: int | None,
) -> bool:
    """See ``Audience.record_bounce``."""
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        person = desk.people.get(subscriber)
        if person is None or person.mailbox is None:
            return False
        kind = HARD if hard else SOFT
        if not desk.people.add_bounce(person.id, desk.now, message, delivery, kind, code):
            return False
        if not hard and _count_soft(desk, person) < setup.policy.soft_bounces:
            return False
        return _bar(desk, person, Event.BOUNCED, source="bounce", code=code)


def _count_soft(desk: Desk, person: Person) -> int:
    window = int(desk.setup.policy.soft_window.total_seconds())
    return desk.people.count_bounces(person.id, SOFT, desk.now - window)


def record_complaint(setup: AudienceSetup, subscriber: int, *, message: bytes, source: str) -> bool:
    """See ``Audience.record_complaint``."""
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        person = desk.people.get(subscriber)
        if person is None or person.mailbox is None:
            return False
        if not desk.people.add_bounce(person.id, desk.now, message, None, COMPLAINT, ""):
            return False
        return _bar(desk, person, Event.COMPLAINED, source=source, code="")


def _bar(desk: Desk, person: Person, event: Event, *, source: str, code: str) -> bool:
    """End a subscription for what came back, and bar the address; return whether that is new."""
    moved = desk.save(desk.shift(person, event))
    reason = {
        Event.BOUNCED: SubscriberState.BOUNCED,
        Event.COMPLAINED: SubscriberState.COMPLAINED,
    }[event]
    fresh = desk.suppress(person.mailbox or "", reason)
    if fresh or moved.state != person.state:
        details = json.dumps({"code": code}) if code else ""
        desk.log(person.id, event, source=source, details=details)
    return fresh
