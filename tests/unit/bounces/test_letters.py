"""What a letter says, and of whom; and that nobody can say it of another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.bounces import Finding, Kind, read_letter
from feedpub.bounces.findings import judge_code
from feedpub.messages.return_paths import make_return_path
from feedpub.tokens import Action, Signer
from tests.support.letters import (
    CONFIRM,
    LEAVE,
    LINK,
    RETURN_PATH,
    SIGNER,
    arf,
    dsn,
    letter,
    qmail,
)


def read(data: bytes) -> Finding:
    return read_letter(data, SIGNER)


# Bounces


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind", "code"),
    [
        ("5.1.1", "smtp; 550 5.1.1 no such user", Kind.HARD, "5.1.1"),
        ("5.1.10", "smtp; 556 5.1.10 null MX", Kind.HARD, "5.1.10"),
        ("5.0.0", "smtp; 550 5.1.1 no such user", Kind.HARD, "5.1.1"),
        ("5.0.0", "smtp; 550 go away", Kind.SOFT, "5.0.0"),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", Kind.SOFT, "5.2.2"),
        ("4.4.1", "X-Postfix; connect to mx.a.example: timed out", Kind.SOFT, "4.4.1"),
        ("5.1.2", "X-Postfix; Host or domain name not found", Kind.SOFT, "5.1.2"),
        ("5.7.1", "smtp; 550 5.7.1 blocked", Kind.REFUSED, "5.7.1"),
        ("5.7.515", "smtp; 550 5.7.515 Access denied", Kind.REFUSED, "5.7.515"),
        ("5.1.1", "smtp; 550 5.7.1 listed at 10.5.1.1", Kind.REFUSED, "5.7.1"),
        ("5.1.8", "smtp; 550 5.1.8 sender domain", Kind.REFUSED, "5.1.8"),
        ("5.3.4", "smtp; 552 5.3.4 too big", Kind.REFUSED, "5.3.4"),
        ("5.6.0", "smtp; 550 5.6.0 lines too long", Kind.REFUSED, "5.6.0"),
        ("4.7.1", "smtp; 451 4.7.1 greylisted", Kind.REFUSED, "4.7.1"),
    ],
)
def test_a_report_names_its_delivery_and_what_happened(
    status: str, diagnostic: str, kind: Kind, code: str
) -> None:
    found = read(dsn(status, diagnostic))

    assert (found.kind, found.code) == (kind, code)
    assert (found.delivery, found.subscriber) == (77, None)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_a_report_of_no_failure_says_nothing(action: str) -> None:
    assert read(dsn("4.4.1", action=action)).kind == Kind.NOTHING


def test_an_error_is_a_failure_as_openbsd_writes_it() -> None:
    assert read(dsn(action="error")).kind == Kind.HARD


@pytest.mark.parametrize(
    ("text", "kind"),
    [("(#5.1.1)", Kind.SOFT), ("550 5.1.1 unknown", Kind.HARD), ("550 #5.1.1", Kind.HARD)],
)
def test_a_report_of_no_standard_is_hard_only_by_the_reply_that_it_quotes(
    text: str, kind: Kind
) -> None:
    found = read(qmail(text=text))

    assert (found.kind, found.delivery) == (kind, 77)


def test_a_return_path_in_small_letters_is_still_ours() -> None:
    assert read(dsn(to=RETURN_PATH.lower())).delivery == 77
    assert read(dsn(to=RETURN_PATH.upper())).delivery == 77


@pytest.mark.parametrize("place", range(len(RETURN_PATH)))
def test_no_changed_return_path_does_anything(place: int) -> None:
    other = "x" if RETURN_PATH[place].lower() != "x" else "z"
    forged = RETURN_PATH[:place] + other + RETURN_PATH[place + 1 :]
    if RETURN_PATH.partition("+")[2].partition("@")[0] in forged:
        return  # not the token, but the address around it

    assert read(dsn(to=forged)).kind == Kind.NOTHING


def test_a_report_to_the_plain_address_does_nothing() -> None:
    assert read(dsn(to="bounce@news.example")).kind == Kind.NOTHING


def test_a_report_of_another_site_does_nothing() -> None:
    other = make_return_path("bounce@news.example", Signer(b"o" * 32), 77)

    assert read(dsn(to=other)).kind == Kind.NOTHING


def test_an_automatic_reply_to_a_return_path_does_nothing() -> None:
    found = read(letter(RETURN_PATH, Auto_Submitted="auto-replied", Subject="On holiday"))

    assert (found.kind, found.delivery) == (Kind.NOTHING, 77)


# Complaints


@pytest.mark.parametrize("whole", [True, False], ids=["whole mail", "headers only"])
def test_a_complaint_is_about_whom_the_attached_mail_was_for(whole: bool) -> None:
    found = read(arf(whole=whole))

    assert (found.kind, found.subscriber, found.delivery) == (Kind.COMPLAINT, 5, None)


def test_a_complaint_may_name_the_return_path_only() -> None:
    found = read(arf(link="<https://elsewhere.example/>", path=RETURN_PATH))

    assert (found.kind, found.subscriber, found.delivery) == (Kind.COMPLAINT, None, 77)


def test_a_complaint_may_hold_the_address_to_unsubscribe_at() -> None:
    assert read(arf(link=f"<mailto:{LEAVE.replace('+', '%2B')}?subject=x>")).subscriber == 5


def test_a_wish_to_be_left_out_is_no_complaint() -> None:
    assert read(arf("opt-out")).kind == Kind.UNSUBSCRIBE


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "", "\udcff"])
def test_other_feedback_says_nothing(kind: str) -> None:
    assert read(arf(kind.encode("utf-8", "replace").decode())).kind == Kind.NOTHING


def test_a_forged_complaint_does_nothing() -> None:
    assert read(arf(link=f"<{LINK[:-1]}A>")).kind == Kind.NOTHING
    assert read(arf(link=f"<{LINK.replace('/u/5-', '/u/6-')}>")).kind == Kind.NOTHING


# Requests


def test_a_letter_to_the_address_in_a_mail_unsubscribes() -> None:
    found = read(letter(LEAVE))

    assert (found.kind, found.subscriber) == (Kind.UNSUBSCRIBE, 5)


def test_a_program_may_unsubscribe() -> None:
    assert read(letter(LEAVE, Auto_Submitted="auto-generated")).kind == Kind.UNSUBSCRIBE


def test_an_answer_confirms() -> None:
    found = read(letter(CONFIRM, Auto_Submitted="no"))

    assert (found.kind, found.subscriber) == (Kind.CONFIRM, 5)


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x=y"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
    ],
)
def test_an_automatic_reply_confirms_nothing(header: dict[str, str]) -> None:
    assert read(letter(CONFIRM, **header)).kind == Kind.NOTHING


def test_a_bounce_of_a_confirmation_mail_confirms_nothing() -> None:
    assert read(dsn(to=CONFIRM)).kind == Kind.NOTHING
    assert read(dsn(to=LEAVE)).kind == Kind.NOTHING


def test_one_action_is_not_another() -> None:
    token = LEAVE.partition("+")[2]

    assert read(dsn(to=f"bounce+{token}")).kind == Kind.NOTHING
    assert read(letter(f"news+{SIGNER.sign(Action.UNSUBSCRIBE, 5)}@news.example")).kind == (
        Kind.NOTHING
    )


def test_an_ordinary_letter_says_nothing() -> None:
    found = read(letter("news@news.example"))

    assert (found.kind, found.why) == (Kind.NOTHING, "no token of ours")


# Hostile letters


def test_a_letter_read_again_is_known_by_its_hash() -> None:
    assert read(dsn()).message == read(dsn()).message
    assert read(dsn()).message != read(dsn("5.1.3")).message


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for start in (b"", b"To: " + RETURN_PATH.encode() + b"\n", dsn()[:900]):
        assert read(start + data).kind in Kind


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_makes_a_report_be_about_another(data: st.DataObject) -> None:
    report = bytearray(data.draw(st.sampled_from([dsn(), arf(), letter(LEAVE), qmail()])))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(report) - 1))
        report[place] = data.draw(st.integers(0, 255))

    found = read(bytes(report))

    assert found.delivery in (None, 77)
    assert found.subscriber in (None, 5)


@pytest.mark.parametrize(
    "data",
    [
        b"To: " + b"a@b.example, " * 50_000 + b"\n\n",
        b"Delivered-To: x@y.example\n" * 20_000 + b"\n",
        b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n\nx\n" * 20_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 400,
        b"Content-Type: message/rfc822\n\n" * 5000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)
        ),
        dsn(diagnostic="smtp; " + "5.1.1." * 100_000),
        qmail(text="550 " * 200_000),
    ],
    ids=["addresses", "headers", "parts", "depth", "letters", "boundaries", "code", "text"],
)
def test_a_monstrous_letter_takes_no_time(data: bytes) -> None:
    assert read(data).kind in Kind


@given(st.from_regex(r"[45]\.\d{1,3}\.\d{1,3}", fullmatch=True))
def test_only_a_missing_mailbox_is_hard(code: str) -> None:
    hard = code in ("5.1.1", "5.1.3", "5.1.6", "5.1.10")

    assert (judge_code(code) == Kind.HARD) == hard
    if ".7." in code:
        assert judge_code(code) == Kind.REFUSED
