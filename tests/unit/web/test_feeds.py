"""What feed readers, browsers and caches are told about a published file."""

import gzip
import os
import time
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.http import http_date, parse_date

from feedpub.testing import make_config
from feedpub.web.feeds import create_app
from feedpub.wiring.web import make_people_pages

PAGES = make_people_pages(make_config(Path("articles")))
RSS = b'<?xml version="1.0"?>\n<rss>' + b"<item/>" * 200 + b"</rss>"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    output = tmp_path / "feeds"
    files = {
        "index.html": b"<!doctype html><title>All</title>",
        "all/rss.xml": RSS,
        "all/feed.json": b"{}",
        "all/index.html": b"<!doctype html>",
        "ke-ji/ren gong/index.html": b"<!doctype html>",
        "feeds.opml": b"<opml/>",
        "status.json": b"{}",
        "media/0123456789abcdef.jpg": b"\xff\xd8" + b"x" * 2000,
        "assets/feedpub.css": b"a{}" * 400,
        "assets/icon.svg": b"<svg/>",
        "embed/all.html": b"<ul></ul>",
        "empty/rss.xml": b"<rss/>",
        ".feedpub-1/rss.xml": b"half",
        "all/.rss.xml.tmp": b"half",
    }
    for name, data in files.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(data)
    (tmp_path / "feedpub.key").write_text("secret")
    return output


@pytest.fixture
def client(output: Path) -> FlaskClient:
    return create_app(output, pages=PAGES).test_client()


# Bytes and types


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/all/rss.xml", "application/xml; charset=utf-8"),
        ("/all/feed.json", "application/feed+json; charset=utf-8"),
        ("/status.json", "application/json; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
        ("/media/0123456789abcdef.jpg", "image/jpeg"),
        ("/assets/feedpub.css", "text/css; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
    ],
)
def test_a_file_has_its_type_and_is_not_guessed_at(
    client: FlaskClient, path: str, media_type: str
) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == media_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_head_tells_the_same_without_the_body(client: FlaskClient) -> None:
    got, head = client.get("/all/rss.xml"), client.head("/all/rss.xml")

    assert head.data == b""
    assert head.headers["Content-Length"] == str(len(RSS))
    assert head.headers["ETag"] == got.headers["ETag"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_changed(client: FlaskClient, method: str) -> None:
    response = getattr(client, method)("/all/rss.xml")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


# Conditional requests


def test_the_tag_is_strong_and_that_of_the_bytes(client: FlaskClient, output: Path) -> None:
    before = client.get("/all/rss.xml").headers["ETag"]
    os.utime(output / "all/rss.xml", (1, 1))
    touched = client.get("/all/rss.xml").headers["ETag"]
    (output / "all/rss.xml").write_bytes(RSS.replace(b"rss", b"RSS"))
    os.utime(output / "all/rss.xml", (1, 1))

    changed = client.get("/all/rss.xml").headers["ETag"]

    assert before.startswith('"')
    assert before == touched
    assert before != changed


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"x", {tag}', 'W/"x",{tag} , "y"', "*"])
def test_a_known_tag_is_answered_304(client: FlaskClient, form: str) -> None:
    tag = client.get("/all/rss.xml").headers["ETag"]

    response = client.get("/all/rss.xml", headers={"If-None-Match": form.format(tag=tag)})

    assert response.status_code == 304
    assert response.data == b""
    assert response.headers["ETag"] == tag
    assert "Cache-Control" in response.headers
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("tag", ['"x"', "W/x", "", '"'])
def test_an_unknown_tag_gets_the_file(client: FlaskClient, tag: str) -> None:
    response = client.get("/all/rss.xml", headers={"If-None-Match": tag})

    assert (response.status_code, response.data) == (200, RSS)


def test_last_modified_is_that_of_the_file(client: FlaskClient, output: Path) -> None:
    os.utime(output / "all/rss.xml", (1_700_000_000.9, 1_700_000_000.9))

    modified = client.get("/all/rss.xml").headers["Last-Modified"]

    when = parse_date(modified)
    assert when is not None
    assert when.timestamp() == 1_700_000_000
    again = client.get("/all/rss.xml", headers={"If-Modified-Since": modified})
    assert again.status_code == 304


def test_a_file_that_may_change_again_within_the_second_has_no_date(
    client: FlaskClient, output: Path
) -> None:
    fresh = client.get("/all/rss.xml").headers
    (output / "all/rss.xml").write_bytes(RSS.replace(b"rss", b"RSS"))

    again = client.get("/all/rss.xml", headers={"If-Modified-Since": http_date(time.time())})

    assert "Last-Modified" not in fresh
    assert (again.status_code, again.data[:40]) == (200, RSS.replace(b"rss", b"RSS")[:40])


def test_the_tag_decides_where_both_are_sent(client: FlaskClient, output: Path) -> None:
    os.utime(output / "all/rss.xml", (1, 1))
    modified = client.get("/all/rss.xml").headers["Last-Modified"]
    headers = {"If-None-Match": '"x"', "If-Modified-Since": modified}

    assert client.get("/all/rss.xml", headers=headers).status_code == 200


# Compression


def test_a_feed_is_compressed_for_those_who_can(client: FlaskClient) -> None:
    response = client.get("/all/rss.xml", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.data) == RSS
    assert int(response.headers["Content-Length"]) == len(response.data) < len(RSS)


def test_each_coding_has_its_own_tag_and_the_same_bytes_each_time(client: FlaskClient) -> None:
    plain = client.get("/all/rss.xml")
    first = client.get("/all/rss.xml", headers={"Accept-Encoding": "gzip"})
    second = client.get("/all/rss.xml", headers={"Accept-Encoding": "gzip"})

    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"] != plain.headers["ETag"]
    conditional = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert client.get("/all/rss.xml", headers=conditional).status_code == 304


def test_brotli_is_preferred_where_the_client_does_not_mind(client: FlaskClient) -> None:
    response = client.get("/all/rss.xml", headers={"Accept-Encoding": "gzip, br"})

    assert response.headers["Content-Encoding"] == "br"
    assert brotli.decompress(response.data) == RSS


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "*;q=0", "deflate"])
def test_who_cannot_gets_plain_bytes(client: FlaskClient, accepted: str) -> None:
    response = client.get("/all/rss.xml", headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in response.headers
    assert response.data == RSS


@pytest.mark.parametrize("path", ["/media/0123456789abcdef.jpg", "/empty/rss.xml"])
def test_pictures_and_tiny_files_stay_as_they_are(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in response.headers


# Who may use what


@pytest.mark.parametrize(
    "path", ["/all/rss.xml", "/all/feed.json", "/feeds.opml", "/embed/all.html", "/assets/icon.svg"]
)
def test_portals_may_read_feeds_from_anywhere(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


def test_a_page_is_not_for_other_origins_nor_their_frames(client: FlaskClient) -> None:
    headers = client.get("/").headers

    assert "Access-Control-Allow-Origin" not in headers
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_an_embed_may_stand_in_any_frame(client: FlaskClient) -> None:
    policy = client.get("/embed/all.html").headers["Content-Security-Policy"]

    assert "frame-ancestors *" in policy


def test_a_raw_feed_may_run_nothing_and_still_have_its_style_sheet(client: FlaskClient) -> None:
    policy = client.get("/all/rss.xml").headers["Content-Security-Policy"]

    assert "script-src" not in policy
    assert "default-src 'none'; style-src 'self'" in policy


def test_only_names_made_of_a_hash_are_kept_for_ever(client: FlaskClient) -> None:
    media = client.get("/media/0123456789abcdef.jpg").headers["Cache-Control"]
    feed = client.get("/all/rss.xml").headers["Cache-Control"]

    assert "immutable" in media
    assert feed == "public, max-age=60"


# Places


def test_a_folder_is_its_index(client: FlaskClient) -> None:
    response = client.get("/all")

    assert response.status_code == 308
    assert response.headers["Location"] == "./all/"
    assert client.get("/all/").data == b"<!doctype html>"


def test_a_redirect_stays_on_this_host(client: FlaskClient) -> None:
    for path in (
        "//evil.example",
        "//evil.example/..",
        "///evil.example",
        "/all//",
        "/\\evil.example",
    ):
        # As a server would hand it on; a client's URL could not say this.
        response = client.get("/", environ_overrides={"PATH_INFO": path})

        assert response.status_code == 404
        assert "Location" not in response.headers


def test_the_way_to_the_feeds_names_no_host(output: Path) -> None:
    client = create_app(output, prefix="/blog/feeds/").test_client()

    answers = [client.get(path, headers={"Host": "evil.example"}) for path in ("/", "/blog/feeds")]

    # A proxy may have taken HTTPS off, and anybody can write a host.
    assert [one.headers["Location"] for one in answers] == ["/blog/feeds/"] * 2


def test_a_redirect_encodes_its_target(client: FlaskClient) -> None:
    assert client.get("/ke-ji/ren gong").headers["Location"] == "./ren%20gong/"


@pytest.mark.parametrize(
    "path",
    [
        "/none", "/none.xml", "/empty/", "/empty", "/media/", "/all/rss.xml/",
        "/.feedpub-1/rss.xml", "/all/.rss.xml.tmp", "/../feedpub.key", "/all/../../feedpub.key",
        "/%2e%2e/feedpub.key", "/..%2ffeedpub.key", "/..\\feedpub.key", "/all/%00", "/a" * 3000,
        "/all/rss.xml%00.html", "/./index.html",
    ],
)  # fmt: skip
def test_what_is_not_published_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert b"secret" not in response.data
    assert b"half" not in response.data
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_link_out_of_the_folder_is_not_followed(client: FlaskClient, output: Path) -> None:
    (output / "out.txt").symlink_to(output.parent / "feedpub.key")
    (output / "etc").symlink_to("/etc")
    (output / "loop").symlink_to(output / "loop")
    (output / "in.xml").symlink_to("all/rss.xml")

    assert client.get("/out.txt").status_code == 404
    assert client.get("/etc/hostname").status_code == 404
    assert client.get("/loop").status_code == 404
    assert client.get("/in.xml").status_code == 200


def test_a_fifo_blocks_nobody(client: FlaskClient, output: Path) -> None:
    os.mkfifo(output / "pipe.xml")

    assert client.get("/pipe.xml").status_code == 404


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_path_brings_the_server_down_or_leaves_the_folder(
    client: FlaskClient, path: str
) -> None:
    # WSGI hands bytes on as Latin-1.
    wire = f"/{path}".encode().decode("latin-1")
    response = client.get("/", environ_overrides={"PATH_INFO": wire})

    assert response.status_code in (200, 308, 404)
    assert b"secret" not in response.data


def test_the_feeds_have_the_path_that_they_have_on_the_site(output: Path) -> None:
    client = create_app(output, prefix="/blog/feeds/", pages=PAGES).test_client()

    assert client.get("/blog/feeds/all/rss.xml").data == RSS
    assert client.get("/").headers["Location"] == "/blog/feeds/"
    assert client.get("/all/rss.xml").status_code == 404
    assert b'href="/blog/feeds/"' in client.get("/nothing").data


def test_a_build_is_seen_at_once(client: FlaskClient, output: Path) -> None:
    client.get("/all/rss.xml")
    new = output / "all" / "new"
    new.write_bytes(b"<rss>new</rss>")
    new.replace(output / "all/rss.xml")

    assert client.get("/all/rss.xml").data == b"<rss>new</rss>"


def test_a_missing_output_folder_is_no_failure(tmp_path: Path) -> None:
    client = create_app(tmp_path / "later").test_client()

    assert client.get("/").status_code == 404
