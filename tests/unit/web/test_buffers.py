"""What waits to be sent goes out whole, in order, and is nobody's copy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.web.buffers import Body


@given(st.binary(max_size=50), st.integers(0, 50), st.lists(st.integers(1, 20)))
def test_what_is_left_goes_out_in_order(data: bytes, start: int, steps: list[int]) -> None:
    body = Body(data, start)
    sent = b""
    for step in steps:
        part = bytes(body.get(step))
        body.skip(len(part), allow_prune=True)
        sent += part

    assert sent + bytes(body.get()) == data[start:]
    assert len(body) == len(data[start:]) - len(sent)


def test_no_more_is_sent_than_the_head_says() -> None:
    body = Body(b"abcdef")

    assert body.prepare(4) == 4
    assert bytes(body.get(skip=True)) == b"abcd"
    assert len(body) == 0


def test_what_is_not_there_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="cannot skip 3 bytes of 2"):
        Body(b"ab").skip(3)


def test_a_body_is_no_copy() -> None:
    data = b"a" * 100

    assert Body(data, 10).get(5).obj is data


def test_what_was_given_up_is_let_go_of() -> None:
    body = Body(b"abc")

    body.close()

    assert (len(body), bytes(body.get())) == (0, b"")


def test_a_server_that_knows_no_files_gets_it_whole() -> None:
    assert list(Body(b"abc", 1)) == [b"bc"]
