"""How a subscriber changes to another address."""

import pytest

from feedpub.errors import (
    LimitError,
    SubscriberError,
)
from feedpub.model import NoticeKind
from tests.support.audience import READER, House


def test_a_new_address_holds_once_its_owner_confirmed_it(house: House) -> None:
    subscriber = house.join()

    house.audience.request_address(subscriber.id, "New@Example.com", source="page")
    assert house.show().subscriber.address == READER
    token = house.token(kind=NoticeKind.ADDRESS)
    changed = house.audience.change_address(token, source="page")

    assert (changed.id, changed.address) == (subscriber.id, "New@example.com")
    assert house.show("new@example.com").subscriber == changed
    with pytest.raises(SubscriberError):
        house.show(READER)


def test_a_new_address_is_limited_like_any_other(house: House) -> None:
    subscriber = house.join()

    for _ in range(3):
        house.audience.request_address(subscriber.id, "new@example.com", source="page")

    assert house.mails().count("address") == 1


def test_one_link_does_not_mail_any_number_of_new_addresses(house: House) -> None:
    subscriber = house.join()

    def ask(number: int) -> None:
        house.audience.request_address(
            subscriber.id, f"new{number}@example.com", source="page", network="198.51.100.9"
        )

    for number in range(20):
        ask(number)
    with pytest.raises(LimitError):
        ask(20)

    assert house.mails().count("address") == 20


def test_the_address_of_another_subscriber_is_not_taken(house: House) -> None:
    subscriber = house.join()
    house.audience.request_address(subscriber.id, "other@example.com", source="page")
    house.audience.add("other@example.com", confirmed=True, source="editor")

    with pytest.raises(SubscriberError, match="another subscriber"):
        house.audience.change_address(house.token(kind=NoticeKind.ADDRESS), source="page")


def test_an_address_that_was_asked_for_but_never_confirmed_is_taken(house: House) -> None:
    subscriber = house.join()
    house.audience.request_address(subscriber.id, "new@example.com", source="page")
    token = house.token(kind=NoticeKind.ADDRESS)
    house.clock.advance(days=2)
    house.subscribe("new@example.com")

    house.audience.change_address(token, source="page")

    assert house.show("new@example.com").subscriber.id == subscriber.id
