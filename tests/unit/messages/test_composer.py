"""From a plan to mails on the wire."""

import base64
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.digest.plan import Plan, Slot
from feedpub.errors import AddressError
from feedpub.links import preferences_url, unsubscribe_url
from feedpub.messages import Composer, Sender, read_return_path, read_unsubscribe_address
from feedpub.model import Issue, Message
from feedpub.tokens import Action, Signer
from tests.support.dkim_keys import look_up, signing_keys
from tests.support.mails import HOSTILE_TEXTS, parse, parse_old, raw_field, raw_names

NAMES = [
    "Subject", "Content-Language", "From", "Reply-To", "Date", "Auto-Submitted", "MIME-Version",
    "Content-Type", "List-Id", "List-Unsubscribe-Post", "List-Archive", "List-Help", "List-Post",
    "Precedence", "Feedback-ID", "To", "Message-ID", "List-Unsubscribe",
]  # fmt: skip
WEB_ONLY = {"List-Unsubscribe-Post", "Reply-To", "List-Archive", "List-Help"}


@pytest.fixture
def composer(sender: Sender, signer: Signer, issue: Issue) -> Composer:
    return Composer(sender, signer, issue=issue)


def compose(composer: Composer, plan: Plan, address: str = "reader@example.org") -> Message:
    return composer.compose(composer.compile(plan), delivery=1001, subscriber=77, address=address)


def body(message: Message, kind: str) -> bytes:
    part = parse(message.data).get_body((kind,))
    assert part is not None
    return part.get_payload(decode=True)  # type: ignore[return-value]


# Header


def test_a_mail_has_the_fields_of_a_list_and_no_others(composer: Composer, plan: Plan) -> None:
    data = compose(composer, plan).data

    assert raw_names(data) == NAMES
    assert list(parse(data).keys()) == list(parse_old(data).keys()) == NAMES


def test_the_fields_say_what_they_have_to(composer: Composer, plan: Plan) -> None:
    message = parse(compose(composer, plan).data)

    assert message["From"] == "纸飞机 <news@blog.example>"
    assert message["To"] == "reader@example.org"
    assert message["Reply-To"] == "editor@blog.example"
    assert message["Subject"] == "春天来了 等 3 篇"
    assert message["Content-Language"] == "zh-CN"
    assert str(message["List-Id"]).endswith(" <newsletter.blog.example>")
    assert message["List-Archive"] == "<https://blog.example/feeds/newsletter/>"
    assert message["List-Help"] == "<https://blog.example/feeds/>"
    assert message["List-Post"] == "NO"
    assert message["Precedence"] == "bulk"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"
    assert re.fullmatch(r"weekly-2026-11-27:weekly:digest:\w{5,15}", message["Feedback-ID"])


def test_the_date_is_that_of_the_issue(composer: Composer, plan: Plan, issue: Issue) -> None:
    date = parse(compose(composer, plan).data)["Date"]

    assert issue.created is not None
    assert parsedate_to_datetime(date) == issue.created.replace(microsecond=0)


def test_the_date_of_an_issue_in_any_zone_is_written_in_utc(
    sender: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    created = datetime(2026, 11, 27, 9, tzinfo=timezone(timedelta(hours=8)))

    data = compose(Composer(sender, signer, issue=replace(issue, created=created)), plan).data

    assert raw_field(data, "Date") == b"Fri, 27 Nov 2026 01:00:00 +0000"


def test_an_odd_address_to_unsubscribe_is_escaped_in_its_link(
    sender: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    odd = replace(sender, unsubscribe_address="a%b&c?d=e@blog.example")

    data = compose(Composer(odd, signer, issue=issue), plan).data

    assert b", <mailto:a%25b%26c%3Fd%3De+77-" in raw_field(data, "List-Unsubscribe")


def test_one_click_is_offered_by_whole_addresses_the_web_first(
    composer: Composer, plan: Plan, signer: Signer
) -> None:
    data = compose(composer, plan).data

    found = re.fullmatch(
        rb"<(https://[!-~]+)>, <mailto:([!-~]+)\?subject=unsubscribe>",
        raw_field(data, "List-Unsubscribe"),
    )

    assert found is not None
    token = signer.sign(Action.UNSUBSCRIBE, 77)
    assert found[1].decode() == unsubscribe_url("https://news.blog.example/mail/", token)
    assert read_unsubscribe_address(found[2].decode(), signer) == 77
    assert raw_field(data, "List-Unsubscribe-Post") == b"List-Unsubscribe=One-Click"


def test_a_site_without_a_web_face_is_unsubscribed_from_by_mail_alone(
    webless: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    plan = replace(plan, text=plan.text[:2], html=plan.html[:4])

    data = compose(Composer(webless, signer, issue=issue), plan).data

    assert raw_names(data) == [name for name in NAMES if name not in WEB_ONLY]
    found = re.fullmatch(
        rb"<mailto:([!-~]+)\?subject=unsubscribe>", raw_field(data, "List-Unsubscribe")
    )
    assert found is not None
    assert read_unsubscribe_address(found[1].decode(), signer) == 77


def test_an_address_for_the_web_as_long_as_can_be_is_neither_cut_nor_encoded(
    sender: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    web_url = "https://news.blog.example/" + "x" * 800 + "/"

    data = compose(Composer(replace(sender, web_url=web_url), signer, issue=issue), plan).data

    assert raw_field(data, "List-Unsubscribe").startswith(f"<{web_url}u/".encode())
    assert b"=?" not in raw_field(data, "List-Unsubscribe")
    assert max(map(len, data.split(b"\r\n"))) < 998


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_no_text_of_a_site_or_an_article_adds_a_field(
    sender: Sender, signer: Signer, issue: Issue, plan: Plan, text: str
) -> None:
    composer = Composer(replace(sender, name=text, title=text), signer, issue=issue)

    data = compose(composer, replace(plan, subject=text)).data

    assert raw_names(data) == list(parse(data).keys()) == list(parse_old(data).keys()) == NAMES
    assert parse(data)["From"].addresses[0].addr_spec == "news@blog.example"
    assert max(map(len, data.split(b"\r\n"))) <= 97


def test_a_mail_names_its_copy_the_same_on_each_try(
    composer: Composer, sender: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    first = compose(composer, plan)
    again = compose(Composer(sender, signer, issue=issue), plan)

    assert first == again


def test_each_recipient_and_each_issue_has_an_id_of_its_own(
    sender: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    found = Counter(
        parse(
            composer.compose(compiled, delivery=1, subscriber=person, address="a@b.example").data
        )["Message-ID"]
        for composer in (
            Composer(sender, signer, issue=replace(issue, id=number)) for number in range(1, 4)
        )
        for compiled in [composer.compile(plan)]
        for person in range(1, 30)
    )

    assert set(found.values()) == {1}
    assert len(found) == 87
    assert all(re.fullmatch(r"<[A-Za-z0-9_-]{22}@blog\.example>", name) for name in found)


def test_signed_mails_from_one_plan_do_not_depend_on_those_before(
    sender: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    composer = Composer(sender, signer, signing_keys(), issue=issue)
    compiled = composer.compile(plan)

    mails = [
        composer.compose(compiled, delivery=1, subscriber=2, address="a@b.example").data
        for _ in range(3)
    ]

    assert mails[0] == mails[1] == mails[2]
    assert [dkim.DKIM(mails[2]).verify(index, dnsfunc=look_up) for index in (0, 1)] == [True, True]


# Envelope


def test_bounces_come_back_to_an_address_that_names_the_delivery(
    composer: Composer, plan: Plan, signer: Signer
) -> None:
    message = compose(composer, plan)

    assert message.sender.startswith("bounce+")
    assert read_return_path(message.sender, signer) == 1001
    assert (message.recipient, message.needs_utf8) == ("reader@example.org", False)


def test_a_domain_beyond_ascii_needs_nothing_of_the_server(composer: Composer, plan: Plan) -> None:
    message = compose(composer, plan, "reader@例子.中国")

    assert message.recipient == "reader@xn--fsqu00a.xn--fiqs8s"
    assert not message.needs_utf8
    assert raw_field(message.data, "To") == b"reader@xn--fsqu00a.xn--fiqs8s"


def test_a_name_beyond_ascii_before_the_at_sign_needs_smtputf8(
    composer: Composer, plan: Plan
) -> None:
    message = compose(composer, plan, "张三@例子.中国")

    assert message.recipient == "张三@xn--fsqu00a.xn--fiqs8s"
    assert message.needs_utf8
    assert raw_field(message.data, "To").decode() == "张三@xn--fsqu00a.xn--fiqs8s"
    assert raw_names(message.data) == NAMES


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: x@y", "a@b.example, c@d.example", ""])
def test_an_address_that_is_none_is_refused(composer: Composer, plan: Plan, address: str) -> None:
    with pytest.raises(AddressError):
        compose(composer, plan, address)


# Body


def test_both_parts_hold_the_plan_with_its_slots_filled(
    composer: Composer, plan: Plan, signer: Signer
) -> None:
    message = compose(composer, plan, "o'hara&co@example.org")

    unsubscribe = unsubscribe_url(
        "https://news.blog.example/mail/", signer.sign(Action.UNSUBSCRIBE, 77)
    )
    preferences = preferences_url(
        "https://news.blog.example/mail/", signer.sign(Action.PREFERENCES, 77)
    )
    assert re.sub(r" +(?=\r\n|$)", "", body(message, "plain").decode()) == (
        f"退订：{unsubscribe}\r\n\r\n第一篇\r\n\r\n  o'hara&co@example.org\r\n{preferences}\r\n\r\n"
    )
    assert (
        body(message, "html")
        .decode()
        .rstrip()
        .endswith(
            f'第二篇</td></tr>\r\n <tr><td><a href="{unsubscribe}">u</a>'
            f'<a href="{preferences}">p</a>'
            "o&#x27;hara&amp;co@example.org</td></tr></table></body></html>"
        )
    )


def test_a_mail_is_an_alternative_of_text_and_then_html_in_utf_8(
    composer: Composer, plan: Plan
) -> None:
    message = parse(compose(composer, plan).data)

    assert message.get_content_type() == "multipart/alternative"
    assert [
        (part.get_content_type(), part.get_content_charset(), part["Content-Transfer-Encoding"])
        for part in message.iter_parts()
    ] == [("text/plain", "utf-8", "base64"), ("text/html", "utf-8", "base64")]
    assert not message.defects
    assert not [defect for part in message.iter_parts() for defect in part.defects]


def test_every_line_is_short_ends_with_crlf_and_needs_no_doubled_dot(
    sender: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    dots = (b".\r\n" * 100,)
    composer = Composer(sender, signer, signing_keys(), issue=issue)

    data = compose(composer, replace(plan, html=(dots,), text=(dots,), subject="." * 300)).data

    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    assert not re.search(rb"(?:^|\n)\.", data)
    assert max(map(len, data.split(b"\r\n"))) <= 97


@settings(max_examples=300)
@given(
    st.integers(0, 2**40),
    st.integers(1, 2**40),
    st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,40}@[a-z]{1,20}\.example", fullmatch=True),
    st.lists(st.sampled_from(Slot) | st.binary(max_size=90), max_size=9),
)
def test_any_values_of_slots_arrive_and_touch_nothing_else(
    sender: Sender,
    signer: Signer,
    issue: Issue,
    delivery: int,
    subscriber: int,
    address: str,
    pieces: list[bytes | Slot],
) -> None:
    constant = "不变的一行 \r\n ".encode()
    constant += b" " * (-len(constant) % 3)
    block = (*pieces, b"<-\r\n\r\n")
    plan = Plan("x", "en", (1,), ((constant,), block, (constant,)), ((constant,), block))
    composer = Composer(sender, signer, issue=issue)

    message = composer.compose(
        composer.compile(plan), delivery=delivery, subscriber=subscriber, address=address
    )

    html = body(message, "html")
    assert html.startswith(constant)
    assert html.endswith(constant)
    filled = html[len(constant) : -len(constant)].rstrip(b" ")
    assert filled.count(
        address.replace("&", "&amp;").replace("'", "&#x27;").encode()
    ) >= pieces.count(Slot.ADDRESS)
    assert filled.endswith(b"<-\r\n\r\n")
    assert read_return_path(message.sender, signer) == delivery


def test_ten_thousand_mails_decode_to_what_was_planned(
    sender: Sender, signer: Signer, issue: Issue, plan: Plan
) -> None:
    composer = Composer(sender, signer, issue=issue)
    compiled = composer.compile(plan)
    fixed = [b"".join(block) for block in plan.html if len(block) == 1]  # type: ignore[arg-type]

    for number in range(10_000):
        message = composer.compose(
            compiled, delivery=number, subscriber=number**2, address=f"r{number}@example.org"
        )
        encoded = message.data.partition(b"text/html")[2].partition(b"\r\n\r\n")[2]
        html = base64.b64decode(encoded.partition(b"--")[0], validate=False)
        token = signer.sign(Action.UNSUBSCRIBE, number**2).encode()
        assert html.startswith(fixed[0] + b'<tr><td><a href="https://news.blog.example/mail/u/')
        assert html.count(token + b'"') == 2
        assert html.count(b"r%d@example.org" % number) == 1
        assert fixed[1] + fixed[2] in html


def test_mails_made_by_many_threads_are_those_made_by_one(composer: Composer, plan: Plan) -> None:
    def make(number: int) -> Message:
        changed = replace(plan, html=(*plan.html, (b"%03d" % (number % 7),)))
        return compose(composer, changed)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(300)))

    assert made == [make(number) for number in range(300)]
