"""Whatever is sent to the form, it neither breaks nor does what nobody pressed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.forms import PAGE, ask, stamp_of
from tests.support.people import READER, PeopleSite, shape_of


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_only_a_press_of_the_button_does_anything(site: PeopleSite, method: str) -> None:
    before = site.snapshot()
    fields = {"stamp": stamp_of(site), "address": READER, "category": "tech"}

    for _ in range(2):
        answer = site.client.open(PAGE, method=method, query_string=fields, data=fields)

    assert answer.status_code == (200 if method in ("GET", "HEAD", "OPTIONS") else 405)
    assert site.snapshot() == before


def test_neither_cookie_nor_script_is_needed(site: PeopleSite) -> None:
    for answer in (site.client.get(PAGE), ask(site), ask(site, "x")):
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{31337*3}}", "%00",
        "\u202e", "=cmd|' /C calc'!A0", "a@b.example", "life/food", "weekly", "zh-CN",
    ]
)  # fmt: skip


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS"]),
    query=st.dictionaries(st.sampled_from(["category", "language", "x"]), TEXTS),
    fields=st.dictionaries(
        st.sampled_from(["address", "category", "frequency", "language", "stamp", "subject", "do"]),
        TEXTS | st.lists(TEXTS, max_size=3),
    ),
    headers=st.dictionaries(
        st.sampled_from(["Accept-Language", "Accept", "X-Forwarded-For", "Origin", "Content-Type"]),
        st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40),
        max_size=2,
    ),
    signed=st.booleans(),
)
def test_nothing_that_is_sent_breaks_the_page_or_gets_into_it(
    shared_site: PeopleSite,
    method: str,
    query: dict[str, str],
    fields: dict[str, Any],
    headers: dict[str, str],
    signed: bool,
) -> None:
    if signed:
        fields = {**fields, "stamp": stamp_of(shared_site)}
    before = shared_site.snapshot()

    answer = shared_site.client.open(
        PAGE, method=method, query_string=query, data=fields, headers=headers
    )

    assert answer.status_code in (200, 400, 403, 422, 429)
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert "94011" not in answer.text
    if method != "POST" or answer.status_code != 200:
        assert shared_site.snapshot() == before


@pytest.fixture(scope="module")
def shared_site(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> PeopleSite:
    return PeopleSite(tmp_path_factory.mktemp("asking") / "site", built_site)


def test_no_known_attack_gets_into_the_form(site: PeopleSite, shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "xss.json").read_text("utf-8"))["vectors"]
    usual, lost = shape_of(ask(site, "x")), shape_of(ask(site, category="x"))

    for vector in vectors:
        text = vector["payload"]
        answer = ask(site, text, frequency=text, language=text)
        asked = ask(site, READER, category=text)
        got = site.client.get(PAGE, query_string={"category": text, "language": text[:200]})

        assert answer.status_code in (413, 422), vector["id"]
        assert asked.status_code in (413, 422), vector["id"]
        assert asked.status_code == 413 or shape_of(asked) == lost, vector["id"]
        assert answer.status_code == 413 or shape_of(answer) == usual, vector["id"]
        assert got.status_code in (200, 414), vector["id"]
        assert re.search(r"<script|<img|<svg|onerror=", got.text.replace("&lt;", "")) is None or (
            shape_of(got) == shape_of(site.client.get(PAGE, query_string={"category": "x"}))
        ), vector["id"]


def test_a_browser_without_a_stamp_of_ours_sees_the_form_again(site: PeopleSite) -> None:
    client: FlaskClient = site.browse()

    answer = client.post(PAGE, data=b"\xff\xfe=1&address=%ff%fe", content_type="text/plain")

    assert answer.status_code == 422
