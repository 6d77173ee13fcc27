"""Addresses say, signed, what a mail to them is about."""

from base64 import urlsafe_b64decode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.messages import (
    read_confirm_address,
    read_return_path,
    read_unsubscribe_address,
)
from feedpub.messages.return_paths import (
    make_confirm_address,
    make_return_path,
    make_unsubscribe_address,
)
from feedpub.tokens import Action, Signer

SIGNER = Signer(b"a secret of tests")
MAKE = (make_return_path, make_unsubscribe_address, make_confirm_address)
READ = (read_return_path, read_unsubscribe_address, read_confirm_address)


@given(st.integers(0, 10**15))
def test_an_address_is_read_back(number: int) -> None:
    for make, read in zip(MAKE, READ, strict=True):
        assert read(make("bounce@blog.example", SIGNER, number), SIGNER) == number


@pytest.mark.parametrize("change", [str.upper, str.lower, str.swapcase], ids=lambda f: f.__name__)
def test_the_case_of_an_address_does_not_matter(change: Callable[[str], str]) -> None:
    address = make_return_path("Bounce@blog.example", SIGNER, 1_234_567)

    assert read_return_path(change(address), SIGNER) == 1_234_567


def test_angle_brackets_and_a_detail_of_the_site_do_not_matter() -> None:
    address = make_return_path("news+weekly@blog.example", SIGNER, 5)

    assert address.startswith("news+weekly+5-")
    assert read_return_path(f" <{address}> ", SIGNER) == 5


def test_an_address_allows_one_thing_only() -> None:
    for made, make in enumerate(MAKE):
        address = make("bounce@blog.example", SIGNER, 7)
        for tried, read in enumerate(READ):
            assert read(address, SIGNER) == (7 if made == tried else None)


def test_a_forged_address_is_nobodys() -> None:
    address = make_return_path("b@blog.example", SIGNER, 42)
    token = address.partition("@")[0]

    for place in range(2, len(token)):
        for letter in "a2-":
            forged = token[:place] + letter + token[place + 1 :]
            if forged != token:
                assert read_return_path(f"{forged}@blog.example", SIGNER) is None


@pytest.mark.parametrize(
    "address",
    [
        "", "@", "bounce@blog.example", "b+@blog.example", "b+1@blog.example", "b+1-@blog.example",
        "b+01-aaaaaaaaaaaaaaaaaaaaaaaaaa@x", "b+-1-aaaaaaaaaaaaaaaaaaaaaaaaaa@x",
        "b+1-aaaaaaaaaaaaaaaaaaaaaaaaaa@x", "b+１-aaaaaaaaaaaaaaaaaaaaaaaaaa@x",
        "b+1-aaaaaaaaaaaaaaaaaaaaaaaaa１@x", "b+" + "9" * 5000 + "-" + "a" * 26 + "@x", "b+1-\0@x",
    ],
)  # fmt: skip
def test_another_address_is_nobodys(address: str) -> None:
    assert [read(address, SIGNER) for read in READ] == [None, None, None]


def test_another_secret_makes_other_addresses() -> None:
    address = make_return_path("b@blog.example", Signer(b"another secret of"), 42)

    assert read_return_path(address, SIGNER) is None


def test_the_link_of_one_subscriber_makes_no_address_of_another() -> None:
    number, _, mac = SIGNER.sign(Action.UNSUBSCRIBE, 36).partition("-")
    forged = urlsafe_b64decode(f"{mac}==")[:13].hex()

    assert number == "10"
    assert read_unsubscribe_address(f"list+10-{forged}@blog.example", SIGNER) is None


def test_an_address_fits_its_envelope_for_a_billion_deliveries() -> None:
    local = make_return_path("b" * 26 + "@blog.example", SIGNER, 9_999_999_999).partition("@")[0]

    assert len(local) <= 64
    assert local.isascii()
