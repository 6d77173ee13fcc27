"""What every answer has in common, whoever gave it."""

import json
import logging
import re
from io import StringIO
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from feedpub.links import Place
from feedpub.testing import make_config
from feedpub.web.accesslog import LOGGER, BatchHandler, JsonFormatter, hide_secrets
from feedpub.web.feeds import create_app
from feedpub.web.frame import choose_id
from feedpub.web.headers import HEADERS, Kind
from feedpub.wiring.web import make_people_pages
from tests.support.people import PATH, READER, PeopleSite, press

NAME = re.compile("[0-9a-f]{16}")


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    for name in ("index.html", "all/rss.xml", "all/index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    pages = make_people_pages(make_config(Path("articles")))
    app = create_app(tmp_path, pages=pages)

    def fail() -> str:
        raise ValueError(READER)

    app.add_url_rule("/defect", "defect", fail)
    return app.test_client()


# Headers

ANSWERS = ("/", "/all/rss.xml", "/all", "/none", "/defect")


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put"])
def test_every_answer_has_a_policy_and_a_name_and_is_not_guessed_at(
    client: FlaskClient, path: str, method: str
) -> None:
    headers = getattr(client, method)(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert NAME.fullmatch(headers["X-Request-ID"])
    assert "Cache-Control" in headers


def test_a_header_is_said_once_and_by_one_hook_only(site: PeopleSite) -> None:
    person = site.add()

    for path in (site.link(Place.PREFERENCES, person), "/feeds/", "/feeds/all/rss.xml", "/none"):
        names = [name.lower() for name, _ in site.client.get(path).headers]
        assert len(names) == len(set(names)), path


def test_what_has_no_kind_gets_the_strictest_headers(site: PeopleSite) -> None:
    headers = site.client.get(site.link(Place.PREFERENCES, site.add())).headers

    assert {name: headers[name] for name, _ in HEADERS[Kind.PERSONAL]} == dict(
        HEADERS[Kind.PERSONAL]
    )
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_every_kind_of_answer_has_a_policy_without_unsafe_sources() -> None:
    assert set(HEADERS) == set(Kind)
    for headers in HEADERS.values():
        assert "unsafe" not in dict(headers)["Content-Security-Policy"]


# Errors


@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [
        ("get", "/none", 404, "There is no such page or feed"),
        ("post", "/all/rss.xml", 405, "can only be read"),
        ("get", "/defect", 500, "The mistake is ours"),
    ],
)
def test_an_error_is_a_page(
    client: FlaskClient, method: str, path: str, status: int, told: str
) -> None:
    answer = getattr(client, method)(path)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert told in answer.text
    assert "Traceback" not in answer.text
    assert READER not in answer.text


def test_an_error_speaks_the_language_of_the_site(tmp_path: Path) -> None:
    config = make_config(Path("articles"))
    chinese = make_people_pages(
        make_config(Path("articles"), site=_replace(config.site, language="zh-CN"))
    )

    answer = create_app(tmp_path, pages=chinese).test_client().get("/none")

    assert "没有这个页面或订阅源" in answer.text


def _replace(site: object, **changes: str) -> object:
    from dataclasses import replace

    return replace(site, **changes)  # type: ignore[type-var]


def test_the_style_of_an_error_page_is_there(client: FlaskClient) -> None:
    style = re.search('rel="stylesheet" href="([^"]+)"', client.get("/deep/down/none").text)

    assert style
    answer = client.get(style[1])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        ("application/json", "application/problem+json"),
        ("application/problem+json, text/html;q=0.5", "application/problem+json"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("image/png", "text/html; charset=utf-8"),
        ("nonsense", "text/html; charset=utf-8"),
    ],
)
def test_a_program_gets_the_error_in_the_form_that_it_asks_for(
    client: FlaskClient, accepted: str, kind: str
) -> None:
    answer = client.get("/none", headers={"Accept": accepted})

    assert answer.headers["Content-Type"] == kind
    if kind == "application/problem+json":
        found = answer.get_json(force=True)
        assert (found["status"], found["title"]) == (404, "Not Found")
        assert found["request_id"] == answer.headers["X-Request-ID"]


def test_an_unexpected_error_is_logged_without_its_text_or_the_address(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        name = client.get("/defect").headers["X-Request-ID"]

    assert f"request {name} failed: ValueError" in caplog.text
    assert "in fail" in caplog.text
    assert READER not in caplog.text


# Names of requests


@pytest.mark.parametrize("name", ["abcdef12", "3f0c9a52-7d0e-4a6e-9d0b-2f5f6a1d8c11", "a" * 64])
def test_a_proxy_on_this_machine_may_name_a_request(client: FlaskClient, name: str) -> None:
    assert client.get("/", headers={"X-Request-ID": name}).headers["X-Request-ID"] == name


@pytest.mark.parametrize(
    "name", ["", "short", "a" * 65, "a b c d e f", "<script>alert(1)", "-" * 9]
)
def test_a_name_that_is_not_well_formed_is_replaced(client: FlaskClient, name: str) -> None:
    given_back = client.get("/", headers={"X-Request-ID": name}).headers["X-Request-ID"]

    assert NAME.fullmatch(given_back)


def test_a_stranger_may_not_name_a_request_and_a_proxy_of_ours_may() -> None:
    environ = {"REMOTE_ADDR": "10.1.2.3", "HTTP_X_REQUEST_ID": "abcdef12"}

    assert choose_id(environ) != "abcdef12"
    assert choose_id(environ, [ip_network("10.0.0.0/8")]) == "abcdef12"


# The log


@pytest.fixture
def log() -> "list[logging.LogRecord]":
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger = logging.getLogger(LOGGER)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield records  # type: ignore[misc]
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_each_request_is_one_line(client: FlaskClient, log: list[logging.LogRecord]) -> None:
    name = client.get("/all/rss.xml?secret=1").headers["X-Request-ID"]

    (record,) = log
    assert re.fullmatch(rf"GET /all/rss\.xml 200 \d+\.\dms {name}", record.getMessage())


def test_no_line_has_an_address_or_a_token(site: PeopleSite, log: list[logging.LogRecord]) -> None:
    person = site.add()
    for place in (Place.UNSUBSCRIBE, Place.PREFERENCES):
        link = site.link(place, person)
        site.client.get(link)
        site.client.get(f"{link}>")
        site.client.get(link[:-30])
        site.client.get(f"/feeds{link}", headers={"X-Forwarded-For": "203.0.113.9"})
    press(site.client, site.link(Place.PREFERENCES, person), "export")
    site.client.get(f"{PATH}reader@a.example")

    text = "\n".join(record.getMessage() for record in log)
    tokens = [site.link(place, person).rpartition("/")[2] for place in Place if place in "up"]
    assert not [token for token in tokens if token[:12] in text]
    assert "reader" not in text
    assert "127.0.0.1" not in text
    assert "203.0.113.9" not in text
    assert "GET /mail/u/*" in text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_path_breaks_the_line(path: str) -> None:
    wire = f"/{path}".encode().decode("latin-1")

    line = hide_secrets(wire)

    assert line.isascii()
    assert line.isprintable()
    assert " " not in line


def test_json_has_one_object_a_line(client: FlaskClient, log: list[logging.LogRecord]) -> None:
    name = client.get("/none").headers["X-Request-ID"]

    found = json.loads(JsonFormatter().format(log[0]))

    assert found.pop("time")
    assert found.pop("ms") >= 0
    assert found == {"method": "GET", "path": "/none", "status": 404, "id": name}


def test_json_takes_other_records_too() -> None:
    record = logging.makeLogRecord({"name": "feedpub.web", "levelname": "WARNING", "msg": "late"})

    found = json.loads(JsonFormatter().format(record))

    assert (found["level"], found["message"]) == ("WARNING", "late")


def test_lines_are_written_soon_and_the_rest_at_the_end() -> None:
    stream = StringIO()
    handler = BatchHandler(stream)
    handler.emit(logging.makeLogRecord({"msg": "one"}))
    handler.flush()
    handler.emit(logging.makeLogRecord({"msg": "two"}))

    handler.close()

    assert stream.getvalue() == "one\ntwo\n"
