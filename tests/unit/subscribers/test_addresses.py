"""What an address is, and when two of them are the same mailbox."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedpub.errors import AddressError
from feedpub.subscribers import addresses
from feedpub.subscribers.addresses import (
    Address,
    find_person,
    mask_address,
    parse_address,
    try_address,
)

PIECES = st.sampled_from(
    [
        *"aZ9.-_+'\"!=@网é \n\t",
        *("..", "--", "com", "COM", "Info", "info", "xn--fiq228c", "example.com"),
        *("test", "local", "arpa", "a" * 64, "b" * 63),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.emails())
@example("Info@Example.COM")
@example("a@b.local")
@example("a@ab--c.com")
@example("a@xn--fiq228c.com")
@example("a@xn--a.com")
@example("a@1.2.3.4")
def test_the_short_way_says_what_email_validator_says(text: str) -> None:
    assert try_address(text) == addresses._parse_thoroughly(text.strip())


def test_most_addresses_go_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_parse_thoroughly", None)

    assert try_address("first.last+tag@mail.example.co.uk") == Address(
        "first.last+tag@mail.example.co.uk", "first.last+tag@mail.example.co.uk"
    )


def test_the_local_part_is_kept_as_it_was_typed() -> None:
    assert parse_address(" First.Last@EXAMPLE.com\n").text == "First.Last@example.com"


@pytest.mark.parametrize(
    "spelling",
    ["zhang@例え.jp", "ZHANG@例え.JP", "zhang@xn--r8jz45g.jp", "Zhang@XN--R8JZ45G.jp"],
)
def test_spellings_of_one_mailbox_are_one(spelling: str) -> None:
    found = parse_address(spelling)

    assert found.mailbox == "zhang@xn--r8jz45g.jp"
    assert found.text.endswith("@xn--r8jz45g.jp")
    assert not found.needs_utf8


def test_a_local_part_that_is_not_ascii_needs_smtputf8() -> None:
    assert parse_address("张三@例え.jp") == Address(
        "张三@xn--r8jz45g.jp", "张三@xn--r8jz45g.jp", True
    )


def test_decomposed_letters_are_the_same_mailbox() -> None:
    assert parse_address("josé@example.com").mailbox == parse_address("José@example.com").mailbox


@pytest.mark.parametrize("text", ["a.b@x.example", "ab@x.example", "a+b@x.example"])
def test_dots_and_tags_make_other_mailboxes(text: str) -> None:
    assert parse_address(text).mailbox == text


def test_a_quoted_local_part_stays_quoted() -> None:
    assert parse_address('"A b"@example.com') == Address('"A b"@example.com', '"a b"@example.com')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@example.com",
        "a@b",
        "a@[127.0.0.1]",
        "a b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com, b@example.com",
        "Zhang <a@example.com>",
        "a@example.invalid",
        "a@localhost",
        "a@-x.com",
        "a@x..com",
        "a" * 65 + "@example.com",
        "a@" + "b." * 130 + "com",
        "a\0b@example.com",
        "a@exam\u202eple.com",
        '"a\nb"@example.com',
    ],
)
def test_what_mail_cannot_be_sent_to_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(AddressError, match=r"is no address: .*; correct it"):
        parse_address(text)


def test_the_reason_alone_does_not_repeat_the_address() -> None:
    assert "canary" not in str(try_address("canary@@example.com"))


@pytest.mark.parametrize(
    ("mailbox", "person"),
    [
        ("a+b@x.example", "a@x.example"),
        ("a.b@x.example", "a.b@x.example"),
        ("a.b+c@gmail.com", "ab@gmail.com"),
        ("+a@x.example", "+a@x.example"),
        ('"a+b"@x.example', '"a+b"@x.example'),
    ],
)
def test_variants_that_reach_one_person_are_limited_together(mailbox: str, person: str) -> None:
    assert find_person(mailbox) == person


def test_a_masked_address_can_be_recognised_and_not_read() -> None:
    assert mask_address("zhang.san@example.com") == "z***@example.com"
