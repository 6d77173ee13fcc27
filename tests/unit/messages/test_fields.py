"""The form for the fields of one recipient says what the fields written one by one would say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.messages.fields import (
    Linker,
    RecipientFields,
    list_recipient_fields,
    write_unsubscribe,
)
from feedpub.messages.headers import canonicalize_fields, write_fields
from feedpub.messages.sender import Sender
from feedpub.tokens import Signer
from tests.support.mails import SENDER

ADDRESSES = st.sampled_from(
    ["a@b.test", '"a  b"@x.test', "a%b@x.test", "张@x.test", "x" * 180 + "@" + "y" * 60 + ".test"]
)
SENDERS = st.sampled_from(
    [SENDER, replace(SENDER, web_url=""), replace(SENDER, web_url="https://x.test/%b/")]
)


@given(SENDERS, ADDRESSES, st.integers(0, 10**12))
def test_a_filled_form_is_what_the_fields_are(
    sender: Sender, address: str, subscriber: int
) -> None:
    links = Linker(sender, Signer(bytes(16))).link(subscriber)
    fields = [*list_recipient_fields(sender, address, "id"), write_unsubscribe(links)]

    written, canonical = RecipientFields(sender).write(address, "id", links)

    assert (written, canonical) == (write_fields(fields), canonicalize_fields(fields))
    assert RecipientFields(sender).names == [field.name for field in fields]


def test_what_nobody_sees_in_an_address_is_refused() -> None:
    links = Linker(SENDER, Signer(bytes(16))).link(1)

    with pytest.raises(ValueError, match="no header field"):
        RecipientFields(SENDER).write("a\u200b@b.test", "id", links)
