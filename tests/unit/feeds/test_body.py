"""An entry's HTML, escaped once for every format."""

import json

import pytest

from feedpub.feeds.body import NO_BODY, SLOT, fill_slot, make_body


def shown(html: str) -> str:
    body = make_body(html)
    return str(json.loads(b'"' + body.json + b'"'))


@pytest.mark.parametrize(
    "character", ["\x7f", "\x80", "\x9f", "\ufdd0", "\ufdef", "\ufffe", "\uffff"]
)
def test_what_nobody_shows_is_dropped(character: str) -> None:
    assert shown(f"<p>文{character}字</p>") == "<p>文字</p>"


@pytest.mark.parametrize(
    "text", ["·«»é", "，。！", "\ue000\uf8ff", "\ufdcf\ufdf0", "😀𠮷", "\u2028"]
)
def test_neighbours_of_what_is_dropped_stay(text: str) -> None:
    assert shown(text) == text


def test_a_lost_character_is_a_question_mark() -> None:
    assert shown("文\ufffd") == "文?"


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x0c", "\x1f", "\ud800"])
def test_what_xml_cannot_hold_is_refused(character: str) -> None:
    with pytest.raises(ValueError, match=r"control character|surrogates"):
        make_body(f"文{character}")


def test_an_alt_text_cannot_be_taken_for_the_address_of_a_picture() -> None:
    """The W3C validator looks for attributes in the text of others."""
    html = '<p>src=x</p><img src="https://e.example/a.jpg" alt="&gt;&lt;img src=xx ">'

    assert shown(html) == (
        '<p>src=x</p><img src="https://e.example/a.jpg" alt="&gt;&lt;img src&#61;xx ">'
    )


def test_a_body_that_holds_the_slot_cannot_disturb_it() -> None:
    body = make_body(f"a{SLOT}b")

    assert fill_slot(f"<x>{SLOT}</x>".encode(), body.xml) == b"<x>ab</x>"


def test_no_body_is_empty() -> None:
    assert make_body("") == NO_BODY
