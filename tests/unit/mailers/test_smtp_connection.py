"""What is written to the wire line by line."""

from hypothesis import given
from hypothesis import strategies as st

from feedpub.mailers.smtp_connection import _double_dots

PIECES = st.sampled_from([b"\r\n", b"\r\n\r\n", b"\r\n.", b".", b"a", b"\r", b"\n"])


@given(st.lists(PIECES).map(b"".join))
def test_every_line_that_begins_with_a_dot_gets_another(data: bytes) -> None:
    lines = data.split(b"\r\n")

    doubled = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
    assert _double_dots(data) == doubled


def test_what_has_no_such_line_is_not_copied() -> None:
    data = b"Subject: a.b\r\n\r\nYWJj\r\n"

    assert _double_dots(data) is data
