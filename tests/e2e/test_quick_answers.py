"""What the loop of the server answers itself is, byte for byte, what a thread would have said."""

import logging
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.testing import make_config
from feedpub.web import accesslog, files
from feedpub.wiring.web import make_people_pages
from tests.support.quick_server import HOST, Served, compose, mask, read_tag, serve_files

RSS = b"<rss>" + b"<item/>" * 30_000 + b"</rss>"
PATHS = (
    "/feeds/all/rss.xml", "/feeds/all/short.json", "/feeds/", "/feeds/embed/all.html",
    "/feeds/a-0123456789abcdef.png", "/feeds/%C3%A9.txt",
)  # fmt: skip
ODD = ("/feeds/none", "/feeds/all", "//feeds/all/rss.xml", "/", "/feeds/?q=1", "/feeds/../key")
CODINGS = ("", "gzip", "br", "gzip;q=0, br", "identity", "*")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files whose times count as settled, so that they are kept in memory."""
    folder = tmp_path_factory.mktemp("feeds")
    for name in ("all", "embed"):
        (folder / name).mkdir()
    (folder / "all/rss.xml").write_bytes(RSS)
    (folder / "all/short.json").write_bytes(b"{}")
    (folder / "index.html").write_text("<!doctype html><title>All</title>")
    (folder / "embed/all.html").write_text("<!doctype html><title>Embed</title>")
    (folder / "a-0123456789abcdef.png").write_bytes(b"\x89PNG" * 900)
    (folder / "é.txt").write_text("é" * 600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "SETTLED_S", -60)
        yield folder


@pytest.fixture(scope="module")
def pair(folder: Path) -> Iterator[tuple[Served, Served]]:
    """The server as it is with all in memory, and one that hands every request over."""
    pages = make_people_pages(make_config(Path("articles")))
    with (
        serve_files(folder, pages=pages) as quick,
        serve_files(folder, at_hand=False, pages=pages) as slow,
    ):
        for path in PATHS:
            for coding in CODINGS:
                quick.talk(compose(path=path, fields=[f"Accept-Encoding: {coding}"]))
        yield quick, slow


FIELDS = st.one_of(
    st.sampled_from(CODINGS).map("Accept-Encoding: {}".format),
    st.sampled_from(["TAG", "W/TAG", '"none"', '"none", TAG', "*", '"a,b", W/TAG', ""]).map(
        "If-None-Match: {}".format
    ),
    st.sampled_from([
        "If-Modified-Since: Wed, 01 Jan 2070 00:00:00 GMT", "If-Modified-Since: never",
        "Range: bytes=0-9", "X-Request-ID: abcdefgh-12345", "X-Request-ID: bad one",
        "Content-Length: 0", "Content_Length: 7", "Accept: text/html", "Accept-Encoding : gzip",
        "Accept-Language: zh-CN", "Connection: keep-alive", "Cookie: a=b", " folded", "no colon",
        "Expect: 100-continue", "Transfer-Encoding: identity", "Content-Length: x",
    ]),
)  # fmt: skip
REQUESTS = st.builds(
    compose,
    st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "get"]),
    st.sampled_from([*PATHS, *ODD]),
    st.lists(FIELDS, max_size=3),
    version=st.sampled_from(["1.1", "1.1", "1.1", "1.0", "2.0", "x"]),
)


@settings(max_examples=200, deadline=None)
@given(REQUESTS)
def test_the_loop_answers_as_a_thread_does(pair: tuple[Served, Served], request_: bytes) -> None:
    quick, slow = pair
    path = request_.split(b" ")[1].decode()
    raw = request_.replace(b"TAG", read_tag(quick.talk(compose(path=path))))
    # Some keep the connection; what is asked for next ends it.
    raw += compose(path="/feeds/all/short.json")

    counts = quick.count(), slow.count()
    answers = [mask(server.talk(raw)) for server in pair]

    assert answers[0] == answers[1]
    answered = answers[0].count(b"\nX-Request-Id")
    assert quick.count() - counts[0] == slow.count() - counts[1] == answered


MANY = [
    compose("HEAD", end=False),
    compose(fields=["If-None-Match: *"], end=False),
    compose(path="/feeds/none", end=False),
    compose(fields=["If-None-Match: *"], end=False),
    compose(end=False),
    compose(fields=["Content-Length: 3"], end=False) + b"abc",
    compose("POST", fields=["Content-Length: 3"], end=False) + b"abc",
    compose(path="/feeds/", end=False),
    compose(path="/feeds/all/short.json"),
]


@pytest.mark.parametrize("size", [100_000, 97, 10])
def test_requests_in_one_packet_or_in_pieces_are_answered_in_order(
    pair: tuple[Served, Served], size: int
) -> None:
    raw = b"".join(MANY)
    parts = [raw[at : at + size] for at in range(0, len(raw), size)]

    answers = [mask(server.talk(*parts, pause_s=0.005)) for server in pair]

    assert answers[0] == answers[1]
    assert answers[0].count(b"HTTP/1.1 ") == len(MANY)


def test_who_is_told_to_go_on_is_answered_then(pair: tuple[Served, Served]) -> None:
    ask = compose(fields=["Content-Length: 3", "Expect: 100-continue"])

    answers = [mask(server.talk(ask, b"abc", pause_s=0.05)) for server in pair]

    assert answers[0] == answers[1]
    assert answers[0].startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_a_file_in_memory_is_handed_over_to_nobody(pair: tuple[Served, Served]) -> None:
    before = len(pair[0].tasks)

    for path in PATHS:
        for method in ("GET", "HEAD"):
            for fields in ([], ["If-None-Match: *"], ["Accept-Encoding: br"]):
                pair[0].talk(compose(method, path, fields))

    assert len(pair[0].tasks) == before


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/feeds/none"), ("POST", PATHS[0]), ("GET", "/"), ("HEAD", "/all")]
)
def test_whatever_else_is_asked_for_is_answered_by_a_thread(
    pair: tuple[Served, Served], method: str, path: str
) -> None:
    before = len(pair[0].tasks)

    pair[0].talk(compose(method, path))

    assert len(pair[0].tasks) == before + 1


def test_an_answer_of_the_loop_has_its_line_in_the_log(pair: tuple[Served, Served]) -> None:
    logger, stream = logging.getLogger(accesslog.LOGGER), StringIO()
    before = logger.handlers, logger.level, logger.propagate
    accesslog.log_requests("text", stream)
    try:
        said = pair[0].talk(compose(fields=["If-None-Match: *"]))
        logger.handlers[0].close()
    finally:
        logger.handlers, logger.level, logger.propagate = before

    (name,) = re.findall(rb"X-Request-Id: (\w+)", said)
    line = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} GET /feeds/all/rss.xml 304 \d+\.\dms " + (
        name.decode()
    )
    assert re.fullmatch(f"{line}\n", stream.getvalue())


def test_a_file_that_changes_is_answered_with_what_it_is(folder: Path) -> None:
    path = folder / "all/news.json"
    path.write_bytes(b"[1]")
    with serve_files(folder) as served:
        first = [served.talk(compose(path="/feeds/all/news.json")) for _ in range(2)]
        time.sleep(0.02)  # so long may the clock of a file system stand still
        path.write_bytes(b"[2, 3]")
        second = served.talk(compose(path="/feeds/all/news.json"))
        path.unlink()
        third = served.talk(compose(path="/feeds/all/news.json"))

    assert [said.rpartition(b"\r\n")[2] for said in (*first, second)] == [b"[1]", b"[1]", b"[2, 3]"]
    assert third.startswith(b"HTTP/1.1 404 ")


def test_slow_readers_take_no_memory_and_keep_nobody_waiting(folder: Path) -> None:
    large = folder / "all/large.txt"
    large.write_bytes(b"0123456789abcdef" * (3 * 65_536))
    ask = compose(path="/feeds/all/large.txt", end=False)
    with serve_files(folder) as served, ExitStack() as waiting:
        whole = served.talk(compose(path="/feeds/all/large.txt"))
        before = read_memory()
        readers = [
            waiting.enter_context(socket.create_connection((HOST, served.port), timeout=20))
            for _ in range(60)
        ]
        for reader in readers:
            reader.sendall(ask * 3)
        began = time.monotonic()
        served.talk(compose())
        took, grown = time.monotonic() - began, read_memory() - before
        first = b""
        while len(first) < len(whole):
            first += readers[0].recv(1 << 16)

    assert grown < 40 * 1024 * 1024  # 3 MB for each would be 180
    assert took < 5
    assert first.partition(b"\r\n\r\n")[2].startswith(large.read_bytes())


def read_memory() -> int:
    """Return the bytes of memory that this process, of which the server is a part, takes."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
