"""``feedpub serve`` over a real socket."""

import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.programs import finish, start, wait_for_line
from tests.support.settings import SITE

RSS = b'<?xml version="1.0"?>\n<rss>' + b"<item/>" * 200 + b"</rss>"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site whose output was made by hand: a server does not care who made it."""
    (tmp_path / "feedpub.toml").write_text(SITE)
    (tmp_path / "feeds/all").mkdir(parents=True)
    (tmp_path / "feeds/index.html").write_text("<!doctype html><title>All</title>")
    (tmp_path / "feeds/all/rss.xml").write_bytes(RSS)
    os.utime(tmp_path / "feeds/all/rss.xml", (1_700_000_000, 1_700_000_000))
    (tmp_path / "feedpub.key").write_text("secret")
    return tmp_path


@dataclass
class Served:
    process: subprocess.Popen[bytes]
    port: int

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, headers=named)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()


@pytest.fixture
def served(site: Path) -> Iterator[Served]:
    with start("serve", "-p", "0", cwd=site, stderr=subprocess.PIPE) as process:
        line = wait_for_line(process.stderr, b"http://").decode()
        (port,) = re.findall(r"http://127\.0\.0\.1:(\d+)/feeds/", line)
        yield Served(process, int(port))


def test_a_connection_outlives_what_has_not_changed(served: Served) -> None:
    etag = served.ask("/feeds/all/rss.xml")[0].headers["ETag"]
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    seen = set()
    for headers in ({"If-None-Match": etag}, {}, {"If-None-Match": etag}):
        connection.request("GET", "/feeds/all/rss.xml", headers=headers)
        response = connection.getresponse()
        response.read()
        assert response.headers.get("Connection") is None
        assert connection.sock is not None
        seen.add((response.status, connection.sock.getsockname()))
    connection.request("GET", "/feeds/", headers={"If-None-Match": etag, "Connection": "close"})
    connection.getresponse().read()

    assert sorted(status for status, _ in seen) == [200, 304]
    assert len({name for _, name in seen}) == 1
    assert connection.sock is None


def test_a_feed_is_served_where_it_is_on_the_site(served: Served) -> None:
    response, body = served.ask("/feeds/all/rss.xml")

    assert (response.status, body) == (200, RSS)
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert "Server" not in response.headers


def test_idle_connections_shut_nobody_out(served: Served) -> None:
    with ExitStack() as idle:
        for _ in range(200):
            idle.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=60))

        response, _ = served.ask("/feeds/all/rss.xml")

    assert response.status == 200


def test_an_unchanged_feed_costs_a_304(served: Served) -> None:
    first, _ = served.ask("/feeds/all/rss.xml", Accept_Encoding="gzip")

    by_tag, body = served.ask(
        "/feeds/all/rss.xml", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"]
    )
    by_date, _ = served.ask("/feeds/all/rss.xml", If_Modified_Since=first.headers["Last-Modified"])

    assert (by_tag.status, body, by_date.status) == (304, b"", 304)


def test_a_changed_feed_is_sent_again(served: Served, site: Path) -> None:
    first, _ = served.ask("/feeds/all/rss.xml")
    (site / "feeds/all/rss.xml").write_bytes(RSS + b"\n")

    again, body = served.ask("/feeds/all/rss.xml", If_None_Match=first.headers["ETag"])

    assert (again.status, body) == (200, RSS + b"\n")


def test_a_feed_travels_compressed(served: Served) -> None:
    response, body = served.ask("/feeds/all/rss.xml", Accept_Encoding="gzip")

    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == RSS


def test_head_has_the_length_and_no_body(served: Served) -> None:
    response, body = served.ask("/feeds/all/rss.xml", "HEAD")

    assert (response.headers["Content-Length"], body) == (str(len(RSS)), b"")


def test_the_root_leads_to_the_feeds(served: Served) -> None:
    response, _ = served.ask("/")

    assert (response.status, response.headers["Location"]) == (308, "/feeds/")


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/../feedpub.key", "/feeds/%2e%2e/feedpub.key", "/feeds/..%2ffeedpub.key",
        "/../feedpub.key", "//feedpub.key", "/feeds//../feedpub.key", "/feeds/..%5cfeedpub.key",
    ],
)  # fmt: skip
def test_nothing_outside_the_output_is_served(served: Served, path: str) -> None:
    response, body = served.ask(path)

    assert response.status == 404
    assert b"secret" not in body


def test_only_this_machine_can_ask(served: Served) -> None:
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    others = [address for address in addresses if not address.startswith(("127.", "::1"))]

    for address in others:
        with (
            pytest.raises(ConnectionRefusedError),
            socket.create_connection((address, served.port), timeout=2),
        ):
            pass


def test_each_request_is_told_on_stderr(served: Served) -> None:
    response, _ = served.ask("/feeds/all/rss.xml?secret=1")

    line = wait_for_line(served.process.stderr, b"GET").decode()

    assert line.endswith(f"ms {response.headers['X-Request-ID']}\n")
    assert " GET /feeds/all/rss.xml 200 " in line
    assert "127.0.0.1" not in line


def test_a_program_is_told_in_json_and_the_rest_is_written_at_the_end(site: Path) -> None:
    words = ("serve", "-p", "0", "--log-format", "json")
    with start(*words, cwd=site, stderr=subprocess.PIPE) as process:
        line = wait_for_line(process.stderr, b"http://").decode()
        server = Served(process, int(re.findall(r"127\.0\.0\.1:(\d+)", line)[0]))
        response, _ = server.ask("/none")
        process.send_signal(signal.SIGINT)
        told = json.loads(wait_for_line(process.stderr, b"{"))

    assert (told["method"], told["path"], told["status"]) == ("GET", "/none", 404)
    assert told["id"] == response.headers["X-Request-ID"]


def test_who_wants_no_log_gets_none(site: Path) -> None:
    words = ("serve", "-p", "0", "--log-format", "none")
    with start(*words, cwd=site, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        line = wait_for_line(process.stderr, b"http://").decode()
        Served(process, int(re.findall(r"127\.0\.0\.1:(\d+)", line)[0])).ask("/feeds/")
        process.send_signal(signal.SIGINT)

        assert b"GET" not in process.stderr.read()


def test_ctrl_c_ends_the_server_with_130(served: Served) -> None:
    served.process.send_signal(signal.SIGINT)

    assert served.process.wait(timeout=20) == 130


def test_a_taken_port_is_named_with_a_way_out(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = finish("serve", "-p", str(port), cwd=site)

    assert result.returncode == 1
    assert f"cannot listen at 127.0.0.1 port {port}: address already in use" in (
        result.stderr.decode()
    )


def test_an_address_of_another_machine_is_refused(site: Path) -> None:
    result = finish("serve", "-b", "192.0.2.1", cwd=site)

    assert result.returncode == 1
    assert "cannot listen at 192.0.2.1" in result.stderr.decode()


def test_an_open_server_is_warned_of(site: Path) -> None:
    with start("serve", "-b", "0.0.0.0", "-p", "0", cwd=site, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert b"HTTPS" in wait_for_line(process.stderr, b"warning")
        assert b"http://127.0.0.1:" in process.stderr.readline()


def test_programs_learn_the_address_from_stdout(site: Path) -> None:
    with start("serve", "-p", "0", "--json", cwd=site, stdout=subprocess.PIPE) as process:
        line = wait_for_line(process.stdout, b'"url"')

    assert re.search(rb'"http://127\.0\.0\.1:\d+/feeds/"', line)
