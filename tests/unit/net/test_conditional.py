"""Asking only for what is new, and what a redirect says of the next time."""

from collections.abc import Iterator

import pytest

from feedpub.errors import FetchError
from feedpub.net import Fetched, Fetcher, Known
from tests.support.bad_server import BadServer

NOTHING = Known()


@pytest.fixture
def server() -> Iterator[BadServer]:
    with BadServer() as server:
        yield server


def get(url: str, known: Known = NOTHING) -> Fetched:
    with Fetcher(allow_private=True, ports=None) as fetcher:
        return fetcher.get(url, max_bytes=1000, deadline_s=5, accept=("text/",), known=known)


def test_a_document_that_is_known_is_not_sent_again(server: BadServer) -> None:
    first = get(server.url("/tagged/a"))
    again = get(server.url("/tagged/a"), Known(etag=first.headers["etag"]))

    assert (first.status, first.body) == (200, b"hello")
    assert (again.status, again.body) == (304, b"")
    assert server.received[1].headers["if-none-match"] == '"a"'


def test_a_document_that_changed_is_sent_whole(server: BadServer) -> None:
    assert get(server.url("/tagged/b"), Known(etag='"a"')).body == b"hello"


def test_both_validators_are_sent_as_the_server_wrote_them(server: BadServer) -> None:
    get(server.url("/tagged/a"), Known(etag='W/"x"', modified="Sat, 31 Jan 2026 12:00:00 GMT"))

    headers = server.received[0].headers
    assert headers["if-none-match"] == 'W/"x"'
    assert headers["if-modified-since"] == "Sat, 31 Jan 2026 12:00:00 GMT"


def test_not_modified_is_an_error_where_nobody_asked(server: BadServer) -> None:
    with pytest.raises(FetchError, match="304"):
        get(server.url("/never-modified"))


def test_an_error_tells_how_long_the_server_wants_to_be_left_alone(server: BadServer) -> None:
    with pytest.raises(FetchError) as caught:
        get(server.url("/busy"))

    assert (caught.value.status, caught.value.wait, caught.value.retry) == (429, "120", True)


@pytest.mark.parametrize(
    ("statuses", "where"),
    [
        ("301", "/chunked"),
        ("308", "/chunked"),
        ("301-308", "/chunked"),
        ("301-302", "/moved/302"),
        ("302", None),
        ("302-301", None),
        ("307", None),
    ],
)
def test_only_permanent_redirects_from_the_start_tell_a_new_address(
    server: BadServer, statuses: str, where: str | None
) -> None:
    found = get(server.url(f"/moved/{statuses}"))

    assert found.url == server.url("/chunked")
    assert found.moved == (where and server.url(where))
