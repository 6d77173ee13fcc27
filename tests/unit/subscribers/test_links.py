"""Tokens that expire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.errors import TokenError
from feedpub.subscribers.links import make_token, read_token
from feedpub.tokens import Action, Signer

SIGNER = Signer(b"0123456789abcdef")
NOW = 1_770_000_000
WEEK_S = 7 * 86_400
TOKEN = make_token(SIGNER, Action.CONFIRM, NOW, notice=12, subscriber=34)


def read(token: str, action: Action = Action.CONFIRM, *, later: int = 0) -> tuple[int, int]:
    return read_token(SIGNER, action, NOW + later, token, max_age_s=WEEK_S)


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_a_token_says_which_mail_it_stood_in_and_whose_it_was(notice: int, who: int) -> None:
    token = make_token(SIGNER, Action.ERASE, NOW, notice=notice, subscriber=who)

    assert read(token, Action.ERASE) == (notice, who)


def test_a_token_holds_for_its_time_and_not_a_second_longer() -> None:
    assert read(TOKEN, later=WEEK_S) == (12, 34)
    with pytest.raises(TokenError, match="older than 7 days") as caught:
        read(TOKEN, later=WEEK_S + 1)

    assert caught.value.expired


def test_a_token_of_the_future_does_not_hold() -> None:
    with pytest.raises(TokenError):
        read(TOKEN, later=-1)


@pytest.mark.parametrize("action", [action for action in Action if action != Action.CONFIRM])
def test_a_token_opens_nothing_else(action: Action) -> None:
    with pytest.raises(TokenError) as caught:
        read(TOKEN, action)

    assert not caught.value.expired


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_a_token_with_a_bit_flipped_is_none(place: int) -> None:
    forged = TOKEN[:place] + chr(ord(TOKEN[place]) ^ 1) + TOKEN[place + 1 :]

    with pytest.raises(TokenError):
        read(forged)


@given(st.text())
def test_anything_else_is_no_token(text: str) -> None:
    with pytest.raises(TokenError):
        read(text)


def test_another_site_signs_with_another_key() -> None:
    with pytest.raises(TokenError):
        read_token(Signer(b"f" * 16), Action.CONFIRM, NOW, TOKEN, max_age_s=WEEK_S)


def test_a_token_needs_no_escape_in_a_link() -> None:
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
