"""What the signed time of a form says."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedpub.tokens import Action, Signer
from feedpub.web.stamps import FASTEST_S, OLDEST_S, Age, judge_stamp, make_stamp

SIGNER = Signer(b"a secret of tests")
NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (0, Age.FAST),
        (FASTEST_S - 1, Age.FAST),
        (FASTEST_S, Age.FINE),
        (3600, Age.FINE),
        (OLDEST_S, Age.FINE),
        (OLDEST_S + 1, Age.OLD),
        (-60, Age.FAST),  # of another process whose clock is ahead
        (-3600, Age.OLD),
    ],
)
def test_a_stamp_says_how_long_the_form_was_open(age: int, found: Age) -> None:
    assert judge_stamp(SIGNER, make_stamp(SIGNER, NOW - age), NOW) is found


def test_the_stamp_of_another_site_or_purpose_is_forged() -> None:
    token = SIGNER.digest(Action.FORM, f"form c {NOW}")

    for stamp in (make_stamp(Signer(b"b secret of tests"), NOW), f"{NOW}-{token}", f"{NOW}-"):
        assert judge_stamp(SIGNER, stamp, NOW + 10) is Age.FORGED


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{1,20}-[A-Za-z0-9_-]{0,30}", fullmatch=True))
def test_no_text_is_taken_for_a_stamp(text: str) -> None:
    assert judge_stamp(SIGNER, text, NOW) is Age.FORGED


@given(place=st.integers(0, 32), other=st.characters())
@example(place=11, other="\ud800")
def test_a_changed_character_is_found(place: int, other: str) -> None:
    stamp = make_stamp(SIGNER, NOW)
    changed = stamp[:place] + other + stamp[place + 1 :]

    assert (judge_stamp(SIGNER, changed, NOW + 10) is Age.FINE) == (changed == stamp)
