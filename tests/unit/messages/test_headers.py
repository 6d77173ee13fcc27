"""No text gets out of its header field, and all of it arrives."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedpub.messages.headers import (
    canonicalize_fields,
    make_line,
    write_fields,
    write_list_id,
    write_mailbox,
    write_parts,
    write_text,
)
from tests.support.mails import (
    HOSTILE_TEXTS,
    INJECTION,
    decode_old,
    parse,
    parse_old,
    raw_names,
    read_mailbox_old,
)

texts = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs"]),
        st.sampled_from('\r\n\t\0 =?_"\\<>(),:;@\u2028\u2029中文é😀'),
    ),
    max_size=300,
)


@pytest.fixture(params=HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def hostile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def mail(*fields: object) -> bytes:
    return write_fields(fields) + b"\r\nbody\r\n"  # type: ignore[arg-type]


def head_lines(data: bytes) -> list[bytes]:
    return data.partition(b"\r\n\r\n")[0].split(b"\r\n")


def check_shape(data: bytes, names: list[str]) -> None:
    """Hold what must be so whatever was written."""
    assert raw_names(data) == names
    assert list(parse(data).keys()) == names
    assert list(parse_old(data).keys()) == names
    assert parse(data).get_payload() == parse_old(data).get_payload() == "body\r\n"
    for line in head_lines(data):
        assert re.fullmatch(rb"[\x20-\x7e]*", line), line
        assert len(line) <= 78, line
        assert line.strip(), data
    for word in re.findall(rb"=\?utf-8\?b\?.*?\?=", data):
        assert len(word) <= 75


def check_mailbox(data: bytes, field: str, name: str) -> None:
    assert read_mailbox_old(parse_old(data)[field]) == (name, "a@b.example")
    (mailbox,) = parse(data)[field].addresses
    assert mailbox.addr_spec == "a@b.example"
    # The new parser puts blanks between encoded words of a name, which no standard asks for.
    assert squeeze(mailbox.display_name) == squeeze(name)


def squeeze(text: str) -> str:
    return "".join(text.split())


# Texts


def test_a_hostile_subject_adds_no_field_and_arrives_whole(hostile: str) -> None:
    data = mail(write_text("Subject", hostile), write_parts("Date", "now"))

    check_shape(data, ["Subject", "Date"])
    assert parse(data)["Subject"] == make_line(hostile)


def test_a_hostile_name_stays_a_name(hostile: str) -> None:
    data = mail(write_mailbox("From", "a@b.example", hostile), write_parts("Date", "now"))

    check_shape(data, ["From", "Date"])
    check_mailbox(data, "From", make_line(hostile))


def test_a_hostile_title_does_not_change_the_id_of_the_list(hostile: str) -> None:
    data = mail(write_list_id(hostile, "newsletter.b.example"), write_parts("Date", "now"))

    check_shape(data, ["List-Id", "Date"])
    assert decode_old(parse_old(data)["List-Id"]).endswith("<newsletter.b.example>")


@given(texts)
@example(INJECTION)
@example("é" * 19 + " " * 3 + "=?")
def test_any_subject_survives_both_parsers(text: str) -> None:
    data = mail(write_text("Subject", text), write_parts("Date", "now"))

    check_shape(data, ["Subject", "Date"])
    assert decode_old(parse_old(data)["Subject"]) == make_line(text)
    assert parse(data)["Subject"] == make_line(text)


@given(texts)
@example('a" <evil@x>, "b')
def test_any_name_survives_both_parsers(text: str) -> None:
    data = mail(write_mailbox("Reply-To", "a@b.example", text), write_parts("Date", "now"))

    check_shape(data, ["Reply-To", "Date"])
    check_mailbox(data, "Reply-To", make_line(text))


@given(texts)
def test_a_line_has_nothing_that_could_end_it_and_is_one_already(text: str) -> None:
    line = make_line(text)

    assert line == make_line(line)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|  |^ | $", line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\u2028b\u2029c", "a b c"),
        ("a\r\n\tb", "a b"),
        ("\x85a\x9f\x7f", "a"),
        ("a\ud83d", "a\ufffd"),
        ("全角\u3000空格\u00a0", "全角\u3000空格\u00a0"),
        ("x" * 1500, "x" * 1000),
        (" " * 1500 + "x", "x"),
    ],
)
def test_a_line_keeps_all_that_does_not_break_it(text: str, line: str) -> None:
    assert make_line(text) == line


@pytest.mark.parametrize("lead", range(4))
def test_a_long_subject_is_cut_between_characters_only(lead: int) -> None:
    title = "x" * lead + "汉字😀é" * 40

    field = write_text("Subject", title)

    words = field.value.decode().split("\r\n ")
    assert len(words) > 5
    for word in words:
        assert parse(b"Subject: %b\r\n\r\n" % word.encode())["Subject"] in title


def test_plain_words_stay_readable() -> None:
    field = write_text("Subject", "Spring is here, and " + "so are the birds " * 5)

    assert field.value.decode().replace("\r\n", "") == "Spring is here, and " + (
        "so are the birds " * 5
    ).rstrip(" ")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Paper Plane", "Paper Plane <a@b.example>"),
        ("", "a@b.example"),
        ("Dr. Who", '"Dr. Who" <a@b.example>'),
        ('The "Plane" \\', '"The \\"Plane\\" \\\\" <a@b.example>'),
        ("飞机", "=?utf-8?b?6aOe5py6?= <a@b.example>"),
    ],
)
def test_a_name_is_quoted_or_encoded_only_where_it_needs_to_be(name: str, written: str) -> None:
    assert write_mailbox("From", "a@b.example", name).value.decode() == written


@pytest.mark.parametrize("kind", ["x", 'x"', "中"])
def test_names_and_subjects_of_any_length_fit_their_lines(kind: str) -> None:
    for length in range(1, 120):
        text = (kind * length)[:length]
        data = mail(write_mailbox("From", "a@b.example", text), write_text("Subject", text))

        check_shape(data, ["From", "Subject"])
        check_mailbox(data, "From", text)


# Parts


def test_parts_are_folded_between_and_never_within() -> None:
    urls = [f"<https://news.example/{'x' * 300}>,", f"<mailto:{'y' * 300}@b.example>"]

    field = write_parts("List-Unsubscribe", *urls)

    assert field.value.decode().split("\r\n ") == urls


@pytest.mark.parametrize(
    "part",
    ["a\r\nBcc: x", "a\r\n Bcc: x\r\nb", "a\nb", "a\rb", "a\0b", "a\u2028b", "a\x85b", "x" * 998],
)
def test_a_part_that_is_no_part_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="no header field"):
        write_parts("List-Archive", part)


def test_a_field_is_signed_as_one_line_without_needless_blanks() -> None:
    fields = [write_text("Subject", "汉字" * 30), write_parts("List-Post", "NO")]

    canonical = canonicalize_fields(fields)

    words = write_text("Subject", "汉字" * 30).value.split()
    assert canonical == b"subject:" + b" ".join(words) + b"\r\nlist-post:NO\r\n"
