"""A server that misbehaves, and a fetcher that may speak to it."""

from collections.abc import Iterator

import pytest

from feedpub.net import Fetcher, addresses
from tests.support.bad_server import BadServer


@pytest.fixture(scope="module")
def running_server() -> Iterator[BadServer]:
    with BadServer() as server:
        yield server


@pytest.fixture
def server(running_server: BadServer) -> BadServer:
    """Return the server with nothing received yet."""
    running_server.received.clear()
    running_server.busiest = running_server.busy
    return running_server


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """Return a fetcher that takes loopback for a part of the internet."""
    with Fetcher(allow_private=True, ports=None) as fetcher:
        yield fetcher


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fetcher]:
    """Return a fetcher that takes 127.0.0.1 alone for public, and every other rule seriously."""
    real = addresses.is_public
    monkeypatch.setattr(
        addresses, "is_public", lambda address: address == "127.0.0.1" or real(address)
    )
    with Fetcher(ports=None) as fetcher:
        yield fetcher
