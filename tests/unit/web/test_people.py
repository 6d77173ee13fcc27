"""The pages for subscribers: to confirm, and what all of them have in common."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from feedpub.links import Place, subscribe_url
from feedpub.model import SubscriberState
from feedpub.web.desk import find_client
from tests.support.people import (
    PATH,
    READER,
    WEB,
    PeopleSite,
    every_link,
    make_people_config,
    press,
    proof,
    shape_of,
)

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

    names = re.findall(r'<link rel="(?:stylesheet|icon)" href="\.\./([^"]+)"', page)
    assert len(names) == 2
    for name in names:
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


def test_a_full_disk_is_a_page_for_the_reader_and_a_remedy_in_the_log(
    site: PeopleSite, caplog: pytest.LogCaptureFixture
) -> None:
    link = site.link(Place.UNSUBSCRIBE, site.add("reader@a.example"))
    database = site.config.database_path
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE TRIGGER no_room BEFORE UPDATE ON subscribers"
            " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )

    answer = press(site.client, link, "unsubscribe")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Try again later; nothing was changed" in answer.text
    (line,) = caplog.messages
    assert line == "the page u cannot be answered without the database: make room and try again"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TRIGGER no_room")
    assert press(site.client, link, "unsubscribe").status_code == 200


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
