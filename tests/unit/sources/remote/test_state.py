"""When a feed is asked again, and with what."""

from collections.abc import Mapping

import pytest

from feedpub.errors import FetchError
from feedpub.net import Fetched, Known
from feedpub.sources.remote.state import FeedState, after_answer, after_failure

NOW = 1_800_000_000  # Fri, 15 Jan 2027 08:00:00 GMT
URL = "https://a.example/feed"
DAY = 86_400


def answer(
    headers: Mapping[str, str] | None = None, status: int = 200, moved: str | None = None
) -> Fetched:
    return Fetched(URL, status, headers or {}, b"x", moved)


def succeed(state: FeedState, fetched: Fetched, every_s: int = 60) -> FeedState:
    return after_answer(state, fetched, NOW, every_s=every_s, notes=())


def fail(
    state: FeedState, *, status: int | None = None, wait: str = "", now: int = NOW
) -> FeedState:
    error = FetchError("it broke", url=URL, status=status, wait=wait)
    return after_failure(state, error, now, every_s=60, reason="it broke")


def test_a_feed_is_asked_again_after_the_time_of_the_settings() -> None:
    state = succeed(FeedState(URL), answer())

    assert [state.is_due(NOW + seconds) for seconds in (0, 59, 60)] == [False, False, True]


def test_a_clock_that_was_a_year_ahead_silences_no_feed() -> None:
    state = after_answer(FeedState(URL), answer(), NOW + 400 * DAY, every_s=60, notes=())

    assert state.is_due(NOW)


@pytest.mark.parametrize(
    ("control", "wait_s"),
    [
        ("max-age=600", 600),
        ("public, Max-Age=600, must-revalidate", 600),
        ('max-age="600"', 600),
        ("max-age=30", 60),
        ("max-age=31536000", DAY),
        ("no-cache, max-age=600", 60),
        ("no-store", 60),
        ("max-age=-1", 60),
        ("max-age=1e9", 60),
        ("max-age=", 60),
        ("s-maxage=600", 60),
        ("max-age=" + "9" * 5000, DAY),
    ],
)
def test_a_server_may_ask_for_more_time_up_to_a_day(control: str, wait_s: int) -> None:
    assert succeed(FeedState(URL), answer({"cache-control": control})).next_at == NOW + wait_s


def test_the_validators_of_the_last_answer_are_asked_with() -> None:
    state = succeed(FeedState(URL), answer({"etag": 'W/"a"', "last-modified": "yesterday"}))

    assert state.known == Known('W/"a"', "yesterday")
    assert succeed(state, answer({"etag": '"b"'})).known == Known('"b"')


def test_not_modified_keeps_the_validators_that_it_does_not_repeat() -> None:
    state = FeedState(URL, etag='"a"', modified="yesterday")

    assert succeed(state, answer(status=304)).known == state.known
    assert succeed(state, answer({"etag": '"b"'}, status=304)).known == Known('"b"', "yesterday")


@pytest.mark.parametrize("etag", ['"a\r\nX: y"', "x" * 2000])
def test_a_validator_that_cannot_be_sent_is_not_kept(etag: str) -> None:
    assert succeed(FeedState(URL), answer({"etag": etag})).etag == ""


def test_failures_are_waited_out_longer_and_longer_up_to_a_day() -> None:
    state, waits = FeedState(URL), []
    for _ in range(12):
        state = fail(state)
        waits.append(state.next_at - NOW)

    assert waits[:5] == [300, 600, 1200, 2400, 4800]
    assert waits[-1] == DAY
    assert (state.failures, state.failing_since, state.error) == (12, NOW, "it broke")


def test_an_answer_ends_the_failures() -> None:
    state = succeed(fail(fail(FeedState(URL))), answer())

    assert (state.failures, state.failing_since, state.error) == (0, 0, "")


@pytest.mark.parametrize(
    ("wait", "wait_s"),
    [
        ("3600", 3600),
        ("Fri, 15 Jan 2027 09:00:00 GMT", 3600),
        ("1", 300),
        ("Thu, 14 Jan 2027 09:00:00 GMT", 300),
        ("soon", 300),
        ("", 300),
        ("99999999999999999999", 7 * DAY),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * DAY),
    ],
)
def test_a_server_that_wants_to_be_left_alone_is(wait: str, wait_s: int) -> None:
    assert fail(FeedState(URL), status=429, wait=wait).next_at == NOW + wait_s


def test_a_feed_that_is_gone_is_never_asked_again() -> None:
    state = fail(FeedState(URL), status=410)

    assert state.gone
    assert not state.is_due(NOW + 10**9)


def test_a_permanent_move_is_remembered() -> None:
    state = succeed(FeedState(URL), answer(moved="https://b.example/feed"))

    assert state.address == "https://b.example/feed"
    assert succeed(state, answer(status=304)).address == "https://b.example/feed"


def test_an_address_that_was_given_and_fails_is_forgotten_and_the_own_one_asked_at_once() -> None:
    moved = FeedState(URL, moved="https://b.example/feed", etag='"a"')

    state = fail(moved, status=410)

    assert (state.address, state.known, state.gone) == (URL, Known(), False)
    assert state.is_due(NOW)
