"""What a mail says of where it comes from is looked at before it says so."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.errors import AddressError
from feedpub.messages import Sender, check_address


@pytest.mark.parametrize(
    ("address", "mailed"),
    [
        ("a@b.example", "a@b.example"),
        ("first.last+tag@b.example", "first.last+tag@b.example"),
        ("o'hara/x=y%z#1!$&*?^_`{|}~@b.example", "o'hara/x=y%z#1!$&*?^_`{|}~@b.example"),
        ('"odd name"@b.example', '"odd name"@b.example'),
        ('"a\\"b, <c@d>"@b.example', '"a\\"b, <c@d>"@b.example'),
        ("a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s"),
        ("a@Straße.example", "a@xn--strae-oqa.example"),
        ("张三@例子.中国", "张三@xn--fsqu00a.xn--fiqs8s"),
        ("a@localhost", "a@localhost"),
    ],
)
def test_an_address_is_mailed_with_its_domain_in_ascii(address: str, mailed: str) -> None:
    assert check_address(address) == mailed


HOSTILE = [
    "",
    "a",
    "@b.example",
    "a@",
    "a@b.example\r\nBcc: x@y",
    "a\n@b.example",
    "a@b.example, c@d",
    "a b@c.example",
    "a@b c",
    "a\x00@b.example",
    "<a@b.example>",
    "a@b@c.example",
    "a\u2028@b.example",
    "a\u3000b@c.example",
    "\ud800@b.example",
    "a@\ud800.example",
    '"a\r\nb"@c.example',
    '"a@b.example',
    'a"b@c.example',
    "a@-b.example",
    "a@b.example-",
    "a@[127.0.0.1]",
    "a;b@c.example",
    "a@b.example>",
    "a@\u200b",
    "x" * 250 + "@b.example",
    "张" * 90 + "@b.example",
    "a@" + "中" * 80 + ".example",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_what_could_change_a_header_or_an_envelope_is_refused(address: str) -> None:
    with pytest.raises(AddressError, match="is no address to mail; correct it"):
        check_address(address)


@given(st.text(st.characters() | st.sampled_from('@.<>",; \r\n\\'), max_size=40))
def test_any_text_is_refused_or_safe(text: str) -> None:
    try:
        address = check_address(text)
    except AddressError:
        return

    local, _, domain = address.rpartition("@")
    assert domain.isascii()
    assert not set(address) & set("\r\n\0\u2028\u2029")
    assert local.startswith('"') or not set(local) & set(' <>,;:@"\\')


@pytest.mark.parametrize(
    "change",
    [
        {"address": "张三@blog.example"},
        {"reply_to": "张三@blog.example"},
        {"bounce_address": "x" * 27 + "@blog.example"},
        {"unsubscribe_address": '"odd"@blog.example'},
        {"address": "news"},
    ],
    ids=str,
)
def test_an_address_that_others_could_not_answer_to_is_refused(
    sender: Sender, change: dict[str, Any]
) -> None:
    with pytest.raises(AddressError, match=r"(correct it|use another|no quotes)$"):
        replace(sender, **change)


def test_domains_and_urls_of_a_sender_become_ascii(sender: Sender) -> None:
    site = replace(
        sender,
        address="news@例子.中国",
        web_url="https://例子.中国/邮件/",
        archive_url="https://b.example/a,b <c>/",
    )

    assert site.address == "news@xn--fsqu00a.xn--fiqs8s"
    assert site.list_id == "newsletter.xn--fsqu00a.xn--fiqs8s"
    assert site.web_url == "https://xn--fsqu00a.xn--fiqs8s/%E9%82%AE%E4%BB%B6/"
    assert site.archive_url == "https://b.example/a%2Cb%20%3Cc%3E/"
