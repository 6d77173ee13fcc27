"""How somebody is forgotten: nothing stays but a keyed hash that no import gets past."""

from feedpub.audience.desk import Desk
from feedpub.audience.setup import AudienceSetup
from feedpub.audience.store import Catalog
from feedpub.errors import BusyError
from feedpub.model import ForgetReport, SubscriberState
from feedpub.ports.people import Person
from feedpub.subscribers.addresses import Address
from feedpub.subscribers.limits import HOUR_S, HOURLY, identify_asker
from feedpub.subscribers.states import Event


def forget(setup: AudienceSetup, subscriber: int, *, source: str) -> ForgetReport:
    """See ``Audience.forget``."""
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        person = desk.get(subscriber)
        address = Address(person.address or "", person.mailbox or "")
        erase(desk, address, person, source=source)
    return _clean(setup, address, known=True)


def forget_address(setup: AudienceSetup, address: Address, *, source: str) -> ForgetReport:
    """See ``Audience.forget_address``."""
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        person = desk.find(address.mailbox)
        erase(desk, address, person, source=source)
    return _clean(setup, address, known=person is not None)


def erase(desk: Desk, address: Address, person: Person | None, *, source: str) -> None:
    """Bar an address, and empty the row of whoever has it."""
    desk.suppress(address.mailbox, SubscriberState.ERASED)
    asker = identify_asker(desk.setup.signer, address.mailbox, None)
    desk.people.forget_attempts(asker.person)
    if person is not None:
        desk.log(person.id, Event.ERASED, source=source)
        desk.people.erase([person.id])


def _clean(setup: AudienceSetup, address: Address, *, known: bool) -> ForgetReport:
    """Take an address out of everything that lies beside the rows."""
    compacted = _compact(setup)
    if setup.traces is None:
        return ForgetReport(known, compacted=compacted)

    def erase_there(catalog: Catalog) -> None:
        desk = Desk(setup, catalog)
        erase(desk, address, desk.find(address.mailbox), source="forgotten since")

    spellings = sorted({address.text, address.mailbox})
    cleaned, left = setup.traces.clean(spellings, erase_there)
    return ForgetReport(known, tuple(cleaned), tuple(left), compacted)


def _compact(setup: AudienceSetup) -> bool:
    try:
        with setup.open_store() as store:
            store.compact()
    except BusyError:
        return False  # the rows are empty already; what is left lies in pages that nobody reads
    return True


def purge(setup: AudienceSetup) -> int:
    """See ``Audience.purge``."""
    policy = setup.policy
    with setup.transaction() as catalog:
        desk = Desk(setup, catalog)
        expired = desk.people.unconfirmed(desk.now - int(policy.token_age.total_seconds()))
        for subscriber in expired:
            desk.log(subscriber, Event.EXPIRED, source="purge")
        desk.people.erase(expired)
        desk.people.drop_networks(desk.now - int(policy.network_kept.total_seconds()))
        desk.people.forget_attempts(HOURLY, desk.now - HOUR_S)
    return len(expired)
