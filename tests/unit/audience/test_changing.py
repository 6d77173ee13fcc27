"""What subscribers change, and how they leave."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.errors import SubscriberError
from feedpub.model import Frequency, Subscriber, SubscriberState
from feedpub.tokens import Action
from tests.support.audience import READER, House

DAILY, WEEKLY, MONTHLY = Frequency


def change(house: House, subscriber: Subscriber, **changes: object) -> Subscriber:
    now = house.audience.get(subscriber.id)
    given: dict[str, object] = {
        "choice": now.choice,
        "frequency": now.frequency,
        "language": now.language,
        "paused": now.paused,
    }
    return house.audience.set_preferences(subscriber.id, source="page", **{**given, **changes})  # type: ignore[arg-type]


# Preferences


def test_preferences_are_replaced_and_logged(house: House) -> None:
    subscriber = house.join()
    choice = house.audience.resolve_choice(["News"])

    changed = change(house, subscriber, choice=choice, language="en")

    assert house.show().subscriber == changed
    assert (changed.choice, changed.language) == (choice, "en")
    assert house.events()[-1] == "preferences"


def test_what_did_not_change_is_not_logged(house: House) -> None:
    subscriber = house.join()

    change(house, subscriber)

    assert house.events() == ["asked", "confirmed"]


def test_who_left_has_no_preferences_to_change(house: House) -> None:
    subscriber = house.join()
    house.audience.unsubscribe(subscriber.id, source="page")

    with pytest.raises(SubscriberError, match="subscribe again"):
        change(house, subscriber, language="en")


def test_a_frequency_that_is_not_sent_any_more_counts_as_that_of_the_site(house: House) -> None:
    subscriber = house.join(frequency=DAILY)
    house.prepare(WEEKLY)
    house.clock.advance(days=1)
    house.changes["frequencies"] = (WEEKLY, MONTHLY)

    changed = change(house, subscriber, frequency=None)

    assert changed.since is None


# What is owed after a change of frequency, through the real tables


def test_after_a_change_the_next_issue_begins_where_the_last_one_ended(house: House) -> None:
    subscriber = house.join()
    house.prepare(DAILY)
    house.clock.advance(days=1)
    house.prepare(WEEKLY)
    ended = house.now
    house.clock.advance(days=2)
    house.prepare(DAILY)
    house.clock.advance(hours=1)

    changed = change(house, subscriber, frequency=DAILY)
    house.clock.advance(days=1)

    assert changed.since is not None
    assert house.prepare(DAILY) == [(subscriber.id, ended)]
    assert house.audience.get(subscriber.id).since is None


class Reader:
    """One subscriber, and every second of articles that their issues covered."""

    house = cache(House)  # making the tables takes longer than all the rest

    def __init__(self) -> None:
        self._house = Reader.house()
        self.wait(1)
        for frequency in Frequency:
            self._house.prepare(frequency)
        self.begin = self.now
        self.wait(5)
        self.subscriber = self._house.audience.add(
            f"{self.begin}@example.com", confirmed=True, source="test"
        )
        self.got: list[int] = []

    @property
    def now(self) -> int:
        return self._house.now

    @property
    def frequency(self) -> Frequency:
        return self._house.audience.get(self.subscriber.id).frequency or WEEKLY

    def wait(self, seconds: int) -> None:
        self._house.clock.advance(seconds=seconds)

    def prepare(self, frequency: Frequency) -> None:
        for subscriber, since in self._house.prepare(frequency):
            if subscriber == self.subscriber.id:
                self.got.extend(range(since, self.now))

    def change(self, frequency: Frequency) -> None:
        change(self._house, self.subscriber, frequency=frequency)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 9), st.sampled_from(["change", "issue"]), st.sampled_from(Frequency)
        ),
        max_size=12,
    )
)
@settings(max_examples=25)
def test_no_change_of_frequency_repeats_or_skips_anything(
    steps: list[tuple[int, str, Frequency]],
) -> None:
    reader = Reader()

    for seconds, what, frequency in steps:
        reader.wait(seconds)
        (reader.change if what == "change" else reader.prepare)(frequency)
    reader.wait(1)
    reader.prepare(reader.frequency)

    assert sorted(reader.got) == list(range(reader.begin, reader.now))


def test_who_comes_back_under_another_frequency_gets_nothing_twice(house: House) -> None:
    house.prepare(MONTHLY)
    subscriber = house.join()
    house.prepare(WEEKLY)
    house.clock.advance(days=7)
    house.prepare(WEEKLY)
    ended = house.now
    house.audience.unsubscribe(subscriber.id, source="page")
    house.clock.advance(days=2)

    back = house.join(frequency=MONTHLY)

    assert back.since is not None
    assert back.since.timestamp() == ended


# Pause


def test_who_pauses_gets_nothing_and_goes_on_with_the_issue_under_way(house: House) -> None:
    subscriber = house.join()
    house.prepare(WEEKLY)
    change(house, subscriber, paused=True)
    house.clock.advance(days=7)
    assert house.prepare(WEEKLY) == []
    ended = house.now
    house.clock.advance(days=1)

    change(house, subscriber, paused=False)
    house.clock.advance(days=6)

    assert house.prepare(WEEKLY) == [(subscriber.id, ended)]
    assert house.events()[-2:] == ["paused", "resumed"]


def test_a_pause_between_two_issues_skips_nothing(house: House) -> None:
    subscriber = house.join(frequency=MONTHLY)
    house.prepare(WEEKLY)
    house.prepare(MONTHLY)
    begin = house.now
    house.clock.advance(days=7)
    house.prepare(WEEKLY)
    house.clock.advance(days=1)
    change(house, subscriber, frequency=WEEKLY)

    change(house, subscriber, paused=True)
    house.clock.advance(days=1)
    change(house, subscriber, paused=False)
    house.clock.advance(days=5)

    assert house.prepare(WEEKLY) == [(subscriber.id, begin)]


# Leaving


def test_unsubscribing_ends_it_at_once_and_says_goodbye_where_it_should(house: House) -> None:
    subscriber = house.join()

    left = house.audience.unsubscribe(
        subscriber.id, source="page", network="192.0.2.1", goodbye=True
    )

    assert left.state == SubscriberState.UNSUBSCRIBED
    assert house.mails()[-1] == "goodbye"
    assert house.show().consents[-1].network == "192.0.2.1"


def test_one_click_is_silent(house: House) -> None:
    subscriber = house.join()

    house.audience.unsubscribe(subscriber.id, source="one-click")

    assert "goodbye" not in house.mails()


def test_unsubscribing_twice_is_harmless(house: House) -> None:
    subscriber = house.join()

    for _ in range(2):
        house.audience.unsubscribe(subscriber.id, source="page", goodbye=True)

    assert house.events() == ["asked", "confirmed", "unsubscribed"]
    assert house.mails().count("goodbye") == 1


def test_leaving_can_be_undone_for_a_day(house: House) -> None:
    subscriber = house.join(frequency=DAILY)
    house.audience.unsubscribe(subscriber.id, source="page")
    house.clock.advance(hours=24)
    assert house.audience.can_return(subscriber.id)

    back = house.audience.resubscribe(subscriber.id, source="page")

    assert (back.state, back.confirmed) == (SubscriberState.ACTIVE, subscriber.confirmed)
    assert house.events()[-1] == "returned"


def test_leaving_cannot_be_undone_later(house: House) -> None:
    subscriber = house.join()
    house.audience.unsubscribe(subscriber.id, source="page")
    house.clock.advance(hours=24, seconds=1)

    assert not house.audience.can_return(subscriber.id)
    with pytest.raises(SubscriberError, match="subscribe again"):
        house.audience.resubscribe(subscriber.id, source="page")


def test_who_never_confirmed_cannot_come_back_by_an_undo(house: House) -> None:
    house.subscribe()
    pending = house.show().subscriber
    house.audience.unsubscribe(pending.id, source="page")

    with pytest.raises(SubscriberError):
        house.audience.resubscribe(pending.id, source="page")


def test_the_editor_removes_somebody_by_address(house: House) -> None:
    house.join()

    assert house.audience.remove(READER, source="letter").state == SubscriberState.UNSUBSCRIBED
    assert house.mails() == ["confirm", "welcome"]
    with pytest.raises(SubscriberError, match=r"nobody has the address n\*\*\*@example.com"):
        house.audience.remove("nobody@example.com", source="letter")


# Mail that comes back


def bounce(house: House, subscriber: Subscriber, report: int, *, hard: bool = False) -> bool:
    code = "5.1.1" if hard else "4.2.2"
    return house.audience.record_bounce(subscriber.id, code=code, hard=hard, message=b"%d" % report)


def test_an_address_that_does_not_exist_is_barred_at_once(house: House) -> None:
    subscriber = house.join()

    assert bounce(house, subscriber, 1, hard=True)

    assert house.show().subscriber.state == SubscriberState.BOUNCED
    assert house.show().suppressed == "bounced"
    assert house.events()[-1] == "bounced"


def test_a_full_mailbox_is_barred_the_third_time_within_thirty_days(house: House) -> None:
    subscriber = house.join()

    assert not bounce(house, subscriber, 1)
    house.clock.advance(days=31)
    assert not bounce(house, subscriber, 2)
    assert not bounce(house, subscriber, 3)
    assert not bounce(house, subscriber, 3)
    assert house.show().suppressed is None

    assert bounce(house, subscriber, 4)
    assert house.show().bounces == 4


def test_a_refusal_counts_once_however_often_it_is_told(house: House) -> None:
    subscriber = house.join()

    assert house.audience.record_refusal(subscriber.id, delivery=7, code="5.1.1")
    assert not house.audience.record_refusal(subscriber.id, delivery=7, code="5.1.1")

    assert house.show().bounces == 1


def test_a_complaint_bars_for_good(house: House) -> None:
    subscriber = house.join()
    bounce(house, subscriber, 1, hard=True)

    house.audience.record_complaint(subscriber.id, message=b"m", source="bounces")

    assert house.show().suppressed == "complained"
    bounce(house, subscriber, 2, hard=True)
    assert house.show().suppressed == "complained"


def test_what_comes_back_for_nobody_does_nothing(house: House) -> None:
    subscriber = house.join()
    house.audience.forget(subscriber.id, source="page")

    assert not bounce(house, subscriber, 1, hard=True)
    assert not house.audience.record_complaint(999, message=b"m", source="bounces")


# Links on request


@pytest.mark.parametrize("action", [Action.EXPORT, Action.ERASE])
def test_a_link_on_request_is_mailed_once_a_day(house: House, action: Action) -> None:
    subscriber = house.join()

    for _ in range(3):
        house.audience.request_link(subscriber.id, action)
        house.clock.advance(hours=11)

    assert house.mails().count(action.value) == 1
