"""Blocks are encoded once and joined, and decode to what they were."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.digest.plan import Slot
from feedpub.messages.blocks import BOUNDARY, Encoder, encode, fill_html, fill_text

VALUES = [f"<{slot}>".encode() for slot in Slot]

constants = st.binary(max_size=400).map(lambda data: (data + b" " * (-len(data) % 3),))
personal = st.lists(st.binary(max_size=200) | st.sampled_from(Slot), min_size=1, max_size=5).map(
    lambda pieces: (*pieces, Slot.ADDRESS, b"\r\n\r\n")
)
parts = st.lists(constants | personal, max_size=8)


def fill(block: tuple[bytes | Slot, ...]) -> bytes:
    values = dict(zip(Slot, VALUES, strict=True))
    return b"".join(values[piece] if isinstance(piece, Slot) else piece for piece in block)


def pad(data: bytes, *, text: bool = False) -> bytes:
    blanks = b" " * (-len(data) % 3)
    return data[:-2] + blanks + b"\r\n" if text and blanks else data + blanks


@given(parts)
def test_the_html_part_decodes_to_its_blocks_filled_and_padded(
    blocks: list[tuple[bytes | Slot, ...]],
) -> None:
    body = b"".join(fill_html(Encoder().encode_segments(blocks), VALUES))

    assert base64.b64decode(body) == b"".join(pad(fill(block)) for block in blocks)
    check_lines(body)


@given(parts)
def test_the_text_part_is_padded_on_the_empty_lines_that_end_its_personal_blocks(
    blocks: list[tuple[bytes | Slot, ...]],
) -> None:
    body = b"".join(fill_text(Encoder().encode_segments(blocks), VALUES))

    assert base64.b64decode(body) == b"".join(pad(fill(block), text=True) for block in blocks)
    check_lines(body)


def check_lines(body: bytes) -> None:
    """Hold what SMTP and MIME want: no line too long, none that is a dot or the boundary."""
    assert body.count(b"\n") == body.count(b"\r\n") == body.count(b"\r")
    for line in body.split(b"\r\n"):
        assert re.fullmatch(rb"[A-Za-z0-9+/]{0,76}={0,2}", line)
        assert len(line) <= 76
    assert BOUNDARY.encode() not in body


def test_no_base64_can_be_the_boundary() -> None:
    assert "_" in BOUNDARY
    assert not re.fullmatch(r"[A-Za-z0-9+/=]+", BOUNDARY)


def test_a_block_that_cannot_be_joined_is_refused() -> None:
    with pytest.raises(ValueError, match="4 bytes cannot be joined"):
        Encoder().encode_segments([(b"four",)])


def test_a_block_is_encoded_once() -> None:
    encoder = Encoder()
    block = (b"abc" * 100,)

    (first,), (second,) = encoder.encode_segments([block]), encoder.encode_segments([block])

    assert first == second == encode(block[0])
    assert first is second


def test_an_encoder_forgets_before_it_takes_too_much_and_goes_on() -> None:
    encoder = Encoder(max_bytes=3_000)
    blocks = [(b"%03d" % number * 100,) for number in range(50)]

    made = [encoder.encode_segments([block]) for block in blocks * 2]

    assert made == [(encode(block[0]),) for block in blocks * 2]
    assert sum(map(len, encoder._ready.values())) <= 3_000
