"""How many mails somebody may expect."""

from hypothesis import given
from hypothesis import strategies as st

from feedpub.model import Frequency
from feedpub.subscribers.pace import WINDOW_S, count_mails

NOW = 1_800_000_000
DAY = 86_400


def test_news_each_day_makes_a_mail_each_day_week_or_month() -> None:
    found = count_mails([NOW - DAY * day - 60 for day in range(91)], now=NOW)

    assert found == {Frequency.DAILY: 30, Frequency.WEEKLY: 4, Frequency.MONTHLY: 1}


def test_many_articles_of_one_day_are_one_mail() -> None:
    found = count_mails([NOW - DAY * 7 * (place // 9) - 5 for place in range(9 * 13)], now=NOW)

    assert found[Frequency.DAILY] in (4, 5)
    assert found[Frequency.WEEKLY] == 4


def test_nothing_is_said_where_nothing_was_new() -> None:
    assert count_mails([], now=NOW) == {}
    assert count_mails([NOW - WINDOW_S, NOW + 5], now=NOW) == {}


def test_one_article_in_a_quarter_is_one_mail_now_and_then() -> None:
    assert set(count_mails([NOW - 80 * DAY], now=NOW).values()) == {1}


def test_a_busy_site_is_judged_by_what_was_looked_at() -> None:
    latest = [NOW - DAY * (place // 100) - 1 for place in range(1000)]

    assert count_mails(latest, now=NOW, whole=False)[Frequency.DAILY] == 30


@given(
    ages=st.lists(st.integers(-WINDOW_S, 2 * WINDOW_S), max_size=60),
    whole=st.booleans(),
)
def test_the_rarer_a_digest_the_fewer_mails(ages: list[int], whole: bool) -> None:
    found = count_mails([NOW - age for age in ages], now=NOW, whole=whole)

    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert all(1 <= count <= 31 for count in found.values())
