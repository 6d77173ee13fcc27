"""What conditional requests and codings mean, for every way to write them."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.web.negotiation import choose_encoding, compress, is_unchanged

OURS = '"abc-gzip"'
OPAQUE = st.text(st.sampled_from("!#abc,-*/W0 é".replace(" ", "")), max_size=8)
TAGS = st.builds("{}{}".format, st.sampled_from(["", "W/"]), OPAQUE.map('"{}"'.format))
JOINED = st.sampled_from([",", ", ", " ,\t", ",,"])


@given(st.lists(TAGS, max_size=6), JOINED)
def test_a_list_matches_if_our_tag_is_in_it_weak_or_strong(tags: list[str], joint: str) -> None:
    expected = any(tag.removeprefix("W/") == OURS for tag in tags)

    assert is_unchanged({"HTTP_IF_NONE_MATCH": joint.join(tags)}, OURS, 0.0) == expected


@given(st.lists(TAGS, max_size=4), st.lists(TAGS, max_size=4), st.booleans(), JOINED)
def test_our_tag_is_found_anywhere(
    before: list[str], after: list[str], weak: bool, joint: str
) -> None:
    ours = f"W/{OURS}" if weak else OURS

    assert is_unchanged({"HTTP_IF_NONE_MATCH": joint.join([*before, ours, *after])}, OURS, None)


@given(st.text(max_size=60))
def test_no_header_brings_the_server_down(text: str) -> None:
    is_unchanged({"HTTP_IF_NONE_MATCH": text}, OURS, 1.0)
    is_unchanged({"HTTP_IF_MODIFIED_SINCE": text}, OURS, 1.0)
    choose_encoding(text)


@pytest.mark.parametrize(
    ("header", "expected"),
    [("*", True), (" * ", True), ('"*"', False), ("abc-gzip", False), ('"ABC-gzip"', False)],
)
def test_special_forms(header: str, expected: bool) -> None:
    assert is_unchanged({"HTTP_IF_NONE_MATCH": header}, OURS, None) == expected


@given(st.integers(0, 2**31), st.integers(-3, 3))
def test_a_date_matches_if_nothing_is_younger(modified: int, later: int) -> None:
    since = formatdate(max(0, modified + later), usegmt=True)

    found = is_unchanged({"HTTP_IF_MODIFIED_SINCE": since}, OURS, modified + 0.5)

    assert found == (modified <= max(0, modified + later))


def test_a_date_beyond_all_calendars_is_none() -> None:
    since = {"HTTP_IF_MODIFIED_SINCE": "Sat, 01 Jan 99999999999 00:00:00 GMT"}

    assert not is_unchanged(since, OURS, 1.0)


def test_a_date_says_nothing_where_there_is_none_or_a_tag_beside_it() -> None:
    since = {"HTTP_IF_MODIFIED_SINCE": formatdate(10, usegmt=True)}

    assert not is_unchanged(since, OURS, None)
    assert not is_unchanged({**since, "HTTP_IF_NONE_MATCH": '"x"'}, OURS, 1.0)
    assert not is_unchanged({"HTTP_IF_MODIFIED_SINCE": "yesterday"}, OURS, 1.0)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"), ("*", "br"), ("br;q=0, *", "gzip"), ("*;q=0", ""),
        ("identity", ""), ("GZIP", "gzip"), ("gzip;q=0, br;q=0", ""),
        ("x" * 300 + ", gzip", "gzip"),
    ],
)  # fmt: skip
def test_the_coding_that_the_client_likes_best(accepted: str, coding: str) -> None:
    assert choose_encoding(accepted) == coding


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_coding_gives_the_same_bytes_each_time(coding: str) -> None:
    data = b"<item/>" * 300

    assert compress(data, coding) == compress(data, coding)
    assert len(compress(data, coding)) < 100
