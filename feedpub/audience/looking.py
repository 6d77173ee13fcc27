"""What is told about subscribers: to the editor, and to themselves."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import chain, islice

from feedpub.audience.desk import Desk, make_subscriber, state_numbers
from feedpub.audience.setup import AudienceSetup
from feedpub.catalog.lookup import look_up
from feedpub.errors import SubscriberError
from feedpub.model import (
    Consent,
    DeliveryState,
    Frequency,
    Subscriber,
    SubscriberRecord,
    SubscriberState,
)
from feedpub.model.instants import to_instant
from feedpub.ports.people import Person
from feedpub.subscribers.addresses import mask_address, parse_address
from feedpub.subscribers.choices import covers
from feedpub.subscribers.spreadsheet import HEADINGS, make_row, write_rows


def find_person(desk: Desk, address: str) -> Person:
    """Return whoever has an address.

    Raises:
        AddressError: It is none.
        SubscriberError: Nobody has it.
    """
    parsed = parse_address(address)
    person = desk.find(parsed.mailbox)
    if person is None:
        why = desk.suppressed(parsed.mailbox)
        hint = f" (it is barred: {why})" if why else ""
        raise SubscriberError(
            f"nobody has the address {mask_address(parsed.text)}{hint}; "
            "'feedpub subscribers list' shows all of them"
        )
    return person


def describe(desk: Desk, person: Person) -> SubscriberRecord:
    """Return all that is known of somebody."""
    consents = (Consent(to_instant(row.at), *row[2:]) for row in desk.people.consents(person.id))
    sums = desk.people.deliveries(person.id)
    return SubscriberRecord(
        make_subscriber(person),
        tuple(consents),
        desk.suppressed(person.mailbox or ""),
        desk.people.count_bounces(person.id),
        {DeliveryState(state).name.lower(): number for state, number in sorted(sums.items())},
    )


def export(desk: Desk, person: Person) -> dict[str, object]:
    """Return all that is known of somebody as JSON knows it, with names in place of numbers."""
    record = describe(desk, person)
    subscriber = record.subscriber
    return {
        "address": subscriber.address,
        "state": subscriber.state.name.lower(),
        "created": _spell(person.created),
        "confirmed": _spell(person.confirmed),
        "categories": ["/".join(desk.tree[one].path) for one in subscriber.choice],
        "frequency": person.frequency,
        "language": person.language,
        "paused": person.paused,
        "consents": [
            {
                "at": one.at.astimezone(UTC).isoformat(),
                "event": one.event,
                "source": one.source,
                "wording": one.wording,
                "version": one.version,
                "network": one.network,
                "details": one.details,
            }
            for one in record.consents
        ],
        "suppressed": record.suppressed,
        "returned_mails": record.bounces,
        "digests": dict(record.deliveries),
    }


def _spell(seconds: int | None) -> str | None:
    return None if seconds is None else to_instant(seconds).isoformat()


def list_subscribers(
    desk: Desk,
    *,
    states: Sequence[SubscriberState],
    category: str | None,
    frequency: Frequency | None,
    limit: int | None,
) -> list[Subscriber]:
    """See ``Audience.list_subscribers``."""
    node = None if category is None else look_up(desk.tree, category).id

    def is_wanted(person: Person) -> bool:
        return (node is None or covers(desk.tree, person.choice, node)) and (
            frequency is None or desk.effective(person.frequency) == frequency
        )

    everybody = desk.people.browse(state_numbers(states))
    return [make_subscriber(one) for one in islice(filter(is_wanted, everybody), limit)]


def export_csv(setup: AudienceSetup, states: Sequence[SubscriberState]) -> Iterator[str]:
    """See ``Audience.export_csv``."""
    with setup.transaction(read_only=True) as catalog:
        desk = Desk(setup, catalog)
        people = desk.people.browse(state_numbers(states))
        rows = (make_row(make_subscriber(one), desk.tree) for one in people)
        yield from write_rows(chain([HEADINGS], rows))
