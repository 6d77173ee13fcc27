"""Schedules and mailboxes, as they are written."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.config import (
    Mailbox,
)
from feedpub.config.kinds import InvalidValueError
from feedpub.config.mail_formats import daily, mailbox, monthly, weekly
from feedpub.model.newsletter import Frequency, Schedule

WEEKDAYS = ["Mon", "tuesday", "WED", "Thurs", "fri", "Saturday", "sun."]


@pytest.mark.parametrize(("number", "name"), list(enumerate(WEEKDAYS)))
def test_a_weekday_is_known_by_three_letters_or_more(number: int, name: str) -> None:
    schedule = weekly().check(f" {name}   9:05 ")

    assert schedule == Schedule(Frequency.WEEKLY, 9, 5, weekday=number)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(1, 28))
def test_a_schedule_is_read_as_it_is_written(hour: int, minute: int, day: int) -> None:
    time = f"{hour:02}:{minute:02}"

    assert daily().check(time) == Schedule(Frequency.DAILY, hour, minute)
    assert monthly().check(f"{day} {time}") == Schedule(Frequency.MONTHLY, hour, minute, day=day)


@given(st.text())
def test_any_text_is_a_schedule_or_refused(text: str) -> None:
    for kind in (daily(), weekly(), monthly()):
        with suppress(InvalidValueError):
            assert kind.check(text) is None or any(map(str.isdigit, text))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("a@b.example", ""),
        ("<a@b.example>", ""),
        ("A B <a@b.example>", "A B"),
        ('"A, \\"B\\"" <a@b.example>', 'A, "B"'),
        ("=?utf-8?q?=0A?= <a@b.example>", "=?utf-8?q?=0A?="),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(written: str, name: str) -> None:
    assert mailbox().check(written) == Mailbox(name, "a@b.example")
