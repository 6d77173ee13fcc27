"""What one row of a list says of a subscriber."""

import csv
import io
from datetime import UTC, datetime

import pytest

from feedpub.model import Frequency, ImportKind
from feedpub.subscribers.columns import find_columns
from feedpub.subscribers.entries import Entry, RowReader
from tests.support import lists

DEFAULT = ImportKind.UNCONFIRMED


def read(text: str, name: str = "list.csv", default: ImportKind = DEFAULT) -> dict[str, Entry]:
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    columns = find_columns(rows, {})
    reader = RowReader(columns, name=name, default=default)
    entries = [reader.read(row) for row in (rows[1:] if columns.headings else rows)]
    return {entry.address.mailbox.partition("@")[0]: entry for entry in entries}


def kinds(text: str, name: str = "list.csv", default: ImportKind = DEFAULT) -> dict[str, str]:
    return {who: entry.kind.value for who, entry in read(text, name, default).items()}


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (
            lists.MAILCHIMP_SUBSCRIBED,
            "subscribed_email_audience_export_1.csv",
            {"ann": "confirmed", "bob": "unconfirmed"},
        ),
        (lists.MAILCHIMP_UNSUBSCRIBED, "x.csv", {"gone": "unsubscribed"}),
        (lists.MAILCHIMP_CLEANED, "x.csv", {"dead": "bounced"}),
        (
            lists.MAILCHIMP_NONSUBSCRIBED,
            "nonsubscribed_email_audience_export_1.csv",
            {"shopper": "unconfirmed"},
        ),
        (
            lists.MAILCHIMP_NONSUBSCRIBED,
            "unsubscribed_email_audience_export_1.csv",
            {"shopper": "unsubscribed"},
        ),
        (lists.MAILCHIMP_NONSUBSCRIBED, "cleaned_export_1.csv", {"shopper": "bounced"}),
        (
            lists.SUBSTACK,
            "email_list.csv",
            {"free": "unconfirmed", "paid": "unconfirmed", "off": "unsubscribed"},
        ),
        (
            lists.LISTMONK,
            "subscribers.csv",
            {"on": "unconfirmed", "off": "unsubscribed", "never": "complained"},
        ),
        (lists.GHOST, "members.csv", {"in": "unconfirmed", "out": "unsubscribed"}),
        (
            lists.BUTTONDOWN,
            "subscribers.csv",
            {"yes": "confirmed", "notyet": "unconfirmed", "left": "unsubscribed",
             "bad": "bounced", "angry": "complained", "rest": "confirmed"},
        ),
        (
            lists.PLAIN,
            "list.txt",
            {"one": "unconfirmed", "two": "unconfirmed", "three": "unconfirmed"},
        ),
        (
            lists.CHINESE.replace(";", ","),
            "list.csv",
            {"zhang": "confirmed", "li": "unconfirmed"},
        ),
    ],
    ids=[
        "mailchimp", "unsubscribed", "cleaned", "nonsubscribed", "by-name-unsubscribed",
        "by-name-cleaned", "substack", "listmonk", "ghost", "buttondown", "plain", "chinese",
    ],
)  # fmt: skip
def test_yes_no_and_not_yet_are_kept_apart(text: str, name: str, expected: dict[str, str]) -> None:
    assert kinds(text, name) == expected


def test_the_editor_speaks_for_rows_that_say_nothing_and_no_others() -> None:
    found = kinds(lists.SUBSTACK, default=ImportKind.CONFIRMED)

    assert found == {"free": "confirmed", "paid": "confirmed", "off": "unsubscribed"}
    assert kinds(lists.BUTTONDOWN, default=ImportKind.CONFIRMED)["notyet"] == "unconfirmed"


def test_whose_word_it_was_is_told() -> None:
    found = read(lists.MAILCHIMP_SUBSCRIBED)

    assert found["ann"].said
    assert not found["bob"].said


def test_times_and_network_come_along() -> None:
    ann = read(lists.MAILCHIMP_SUBSCRIBED)["ann"]

    assert ann.created == datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC).timestamp()
    assert ann.confirmed == datetime(2020, 2, 3, 4, 6, tzinfo=UTC).timestamp()
    assert ann.network == "192.0.2.8"


@pytest.mark.parametrize(
    "written",
    ["last summer", "99999-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
)
def test_a_time_that_makes_no_sense_is_left_out(written: str) -> None:
    assert read(f"email,created\na@example.com,{written}\n")["a"].created is None


def test_who_paused_elsewhere_pauses_here() -> None:
    assert read(lists.BUTTONDOWN)["rest"].paused


def test_preferences_are_read() -> None:
    text = 'email,categories,frequency,language,paused\na@example.com,"A/b; 美食",Daily,en,yes\n'

    found = read(text)["a"]

    assert found.categories == ("A/b", "美食")
    assert (found.frequency, found.language, found.paused) == (Frequency.DAILY, "en", True)


@pytest.mark.parametrize(
    "cell",
    ['"A, B"', '"A|B"', '"A;B"', '"""A"",""B"""', '"A\nB"', '"A,\r\nB"'],
    ids=["comma", "bar", "semi", "quoted", "line", "comma and line"],
)
def test_categories_may_be_set_apart_in_many_ways(cell: str) -> None:
    assert read(f"email,categories\na@example.com,{cell}\n")["a"].categories == ("A", "B")


def test_a_file_without_a_column_of_categories_says_nothing_of_them() -> None:
    assert read("email\na@example.com\n")["a"].categories is None
    assert read("email,categories\na@example.com,\n")["a"].categories == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("email,status\n,active\n", "no address"),
        ("email\nnobody@\n", "there must be something after the @-sign"),
        ("email,status\na@example.com,sleeping\n", "unknown state 'sleeping'"),
        ("email,frequency\na@example.com,hourly\n", "unknown frequency 'hourly'"),
    ],
)
def test_what_is_not_understood_is_never_guessed(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(text + "b@example.com,\n")


def test_a_row_may_be_shorter_than_its_heading() -> None:
    assert read("email,status,created\na@example.com\n")["a"].kind == DEFAULT
