"""The form by which a stranger asks for the newsletter."""

import pytest
from lxml.html import document_fromstring, fromstring

from feedpub.links import Place
from feedpub.model import Frequency, SubscriberState
from tests.support.forms import CHINESE, FROM, PAGE, ask, stamp_of, value_of
from tests.support.people import PATH, READER, PeopleSite, press, proof

# Asking


def test_asking_mails_a_link_that_subscribes_with_all_that_was_chosen(site: PeopleSite) -> None:
    answer = ask(site, category=["life/food", "tech"], frequency="monthly", language="zh-CN")
    assert answer.status_code == 200
    assert "Look into your mailbox" in answer.text

    done = press(site.client, site.mailed_link(Place.CONFIRM), "confirm")

    assert "订阅成功" in done.text
    (person,) = site.audience.list_subscribers()
    folders = {one.id: one.folder for one in site.audience.list_categories()}
    assert {folders[one] for one in person.choice} == {"life/food", "tech"}
    assert (person.frequency, person.language) == (Frequency.MONTHLY, "zh-CN")
    assert person.state == SubscriberState.ACTIVE


def test_what_was_agreed_to_is_kept_word_for_word(site: PeopleSite) -> None:
    shown = site.client.get(PAGE).text
    ask(site)

    (consent,) = site.audience.show(READER).consents
    assert consent.wording.startswith("Send me The Weekly by e-mail.")
    assert consent.wording in shown
    assert len(consent.version) == 8
    assert (consent.source, consent.network) == ("form", "203.0.113.9")


def test_nothing_ticked_is_everything(site: PeopleSite) -> None:
    ask(site)
    press(site.client, site.mailed_link(Place.CONFIRM), "confirm")

    (person,) = site.audience.list_subscribers()
    assert person.choice == ()


def test_a_ticked_category_brings_all_below_it(site: PeopleSite) -> None:
    ask(site, category=["life", "life/food"])
    press(site.client, site.mailed_link(Place.CONFIRM), "confirm")

    (person,) = site.audience.list_subscribers()
    assert person.choice == site.audience.resolve_choice(["life"])


def test_what_the_site_does_not_offer_is_left_to_it(site: PeopleSite) -> None:
    assert ask(site, frequency="hourly", language="xx").status_code == 200
    press(site.client, site.mailed_link(Place.CONFIRM), "confirm")

    (person,) = site.audience.list_subscribers()
    assert (person.frequency, person.language) == (None, None)


def test_who_is_subscribed_already_is_told_so_by_mail_only(site: PeopleSite) -> None:
    site.add("known@a.example")

    known, unknown = ask(site, "known@a.example"), ask(site, "unknown@a.example")

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    # But for the name of the request.
    assert list(known.headers.keys()) == list(unknown.headers.keys())
    mails = {str(mail["To"]): str(mail["Subject"]) for mail in site.collect()}
    assert "already" in mails["known@a.example"]
    assert "confirm" in mails["unknown@a.example"]


def test_the_mail_says_nothing_of_what_was_typed(site: PeopleSite) -> None:
    ask(site, category="tech", frequency="daily", subject="", name="Free pills http://evil.example")

    (mail,) = site.collect()
    assert "evil" not in mail.as_string()


# Not yet


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the address"),
        ("   ", "Type the address"),
        ("nobody", "slip of the pen"),
        ("a@b", "slip of the pen"),
        ("a@b.example\r\nBcc: c@d.example", "slip of the pen"),
        ("a@b.example, c@d.example", "slip of the pen"),
        ("x" * 400 + "@b.example", "slip of the pen"),
        ('"><script>alert(1)</script>@b.example', "slip of the pen"),
    ],
)
def test_a_wrong_address_is_told_beside_its_field_and_kept(
    site: PeopleSite, typed: str, said: str
) -> None:
    answer = ask(site, typed, category="tech", frequency="daily", language="zh-CN")

    assert answer.status_code == 422
    page = document_fromstring(answer.text)
    (told,) = page.xpath('//*[@id="address-fault"]')
    (box,) = page.xpath('//input[@name="address"]')
    assert said in told.text_content()
    assert box.get("aria-describedby") == "address-fault"
    assert box.get("aria-invalid") == "true"
    assert box.get("value") == " ".join(typed.strip()[:320].splitlines()) or "\r\n" in typed
    assert value_of(answer.text, "category") == ["tech"]
    assert value_of(answer.text, "frequency") == ["daily"]
    assert value_of(answer.text, "language") == ["zh-CN"]
    assert site.collect() == []


@pytest.mark.parametrize("category", ["gone", "", "../..", "all", "x" * 200_000, "\x00"])
def test_a_category_that_is_not_there_is_told(site: PeopleSite, category: str) -> None:
    answer = ask(site, category=["tech", category])

    assert answer.status_code == 422
    assert "category-fault" in answer.text
    assert value_of(answer.text, "address") == [READER]
    assert value_of(answer.text, "category") == ["tech"]


@pytest.mark.parametrize(
    ("age", "said"), [(1, "quicker than anybody types"), (90_000, "open for more than a day")]
)
def test_a_form_that_comes_back_too_fast_or_late_is_shown_again_filled_in(
    site: PeopleSite, age: int, said: str
) -> None:
    before = site.snapshot()

    answer = ask(site, stamp=stamp_of(site, age=age), category="tech", frequency="monthly")

    assert answer.status_code == 422
    assert said in answer.text
    assert value_of(answer.text, "address") == [READER]
    assert value_of(answer.text, "category") == ["tech"]
    assert value_of(answer.text, "frequency") == ["monthly"]
    assert site.snapshot() == before


def test_who_was_too_fast_need_only_press_again(site: PeopleSite) -> None:
    first = ask(site, stamp=stamp_of(site, age=1))
    (stamp,) = value_of(first.text, "stamp")
    site.clock.advance(seconds=1)

    assert ask(site, stamp=stamp).status_code == 200
    assert len(site.collect()) == 1


def test_who_was_too_late_need_only_press_again(site: PeopleSite) -> None:
    first = ask(site, stamp=stamp_of(site, age=90_000))
    (stamp,) = value_of(first.text, "stamp")
    site.clock.advance(seconds=3)

    assert ask(site, stamp=stamp).status_code == 200


@pytest.mark.parametrize("stamp", ["", "1", "x-y", "9999999999-AAAAAAAAAAAAAAAAAAAAAA", "\x00"])
def test_a_form_that_we_did_not_make_is_not_taken(site: PeopleSite, stamp: str) -> None:
    answer = ask(site, stamp=stamp)

    assert answer.status_code == 422
    assert site.collect() == []


def test_a_program_that_fills_in_everything_is_told_what_everybody_is_told(
    site: PeopleSite,
) -> None:
    before = site.snapshot()

    caught, asked = ask(site, subject="Cheap!"), site.snapshot()
    answer = ask(site)

    assert asked == before
    assert (caught.status_code, caught.text) == (answer.status_code, answer.text)


def test_people_do_not_meet_the_field_of_the_trap(site: PeopleSite) -> None:
    (trap,) = fromstring(site.client.get(PAGE).text).xpath('//input[@name="subject"]')

    assert trap.get("tabindex") == "-1"
    assert trap.get("autocomplete") == "off"
    assert trap.getparent().get("aria-hidden") == "true"
    assert "hidden" in trap.getparent().get("class")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://news.example"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://news.example"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_the_form_is_taken_from_our_own_page_only(
    site: PeopleSite, headers: dict[str, str], status: int
) -> None:
    answer = ask(site, headers=headers)

    assert answer.status_code == status
    assert len(site.collect()) == (status == 200)


# Limits


def test_a_network_that_asks_too_much_is_told_to_wait(site: PeopleSite) -> None:
    for number in range(20):
        assert ask(site, f"a{number}@x.example").status_code == 200

    answer = ask(site, "late@x.example", category="tech")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert "again in an hour" in answer.text
    assert value_of(answer.text, "address") == ["late@x.example"]
    elsewhere = {"X-Forwarded-For": "198.51.100.7"}
    assert ask(site, "late@x.example", headers=elsewhere).status_code == 200


def test_who_asks_for_a_new_link_too_often_is_told_to_wait(site: PeopleSite) -> None:
    site.ask()
    old = site.mailed_link(Place.CONFIRM)
    site.clock.advance(days=8)
    form = proof(site.client.get(old).text, "renew")
    for number in range(20):
        ask(site, f"a{number}@x.example")

    answer = site.client.post(old, data={"do": "renew", "form": form}, headers=FROM)

    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


def test_an_error_is_told_in_the_language_of_the_browser(site: PeopleSite) -> None:
    for path in (f"{PATH}u/{'x' * 30}", f"{PATH}none", "/feeds/none"):
        answer = site.client.get(path, headers=CHINESE)

        assert answer.status_code == 404
        assert '<html lang="zh-CN">' in answer.text
