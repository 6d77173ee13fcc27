"""Nothing happens by itself: not by following a link, and not by what is made up."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedpub.links import Place
from feedpub.model import SubscriberState
from feedpub.tokens import Action, Signer
from tests.support.people import PATH, PeopleSite, every_link, proof

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


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
