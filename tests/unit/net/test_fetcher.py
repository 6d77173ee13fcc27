"""What arrives, how, and what does not."""

import contextlib
import gc
import socket
import threading
import time
import tracemalloc
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from feedpub.errors import FetchError
from feedpub.net import Fetched, Fetcher
from tests.support import pictures
from tests.support.bad_server import BadServer

ANYTHING = ("image/", "text/", "application/", "")


def fetch(fetcher: Fetcher, url: str, **changes: object) -> Fetched:
    terms = {"max_bytes": 1_000_000, "deadline_s": 5.0, "accept": ANYTHING} | changes
    return fetcher.get(url, **terms)


# What arrives


def test_a_picture_arrives_with_its_type(fetcher: Fetcher, server: BadServer) -> None:
    fetched = fetch(fetcher, server.url("/jpeg"))

    assert fetched.body == pictures.drawing(kind="JPEG")
    assert (fetched.status, fetched.media_type) == (200, "image/jpeg")
    assert fetched.headers["content-length"] == str(len(fetched.body))


@pytest.mark.parametrize("path", ["/gzip", "/chunked", "/until-close", "/says-less"])
def test_every_honest_way_to_send_a_body_is_read(
    fetcher: Fetcher, server: BadServer, path: str
) -> None:
    assert fetch(fetcher, server.url(path)).body == b"hello"


def test_an_iri_is_asked_for_in_ascii(fetcher: Fetcher, server: BadServer) -> None:
    fetched = fetch(fetcher, server.url("/picture/图 1?名=é#part"))

    assert server.paths == ["/picture/%E5%9B%BE%201?%E5%90%8D=%C3%A9"]
    assert fetched.url == server.url(server.paths[0])


def test_a_request_tells_nothing_of_us(
    fetcher: Fetcher, server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    fetch(fetcher, server.url("/redirect-with-cookie"), accept=("image/",))
    fetch(fetcher, server.url("/jpeg"))

    expected = {"host", "user-agent", "accept", "accept-encoding"}
    assert [set(received.headers) for received in server.received] == [expected] * 3
    assert server.received[0].headers["accept"] == "image/*"
    assert server.received[0].headers["user-agent"] == "feedpub"


def test_a_request_names_the_page_that_asks_if_one_does(
    fetcher: Fetcher, server: BadServer
) -> None:
    fetch(fetcher, server.url("/jpeg"), origin="https://portal.example")

    assert server.received[0].headers["origin"] == "https://portal.example"


def test_a_connection_is_kept_for_the_next_fetch(
    fetcher: Fetcher, server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(fetcher, server.url("/jpeg"))
    monkeypatch.setattr("feedpub.net.transport.open_socket", None)

    assert fetch(fetcher, server.url("/jpeg")).body


def test_what_follows_an_answer_is_no_answer_to_the_next_request(
    fetcher: Fetcher, server: BadServer
) -> None:
    fetch(fetcher, server.url("/says-less"))

    assert fetch(fetcher, server.url("/chunked")).body == b"hello"


# Redirects


def test_three_redirects_are_followed(fetcher: Fetcher, server: BadServer) -> None:
    assert fetch(fetcher, server.url("/redirect/3")).url == server.url("/picture/end")


@pytest.mark.parametrize("path", ["/redirect/4", "/redirect-loop"])
def test_a_fourth_redirect_is_not(fetcher: Fetcher, server: BadServer, path: str) -> None:
    with pytest.raises(FetchError, match="redirected more than 3 times") as caught:
        fetch(fetcher, server.url(path))

    assert len(server.received) == 4
    assert not caught.value.retry


def test_a_redirect_in_raw_utf_8_is_followed(fetcher: Fetcher, server: BadServer) -> None:
    assert fetch(fetcher, server.url("/redirect-utf-8")).url.endswith("/picture/%E5%9B%BE")


def test_a_redirect_to_nowhere_is_an_error(fetcher: Fetcher, server: BadServer) -> None:
    with pytest.raises(FetchError, match="answered 302"):
        fetch(fetcher, server.url("/redirect-nowhere"))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("http://169.254.169.254/latest/meta-data/", "not on the public internet"),
        ("http://[::ffff:10.0.0.1]/", "not on the public internet"),
        ("http://0x7f000002/", "not on the public internet"),
        ("file:///etc/passwd", "only http and https"),
        ("http://user:secret@127.0.0.1/", "user name"),
        ("http://127.0.0.1:80\\@example.com/", "backslash"),
    ],
)
def test_a_redirect_is_judged_like_the_url(
    guarded: Fetcher, server: BadServer, target: str, message: str
) -> None:
    url = server.url(f"/redirect-to?url={target}".replace("\\", "%5C"))

    with pytest.raises(FetchError, match=message) as caught:
        fetch(guarded, url)

    assert caught.value.url == url
    assert len(server.received) == 1


def test_a_redirect_to_another_port_is_refused(guarded: Fetcher, server: BadServer) -> None:
    with (
        Fetcher(allow_private=True, ports={server.port}) as fetcher,
        pytest.raises(FetchError, match="port 22 is not used"),
    ):
        fetch(fetcher, server.url("/redirect-to?url=http://127.0.0.1:22/"))


def test_only_the_ports_of_the_web_are_used(server: BadServer) -> None:
    with Fetcher(allow_private=True) as fetcher, pytest.raises(FetchError, match="80 and 443"):
        fetch(fetcher, server.url("/jpeg"))

    assert server.received == []


# Time


@pytest.mark.parametrize(
    "path",
    [
        "/silent",
        "/slow-headers",
        "/slow-body",
        "/slow-chunks",
        "/slow-gzip",
        "/slow-redirects/0",
        "/continue",
    ],
)
def test_the_deadline_is_for_everything(fetcher: Fetcher, server: BadServer, path: str) -> None:
    begin = time.monotonic()

    with pytest.raises(FetchError, match=r"no whole answer within 0\.6 s") as caught:
        fetch(fetcher, server.url(path), deadline_s=0.6)

    assert time.monotonic() - begin < 2
    assert caught.value.retry


def test_a_server_that_never_greets_back_meets_the_deadline(fetcher: Fetcher) -> None:
    begin = time.monotonic()

    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(FetchError, match="whole"):
        fetch(fetcher, f"https://127.0.0.1:{mute.getsockname()[1]}/", deadline_s=0.5)

    assert time.monotonic() - begin < 2


# Size


@pytest.mark.parametrize(
    "path",
    [
        "/endless-body",
        "/endless-chunks",
        "/endless-gzip-of-nothing",
        "/gzip-bomb",
        "/twice-gzipped-bomb",
        "/says-1-gb",
        "/endless-length",
    ],
)
def test_no_body_takes_more_than_was_allowed(
    fetcher: Fetcher, server: BadServer, path: str
) -> None:
    fetch(fetcher, server.url("/jpeg"))  # imports and pools are not what is measured
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="larger than the 300,000 bytes") as caught:
            fetch(fetcher, server.url(path), max_bytes=300_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    # The server in this process allocates too: a megabyte at a time, and its bomb.
    assert peak < 6_000_000
    assert not caught.value.retry


def test_headers_without_end_are_refused(fetcher: Fetcher, server: BadServer) -> None:
    with pytest.raises(FetchError):
        fetch(fetcher, server.url("/endless-headers"))


# What is broken or a lie


@pytest.mark.parametrize(
    "path",
    [
        "/says-more",
        "/cut-chunk",
        "/no-last-chunk",
        "/bad-chunk-size",
        "/bad-length",
        "/drop",
        "/reset",
        "/not-http",
        "/gzip-lie",
    ],
)
def test_a_broken_answer_is_an_error_to_try_again(
    fetcher: Fetcher, server: BadServer, path: str
) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(fetcher, server.url(path), deadline_s=1)

    assert caught.value.url == server.url(path)
    assert caught.value.retry
    assert "0x" not in str(caught.value)
    assert "urllib3" not in str(caught.value)


@pytest.mark.parametrize("path", ["/bad-length", "/slow-headers", "/cut-chunk", "/status/404"])
def test_a_broken_answer_leaves_no_socket_open(server: BadServer, path: str) -> None:
    with (
        warnings.catch_warnings(record=True) as leaks,
        Fetcher(allow_private=True, ports=None) as fetcher,
    ):
        warnings.simplefilter("always")
        with contextlib.suppress(FetchError):
            fetch(fetcher, server.url(path), deadline_s=0.2)
        gc.collect()

    assert leaks == []


def test_a_port_where_nobody_listens_says_so(fetcher: Fetcher) -> None:
    with BadServer() as gone:
        url = gone.url("/jpeg")

    with pytest.raises(FetchError, match=r"cannot connect to 127\.0\.0\.1: connection refused"):
        fetch(fetcher, url)


def test_no_tls_where_it_was_promised_is_an_error(fetcher: Fetcher, server: BadServer) -> None:
    with pytest.raises(FetchError):
        fetch(fetcher, server.url("/jpeg").replace("http:", "https:"))

    assert server.received == []


@pytest.mark.parametrize(
    ("status", "retry"),
    [
        (204, False),
        (206, False),
        (304, False),
        (403, False),
        (404, False),
        (410, False),
        (429, True),
        (500, True),
        (503, True),
    ],
)
def test_a_status_says_whether_a_later_run_may_succeed(
    fetcher: Fetcher, server: BadServer, status: int, retry: bool
) -> None:
    with pytest.raises(FetchError, match=f"the server answered {status}; ") as caught:
        fetch(fetcher, server.url(f"/status/{status}"))

    assert caught.value.retry is retry


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/html-page", ("image/",)), ("/no-type", ("image/",)), ("/jpeg", ("image/png", "text/"))],
)
def test_another_type_than_asked_for_is_refused_unread(
    fetcher: Fetcher, server: BadServer, path: str, accept: tuple[str, ...]
) -> None:
    with pytest.raises(FetchError, match="which is not what was asked for") as caught:
        fetch(fetcher, server.url(path), accept=accept)

    assert not caught.value.retry


# Many at once, and forms


def test_one_host_is_asked_by_two_at_once_and_no_more(fetcher: Fetcher) -> None:
    with BadServer() as server, ThreadPoolExecutor(6) as threads:
        urls = [server.url(f"/slow-picture/{n}") for n in range(6)]
        bodies = list(threads.map(lambda url: fetch(fetcher, url).body, urls))

    assert len(set(bodies)) == 6
    assert server.busiest == 2


def test_waiting_for_a_host_counts_against_the_deadline(server: BadServer) -> None:
    with Fetcher(allow_private=True, ports=None, per_host=1) as fetcher:
        first = threading.Thread(
            target=lambda: fetch(fetcher, server.url("/slow-picture/1")), daemon=True
        )
        first.start()
        while not server.received:
            time.sleep(0.01)
        with pytest.raises(FetchError, match="no whole answer within"):
            fetch(fetcher, server.url("/jpeg"), deadline_s=0.02)
        first.join()


def test_a_form_is_posted_with_its_names_repeated(fetcher: Fetcher, server: BadServer) -> None:
    status = fetcher.post_form(server.url("/jpeg"), [("a", "1"), ("a", "图"), ("b", "&")])

    assert status == 200
    assert server.received[0].method == "POST"
    assert server.received[0].form == {"a": ["1", "图"], "b": ["&"]}


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_a_form_is_answered_with_whatever_status(
    fetcher: Fetcher, server: BadServer, status: int
) -> None:
    assert fetcher.post_form(server.url(f"/status/{status}"), []) == status
