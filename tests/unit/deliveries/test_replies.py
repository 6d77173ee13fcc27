"""What each reply of a mail server means (DESIGN: the send ledger)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.deliveries import Scope, judge, mask_addresses
from feedpub.model import DeliveryState
from feedpub.ports.mailing import Reply, Stage

QUEUED, SENT = DeliveryState.QUEUED, DeliveryState.SENT
FAILED, UNKNOWN = DeliveryState.FAILED, DeliveryState.UNKNOWN
RECIPIENT, DOMAIN, SERVER, RUN = Scope

replies = st.builds(
    Reply,
    stage=st.sampled_from(Stage),
    code=st.integers(0, 999),
    text=st.text() | st.from_regex(r"[245]\.[0-9]\.[0-9]{1,3} ?.*", fullmatch=True),
    timed_out=st.booleans(),
)


@pytest.mark.parametrize(
    ("stage", "code", "text", "state", "scope"),
    [
        (Stage.DOT, 250, "2.0.0 Ok: queued as 4F", SENT, RECIPIENT),
        (Stage.DOT, 251, "forwarded", SENT, RECIPIENT),
        (Stage.RCPT, 450, "4.2.1 try later", QUEUED, RECIPIENT),
        (Stage.RCPT, 451, "4.7.1 greylisted", QUEUED, RECIPIENT),
        (Stage.RCPT, 452, "4.2.2 mailbox full", QUEUED, RECIPIENT),
        (Stage.DOT, 451, "4.3.0 later", QUEUED, RECIPIENT),
        (Stage.RCPT, 421, "4.3.2 shutting down", QUEUED, SERVER),
        (Stage.DOT, 421, "4.3.2 shutting down", QUEUED, SERVER),
        (Stage.MAIL, 451, "4.3.1 no room", QUEUED, SERVER),
        (Stage.RCPT, 550, "5.1.1 no such user", FAILED, RECIPIENT),
        (Stage.RCPT, 550, "no such user", FAILED, RECIPIENT),
        (Stage.RCPT, 552, "5.2.2 mailbox full", FAILED, RECIPIENT),
        (Stage.DATA, 554, "no", FAILED, RECIPIENT),
        (Stage.DATA, 553, "5.6.7 needs SMTPUTF8", FAILED, RECIPIENT),
        (Stage.DOT, 552, "5.3.4 too big", FAILED, RECIPIENT),
        (Stage.DOT, 554, "5.7.1 spam", FAILED, DOMAIN),
        (Stage.RCPT, 550, "5.7.15 access denied", FAILED, DOMAIN),
        (Stage.RCPT, 550, "5.1.8 bad sender", QUEUED, RUN),
        (Stage.RCPT, 550, "5.1.7 bad sender", QUEUED, RUN),
        (Stage.DOT, 550, "5.1.8 bad sender", QUEUED, RUN),
        (Stage.MAIL, 550, "5.7.1 you may not", QUEUED, RUN),
        (Stage.MAIL, 530, "log in first", QUEUED, RUN),
        (Stage.AUTH, 535, "5.7.8 wrong password", QUEUED, RUN),
        (Stage.DOT, 0, "", UNKNOWN, SERVER),
        (Stage.DOT, 354, "go on", UNKNOWN, SERVER),
        (Stage.DOT, 999, "?", UNKNOWN, SERVER),
        (Stage.DATA, 250, "what?", QUEUED, SERVER),
        (Stage.BODY, 0, "", QUEUED, SERVER),
    ],
)
def test_a_reply_decides_about_the_delivery_and_what_else_it_touches(
    stage: Stage, code: int, text: str, state: DeliveryState, scope: Scope
) -> None:
    verdict = judge(Reply(stage, code, text))

    assert (verdict.state, verdict.scope) == (state, scope)


@pytest.mark.parametrize("enhanced", ["5.1.1", "5.1.3", "5.1.6", "5.1.10"])
def test_an_address_that_does_not_exist_is_suppressed(enhanced: str) -> None:
    assert judge(Reply(Stage.RCPT, 550, f"{enhanced} unknown")).suppress


@pytest.mark.parametrize(
    "reply",
    [
        Reply(Stage.RCPT, 550, "user unknown"),
        Reply(Stage.RCPT, 550, "5.1.2 no such domain"),
        Reply(Stage.RCPT, 550, "5.1.12 something else"),
        Reply(Stage.RCPT, 550, "5.2.1 disabled"),
        Reply(Stage.RCPT, 550, "5.7.1 spam"),
        Reply(Stage.RCPT, 450, "5.1.1 contradicts itself"),
        Reply(Stage.DOT, 550, "5.1.1 not at RCPT"),
        Reply(Stage.DATA, 550, "5.1.1 not at RCPT"),
        Reply(Stage.MAIL, 550, "5.1.1 not about the recipient"),
    ],
    ids=lambda reply: f"{reply.stage.name} {reply.code} {reply.text}",
)
def test_nothing_else_suppresses_an_address(reply: Reply) -> None:
    assert not judge(reply).suppress


@given(replies)
def test_only_the_dot_can_make_a_delivery_sent_or_unknown(reply: Reply) -> None:
    verdict = judge(reply)

    if reply.stage is not Stage.DOT:
        assert verdict.state in (QUEUED, FAILED)
    assert (verdict.state is SENT) == (reply.stage is Stage.DOT and 200 <= reply.code < 300)


@given(replies)
def test_a_delivery_fails_by_a_5xx_only(reply: Reply) -> None:
    assert judge(reply).state is not FAILED or 500 <= reply.code < 600


@given(replies)
def test_what_stops_the_run_is_not_held_against_the_recipient(reply: Reply) -> None:
    verdict = judge(reply)

    if verdict.scope is RUN:
        assert verdict.state is QUEUED
        assert not verdict.is_blamed


def test_the_code_holds_the_enhanced_one() -> None:
    assert judge(Reply(Stage.RCPT, 550, "5.1.1 unknown")).code == "550 5.1.1"


def test_the_code_holds_no_enhanced_one_of_another_class() -> None:
    assert judge(Reply(Stage.RCPT, 450, "5.1.1 unknown")).code == "450"


def test_no_reply_has_no_code() -> None:
    assert judge(Reply(Stage.DOT, 0, "lost")).code == ""


@pytest.mark.parametrize(
    "text",
    [
        "5.1.1 <alice@example.com>: unknown",
        "5.1.1 alice@example.com... unknown",
        'no "alice@example.com" here',
        "mailto:alice@example.com",
        "5.1.1 <张三@例子.cn> 不存在",
        "(alice@example.com)",
    ],
)
def test_a_reply_is_kept_without_addresses(text: str) -> None:
    assert "@" not in mask_addresses(text)
    assert "alice" not in mask_addresses(text)


@given(st.text())
def test_a_reply_is_kept_as_one_short_line(text: str) -> None:
    kept = mask_addresses(text)

    assert len(kept) <= 300
    assert len(kept.splitlines()) <= 1
    assert mask_addresses(kept) == kept
