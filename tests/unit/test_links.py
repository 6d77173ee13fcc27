"""The addresses that a mail's links and replies go to."""

import pytest

from feedpub import links

TOKEN = "2s-AbC_def-GHIjklMNOpqrst"


@pytest.mark.parametrize(
    ("build", "letter"),
    [
        (links.confirm_url, "c"),
        (links.unsubscribe_url, "u"),
        (links.preferences_url, "p"),
        (links.address_url, "a"),
        (links.export_url, "x"),
        (links.erase_url, "e"),
    ],
)
def test_a_link_is_the_web_address_a_letter_and_the_token(build, letter: str) -> None:
    assert (
        build("https://news.example/mail/", TOKEN) == f"https://news.example/mail/{letter}/{TOKEN}"
    )


@pytest.mark.parametrize("address", ["bounce@example.com", '"odd@name"@example.com'])
def test_the_token_of_an_address_is_read_back(address: str) -> None:
    assert links.read_tag(f"<{links.tag_address(address, TOKEN)}>") == TOKEN


@pytest.mark.parametrize("address", ["bounce@example.com", "", "no address", "@", "+"])
def test_an_address_without_a_token_has_none(address: str) -> None:
    assert links.read_tag(address) == ""
