from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.model import DateKind
from feedpub.reading.dates import parse_date

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENT = datetime(2021, 3, 24, 3, 54, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 24 Mar 2021 03:54:00 GMT",
        "Wed, 24 Mar 2021 03:54:00 UT",
        "Wed, 24 Mar 2021 03:54:00 UTC",
        "Wed, 24 Mar 2021 03:54:00 Z",
        "24 Mar 2021 11:54 +0800",
        "Wed, 24 Mar 21 03:54:00 GMT",
        "Wed, 24 Mar 2021 11:54:00 GMT+8",
        "Wed, 24 Mar 2021 11:54:00 GMT+0800",
        "Wed, 24 Mar 2021 11:54:00 UTC+8",
        "Wed, 24 Mar 2021 11:54:00 UTC+08:00",
        "Wed Mar 24 2021 11:54:00 GMT+0800 (China Standard Time)",
        "Wed Mar 24 03:54:00 UTC 2021",
        "2021-03-24T03:54:00Z",
        "2021-03-24T03:54:00.250Z",
        "2021-03-24T11:54:00+08:00",
        "2021-03-24T11:54:00+08:00[Asia/Shanghai]",
        "2021-03-24 11:54:00 +0800",
        "2021-03-24 00:54:00 UTC-03:00",
        "20210324T035400Z",
        "1616558040",
        "1616558040000",
        "星期三, 24 Mar 2021 03:54:00 GMT",
        "2021-03-23T19:54:00-08:00",
    ],
)
def test_a_date_with_a_zone_is_the_authors(text: str) -> None:
    stamp = parse_date(text, SHANGHAI)

    assert (stamp.instant, stamp.kind, stamp.warning) == (MOMENT, DateKind.ZONED, None)


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-24 11:54:00",
        "2021-3-24 11:54",
        "2021/03/24 11:54",
        "2021.03.24 11:54:00",
        "2021年3月24日 11:54",
        "2021年03月24日 星期三 11:54:00",
        "2021年3月24日 11时54分",
        "2021年3月24日 上午11:54",
        "March 24, 2021 11:54 AM",
        "Wed, 24 Mar 2021 11:54:00",
        "Wed, 24 Mar 2021 11:54:00 -0000",
        "Wed, 24 Mar 2021 11:54:00 CST",
        "Wed Mar 24 11:54:00 2021",
        "Wed Mar 24 11:54:00 CST 2021",
        "2021-03-24 11:54 Asia/Shanghai",
    ],
)
def test_a_date_without_a_zone_is_in_the_sites(text: str) -> None:
    stamp = parse_date(text, SHANGHAI)

    assert (stamp.instant, stamp.kind, stamp.warning) == (MOMENT, DateKind.NAIVE, None)


@pytest.mark.parametrize("zone", ["EST", "PDT", "CEST", "IST", "A", "America/New_York"])
def test_an_alphabetic_zone_is_not_believed(zone: str) -> None:
    stamp = parse_date(f"Wed, 24 Mar 2021 11:54:00 {zone}", SHANGHAI)

    assert (stamp.instant, stamp.kind) == (MOMENT, DateKind.NAIVE)
    assert stamp.warning
    assert zone in stamp.warning


def test_cst_is_doubted_outside_of_its_zone() -> None:
    stamp = parse_date("Wed, 24 Mar 2021 03:54:00 CST", ZoneInfo("Europe/Berlin"))

    assert stamp.instant == datetime(2021, 3, 24, 2, 54, tzinfo=UTC)
    assert stamp.warning


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-03-24", "2021-03-24T00:00:00+08:00"),
        ("2021/3/24", "2021-03-24T00:00:00+08:00"),
        ("20210324", "2021-03-24T00:00:00+08:00"),
        ("2021年3月24日", "2021-03-24T00:00:00+08:00"),
        ("Jul 08 2022", "2022-07-08T00:00:00+08:00"),
        ("8 July 2022", "2022-07-08T00:00:00+08:00"),
        ("2021年3月24日 下午3:04", "2021-03-24T15:04:00+08:00"),
        ("2021-03-24 12:10 AM", "2021-03-24T00:10:00+08:00"),
        ("2016-12-31 23:59:60", "2016-12-31T23:59:59+08:00"),
    ],
)
def test_a_day_is_a_day_of_the_site(text: str, day: str) -> None:
    instant = parse_date(text, SHANGHAI).instant

    assert instant
    assert instant.astimezone(SHANGHAI).isoformat() == day


@pytest.mark.parametrize("text", ["", "Invalid Date", "null", "undefined", "0001-01-01T00:00:00Z"])
def test_what_stands_for_no_date_is_missing(text: str) -> None:
    stamp = parse_date(text, SHANGHAI)

    assert (stamp.instant, stamp.kind) == (None, DateKind.MISSING)
    assert bool(stamp.warning) == bool(text)


@pytest.mark.parametrize(
    "text",
    [
        "31 Sep 2021",
        "2021-02-29",
        "2021-03-24 24:00:00",
        "2021-03-24 11:60",
        "2021-13-45",
        "yesterday",
        "3月24日",
        "24 Foo 2021",
        "2021-03-24 11:54 +15:00",
        "2021-03-24 and so on",
        "9999-12-31 23:00 -1200",
        "1" * 5000,
        "二〇二一年三月",
        "²" * 10,
    ],
)
def test_a_date_that_does_not_exist_is_an_error_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match=r"; write one such as 2026-01-31T09:00:00\+08:00$"):
        parse_date(text, SHANGHAI)


@pytest.mark.parametrize("text", ["Tue, 24 Mar 2021 03:54:00 GMT", "2021年3月24日 星期二 11:54"])
def test_a_wrong_weekday_warns_and_the_date_counts(text: str) -> None:
    stamp = parse_date(text, SHANGHAI)

    assert stamp.instant == MOMENT
    assert stamp.warning == "2021-03-24 is a Wed, not a Tue; correct it"


def test_an_hour_that_the_clocks_repeat_or_skip_has_an_instant() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    repeated = parse_date("2026-10-25 02:30", berlin).instant
    skipped = parse_date("2026-03-29 02:30", berlin).instant

    assert repeated == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2999, 1, 1)),
    st.integers(-14 * 60, 14 * 60).filter(bool),
)
def test_a_date_survives_being_written(moment: datetime, minutes: int) -> None:
    written = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))

    assert parse_date(format_datetime(written), SHANGHAI).instant == written
    assert parse_date(written.isoformat(), SHANGHAI).instant == written
    assert parse_date(format_datetime(written.astimezone(UTC), usegmt=True), UTC).instant == written


@given(st.text(max_size=200))
def test_any_text_is_a_date_or_an_error(text: str) -> None:
    try:
        stamp = parse_date(text, SHANGHAI)
    except ValueError:
        return

    assert stamp.instant is None or stamp.instant.tzinfo is UTC
