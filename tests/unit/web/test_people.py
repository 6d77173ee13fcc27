"""What the links of a mail do, and that they do nothing by themselves."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring
from werkzeug.test import TestResponse

from feedpub.links import Place, subscribe_url
from feedpub.model import Frequency, SubscriberState
from feedpub.tokens import Action, Signer
from feedpub.web.desk import find_client
from tests.support.people import PATH, READER, WEB, PeopleSite, make_people_config, press, proof

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


# Confirming


def test_the_button_of_a_confirmation_link_subscribes(site: PeopleSite) -> None:
    site.ask()
    link = site.mailed_link(Place.CONFIRM)

    answer = press(site.client, link, "confirm")

    assert "You are subscribed" in answer.text
    (person,) = site.audience.list_subscribers()
    assert (person.address, person.state) == (READER, SubscriberState.ACTIVE)


def test_confirming_twice_is_harmless(site: PeopleSite) -> None:
    site.ask()
    link = site.mailed_link(Place.CONFIRM)

    press(site.client, link, "confirm")
    before = site.snapshot()

    assert press(site.client, link, "confirm").status_code == 200
    assert site.snapshot() == before


def test_confirming_leads_to_the_preferences(site: PeopleSite) -> None:
    site.ask()
    link = site.mailed_link(Place.CONFIRM)

    page = press(site.client, link, "confirm").text

    preferences = re.search(r'href="\.\./(p/[^"]+)"', page)
    assert preferences
    assert "Your preferences" in site.client.get(PATH + preferences[1]).text


def test_a_link_that_is_too_old_offers_a_new_one(site: PeopleSite) -> None:
    site.ask()
    old = site.mailed_link(Place.CONFIRM)
    site.clock.advance(days=8)

    page = site.client.get(old)
    answer = press(site.client, old, "renew")
    new = site.mailed_link(Place.CONFIRM)

    assert page.status_code == 410
    assert "Look into your mailbox" in answer.text
    assert new != old
    assert "You are subscribed" in press(site.client, new, "confirm").text


def test_a_new_link_is_not_sent_as_often_as_somebody_presses(site: PeopleSite) -> None:
    site.ask()
    old = site.mailed_link(Place.CONFIRM)
    site.clock.advance(days=8)

    answers = {press(site.client, old, "renew").text for _ in range(5)}

    assert len(answers) == 1
    assert len(site.collect()) == 1


# Unsubscribing


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


# Preferences


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


# Nothing happens by itself


def every_link(site: PeopleSite) -> list[str]:
    """Return a link of every kind that a mail may hold, all good."""
    person = site.add()
    preferences = site.link(Place.PREFERENCES, person)
    press(site.client, preferences, "address", address="new@b.example")
    press(site.client, preferences, "export")
    press(site.client, preferences, "erase")
    site.ask("asking@c.example")
    bodies = "\n".join(
        part.get_content()
        for mail in site.collect()
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    )
    found = set(re.findall(rf"https://news\.example({PATH}[^\s>\"<]+)", bodies))
    found |= {preferences, site.link(Place.UNSUBSCRIBE, person)}
    assert {link.removeprefix(PATH)[0] for link in found} == set(Place)
    return sorted(found)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PROPFIND", "PUT", "DELETE"])
def test_following_every_link_of_every_mail_twice_changes_nothing(
    site: PeopleSite, method: str
) -> None:
    links = every_link(site)
    files = {path: path.read_bytes() for path in site.config.root.glob("feedpub.db*")}
    before = site.snapshot()

    for link in links * 2:
        answer = site.client.open(link, method=method)
        assert answer.status_code == (405 if method in ("PROPFIND", "PUT", "DELETE") else 200)
        if method == "HEAD":
            assert answer.data == b""

    assert site.snapshot() == before
    for path in site.config.root.glob("feedpub.db"):
        assert path.read_bytes() == files[path]
    assert site.collect() == []


def test_a_press_without_the_proof_of_the_page_changes_nothing(site: PeopleSite) -> None:
    links = every_link(site)
    before = site.snapshot()
    actions = (
        "confirm", "unsubscribe", "undo", "pause", "weekly", "save", "address", "export", "erase",
        "renew", "",
    )  # fmt: skip

    for link in links:
        for do in actions:
            for form in ("", "x", None, site.signer.digest(Action.FORM, f"form {do}")):
                answer = site.client.post(link, data={"do": do, "form": form or ""})
                assert answer.status_code == 400, (link, do)

    assert site.snapshot() == before


def test_the_proof_of_one_button_is_none_for_another(site: PeopleSite) -> None:
    person, other = site.add(), site.add("other@b.example")
    page = site.client.get(site.link(Place.PREFERENCES, person)).text
    before = site.snapshot()

    for do in ("address", "erase", "unsubscribe"):
        link = site.link(Place.PREFERENCES, person)
        assert (
            site.client.post(link, data={"do": do, "form": proof(page, "save")}).status_code == 400
        )
    stranger = site.link(Place.PREFERENCES, other)
    answer = site.client.post(stranger, data={"do": "save", "form": proof(page, "save")})

    assert answer.status_code == 400
    assert site.snapshot() == before


def test_a_token_opens_its_own_page_only(site: PeopleSite) -> None:
    links = every_link(site)
    before = site.snapshot()

    for link in links:
        place, token = link.removeprefix(PATH).split("/")
        for other in set(Place) - {place}:
            assert site.client.get(f"{PATH}{other}/{token}").status_code == 404
            answer = site.client.post(f"{PATH}{other}/{token}", data=ONE_CLICK)
            assert answer.status_code == 404

    assert site.snapshot() == before


def test_no_changed_character_of_a_token_is_accepted(site: PeopleSite) -> None:
    link = site.link(Place.UNSUBSCRIBE, site.add())
    start = len(PATH) + 2
    before = site.snapshot()

    for place in range(start, len(link)):
        other = "A" if link[place] != "A" else "B"
        forged = link[:place] + other + link[place + 1 :]
        assert site.client.post(forged, data=ONE_CLICK).status_code == 404, forged

    assert site.snapshot() == before


def test_the_token_of_another_site_is_not_accepted(site: PeopleSite) -> None:
    person = site.add()
    token = Signer(b"other" * 8).sign(Action.UNSUBSCRIBE, person.id)

    assert site.client.post(f"{PATH}u/{token}", data=ONE_CLICK).status_code == 404
    assert site.state(person) == SubscriberState.ACTIVE


VECTORS = [
    "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{31337*3}}", "%00", "\u202e",
]  # fmt: skip


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    place=st.sampled_from([*Place, "z"]),
    token=st.text(max_size=60) | st.sampled_from(VECTORS),
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    fields=st.dictionaries(
        st.sampled_from(["do", "form", "scope", "category", "address", "frequency", "x"]),
        st.text(max_size=40) | st.sampled_from(VECTORS),
    ),
)
def test_nothing_that_is_sent_breaks_a_page_or_gets_into_one(
    shared_site: PeopleSite, place: str, token: str, method: str, fields: dict[str, str]
) -> None:
    person = shared_site.audience.list_subscribers()[0]
    good = shared_site.link(Place.PREFERENCES, person)
    targets = [f"{PATH}{place}/{token}", good, shared_site.link(Place.UNSUBSCRIBE, person)]

    for target in targets:
        answer = shared_site.client.open(target, method=method, data=fields)

        assert answer.status_code in (200, 301, 308, 400, 404, 405, 410)
        assert "Set-Cookie" not in answer.headers
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert "94011" not in answer.text


@pytest.fixture(scope="module")
def shared_site(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> PeopleSite:
    site = PeopleSite(tmp_path_factory.mktemp("sites") / "site", built_site)
    site.add("f@a.example")
    return site


# Headers, and what is beside


def test_every_page_is_for_one_reader_only(site: PeopleSite) -> None:
    for link in [*every_link(site), f"{PATH}u/{'x' * 30}"]:
        headers = site.client.get(link).headers

        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Robots-Tag"] == "noindex"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
        assert "Set-Cookie" not in headers


def test_a_page_does_not_tell_a_stranger_the_whole_address(site: PeopleSite) -> None:
    for link in every_link(site):
        page = site.client.get(link).text

        assert READER not in page
        assert "new@b.example" not in page


def test_style_and_icon_are_there_and_stay(site: PeopleSite) -> None:
    page = site.client.get(site.link(Place.UNSUBSCRIBE, site.add())).text

    for name in re.findall(r'<link rel="(?:stylesheet|icon)" href="\.\./([^"]+)"', page):
        answer = site.client.get(PATH + name)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def test_too_much_is_refused_unread(site: PeopleSite) -> None:
    link = site.link(Place.PREFERENCES, site.add())

    answer = site.client.post(link, data={"do": "x" * 270_000})

    assert answer.status_code == 413
    assert "more than this page takes" in answer.text


def test_the_feeds_are_served_beside(site: PeopleSite) -> None:
    assert site.client.get("/feeds/all/rss.xml").status_code == 200
    assert site.client.get("/feeds/all/rss.xml").headers["Cache-Control"].startswith("public")


def test_other_methods_are_told_what_there_is(site: PeopleSite) -> None:
    answer = site.client.put(site.link(Place.UNSUBSCRIBE, site.add()))

    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert site.client.post("/feeds/all/rss.xml").headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "<script>", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("127.0.0.1", "2001:db8::1:4711", "2001:db8::1:4711"),
        (None, "198.51.100.1", None),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(
    peer: str | None, forwarded: str, client: str | None
) -> None:
    assert find_client(peer, forwarded) == client


def test_a_database_that_is_gone_is_a_page_and_not_a_trace(site: PeopleSite) -> None:
    link = site.link(Place.UNSUBSCRIBE, site.add())
    root = site.config.root
    for path in root.glob("feedpub.db*"):
        path.unlink()

    answer = site.client.get(link)

    assert answer.status_code == 500
    assert "The mistake is ours" in answer.text
    assert str(root) not in answer.text


def test_no_known_attack_gets_into_a_page(site: PeopleSite, shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text("utf-8"))["vectors"]
    link = site.link(Place.PREFERENCES, site.add())
    form = proof(site.client.get(link).text, "address")
    usual = shape_of(site.client.post(link, data={"do": "address", "form": form, "address": "x"}))

    for vector in vectors:
        fields = dict.fromkeys(("address", "category", "scope", "frequency"), vector["payload"])
        answer = site.client.post(link, data={"do": "address", "form": form, **fields})

        assert answer.status_code in (413, 422), vector["id"]
        assert answer.status_code == 413 or shape_of(answer) == usual, vector["id"]


def shape_of(answer: TestResponse) -> list[tuple[str, tuple[str, ...]]]:
    """Return every element of a page with the names of its attributes."""
    return [(str(one.tag), tuple(one.keys())) for one in document_fromstring(answer.data).iter()]


def test_who_left_is_told_where_to_subscribe_again(built_site: Path, tmp_path: Path) -> None:
    face = subscribe_url(WEB)
    usual = make_people_config(tmp_path / "usual").site
    site = PeopleSite(tmp_path / "site", built_site, site=replace(usual, subscribe_url=face))
    press(site.client, site.link(Place.UNSUBSCRIBE, site.add()), "unsubscribe")

    (mail,) = site.collect()
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert face in body.get_content()


def test_the_page_of_preferences_leads_to_where_leaving_it_can_be_undone(site: PeopleSite) -> None:
    person = site.add()

    page = press(site.client, site.link(Place.PREFERENCES, person), "unsubscribe").text
    (way,) = re.findall(r'href="\.\./(u/[^"]+)"', page)

    assert "as before" in press(site.client, PATH + way, "undo").text
    assert site.state(person) == SubscriberState.ACTIVE
