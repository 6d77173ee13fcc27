"""Many who ask for mail in the name of others, and those who want to know who is subscribed."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedpub.links import Place
from feedpub.tokens import Action
from feedpub.web.stamps import make_stamp
from tests.support.people import PATH, READER, PeopleSite

PAGE = f"{PATH}subscribe"
MANY = 1000
# A thousand requests, refused ones among them, on a machine that has other things to do.
LONGEST_S = 60
MOST_BYTES = 1024 * 1024


class Crowd:
    """A site, and what is asked of it."""

    def __init__(self, site: PeopleSite) -> None:
        self.site = site
        self.stamp = make_stamp(site.signer, int(site.clock().timestamp()) - 30)

    def ask(self, address: str, network: str) -> int:
        """Ask for an address from a network; return the status."""
        return self.site.client.post(
            PAGE,
            data={"stamp": self.stamp, "address": address},
            headers={"X-Forwarded-For": network},
        ).status_code

    def ask_all(self, requests: Iterable[tuple[str, str]]) -> Counter[int]:
        """Ask for all, and return how often there was each status; hold that it is not slow."""
        began = time.monotonic()
        found = Counter(self.ask(address, network) for address, network in requests)
        assert time.monotonic() - began < LONGEST_S
        return found

    def rows(self, table: str) -> int:
        with sqlite3.connect(self.site.config.database_path) as connection:
            (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        connection.close()
        return int(number)

    def size(self) -> int:
        """Return the bytes of the database, its log left out, which is written over."""
        with sqlite3.connect(self.site.config.database_path) as connection:
            ((pages,),) = connection.execute("PRAGMA page_count")
            ((size,),) = connection.execute("PRAGMA page_size")
        connection.close()
        return int(pages) * int(size)


@pytest.fixture
def crowd(site: PeopleSite) -> Crowd:
    return Crowd(site)


@pytest.mark.slow
def test_one_network_gets_twenty_mails_an_hour_sent(crowd: Crowd) -> None:
    before = crowd.size()

    found = crowd.ask_all(
        (f"a{number}@x.example", f"203.0.113.{number % 256}") for number in range(MANY)
    )

    assert found == {200: 20, 429: 980}
    assert (crowd.rows("notices"), crowd.rows("subscribers")) == (20, 20)
    assert crowd.rows("attempts") == 60
    assert crowd.size() - before < MOST_BYTES


@pytest.mark.slow
def test_many_networks_get_five_hundred_mails_an_hour_sent(crowd: Crowd) -> None:
    before = crowd.size()

    found = crowd.ask_all(
        (f"a{number}@x.example", f"10.{number // 250}.{number % 250}.7") for number in range(MANY)
    )

    assert found == {200: 500, 429: 500}
    assert (crowd.rows("notices"), crowd.rows("subscribers")) == (500, 500)
    assert crowd.rows("attempts") == 1500
    assert crowd.size() - before < MOST_BYTES


@pytest.mark.slow
def test_many_networks_get_one_mail_sent_to_one_victim(crowd: Crowd) -> None:
    spellings = ("v.ictim@gmail.com", "victim+{}@gmail.com", "V.I.C.T.I.M@GMAIL.com")

    found = crowd.ask_all(
        (spellings[number % 3].format(number), f"10.{number // 250}.{number % 250}.7")
        for number in range(MANY)
    )

    assert found == {200: MANY}
    assert (crowd.rows("notices"), crowd.rows("subscribers")) == (1, 1)


def test_nothing_is_left_of_those_who_never_confirmed(crowd: Crowd) -> None:
    crowd.ask_all((f"a{number}@x.example", f"10.0.{number}.7") for number in range(30))

    crowd.site.clock.advance(days=8)
    crowd.site.audience.purge()

    assert b"@x.example" not in crowd.site.snapshot()
    assert crowd.rows("notices") == 0
    # Only that these thirty were asked, by keyed hash.
    assert crowd.rows("attempts") == 30


@pytest.mark.slow
def test_an_hour_later_the_others_may_ask(crowd: Crowd) -> None:
    for number in range(500):
        crowd.site.ask(f"a{number}@x.example", network=f"10.{number // 250}.{number % 250}.7")
    assert crowd.ask("late@x.example", "203.0.113.9") == 429
    crowd.site.clock.advance(hours=1, seconds=1)
    crowd.stamp = make_stamp(crowd.site.signer, int(crowd.site.clock().timestamp()) - 30)

    assert crowd.ask("late@x.example", "203.0.113.9") == 200


@pytest.mark.slow
def test_it_takes_as_long_whether_an_address_is_known_or_not(crowd: Crowd) -> None:
    count = 150
    for number in range(count):
        crowd.site.add(f"known{number}@x.example")
    times: dict[str, list[float]] = {"known": [], "fresh": []}

    for number in range(count):
        # In turn, so that whatever else the machine does is shared out evenly.
        for kind in ("known", "fresh") if number % 2 else ("fresh", "known"):
            began = time.perf_counter()
            status = crowd.ask(f"{kind}{number}@x.example", f"10.{number}.{kind == 'known':d}.1")
            times[kind].append(time.perf_counter() - began)
            assert status == 200

    # How often a known one took longer than an unknown one, of all pairs (Mann and Whitney). By
    # chance alone it is within 0.5 +- 0.03 in two of three tests.
    longer = sum(one > other for one in times["known"] for other in times["fresh"])
    assert 0.35 < longer / count**2 < 0.65


# Anything at all, anywhere

TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{31337*3}}", "\0",
        "One-Click", "a@b.example", "new@b.example", "life/food", "weekly", "yes", "some", "all",
    ]
)  # fmt: skip
FIELDS = [
    "do", "form", "scope", "category", "frequency", "language", "paused", "address", "stamp",
    "subject", "List-Unsubscribe", "x",
]  # fmt: skip
ACTIONS = [
    "confirm", "renew", "unsubscribe", "undo", "pause", "weekly", "monthly", "save", "address",
    "export", "erase", "",
]  # fmt: skip


@pytest.fixture(scope="module")
def shared_site(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> PeopleSite:
    site = PeopleSite(tmp_path_factory.mktemp("anything") / "site", built_site)
    site.add(READER)
    return site


def links_of(site: PeopleSite) -> list[str]:
    """Return a good link of every kind."""
    site.clock.advance(days=2)
    site.ask("asking@c.example")
    (person,) = (one for one in site.audience.list_subscribers() if one.address == READER)
    site.audience.request_address(person.id, "new@b.example", source="page")
    site.audience.request_link(person.id, Action.EXPORT)
    site.audience.request_link(person.id, Action.ERASE)
    known = {
        place: site.link(place, person) for place in (Place.UNSUBSCRIBE, Place.PREFERENCES)
    } | site.mailed_links()
    return [*known.values(), PAGE, f"{PATH}u/{'x' * 30}", PATH, f"{PATH}s"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_endpoint_breaks_and_none_but_a_signed_press_changes_anything(
    every_link: tuple[PeopleSite, list[str]], data: st.DataObject
) -> None:
    site, links = every_link
    link = data.draw(st.sampled_from(links), label="link")
    method = data.draw(st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT"]), label="method")
    fields = data.draw(
        st.dictionaries(st.sampled_from(FIELDS), TEXTS | st.lists(TEXTS, max_size=3)), label="form"
    )
    query = data.draw(st.dictionaries(st.sampled_from(FIELDS), TEXTS), label="query")
    fields["do"] = data.draw(st.sampled_from(ACTIONS), label="do")
    before = site.snapshot()

    answer = site.client.open(link, method=method, query_string=query, data=fields)

    assert answer.status_code in (200, 303, 308, 400, 403, 404, 405, 409, 410, 422, 429)
    assert "Set-Cookie" not in answer.headers
    assert "<script>alert" not in answer.text
    assert "94011" not in answer.text
    is_click = fields.get("List-Unsubscribe") in ("One-Click", ["One-Click"])
    if method != "POST" or not (is_click and f"{PATH}u/" in link):
        assert site.snapshot() == before


@pytest.fixture(scope="module")
def every_link(shared_site: PeopleSite) -> tuple[PeopleSite, list[str]]:
    return shared_site, links_of(shared_site)


def test_every_kind_of_link_is_among_them(every_link: tuple[PeopleSite, list[str]]) -> None:
    found: dict[str, Any] = {link.removeprefix(PATH)[:2]: link for link in every_link[1]}

    assert {f"{place}/" for place in Place} <= set(found)
