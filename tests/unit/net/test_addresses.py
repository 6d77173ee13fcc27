"""Who may be spoken to."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests_hardened.ip_filter import InvalidIPAddress, get_ip_address

from feedpub.errors import FetchError
from feedpub.net import Fetcher
from feedpub.net.addresses import is_public
from tests.support.bad_server import BadServer

Answers = Callable[..., list[tuple[object, ...]]]


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_with_a_special_purpose_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"]
)
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_whatever_requests_hardened_refuses_is_refused_here(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    try:
        get_ip_address(str(ip), 80, allow_loopback=False)
    except InvalidIPAddress:
        assert not is_public(str(ip))


@given(st.ip_addresses())
def test_whatever_python_calls_private_is_refused_here(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    # To Python all of ::ffff:0:0/96 is private; here the IPv4 address within it counts.
    if not ip.is_global and not getattr(ip, "ipv4_mapped", None):
        assert not is_public(str(ip))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0",
        "localhost",
        "localhost.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ],
)
def test_no_way_to_write_loopback_is_fetched(server: BadServer, host: str) -> None:
    with Fetcher(ports=None) as fetcher, pytest.raises(FetchError, match="public") as caught:
        fetcher.get(server.url("/jpeg", host), max_bytes=1000, deadline_s=5, accept=("image/",))

    assert not caught.value.retry
    assert server.received == []


def test_a_name_that_also_leads_to_a_private_address_is_refused(
    guarded: Fetcher, server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering(["127.0.0.1", "10.0.0.1"]))

    with pytest.raises(FetchError, match=r"both\.test \(10\.0\.0\.1\) is not on the public"):
        fetch(guarded, server.url("/jpeg", "both.test"))

    assert server.received == []


def test_a_name_that_is_rebound_between_two_look_ups_is_refused(
    guarded: Fetcher, server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering(["127.0.0.1"], ["127.0.0.2"]))
    away = server.url("/picture/end", "rebound.test")

    # Its server hangs up, so that the redirect needs a second look-up.
    fetch(guarded, server.url("/jpeg", "rebound.test"))
    guarded.close()
    with pytest.raises(FetchError, match=r"rebound\.test \(127\.0\.0\.2\) is not on the public"):
        fetch(guarded, away)

    assert server.paths == ["/jpeg"]


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    guarded: Fetcher, server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A second look-up, by whatever layer, would be answered with an address where nobody listens.
    answers = answering(["127.0.0.1"], ["127.0.0.2"])
    monkeypatch.setattr(socket, "getaddrinfo", answers)

    fetched = fetch(guarded, server.url("/jpeg", "once.test"))

    assert fetched


@pytest.mark.parametrize("dead", ["127.0.0.9", "127.0.0.5"], ids=["refuses", "is mute"])
def test_a_dead_address_leaves_time_for_the_next(
    fetcher: Fetcher, server: BadServer, monkeypatch: pytest.MonkeyPatch, dead: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answering([dead, "127.0.0.1"]))

    with mute(("127.0.0.5", server.port)):
        assert fetch(fetcher, server.url("/jpeg", "two.test"), deadline_s=1)


def test_a_look_up_counts_against_the_deadline(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(10) and [])
    begin = time.monotonic()

    with pytest.raises(FetchError, match=r"no name server knew slow\.test in time") as caught:
        fetch(fetcher, "http://slow.test/", deadline_s=0.2)
    release.set()

    assert time.monotonic() - begin < 2
    assert caught.value.retry


@pytest.mark.parametrize(
    ("code", "message", "retry"),
    [
        (socket.EAI_NONAME, "the name gone.test is unknown", False),
        (socket.EAI_AGAIN, "cannot look up the name gone.test", True),
    ],
    ids=["unknown", "unreachable name server"],
)
def test_a_name_that_is_not_found_says_so(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, code: int, message: str, retry: bool
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "whatever")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(FetchError, match=message) as caught:
        fetch(fetcher, "http://gone.test/")

    assert caught.value.retry is retry


def test_a_name_that_cannot_be_one_is_unknown(fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="is unknown"):
        fetch(fetcher, "http://" + "a" * 64 + ".test/")


def fetch(fetcher: Fetcher, url: str, *, deadline_s: float = 5) -> bytes:
    return fetcher.get(url, max_bytes=100_000, deadline_s=deadline_s, accept=("image/",)).body


@contextmanager
def mute(address: tuple[str, int]) -> Iterator[None]:
    """Let an address not answer at all, as its queue of waiting connections is full."""
    with ExitStack() as stack:
        stack.enter_context(socket.create_server(address, backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        yield


def answering(*answers: list[str]) -> Answers:
    """Return a ``getaddrinfo`` that gives these answers in turn, then the last again and again."""
    left = list(answers)

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    return getaddrinfo
