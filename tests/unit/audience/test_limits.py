"""How often who may ask, and what is counted of it."""

from feedpub.audience import Policy
from feedpub.errors import (
    LimitError,
)
from tests.support.audience import House


def test_an_address_is_asked_once_a_day(house: House) -> None:
    house.subscribe()
    house.clock.advance(hours=23, minutes=59)
    house.subscribe()
    assert house.mails() == ["confirm"]

    house.clock.advance(minutes=2)
    house.subscribe()

    assert house.mails() == ["confirm", "confirm"]


def test_an_address_is_asked_three_times_in_all(house: House) -> None:
    for _ in range(10):
        house.subscribe()
        house.clock.advance(days=2)

    assert house.mails() == ["confirm"] * 3


def test_variants_of_an_address_count_together(house: House) -> None:
    for address in ("a.b@gmail.com", "ab@gmail.com", "A.B+x@GMAIL.com", "ab+y@gmail.com"):
        house.subscribe(address)

    assert house.mails() == ["confirm"]


def test_who_has_confirmed_may_ask_again_another_day(house: House) -> None:
    for _ in range(5):
        house.audience.unsubscribe(house.join().id, source="page")
        house.clock.advance(days=2)

    assert house.mails().count("confirm") == 5


def try_all(house: House, networks: list[str]) -> int:
    """Ask for an address from each network, and return how often that was too much."""
    refused = 0
    for number, network in enumerate(networks):
        try:
            name = network.replace(":", "-").replace(".", "-")
            house.subscribe(f"{name}-{number}@example.com", network=network)
        except LimitError:
            refused += 1
    return refused


def test_a_network_may_ask_twenty_times_an_hour(house: House) -> None:
    assert try_all(house, [f"192.0.2.{number}" for number in range(30)]) == 10
    assert len(house.mails()) == 20
    assert try_all(house, [f"2001:db8::1:{number:x}" for number in range(30)]) == 10
    assert len(house.mails()) == 40

    house.clock.advance(hours=1)
    house.subscribe("late@example.com", network="192.0.2.1")

    assert len(house.mails()) == 41


def test_all_networks_together_have_a_ceiling(house: House) -> None:
    house.changes["policy"] = Policy(hourly_asks=7)

    assert try_all(house, [f"192.0.{number}.1" for number in range(10)]) == 3
    assert len(house.mails()) == 7
    assert len(house.audience.list_subscribers()) == 7


def test_what_is_counted_tells_neither_address_nor_network(house: House) -> None:
    house.subscribe()

    with house.store.open() as store, store.transaction() as catalog:
        keys = catalog._connection.exec_driver_sql("SELECT key FROM attempts").scalars().all()

    assert len(keys) == 3
    assert not any(b"reader" in key or b"192" in key for key in keys)
