"""The form by which a stranger asks for the newsletter."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring, fromstring
from werkzeug.test import TestResponse

from feedpub.config.values import PagesConfig
from feedpub.links import Place
from feedpub.model import Frequency, SubscriberState
from feedpub.web.stamps import make_stamp
from tests.support.people import PATH, READER, PeopleSite, press, proof

PAGE = f"{PATH}subscribe"
CHINESE = {"Accept-Language": "zh"}
FROM = {"X-Forwarded-For": "203.0.113.9"}


def stamp_of(site: PeopleSite, *, age: int = 30) -> str:
    return make_stamp(site.signer, int(site.clock().timestamp()) - age)


def ask(site: PeopleSite, address: str = READER, **fields: Any) -> TestResponse:
    """Fill in the form and press the button half a minute later."""
    headers = fields.pop("headers", FROM)
    data = {"stamp": stamp_of(site), "address": address, **fields}
    return site.client.post(PAGE, data=data, headers=headers)


def value_of(page: str, name: str) -> list[str]:
    """Return what a form is filled in with: the values of a field, those that are chosen."""
    found = fromstring(page).xpath(f'//input[@name="{name}"]')
    return [
        one.get("value")
        for one in found
        if one.get("type") not in ("radio", "checkbox") or one.get("checked") is not None
    ]


# What it shows


def test_the_form_offers_all_that_can_be_chosen(site: PeopleSite) -> None:
    page = site.client.get(PAGE)

    assert page.status_code == 200
    boxes = fromstring(page.text).xpath('//input[@name="category"]/@value')
    assert set(boxes) == {one.folder for one in site.audience.list_categories()}
    assert value_of(page.text, "category") == []
    assert value_of(page.text, "frequency") == ["weekly"]
    assert value_of(page.text, "language") == ["en"]


def test_a_link_ticks_a_category(site: PeopleSite) -> None:
    page = site.client.get(f"{PAGE}?category=life/food&category=tech&category=gone")

    assert value_of(page.text, "category") == ["life/food", "tech"]


def test_the_form_says_how_many_mails_that_makes(site: PeopleSite) -> None:
    assert "about 1 mail a month" in site.client.get(PAGE).text

    site.clock.advance(days=400)
    assert "mail a month" not in site.client.get(PAGE).text


def test_the_only_frequency_says_how_many_mails_it_makes(built_site: Path, tmp_path: Path) -> None:
    whole = PeopleSite(tmp_path / "whole", built_site)
    letter = whole.config.newsletter
    assert letter is not None
    weekly = tuple(one for one in letter.schedules if one.frequency == Frequency.WEEKLY)
    site = PeopleSite(tmp_path / "site", built_site, newsletter=replace(letter, schedules=weekly))

    page = site.client.get(PAGE).text

    assert "It comes every week." in page
    assert "about 1 mail a month" in page


def test_who_mends_a_slip_of_the_pen_is_not_taken_for_a_program(site: PeopleSite) -> None:
    refused = ask(site, "reader@")

    (stamp,) = value_of(refused.text, "stamp")
    answer = site.client.post(PAGE, data={"stamp": stamp, "address": READER}, headers=FROM)

    assert refused.status_code == 422
    assert answer.status_code == 200


def test_the_latest_issue_is_the_sample(built_site: Path, tmp_path: Path) -> None:
    site = PeopleSite(tmp_path / "site", built_site, pages=PagesConfig(tmp_path / "none"))
    assert "latest issue" not in site.client.get(PAGE).text

    site.deliver(site.add())
    site.clock.advance(minutes=11)
    # Its page is not there: it was not sent yet, or all of it was withdrawn.
    assert "latest issue" not in site.client.get(PAGE).text

    page = site.config.feeds.folder / "newsletter/weekly/2026-01-02/index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    site.clock.advance(minutes=11)
    shown = site.client.get(PAGE).text

    base = site.config.site.feeds_url
    assert f'href="{base}newsletter/weekly/2026-01-02/"' in shown
    assert f'href="{base}newsletter/"' in shown


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh", "zh-CN"),
        ("en-GB,en;q=0.9", "en"),
        ("fr-FR,fr;q=0.9,zh;q=0.5", "zh-CN"),
        ("fr", "en"),
        ("*", "en"),
        (";;q=x,\x7f", "en"),
    ],
)
def test_a_stranger_is_spoken_to_as_their_browser_asks(
    site: PeopleSite, accepts: str, language: str
) -> None:
    page = site.client.get(PAGE, headers={"Accept-Language": accepts}).text

    assert f'<html lang="{language}">' in page
    assert value_of(page, "language") == [language]


def test_a_language_that_is_not_there_is_not_spoken(site: PeopleSite) -> None:
    for wanted in ("fr", "xx", "zh-CN'", "e" * 500):
        page = site.client.get(PAGE, query_string={"language": wanted}, headers=CHINESE).text

        assert '<html lang="zh-CN">' in page


def test_the_other_language_is_one_link_away_and_stays(site: PeopleSite) -> None:
    page = fromstring(site.client.get(f"{PAGE}?category=tech").text)
    (link,) = page.xpath('//a[@hreflang="zh-CN"]/@href')

    chinese = site.client.get(PAGE + link)

    assert "用邮件订阅" in chinese.text
    assert value_of(chinese.text, "category") == ["tech"]
    # The form leads back to its own address, so the answer is Chinese, too.
    answer = site.client.post(PAGE + link, data={"stamp": stamp_of(site), "address": "x"})
    assert '<html lang="zh-CN">' in answer.text


def test_the_choice_of_a_subscriber_outweighs_their_browser(site: PeopleSite) -> None:
    link = site.link(Place.PREFERENCES, site.add(language="zh-CN"))

    page = site.client.get(link, headers={"Accept-Language": "en"}).text

    assert '<html lang="zh-CN">' in page


def test_who_never_chose_is_spoken_to_as_their_browser_asks(site: PeopleSite) -> None:
    link = site.link(Place.PREFERENCES, site.add(language=None))

    page = site.client.get(link, headers={"Accept-Language": "zh-CN"}).text

    assert '<html lang="zh-CN">' in page


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


# Nothing by itself


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_only_a_press_of_the_button_does_anything(site: PeopleSite, method: str) -> None:
    before = site.snapshot()
    fields = {"stamp": stamp_of(site), "address": READER, "category": "tech"}

    for _ in range(2):
        answer = site.client.open(PAGE, method=method, query_string=fields, data=fields)

    assert answer.status_code == (200 if method in ("GET", "HEAD", "OPTIONS") else 405)
    assert site.snapshot() == before


def test_neither_cookie_nor_script_is_needed(site: PeopleSite) -> None:
    for answer in (site.client.get(PAGE), ask(site), ask(site, "x")):
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{31337*3}}", "%00",
        "\u202e", "=cmd|' /C calc'!A0", "a@b.example", "life/food", "weekly", "zh-CN",
    ]
)  # fmt: skip


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS"]),
    query=st.dictionaries(st.sampled_from(["category", "language", "x"]), TEXTS),
    fields=st.dictionaries(
        st.sampled_from(["address", "category", "frequency", "language", "stamp", "subject", "do"]),
        TEXTS | st.lists(TEXTS, max_size=3),
    ),
    headers=st.dictionaries(
        st.sampled_from(["Accept-Language", "Accept", "X-Forwarded-For", "Origin", "Content-Type"]),
        st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40),
        max_size=2,
    ),
    signed=st.booleans(),
)
def test_nothing_that_is_sent_breaks_the_page_or_gets_into_it(
    shared_site: PeopleSite,
    method: str,
    query: dict[str, str],
    fields: dict[str, Any],
    headers: dict[str, str],
    signed: bool,
) -> None:
    if signed:
        fields = {**fields, "stamp": stamp_of(shared_site)}
    before = shared_site.snapshot()

    answer = shared_site.client.open(
        PAGE, method=method, query_string=query, data=fields, headers=headers
    )

    assert answer.status_code in (200, 400, 403, 422, 429)
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert "94011" not in answer.text
    if method != "POST" or answer.status_code != 200:
        assert shared_site.snapshot() == before


@pytest.fixture(scope="module")
def shared_site(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> PeopleSite:
    return PeopleSite(tmp_path_factory.mktemp("asking") / "site", built_site)


def test_no_known_attack_gets_into_the_form(site: PeopleSite, shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text("utf-8"))["vectors"]
    usual, lost = shape_of(ask(site, "x")), shape_of(ask(site, category="x"))

    for vector in vectors:
        text = vector["payload"]
        answer = ask(site, text, frequency=text, language=text)
        asked = ask(site, READER, category=text)
        got = site.client.get(PAGE, query_string={"category": text, "language": text[:200]})

        assert answer.status_code in (413, 422), vector["id"]
        assert asked.status_code in (413, 422), vector["id"]
        assert asked.status_code == 413 or shape_of(asked) == lost, vector["id"]
        assert answer.status_code == 413 or shape_of(answer) == usual, vector["id"]
        assert got.status_code in (200, 414), vector["id"]
        assert re.search(r"<script|<img|<svg|onerror=", got.text.replace("&lt;", "")) is None or (
            shape_of(got) == shape_of(site.client.get(PAGE, query_string={"category": "x"}))
        ), vector["id"]


def shape_of(answer: TestResponse) -> list[tuple[str, tuple[str, ...]]]:
    """Return every element of a page with the names of its attributes."""
    return [(str(one.tag), tuple(one.keys())) for one in document_fromstring(answer.data).iter()]


def test_a_browser_without_a_stamp_of_ours_sees_the_form_again(site: PeopleSite) -> None:
    client: FlaskClient = site.browse()

    answer = client.post(PAGE, data=b"\xff\xfe=1&address=%ff%fe", content_type="text/plain")

    assert answer.status_code == 422


def test_an_error_is_told_in_the_language_of_the_browser(site: PeopleSite) -> None:
    for path in (f"{PATH}u/{'x' * 30}", f"{PATH}none", "/feeds/none"):
        answer = site.client.get(path, headers=CHINESE)

        assert answer.status_code == 404
        assert '<html lang="zh-CN">' in answer.text
