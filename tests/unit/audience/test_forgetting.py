"""How somebody is forgotten, and what is told of those who are not."""

import json

import pytest

from feedpub.errors import CategoryError, SubscriberError, TokenError
from feedpub.model import Frequency, SubscriberState
from feedpub.tokens import Action, Signer
from tests.support.audience import READER, House


def dump(house: House) -> bytes:
    """Return the database, as a file would hold it."""
    with house.store.open() as store, store.transaction() as catalog:
        connection = catalog._connection.connection.driver_connection
        assert connection is not None
        return bytes(connection.serialize())


def test_nothing_stays_of_who_is_forgotten_but_a_hash(house: House) -> None:
    with house.store.open() as store, store.transaction() as catalog:
        # As most builds of SQLite have it; that of Debian writes zeros over what is deleted.
        catalog._connection.exec_driver_sql("PRAGMA secure_delete=off")
    subscriber = house.join("canary@birds.example", network="192.0.2.77")
    house.audience.request_address(subscriber.id, "canary2@birds.example", source="page")
    assert b"canary" in dump(house)

    report = house.audience.forget(subscriber.id, source="page")

    assert report.known
    assert report.compacted
    assert b"canary" not in dump(house)
    assert b"birds.example" not in dump(house)
    assert b"192.0.2.77" not in dump(house)


def test_the_log_stays_without_a_name(house: House) -> None:
    subscriber = house.join()
    house.audience.forget(subscriber.id, source="page")

    with house.store.open() as store, store.transaction() as catalog:
        log = catalog.people.consents(subscriber.id)

    assert [row.event for row in log] == ["asked", "confirmed", "erased"]
    assert {row.network for row in log} == {None}


def test_links_of_who_is_forgotten_open_nothing(house: House) -> None:
    subscriber = house.join()
    confirm = house.token()
    house.audience.forget(subscriber.id, source="page")

    for action in (Action.UNSUBSCRIBE, Action.PREFERENCES):
        signer = Signer(b"6f1d2c9e-3b57-4f0a-9a55-0c1d7e8b2a34")
        with pytest.raises(TokenError):
            house.audience.find(action, signer.sign(action, subscriber.id))
    with pytest.raises(TokenError):
        house.audience.confirm(confirm, source="page")


def test_the_row_of_who_is_forgotten_is_never_used_again(house: House) -> None:
    subscriber = house.join()
    house.audience.forget(subscriber.id, source="page")

    assert house.join("next@example.com").id != subscriber.id


def test_an_address_that_nobody_has_can_be_barred(house: House) -> None:
    report = house.audience.forget_address("Unknown@Example.com", source="letter")

    assert not report.known
    with pytest.raises(SubscriberError, match="barred: erased"):
        house.show("unknown@example.com")


def test_who_never_confirmed_is_gone_after_seven_days(house: House) -> None:
    house.subscribe("late@example.com")
    house.clock.advance(days=1)
    house.subscribe("early@example.com")
    house.clock.advance(days=6, seconds=1)

    assert house.audience.purge() == 1

    assert [one.address for one in house.audience.list_subscribers()] == ["early@example.com"]


def test_who_asked_again_has_another_seven_days(house: House) -> None:
    house.subscribe()
    house.clock.advance(days=5)
    house.subscribe()
    house.clock.advance(days=5)

    assert house.audience.purge() == 0


def test_who_expired_may_subscribe_like_anybody(house: House) -> None:
    house.subscribe()
    house.clock.advance(days=8)
    house.audience.purge()

    assert house.join().state == SubscriberState.ACTIVE


def test_subscribers_never_expire(house: House) -> None:
    house.join()
    house.clock.advance(days=4000)

    assert house.audience.purge() == 0


def test_the_network_of_a_request_is_kept_for_ninety_days(house: House) -> None:
    house.join()
    house.clock.advance(days=90)
    house.audience.purge()
    assert house.show().consents[0].network == "192.0.2.7"

    house.clock.advance(seconds=1)
    house.audience.purge()

    assert house.show().consents[0].network is None


def test_limits_of_an_hour_are_forgotten_and_those_of_a_person_are_not(house: House) -> None:
    for _ in range(3):
        house.subscribe()
        house.clock.advance(days=2)
    house.audience.purge()

    house.subscribe()

    assert house.mails() == ["confirm"] * 3


# Looking


def test_everybody_is_listed_in_the_order_they_came_but_not_the_erased(house: House) -> None:
    for name in ("b", "c", "a"):
        house.join(f"{name}@example.com")
    house.audience.forget_address("c@example.com", source="page")

    found = house.audience.list_subscribers()

    assert [one.address for one in found] == ["b@example.com", "a@example.com"]
    assert house.audience.counts() == {SubscriberState.ACTIVE: 2, SubscriberState.ERASED: 1}


def test_a_list_can_be_narrowed(house: House) -> None:
    town = house.audience.resolve_choice(["News/Town"])
    house.join("all@example.com")
    house.join("town@example.com", choice=town, frequency=Frequency.DAILY)
    house.join("food@example.com", choice=house.audience.resolve_choice(["生活"]))
    house.subscribe("pending@example.com", network=None)

    def names(**options: object) -> list[str]:
        found = house.audience.list_subscribers(**options)  # type: ignore[arg-type]
        return [one.address.partition("@")[0] for one in found]

    assert names(states=[SubscriberState.PENDING]) == ["pending"]
    assert names(category="News") == ["all", "town", "pending"]
    assert names(category="News/Land") == ["all", "pending"]
    assert names(frequency=Frequency.WEEKLY) == ["all", "food", "pending"]
    assert names(frequency=Frequency.DAILY) == ["town"]
    assert names(limit=2) == ["all", "town"]
    with pytest.raises(CategoryError, match="News"):
        names(category="Nws")


def test_somebody_gets_all_that_is_known_of_them(house: House) -> None:
    subscriber = house.join(choice=house.audience.resolve_choice(["生活/美食"]))

    found = json.loads(json.dumps(house.audience.export(subscriber.id)))

    assert found["address"] == READER
    assert found["categories"] == ["生活/美食"]
    assert [one["event"] for one in found["consents"]] == ["asked", "confirmed"]
    assert found["consents"][0]["wording"] == "Send me the news."
