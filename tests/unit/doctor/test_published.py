"""What the server of the published files has to say is judged, and its missing line written."""

import json

import pytest

from feedpub.doctor import Document, Finding, Level, Published
from feedpub.errors import FetchError

BASE = "https://blog.example/feeds/"
TYPES = {
    "all/rss.xml": "application/xml; charset=utf-8",
    "all/feed.json": "application/feed+json",
    "embed/feedpub-feed.v1.js": "text/javascript",
    "embed/all.frame.html": "text/html; charset=utf-8",
}
GOOD = {
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
    "etag": '"1"',
    "server": "nginx/1.22.1",
}
FEED = json.dumps({"items": [{"image": f"{BASE}media/1.jpg"}, {}]}).encode()


def examine(
    *,
    base: str = BASE,
    path: str = "",
    body: bytes = FEED,
    embeds: bool = True,
    **changes: str | None,
) -> list[Finding]:
    """Return what is found where the headers of one path, or of all, are others."""

    def get(url: str) -> Document:
        name = url.removeprefix(base)
        headers = {**GOOD, "content-type": TYPES[name]}
        if path in ("", name):
            for header, value in changes.items():
                headers[header.replace("_", "-")] = value or ""
        return Document(url, {name: value for name, value in headers.items() if value}, body)

    return list(Published(base, get, embeds=embeds).examine())


def test_a_server_that_says_it_all_is_fine() -> None:
    assert {finding.level for finding in examine()} == {Level.OK}
    assert len(examine()) == 4


def test_a_site_without_embeds_has_feeds_alone() -> None:
    assert [finding.about for finding in examine(embeds=False)] == ["RSS", "JSON Feed"]


@pytest.mark.parametrize("value", [None, "https://other.example"])
def test_others_have_to_be_allowed_to_read(value: str | None) -> None:
    failed = [each for each in examine(access_control_allow_origin=value) if each.level != "ok"]

    assert [each.about for each in failed] == ["RSS", "JSON Feed", "script"]
    assert all(each.level == Level.FAIL for each in failed)
    assert failed[0].remedy == "nginx, for /feeds/: add_header Access-Control-Allow-Origin *;"


@pytest.mark.parametrize(
    ("server", "line"),
    [
        ("nginx", "nginx, for /feeds/: add_header X-Content-Type-Options nosniff;"),
        ("Caddy", "Caddy, for /feeds/: header X-Content-Type-Options nosniff"),
        (
            None,
            (
                "nginx, for /feeds/: add_header X-Content-Type-Options nosniff;"
                " Caddy: header X-Content-Type-Options nosniff"
            ),
        ),
    ],
)
def test_the_missing_line_is_that_of_the_server_that_answers(server: str | None, line: str) -> None:
    first = examine(x_content_type_options=None, server=server)[0]

    assert (first.level, first.remedy) == (Level.WARN, line)


@pytest.mark.parametrize("path", TYPES)
def test_every_file_has_to_have_its_type(path: str) -> None:
    (wrong,) = [each for each in examine(path=path, content_type="text/plain") if each.remedy]

    assert wrong.level == Level.FAIL
    assert "is said to be text/plain" in wrong.text
    assert "default_type" in wrong.remedy


def test_a_reader_must_be_able_to_ask_whether_anything_is_new() -> None:
    (kept,) = [each for each in examine(path="all/rss.xml", etag=None) if each.remedy]
    (never,) = [
        each for each in examine(path="all/rss.xml", cache_control="no-store") if each.remedy
    ]

    assert (kept.level, never.level) == (Level.WARN, Level.WARN)
    assert 'add_header Cache-Control "public, max-age=60";' in never.remedy


@pytest.mark.parametrize(
    ("policy", "level"),
    [
        ("default-src 'none'", Level.OK),
        ("frame-ancestors *", Level.OK),
        ("default-src 'none'; Frame-Ancestors 'self'", Level.WARN),
        ("frame-ancestors", Level.WARN),
        ("frame-ancestors https://portal.example", Level.WARN),
    ],
)
def test_a_policy_may_not_forbid_frames(policy: str, level: Level) -> None:
    last = examine(path="embed/all.frame.html", content_security_policy=policy)[-1]

    assert last.level == level


def test_an_old_header_may_not_forbid_frames_either() -> None:
    last = examine(x_frame_options="SAMEORIGIN")[-1]

    assert last.level == Level.FAIL
    assert "proxy_hide_header X-Frame-Options;" in last.remedy


def test_a_page_on_https_loads_nothing_from_http() -> None:
    first = examine(base="http://blog.example/feeds/")[0]

    assert (first.level, first.about) == (Level.WARN, "https")


def test_pictures_that_would_be_refused_are_counted() -> None:
    body = json.dumps({"items": [{"image": "http://blog.example/1.jpg"}, {}]}).encode()

    found = next(each for each in examine(body=body) if each.about == "JSON Feed")

    assert found.level == Level.FAIL
    assert found.text.startswith("1 of 2 pictures")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"items": [1]}', b"{}"])
def test_something_else_than_a_feed_is_found(body: bytes) -> None:
    found = next(each for each in examine(body=body) if each.about == "JSON Feed")

    assert (found.level, "holds no JSON Feed" in found.text) == (Level.FAIL, True)


def test_what_cannot_be_had_is_said_with_its_reason() -> None:
    def refuse(url: str) -> Document:
        raise FetchError("the server answered 404; check the URL", url=url, retry=False)

    found = list(Published(BASE, refuse).examine())

    assert {finding.level for finding in found} == {Level.FAIL}
    assert "404" in found[0].remedy
