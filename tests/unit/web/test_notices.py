"""Mails that a page gives rise to leave after the page was answered."""

import logging
import threading
from dataclasses import replace

import pytest

from feedpub.errors import ConfigError, StoreError
from feedpub.links import Place
from feedpub.web.notices import Courier
from tests.support.people import PeopleSite, press


class Delivery:
    """Notes how often it was called, and raises what it is told to."""

    def __init__(self, *errors: Exception | None) -> None:
        self._errors = list(errors)
        self._called = threading.Semaphore(0)

    def __call__(self) -> None:
        self._called.release()
        if self._errors and (error := self._errors.pop(0)):
            raise error

    def wait(self) -> bool:
        return self._called.acquire(timeout=5)


def test_a_courier_delivers_when_it_is_woken() -> None:
    delivery = Delivery()
    courier = Courier(delivery)

    courier.wake()
    first = delivery.wait()
    courier.wake()

    assert first
    assert delivery.wait()


def test_waking_does_not_wait_for_the_delivery() -> None:
    release = threading.Event()
    started = threading.Event()

    def deliver() -> None:
        started.set()
        release.wait(5)

    courier = Courier(deliver)
    courier.wake()
    assert started.wait(5)
    courier.wake()  # returns although the first is not done
    release.set()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConfigError("no password; set one"), "no password; set one"),
        (StoreError("reader@a.example: locked"), "(StoreError)"),
        (ValueError("a defect"), "a defect"),
    ],
)
def test_a_delivery_that_fails_does_not_end_the_courier(
    caplog: pytest.LogCaptureFixture, error: Exception, told: str
) -> None:
    delivery = Delivery(error)
    courier = Courier(delivery)

    with caplog.at_level(logging.WARNING, "feedpub.web"):
        courier.wake()
        assert delivery.wait()
        courier.wake()
        assert delivery.wait()

    assert told in caplog.text
    assert "reader@a.example" not in caplog.text


def test_nothing_to_deliver_with_starts_no_thread() -> None:
    before = threading.active_count()

    Courier(None).wake()

    assert threading.active_count() == before


def test_the_served_application_mails_by_itself(site: PeopleSite) -> None:
    person = site.add()
    press(site.serve(), site.link(Place.PREFERENCES, person), "export")

    folder = site.config.root / "sent" / "new"
    deadline = threading.Event()
    for _ in range(100):
        if folder.is_dir() and any(folder.iterdir()):
            break
        deadline.wait(0.05)

    assert len(list(folder.iterdir())) == 1


def test_a_welcome_leads_to_earlier_issues_only_where_there_are_any(site: PeopleSite) -> None:
    site.config = replace(site.config, pages=replace(site.config.pages, enabled=True))
    archive = f"{site.config.site.feeds_url}newsletter/"

    site.ask("first@reader.example")
    press(site.client, site.mailed_link(Place.CONFIRM), "confirm")
    (first,) = site.collect()
    site.deliver(site.add())
    site.ask("second@reader.example")
    press(site.client, site.mailed_link(Place.CONFIRM), "confirm")
    second = site.collect()[-1]

    texts = [str(mail.get_body(("plain",)).get_content()) for mail in (first, second)]
    assert [archive in text for text in texts] == [False, True]
