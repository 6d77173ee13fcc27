"""Mails to one person, as a filter judges them and a browser shows them."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedpub.messages import Notices
from feedpub.model import NoticeKind, Site
from feedpub.tokens import Signer
from tests.support import needs
from tests.support.browser import find_violations, open_browser, open_page
from tests.support.mails import SENDER, parse

pytestmark = pytest.mark.slow

SITE = Site(
    title="纸飞机",
    url="https://blog.example/",
    feeds_url="https://blog.example/feeds/",
    language="zh-CN",
    zone=ZoneInfo("Asia/Shanghai"),
)
LANGUAGES = {"zh-CN": "纸飞机周报", "en": "Paper Plane Weekly"}


def compose(kind: NoticeKind, language: str) -> bytes:
    sender = replace(SENDER, title=LANGUAGES[language])
    notices = Notices(sender, Signer(b"a secret of tests"), site=SITE, postal_address="某路 1 号")
    return notices.compose(
        kind,
        notice=3,
        subscriber=9,
        address="reader@example.org",
        created=datetime(2026, 11, 27, tzinfo=UTC),
        language=language,
        token="MTItOQ.aRf3Wg.3o0SgE9cUT2D4yA0nP",
    ).data


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with open_browser() as opened:
        yield opened


@needs.program("chromium")
@needs.node_package("axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_a_notice_is_accessible_and_fits_a_small_screen(
    browser: object, tmp_path: Path, kind: NoticeKind, language: str, scheme: str
) -> None:
    page = tmp_path / "notice.html"
    part = parse(compose(kind, language)).get_body(("html",))
    assert part is not None
    page.write_bytes(part.get_payload(decode=True))  # type: ignore[arg-type]

    size = {"width": 320, "height": 600}
    with open_page(browser, page.as_uri(), color_scheme=scheme, viewport=size) as shown:  # type: ignore[arg-type]
        assert find_violations(shown) == []
        assert shown.evaluate("document.documentElement.scrollWidth") == 320


@needs.program("spamassassin")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [NoticeKind.CONFIRM, NoticeKind.WELCOME])
def test_a_filter_has_nothing_against_a_notice(kind: NoticeKind, language: str) -> None:
    program = needs.find("spamassassin")
    assert program is not None

    said = subprocess.run(
        [program, "-L", "-t"], input=compose(kind, language), capture_output=True, timeout=120
    ).stdout.decode("utf-8", "replace")

    found = re.search(r"Content analysis details:\s+\((-?[0-9.]+) points", said)
    assert found is not None
    assert float(found[1]) < 1.0, said
