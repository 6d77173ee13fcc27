"""The page on which somebody chooses what they get."""

import pytest

from feedpub.links import Place
from feedpub.model import Frequency, SubscriberState
from tests.support.people import READER, PeopleSite, press

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_preferences_are_kept(site: PeopleSite) -> None:
    person = site.add()
    link = site.link(Place.PREFERENCES, person)

    answer = press(
        site.client, link, "save", scope="some", category=["life/food", "tech"],
        frequency="monthly", language="zh-CN", paused="yes",
    )  # fmt: skip

    after = site.person(person)
    folders = {one.id: one.folder for one in site.audience.list_categories()}
    assert {folders[one] for one in after.choice} == {"life/food", "tech"}
    assert (after.frequency, after.language, after.paused) == (Frequency.MONTHLY, "zh-CN", True)
    assert "已保存" in answer.text
    assert 'value="life/food" checked' in answer.text
    assert 'value="monthly" checked' in answer.text


def test_everything_means_everything(site: PeopleSite) -> None:
    person = site.add(choice=site.audience.resolve_choice(["tech"]))

    press(site.client, site.link(Place.PREFERENCES, person), "save", scope="all", category="tech")

    assert site.person(person).choice == ()


def test_nothing_is_not_taken_for_everything(site: PeopleSite) -> None:
    person = site.add(choice=site.audience.resolve_choice(["tech"]))

    answer = press(site.client, site.link(Place.PREFERENCES, person), "save", scope="some")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert site.person(person).choice == person.choice


@pytest.mark.parametrize("category", ["gone", "../x", "", "all'--", "\x00"])
def test_a_category_that_is_not_there_changes_nothing(site: PeopleSite, category: str) -> None:
    person = site.add(choice=site.audience.resolve_choice(["tech"]))

    answer = press(
        site.client, site.link(Place.PREFERENCES, person), "save",
        scope="some", category=["life", category],
    )  # fmt: skip

    assert answer.status_code == 422
    assert site.person(person).choice == person.choice


def test_what_a_form_does_not_say_stays(site: PeopleSite) -> None:
    person = site.add(frequency=Frequency.DAILY, language="zh-CN")

    press(
        site.client, site.link(Place.PREFERENCES, person), "save",
        scope="all", frequency="hourly", language="xx",
    )  # fmt: skip

    after = site.person(person)
    assert (after.frequency, after.language) == (Frequency.DAILY, "zh-CN")


def test_a_new_address_is_asked_first(site: PeopleSite) -> None:
    person = site.add()

    answer = press(
        site.client, site.link(Place.PREFERENCES, person), "address", address=" new@b.example "
    )
    before = site.person(person).address
    link = site.mailed_link(Place.ADDRESS)
    done = press(site.client, link, "address")

    assert "on its way to the new address" in answer.text
    assert before == READER
    assert "from now on" in done.text
    assert site.person(person).address == "new@b.example"


def test_a_known_new_address_gets_the_same_answer(site: PeopleSite) -> None:
    person, other = site.add(), site.add("other@b.example")
    link = site.link(Place.PREFERENCES, person)

    known = press(site.client, link, "address", address=other.address).text
    unknown = press(site.client, link, "address", address="nobody@b.example").text

    assert known == unknown


def test_what_is_no_address_can_be_corrected(site: PeopleSite) -> None:
    person = site.add()

    answer = press(
        site.client, site.link(Place.PREFERENCES, person), "address", address='"><script>@x'
    )

    assert answer.status_code == 422
    assert "&#34;&gt;&lt;script&gt;@x" in answer.text
    assert site.collect() == []


def test_data_come_by_a_link_that_is_mailed(site: PeopleSite) -> None:
    person = site.add()
    press(site.client, site.link(Place.PREFERENCES, person), "export")

    link = site.mailed_link(Place.EXPORT)
    answer = press(site.client, link, "export")

    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert READER in answer.text


def test_erasing_comes_by_a_link_that_is_mailed(site: PeopleSite) -> None:
    person = site.add()
    preferences = site.link(Place.PREFERENCES, person)
    press(site.client, preferences, "erase")

    link = site.mailed_link(Place.ERASE)
    answer = press(site.client, link, "erase")

    assert "Your data are erased" in answer.text
    assert READER.encode() not in site.snapshot()
    assert site.client.get(preferences).status_code == 404
    assert site.client.get(link).status_code == 404


def test_the_link_of_somebody_who_was_erased_says_that_they_are_gone(site: PeopleSite) -> None:
    person = site.add()
    link = site.link(Place.UNSUBSCRIBE, person)
    site.audience.forget(person.id, source="test")

    page, click = site.client.get(link), site.client.post(link, data=ONE_CLICK)

    assert (page.status_code, click.status_code) == (200, 200)
    assert "comes to you any more" in page.text


def test_unsubscribing_stands_on_the_page_of_preferences_too(site: PeopleSite) -> None:
    person = site.add()
    link = site.link(Place.PREFERENCES, person)

    assert "You are unsubscribed" in press(site.client, link, "unsubscribe").text
    assert site.state(person) == SubscriberState.UNSUBSCRIBED
    assert "You are not subscribed" in site.client.get(link).text


def test_a_page_speaks_the_language_of_its_reader(site: PeopleSite) -> None:
    person = site.add(language="zh-CN")

    page = site.client.get(site.link(Place.UNSUBSCRIBE, person)).text

    assert '<html lang="zh-CN">' in page
    assert "要退订吗" in page
