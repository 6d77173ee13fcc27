"""The pages and the click that end a subscription, and take that back."""

import pytest

from feedpub.links import Place
from feedpub.model import Frequency, SubscriberState
from feedpub.tokens import Action
from tests.support.people import READER, PeopleSite, press, proof

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_the_button_of_the_link_unsubscribes(site: PeopleSite) -> None:
    person = site.add()

    answer = press(site.client, site.link(Place.UNSUBSCRIBE, person), "unsubscribe")

    assert "You are unsubscribed" in answer.text
    assert site.state(person) == SubscriberState.UNSUBSCRIBED
    assert [mail["To"] for mail in site.collect()] == [READER]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_unsubscribes_without_page_cookie_or_redirect(
    site: PeopleSite, kind: str
) -> None:
    person = site.add()

    answer = site.browse().post(
        site.link(Place.UNSUBSCRIBE, person), data=ONE_CLICK, content_type=kind
    )

    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert site.state(person) == SubscriberState.UNSUBSCRIBED
    assert site.collect() == []


def test_one_click_twice_is_harmless(site: PeopleSite) -> None:
    link = site.link(Place.UNSUBSCRIBE, site.add())

    first = site.client.post(link, data=ONE_CLICK)
    before = site.snapshot()
    second = site.client.post(link, data=ONE_CLICK)

    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert site.snapshot() == before


def test_one_click_does_not_look_at_where_it_comes_from(site: PeopleSite) -> None:
    person = site.add()
    headers = {"Origin": "https://mail.isp.example", "Sec-Fetch-Site": "cross-site"}

    answer = site.client.post(site.link(Place.UNSUBSCRIBE, person), data=ONE_CLICK, headers=headers)

    assert answer.status_code == 200
    assert site.state(person) == SubscriberState.UNSUBSCRIBED


def test_unsubscribing_can_be_undone(site: PeopleSite) -> None:
    person = site.add(frequency=Frequency.MONTHLY)
    link = site.link(Place.UNSUBSCRIBE, person)

    press(site.client, link, "unsubscribe")
    answer = press(site.client, link, "undo")

    assert "as before" in answer.text
    assert site.person(person).state == SubscriberState.ACTIVE
    assert site.person(person).frequency == Frequency.MONTHLY


def test_after_a_day_it_is_not_offered_any_more(site: PeopleSite) -> None:
    person = site.add()
    link = site.link(Place.UNSUBSCRIBE, person)
    press(site.client, link, "unsubscribe")
    page = site.client.get(link).text

    site.clock.advance(hours=25)
    late = site.client.post(link, data={"do": "undo", "form": proof(page, "undo")})

    assert "Subscribe me again" not in site.client.get(link).text
    assert late.status_code == 409
    assert site.state(person) == SubscriberState.UNSUBSCRIBED


@pytest.mark.parametrize("do", ["weekly", "monthly"])
def test_one_may_ask_for_fewer_mails_instead(site: PeopleSite, do: str) -> None:
    person = site.add(frequency=Frequency.DAILY, choice=site.audience.resolve_choice(["tech"]))

    answer = press(site.client, site.link(Place.UNSUBSCRIBE, person), do)

    assert "Done" in answer.text
    assert site.person(person).frequency == Frequency(do)
    assert site.person(person).choice == person.choice


def test_who_left_may_come_back_to_fewer_mails(site: PeopleSite) -> None:
    person = site.add(frequency=Frequency.DAILY)
    link = site.link(Place.UNSUBSCRIBE, person)

    left = press(site.client, link, "unsubscribe")
    answer = press(site.client, link, "monthly")

    assert "Only once a month" in left.text
    assert "Done" in answer.text
    assert site.person(person).state == SubscriberState.ACTIVE
    assert site.person(person).frequency == Frequency.MONTHLY


def test_after_a_day_fewer_mails_are_not_offered_either(site: PeopleSite) -> None:
    person = site.add(frequency=Frequency.DAILY)
    link = site.link(Place.UNSUBSCRIBE, person)
    form = proof(press(site.client, link, "unsubscribe").text, "monthly")

    site.clock.advance(hours=25)
    late = site.client.post(link, data={"do": "monthly", "form": form})

    assert "Only once a month" not in site.client.get(link).text
    assert late.status_code == 400
    assert site.state(person) == SubscriberState.UNSUBSCRIBED


def test_one_may_pause_instead(site: PeopleSite) -> None:
    person = site.add()

    answer = press(site.client, site.link(Place.UNSUBSCRIBE, person), "pause")

    assert "until you end the pause" in answer.text
    assert site.person(person).paused


def test_the_link_to_unsubscribe_cannot_be_used_for_more_mails(site: PeopleSite) -> None:
    person = site.add(frequency=Frequency.MONTHLY)
    link = site.link(Place.UNSUBSCRIBE, person)

    assert 'value="weekly"' not in site.client.get(link).text
    form = site.signer.digest(Action.FORM, f"form u weekly {link.rpartition('/')[2]}")
    assert site.client.post(link, data={"do": "weekly", "form": form}).status_code == 400
    assert site.person(person).frequency == Frequency.MONTHLY
