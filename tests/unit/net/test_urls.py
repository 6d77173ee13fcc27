"""What may be asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from feedpub.errors import FetchError
from feedpub.net import host_of
from feedpub.net.urls import check_url, follow, port_of


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("http://example.org", "http://example.org/"),
        ("HTTPS://Example.ORG/A?b=c#d", "https://example.org/A?b=c"),
        ("http://example.org/图/a b.jpg?q=é", "http://example.org/%E5%9B%BE/a%20b.jpg?q=%C3%A9"),
        ("http://example.org/%E5%9B%BE?a=%2F", "http://example.org/%E5%9B%BE?a=%2F"),
        ("http://example.org/100%.jpg", "http://example.org/100%25.jpg"),
        ("http://例え.jp/", "http://xn--r8jz45g.jp/"),
        ("  http://example.org/a\n", "http://example.org/a"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("http://[2606:4700::1]/", "http://[2606:4700::1]/"),
    ],
)
def test_a_url_is_encoded_as_the_browsers_do(written: str, wire: str) -> None:
    assert check_url(written) == wire


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative.jpg",
        "//example.org/a.jpg",
        "file:///etc/passwd",
        "gopher://example.org/",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "http://",
        "http:///a",
        "http://:80/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://example.org:port/",
        "http://user:secret@example.org/",
        "http://user@example.org/",
        "http://@example.org/",
        "http://127.0.0.1:80\\@example.com/",
        "http://example.org\\a.jpg",
        "http://example.org/\r\nHost: other",
        "http://example.org/\x00",
        "http://example.org/\ud800",
        "http://exa\u2028mple.org/",
        "http://[::1",
        "http://[not-an-address]/",
        "http://example.org/" + "a" * 5000,
    ],
)
def test_a_url_that_is_not_plain_http_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        check_url(url)

    assert caught.value.url == url
    assert not caught.value.retry
    assert str(caught.value)[0].islower() or str(caught.value).startswith("the URL")


def test_a_url_that_two_parsers_read_apart_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # No such URL is known beyond those above; the next one must not get through either.
    other = parse_url("http://other.test/")
    monkeypatch.setattr("urllib3.util.parse_url", lambda url: other)

    with pytest.raises(FetchError, match="in two ways"):
        check_url("http://example.org/")


@given(st.text())
def test_no_url_is_a_surprise(path: str) -> None:
    for url in (path, f"http://{path}", f"http://example.org/{path}"):
        try:
            wire = check_url(url)
        except FetchError:
            continue
        assert wire.isascii()
        assert check_url(wire) == wire


@given(st.text())
def test_the_host_of_anything_is_a_text(url: str) -> None:
    assert isinstance(host_of(url), str)


@pytest.mark.parametrize(
    ("url", "port"),
    [("http://a/", 80), ("https://a/", 443), ("http://a:443/", 443), ("https://a:8443/", 8443)],
)
def test_a_scheme_has_its_port(url: str, port: int) -> None:
    assert port_of(url) == port


@pytest.mark.parametrize(
    ("base", "location", "target"),
    [
        ("http://a.test/b/c", "d", "http://a.test/b/d"),
        ("http://a.test/b/c", "/d", "http://a.test/d"),
        ("https://a.test/", "//b.test/", "https://b.test/"),
        ("http://a.test/", "https://b.test/", "https://b.test/"),
        ("http://a.test/", "/图".encode().decode("latin-1"), "http://a.test/%E5%9B%BE"),
    ],
)
def test_a_redirect_is_resolved_against_where_it_came_from(
    base: str, location: str, target: str
) -> None:
    assert follow(location, base, asked="http://first.test/") == target


@pytest.mark.parametrize(
    "location",
    [
        "http://a.test/",
        "file:///etc/passwd",
        "https://user@a.test/",
        "https://a.test\\@b.test/",
        "https://[",
        "\u56fe",
    ],
)
def test_a_redirect_from_https_to_anything_less_is_refused(location: str) -> None:
    with pytest.raises(FetchError) as caught:
        follow(location, "https://a.test/", asked="https://first.test/")

    assert caught.value.url == "https://first.test/"
