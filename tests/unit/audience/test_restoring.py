"""A backup that is brought back brings nobody back who left since."""

from feedpub.audience.restoring import apply_departures, list_departures
from feedpub.testing import SITE_ID
from feedpub.tokens import Signer
from tests.support.audience import House

SIGNER = Signer(SITE_ID.encode())


def test_who_left_since_a_backup_stays_gone() -> None:
    names = ("stays", "left", "dead", "angry", "gone")
    now, backup = House(), House()
    for house in (now, backup):
        for name in names:
            house.join(f"{name}@example.com")
    backup.subscribe("pending@example.com", network=None)
    now.subscribe("pending@example.com", network=None)
    _, left, dead, angry, gone = (now.show(f"{name}@example.com").subscriber.id for name in names)
    now.audience.unsubscribe(left, source="page")
    now.audience.record_bounce(dead, code="5.1.1", hard=True, message=b"1")
    now.audience.record_complaint(angry, message=b"2", source="bounces")
    now.audience.forget(gone, source="page")
    now.audience.forget_address("pending@example.com", source="page")

    with now.store.open() as store, store.transaction() as catalog:
        departures = list_departures(catalog)
    with backup.store.open() as store, store.transaction() as catalog:
        apply_departures(catalog, departures, SIGNER, backup.now)

    found = backup.audience.list_subscribers()
    assert {one.address.partition("@")[0]: one.state.name.lower() for one in found} == {
        "stays": "active",
        "left": "unsubscribed",
        "dead": "bounced",
        "angry": "complained",
    }
    assert backup.show("angry@example.com").suppressed == "complained"
    assert backup.events("left@example.com")[-1] == "unsubscribed"


def test_who_came_back_since_a_backup_has_to_say_so_again() -> None:
    now, backup = House(), House()
    now.join()
    backup.audience.unsubscribe(backup.join().id, source="page")

    with now.store.open() as store, store.transaction() as catalog:
        departures = list_departures(catalog)
    with backup.store.open() as store, store.transaction() as catalog:
        apply_departures(catalog, departures, SIGNER, backup.now)

    assert backup.events()[-1] == "unsubscribed"
