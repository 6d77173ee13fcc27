"""Mails to one person: short, complete, and without a word of whoever asked for them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedpub.errors import AddressError, TemplateError
from feedpub.messages import Notices, Sender, read_confirm_address
from feedpub.model import Message, NoticeKind, Site
from feedpub.tokens import Action, Signer
from tests.support.dkim_keys import look_up, signing_keys
from tests.support.html import elements, text
from tests.support.mails import HOSTILE_TEXTS, parse, parse_old, raw_field, raw_names

ASKED = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
TOKEN = "MTItOQ.aRf3Wg.3o0SgE9cUT2D4yA0nP"
NAMES = [
    "Subject", "Content-Language", "From", "Reply-To", "Date", "Auto-Submitted", "MIME-Version",
    "Content-Type", "To", "Message-ID",
]  # fmt: skip
LINKED = {
    NoticeKind.CONFIRM: "c",
    NoticeKind.ADDRESS: "a",
    NoticeKind.EXPORT: "x",
    NoticeKind.ERASE: "e",
}


@pytest.fixture
def site() -> Site:
    return Site(
        title="纸飞机",
        url="https://blog.example/",
        feeds_url="https://blog.example/feeds/",
        language="zh-CN",
        zone=ZoneInfo("Asia/Shanghai"),
    )


@pytest.fixture
def notices(sender: Sender, signer: Signer, site: Site) -> Notices:
    return Notices(sender, signer, site=site, postal_address="某市某路 1 号")


def compose(notices: Notices, kind: NoticeKind = NoticeKind.CONFIRM, **changes: object) -> Message:
    values = {
        "notice": 3,
        "subscriber": 9,
        "address": "reader@example.org",
        "created": ASKED,
        "token": TOKEN,
        **changes,
    }
    return notices.compose(kind, **values)  # type: ignore[arg-type]


def body(message: Message, kind: str) -> bytes:
    part = parse(message.data).get_body((kind,))
    assert part is not None
    return part.get_payload(decode=True)  # type: ignore[return-value]


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_notice_has_the_fields_of_a_mail_and_those_of_a_list_only_for_subscribers(
    notices: Notices, kind: NoticeKind
) -> None:
    data = compose(notices, kind).data

    listed = ["List-Id", "List-Unsubscribe-Post", "List-Unsubscribe"]
    extra = listed if kind in (NoticeKind.WELCOME, NoticeKind.ALREADY) else []
    names = [*NAMES[:-2], *extra, *NAMES[-2:]]
    assert raw_names(data) == list(parse(data).keys()) == list(parse_old(data).keys()) == names
    assert parse(data)["Auto-Submitted"] == "auto-generated"
    assert raw_field(data, "Date") == b"Fri, 27 Nov 2026 08:30:00 +0000"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_both_parts_say_who_it_is_from_and_lead_to_the_same_place(
    notices: Notices, kind: NoticeKind, language: str
) -> None:
    message = compose(notices, kind, language=language)

    plain, html = body(message, "plain").decode(), body(message, "html")
    for part in (plain, text(html)):
        assert "纸飞机周报" in part
        assert "某市某路 1 号" in part
    hrefs = {item.attributes["href"] for item in elements(html) if item.tag == "a"}
    assert hrefs == set(re.findall(r"(?:https|mailto):\S+", plain))
    if kind in LINKED:
        assert f"https://news.blog.example/mail/{LINKED[kind]}/{TOKEN}" in hrefs
    assert f'<html lang="{language}">'.encode() in html


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_languages_of_a_notice_differ_in_every_word(notices: Notices, kind: NoticeKind) -> None:
    english = compose(notices, kind, language="en").data

    subject = str(parse(english)["Subject"]).replace("纸飞机周报", "")
    assert subject.isascii()
    plain = body(compose(notices, kind, language="en"), "plain").decode()
    assert (
        plain.replace("纸飞机周报", "").replace("纸飞机", "").replace("某市某路 1 号", "").isascii()
    )


def test_a_notice_without_a_language_has_that_of_the_site(notices: Notices) -> None:
    assert parse(compose(notices).data)["Subject"] == "请确认订阅：纸飞机周报"


def test_the_text_begins_behind_the_subject_and_ends_with_one_line_end(notices: Notices) -> None:
    plain = body(compose(notices), "plain").decode()

    assert plain.startswith("有人")
    assert plain.endswith("某市某路 1 号\r\n")


def test_a_title_of_two_lines_makes_a_subject_of_one(
    sender: Sender, signer: Signer, site: Site
) -> None:
    notices = Notices(replace(sender, title="two\nlines"), signer, site=site)

    assert parse(compose(notices).data)["Subject"] == "请确认订阅：two lines"


def test_answers_to_a_confirmation_with_a_link_go_to_the_editor(notices: Notices) -> None:
    assert raw_field(compose(notices).data, "Reply-To") == b"editor@blog.example"


def test_a_confirmation_carries_nothing_of_whoever_asked(notices: Notices) -> None:
    first = compose(notices, address="free-pills@evil.example")
    second = compose(notices, address="reader@example.org")

    assert body(first, "plain") == body(second, "plain")
    assert body(first, "html") == body(second, "html")
    assert b"evil" not in first.data.replace(b"To: free-pills@evil.example\r\n", b"")


def test_without_a_web_face_a_confirmation_is_answered(
    webless: Sender, signer: Signer, site: Site
) -> None:
    message = compose(Notices(webless, signer, site=site), token="")

    assert read_confirm_address(raw_field(message.data, "Reply-To").decode(), signer) == 9
    assert "回复这封邮件" in body(message, "plain").decode()
    assert "https://news" not in body(message, "plain").decode()


@pytest.mark.parametrize("kind", LINKED)
def test_a_notice_about_a_link_is_not_made_without_one(notices: Notices, kind: NoticeKind) -> None:
    with pytest.raises(ValueError, match="needs a token"):
        compose(notices, kind, token="")


@pytest.mark.parametrize("kind", [NoticeKind.ADDRESS, NoticeKind.EXPORT, NoticeKind.ERASE])
def test_without_a_web_face_there_are_no_links_to_it(
    webless: Sender, signer: Signer, site: Site, kind: NoticeKind
) -> None:
    with pytest.raises(ValueError, match="needs a token and a web face"):
        compose(Notices(webless, signer, site=site), kind)


def test_a_notice_is_the_same_on_each_try(notices: Notices) -> None:
    assert compose(notices) == compose(notices)


@pytest.mark.parametrize(
    "change", [{"notice": 4}, {"subscriber": 10}, {"created": ASKED.replace(day=28)}], ids=str
)
def test_another_notice_has_another_id(notices: Notices, change: dict[str, object]) -> None:
    first, second = compose(notices).data, compose(notices, **change).data

    assert raw_field(first, "Message-ID") != raw_field(second, "Message-ID")


def test_the_id_of_a_notice_is_none_of_a_digest(notices: Notices, signer: Signer) -> None:
    identifier = raw_field(compose(notices, notice=7, subscriber=9).data, "Message-ID").decode()

    assert signer.digest(Action.MESSAGE, "7/9") not in identifier


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_whatever_the_site_is_called_a_notice_keeps_its_shape(
    sender: Sender, signer: Signer, site: Site, hostile: str
) -> None:
    named = replace(sender, name=hostile, title=hostile)
    notices = Notices(named, signer, site=replace(site, title=hostile))

    data = compose(notices).data

    assert raw_names(data) == list(parse(data).keys()) == NAMES
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_a_title_is_text_in_html(sender: Sender, signer: Signer, site: Site) -> None:
    named = replace(sender, title="<script>alert(1)</script>&amp;")

    message = compose(Notices(named, signer, site=site))

    assert "<script>alert(1)</script>&amp;" in text(body(message, "html"))
    assert "script" not in {item.tag for item in elements(body(message, "html"))}
    assert "<script>alert(1)</script>&amp;" in body(message, "plain").decode()


def test_notices_are_signed(sender: Sender, signer: Signer, site: Site) -> None:
    import dkim

    data = compose(Notices(sender, signer, signing_keys(), site=site), NoticeKind.WELCOME).data

    assert [dkim.DKIM(data).verify(index, dnsfunc=look_up) for index in (0, 1)] == [True, True]


def test_a_bounce_of_a_notice_is_no_bounce_of_a_digest(notices: Notices) -> None:
    assert compose(notices).sender == "bounce@blog.example"


def test_an_address_beyond_ascii_needs_smtputf8(notices: Notices) -> None:
    assert compose(notices, address="张三@blog.example").needs_utf8


def test_an_address_that_is_none_is_refused(notices: Notices) -> None:
    with pytest.raises(AddressError):
        compose(notices, address="a@b.example\r\nBcc: c@d.example")


@pytest.fixture
def override(
    tmp_path: Path, sender: Sender, signer: Signer, site: Site
) -> Callable[[str, str], Notices]:
    def write(name: str, source: str) -> Notices:
        (tmp_path / "mails").mkdir()
        (tmp_path / "mails" / name).write_text(source)
        return Notices(sender, signer, site=site, templates=[tmp_path])

    return write


def test_a_site_may_have_templates_of_its_own(override: Callable[[str, str], Notices]) -> None:
    notices = override("confirm.txt", "Our own subject\nfor {{ title }}: {{ link }}")

    message = compose(notices)

    assert parse(message.data)["Subject"] == "Our own subject"
    assert body(message, "plain").decode() == (
        f"for 纸飞机周报: https://news.blog.example/mail/c/{TOKEN}\r\n"
    )
    assert "还差一步" in text(body(message, "html"))


def test_a_broken_template_is_named(override: Callable[[str, str], Notices]) -> None:
    notices = override("confirm.html", "line\n{{ nothing }}")

    with pytest.raises(TemplateError, match=r"mails/confirm\.html:2: 'nothing' is undefined"):
        compose(notices)
