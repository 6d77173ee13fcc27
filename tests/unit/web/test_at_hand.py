"""What can be answered without waiting, and what cannot."""

from pathlib import Path

import pytest
from flask import Flask

from feedpub.web import files, static
from feedpub.web.feeds import create_app
from feedpub.web.static import AT_HAND

RSS = "/feeds/rss.xml"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Of a feed whose times count as settled, so that it is kept in memory."""
    monkeypatch.setattr(files, "SETTLED_S", -60)
    (tmp_path / "rss.xml").write_bytes(b"<rss/>" * 200)
    return create_app(tmp_path, prefix="/feeds/")


def is_at_hand(app: Flask, path: str = RSS, *, method: str = "GET", accepted: str = "") -> bool:
    return app.extensions[AT_HAND](method, path, accepted) is not None


def test_a_file_is_at_hand_once_it_was_read(app: Flask) -> None:
    before = is_at_hand(app)
    app.test_client().get(RSS)

    assert not before
    assert is_at_hand(app)
    assert is_at_hand(app, method="HEAD")


def test_what_is_yet_to_be_compressed_is_not_at_hand(app: Flask) -> None:
    app.test_client().get(RSS)

    before = is_at_hand(app, accepted="br")
    app.test_client().get(RSS, headers={"Accept-Encoding": "br"})

    assert not before
    assert is_at_hand(app, accepted="br")
    assert not is_at_hand(app, accepted="gzip")


def test_a_large_file_is_not_sent_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.test_client().get(RSS)

    monkeypatch.setattr(static, "_MOST_AT_HAND", 1000)

    assert not is_at_hand(app)


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT", "get"])
def test_only_what_reads_is_answered_at_once(app: Flask, method: str) -> None:
    app.test_client().get(RSS)

    assert not is_at_hand(app, method=method)


@pytest.mark.parametrize("path", ["/rss.xml", "/", "/feeds/", "//feeds/rss.xml", "/feeds/\xff"])
def test_what_is_no_file_is_not_at_hand(app: Flask, path: str) -> None:
    app.test_client().get(RSS)

    assert not is_at_hand(app, path)
