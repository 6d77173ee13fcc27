"""Lists of subscribers taken in and given out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.errors import ListError
from feedpub.model import (
    Frequency,
    ImportKind,
    ImportOptions,
    ImportReport,
    OnConflict,
    Subscriber,
    SubscriberState,
)
from tests.support import lists
from tests.support.audience import READER, House

CONFIRMED, UNCONFIRMED, UNSUBSCRIBED = list(ImportKind)[:3]


def take(house: House, text: str, **options: Any) -> ImportReport:
    return house.audience.import_csv(text.encode(), ImportOptions(**{"name": "x.csv", **options}))


def states(house: House) -> dict[str, str]:
    found = house.audience.list_subscribers()
    return {one.address.partition("@")[0]: one.state.name.lower() for one in found}


def test_yes_no_and_not_yet_are_kept_apart(house: House) -> None:
    report = take(house, lists.BUTTONDOWN)

    assert states(house) == {
        "yes": "active",
        "notyet": "pending",
        "left": "unsubscribed",
        "bad": "bounced",
        "angry": "complained",
        "rest": "active",
    }
    assert report.added == {
        ImportKind.BOUNCED: 1,
        ImportKind.COMPLAINED: 1,
        CONFIRMED: 2,
        UNCONFIRMED: 1,
        UNSUBSCRIBED: 1,
    }
    assert house.show("rest@example.com").subscriber.paused
    assert house.show("bad@example.com").suppressed == "bounced"
    assert house.show("angry@example.com").suppressed == "complained"


def test_an_import_mails_nobody(house: House) -> None:
    take(house, lists.BUTTONDOWN)

    assert house.mails() == []
    assert house.audience.purge() == 0


def test_the_unconfirmed_are_asked_if_the_editor_says_so(house: House) -> None:
    report = take(house, lists.PLAIN, send_confirmation=True)

    assert report.asked == 3
    assert house.mails() == ["confirm"] * 3
    token = house.token("three@example.com")
    assert house.audience.confirm(token, source="page").state == SubscriberState.ACTIVE


def test_who_was_asked_by_an_import_is_not_asked_again_at_once(house: House) -> None:
    take(house, "a@example.com\n", send_confirmation=True)

    house.subscribe("a@example.com")

    assert house.mails() == ["confirm"]


def test_when_and_where_they_agreed_comes_along(house: House) -> None:
    take(house, lists.MAILCHIMP_SUBSCRIBED, name="subscribed.csv")

    record = house.show("ann@example.com")
    assert record.subscriber.created == datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert record.subscriber.confirmed == datetime(2020, 2, 3, 4, 6, tzinfo=UTC)
    (imported,) = record.consents
    assert (imported.event, imported.source) == ("imported", "import subscribed.csv")
    assert imported.network == "192.0.2.8"
    assert imported.details == '{"kind": "confirmed", "said": "file"}'


def test_the_word_of_the_editor_is_told_from_that_of_the_file(house: House) -> None:
    take(house, lists.PLAIN, kind=CONFIRMED, source="old list")

    (imported,) = house.show("one@example.com").consents
    assert (imported.source, imported.details) == (
        "old list",
        '{"kind": "confirmed", "said": "editor"}',
    )


# Rows that are no good


def test_rows_that_are_no_good_come_back_with_number_and_reason(house: House) -> None:
    report = take(
        house,
        "email,status,categories\n"
        "good@example.com,active,\n"
        "\n"
        "bad@,active,\n"
        "a@example.com,sleeping,\n"
        "b@example.com,active,Nws\n"
        "GOOD@example.com,active,\n",
    )

    assert [(one.row, one.reason.partition(";")[0]) for one in report.rejected] == [
        (4, "there must be something after the @-sign"),
        (5, "unknown state 'sleeping'"),
        (6, "no category 'Nws'"),
        (7, "the same address as in row 2"),
    ]
    assert "did you mean 'News'" in report.rejected[2].reason
    assert (report.rows, sum(report.added.values())) == (5, 1)


def test_they_can_be_corrected_and_taken_in_again(house: House) -> None:
    report = take(house, "email,status\nbad@example,active\n=2+3,\n")
    text = "".join(house.audience.format_rejected(report))

    assert text.splitlines()[0] == "row,reason,email,status"
    assert text.splitlines()[2].endswith(",'=2+3,")
    again = take(house, text.replace("bad@example,", "bad@example.com,"))

    assert again.added == {CONFIRMED: 1}


def test_preferences_come_by_path_or_folder(house: House) -> None:
    take(
        house,
        "email,categories,frequency,language\n"
        'a@example.com,"News/Town; sheng-huo/mei-shi",daily,en\n',
    )

    found = house.show("a@example.com").subscriber
    assert found.choice == house.audience.resolve_choice(["News/Town", "生活/美食"])
    assert (found.frequency, found.language) == (Frequency.DAILY, "en")


# Known addresses


def test_known_addresses_are_left_as_they_are(house: House) -> None:
    house.join(frequency=Frequency.DAILY)

    report = take(house, f"email,status,frequency\n{READER},active,monthly\n")

    assert (report.skipped, report.updated) == (1, 0)
    assert house.show().subscriber.frequency == Frequency.DAILY


def test_known_addresses_are_updated_if_the_editor_says_so(house: House) -> None:
    house.join(frequency=Frequency.DAILY)
    house.subscribe("new@example.com", network=None)

    report = take(
        house,
        f"email,status,frequency,categories\n{READER},active,monthly,News\n"
        "new@example.com,active,,\n",
        on_conflict=OnConflict.UPDATE,
    )

    assert report.updated == 2
    found = house.show().subscriber
    assert found.frequency == Frequency.MONTHLY
    assert found.choice == house.audience.resolve_choice(["News"])
    assert house.show("new@example.com").subscriber.state == SubscriberState.ACTIVE
    assert house.events()[-1] == "imported"


def test_a_file_says_nothing_of_what_it_has_no_column_for(house: House) -> None:
    before = house.join(
        frequency=Frequency.DAILY, language="en", choice=house.audience.resolve_choice(["News"])
    )

    report = take(house, f"email,status\n{READER},active\n", on_conflict=OnConflict.UPDATE)

    assert (report.updated, report.skipped) == (0, 1)
    assert house.show().subscriber == before


@pytest.mark.parametrize("conflict", list(OnConflict))
@pytest.mark.parametrize("word", ["unsubscribed", "bounced", "complained"])
def test_a_no_elsewhere_is_a_no_here(house: House, word: str, conflict: OnConflict) -> None:
    house.join()

    report = take(house, f"email,status\n{READER},{word}\n", on_conflict=conflict)

    assert house.show().subscriber.state.name.lower() == word
    assert (report.withdrawn, report.updated, report.skipped) == (1, 0, 0)


def test_the_word_of_the_editor_withdraws_as_that_of_the_file_does(house: House) -> None:
    house.join()

    take(house, f"{READER}\n", kind=UNSUBSCRIBED)

    assert house.show().subscriber.state == SubscriberState.UNSUBSCRIBED


@pytest.mark.parametrize("rows_between", [0, 6000])
@pytest.mark.parametrize("words", [("active", "unsubscribed"), ("unsubscribed", "active")])
def test_a_no_counts_in_whatever_row_it_stands(
    house: House, words: tuple[str, str], rows_between: int
) -> None:
    between = "".join(f"a{number}@example.com,active\n" for number in range(rows_between))

    take(house, f"email,status\n{READER},{words[0]}\n{between}{READER},{words[1]}\n")

    assert house.show().subscriber.state == SubscriberState.UNSUBSCRIBED


def test_the_graver_of_two_nos_stays(house: House) -> None:
    take(house, f"email,status\n{READER},complained\n{READER},unsubscribed\n")

    assert house.show().suppressed == "complained"


def test_a_known_address_stops_an_import_that_shall_not_meet_any(house: House) -> None:
    house.join()

    with pytest.raises(ListError, match="row 3: the address is known"):
        take(house, f"email\nnew@example.com\n{READER}\n", on_conflict=OnConflict.FAIL)

    assert states(house) == {"reader": "active"}


@pytest.mark.parametrize("conflict", [OnConflict.SKIP, OnConflict.UPDATE])
def test_nobody_is_brought_back_by_an_import(house: House, conflict: OnConflict) -> None:
    left, dead, angry, gone = (house.join(f"{name}@example.com") for name in "abcd")
    house.audience.unsubscribe(left.id, source="page")
    house.audience.record_bounce(dead.id, code="5.1.1", hard=True, message=b"1")
    house.audience.record_complaint(angry.id, message=b"2", source="bounces")
    house.audience.forget(gone.id, source="page")

    report = take(
        house,
        "email,status,frequency\n"
        + "".join(f"{name}@example.com,active,daily\n" for name in "abcd"),
        kind=CONFIRMED,
        on_conflict=conflict,
    )

    assert states(house) == {"a": "unsubscribed", "b": "bounced", "c": "complained"}
    assert (report.skipped, report.suppressed, report.added) == (3, 1, {})


# Trying out


def test_a_dry_run_tells_all_and_keeps_nothing(house: House) -> None:
    house.join()
    text = f"email,status\n{READER},active\nnew@example.com,active\nbad,\nbad@example.com,bounced\n"

    tried = take(house, text, dry_run=True)

    assert states(house) == {"reader": "active"}
    with house.store.open() as store, store.transaction() as catalog:
        assert (
            catalog._connection.exec_driver_sql("SELECT count(*) FROM suppressions").scalar() == 0
        )
    assert take(house, text) == tried


def test_progress_is_told(house: House) -> None:
    told: list[tuple[str, int, int]] = []

    def tell(stage: str, done: int, total: int) -> None:
        told.append((stage, done, total))

    text = "".join(f"a{number}@example.com\n" for number in range(6000))
    house.audience.import_csv(text.encode(), ImportOptions(), progress=tell)

    assert told == [("subscribers", 5000, 6000), ("subscribers", 6000, 6000)]


@pytest.mark.parametrize("data", [b"", b"\n\n", "\ufeff".encode()])
def test_an_empty_file_is_an_error(house: House, data: bytes) -> None:
    with pytest.raises(ListError, match="empty"):
        house.audience.import_csv(data, ImportOptions())


def test_a_chinese_list_in_its_old_encoding_is_taken_in(house: House) -> None:
    report = house.audience.import_csv(lists.CHINESE.encode("gbk"), ImportOptions())

    assert report.encoding == "gb18030"
    assert states(house) == {"zhang": "active", "li": "pending"}


# Out and in again

LOCALS = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}", fullmatch=True)
CHOICES: Sequence[tuple[int, ...]] = [(), (1,), (2, 3), (4,)]


@given(
    st.dictionaries(
        LOCALS.map(str.lower),
        st.tuples(
            st.sampled_from([*Frequency, None]),
            st.sampled_from(["en", "zh-CN", None]),
            st.sampled_from(CHOICES),
            st.sampled_from(["active", "unsubscribed", "pending", "bounced", "complained"]),
        ),
        max_size=5,
    )
)
@settings(max_examples=10)
def test_what_is_given_out_is_taken_in_as_it_was(people: dict[str, Any]) -> None:
    first, second = House(), House()
    for local, (frequency, language, choice, state) in people.items():
        address = f"{local}@example.com"
        wish = {"frequency": frequency, "language": language, "choice": choice}
        found = first.audience.add(address, confirmed=state != "pending", source="t", **wish)
        if state == "unsubscribed":
            first.audience.unsubscribe(found.id, source="t")
        elif state == "bounced":
            first.audience.record_bounce(found.id, code="5.1.1", hard=True, message=b"1")
        elif state == "complained":
            first.audience.record_complaint(found.id, message=b"1", source="t")
        first.clock.advance(seconds=7)

    second.clock.advance(days=1)
    text = "".join(first.audience.export_csv())
    report = second.audience.import_csv(text.encode(), ImportOptions())

    def essence(one: Subscriber) -> tuple[object, ...]:
        return (
            one.address, one.state, one.choice, one.frequency, one.language, one.paused,
            one.created, one.confirmed,
        )  # fmt: skip

    assert report.rejected == ()
    assert [essence(one) for one in second.audience.list_subscribers()] == [
        essence(one) for one in first.audience.list_subscribers()
    ]
    for local in people:
        address = f"{local}@example.com"
        assert second.show(address).suppressed == first.show(address).suppressed
