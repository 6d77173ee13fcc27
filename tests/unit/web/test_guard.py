"""Forms are taken from our own pages, and one-click posts from anywhere."""

import pytest

from feedpub.links import Place
from feedpub.model import SubscriberState
from tests.support.people import PeopleSite, proof


def send(site: PeopleSite, headers: dict[str, str]) -> int:
    link = site.link(Place.UNSUBSCRIBE, site.add())
    form = proof(site.client.get(link).text, "unsubscribe")
    answer = site.client.post(link, data={"do": "unsubscribe", "form": form}, headers=headers)
    return int(answer.status_code)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://news.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://news.example"},
        {"Origin": "https://news.example.evil.example"},
        {"Origin": "nonsense"},
        {"Origin": "http://["},  # which is no address
        {"Origin": "http://evil@localhost"},
    ],
)
def test_a_form_from_another_site_is_refused_with_a_page(
    site: PeopleSite, headers: dict[str, str]
) -> None:
    assert send(site, headers) == 403
    assert [one.state for one in site.audience.list_subscribers()] == [SubscriberState.ACTIVE]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://news.example"},
        {"Origin": "http://localhost"},  # the host that was asked
        {"Origin": "null"},  # ours, without HTTPS: no Referer means no Origin
    ],
)
def test_a_form_of_our_own_is_taken(site: PeopleSite, headers: dict[str, str]) -> None:
    assert send(site, headers) == 200


@pytest.mark.parametrize("place", [Place.PREFERENCES, Place.EXPORT, Place.ERASE])
def test_only_the_link_to_unsubscribe_takes_one_click(site: PeopleSite, place: Place) -> None:
    link = site.link(place, site.add())

    answer = site.client.post(
        link,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert "page of another site" in answer.text
