"""What the server refuses before the application sees it is answered as any error is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedpub.testing import make_config
from feedpub.web.headers import HEADERS, Kind
from feedpub.wiring.web import make_people_pages
from tests.support.quick_server import Served, compose, serve_files

CASES = {
    "no request line": (b"nonsense\r\n\r\n", 400),
    "no address": (b"GET\r\n\r\n", 400),
    "bare line feed": (b"GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400),
    "small method": (compose("get"), 400),
    "two lengths": (compose(fields=["Content-Length: 1", "Content-Length: 2"]), 400),
    # Not a byte more than is read, or the end of the connection would overtake the answer.
    "too long a head": (b"GET / HTTP/1.1\r\nA: ".ljust(256 * 1024, b"x"), 431),
    "too large a body": (compose("POST", fields=["Content-Length: 9999999"]), 413),
    "unknown coding": (compose("POST", fields=["Transfer-Encoding: gzip"]), 501),
    "published file": (compose(fields=["Content-Length: 9999999"]), 413),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("feeds")
    (folder / "all").mkdir()
    (folder / "all/rss.xml").write_text("<rss/>")
    pages = make_people_pages(make_config(Path("articles")))
    with serve_files(folder, pages=pages) as served:
        yield served


def split(said: bytes) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body of an answer."""
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body.decode()


@pytest.mark.parametrize(("raw", "status"), CASES.values(), ids=CASES)
def test_a_refusal_is_a_page_with_every_header(served: Served, raw: bytes, status: int) -> None:
    before = served.count()

    found, headers, body = split(served.talk(raw))

    assert found == status
    assert {(name.title(), value) for name, value in HEADERS[Kind.ERROR]} <= {
        (name.title(), value) for name, value in headers.items()
    }
    assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-Id"])
    assert headers["Connection"] == "close"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<p role="alert">' in body
    assert "waitress" not in body
    assert served.count() == before + 1


def test_a_refusal_is_in_the_language_of_the_reader(served: Served) -> None:
    raw = compose("POST", fields=["Content-Length: 9999999", "Accept-Language: zh-CN"])

    _, _, body = split(served.talk(raw))

    assert '<html lang="zh-CN"' in body


def test_a_refusal_is_json_for_a_program(served: Served) -> None:
    raw = compose("POST", fields=["Content-Length: 9999999", "Accept: application/json"])

    _, headers, body = split(served.talk(raw))

    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == 413


def test_a_head_that_is_refused_has_no_body(served: Served) -> None:
    _, headers, body = split(served.talk(compose("HEAD", fields=["Content-Length: 9999999"])))

    assert int(headers["Content-Length"]) > 0
    assert body == ""


def test_where_no_page_can_be_made_the_server_says_it_itself(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("defect")

    monkeypatch.setattr(served.app, "wsgi_app", fail)

    broken = split(served.talk(compose()))
    refused = split(served.talk(b"nonsense\r\n\r\n"))

    assert [broken[0], refused[0]] == [500, 400]
    assert "defect" not in broken[2]
