"""How somebody becomes a subscriber."""

import pytest
from sqlalchemy import event

from feedpub.audience import Policy
from feedpub.audience.desk import write_wish
from feedpub.errors import (
    AddressError,
    CategoryError,
    LimitError,
    SubscriberError,
    TokenError,
)
from feedpub.model import Frequency, SubscriberState
from feedpub.tokens import Action, Signer
from tests.support.audience import READER, House

# Asking and confirming


def test_asking_makes_a_mail_and_no_subscriber(house: House) -> None:
    house.subscribe()

    assert house.show().subscriber.state == SubscriberState.PENDING
    assert house.mails() == ["confirm"]


def test_what_was_agreed_to_is_kept(house: House) -> None:
    house.subscribe(wording="Send me the news, weekly.", version="2026-01", network="192.0.2.9")

    (asked,) = house.show().consents
    assert (asked.event, asked.source, asked.network) == ("asked", "form", "192.0.2.9")
    assert (asked.wording, asked.version) == ("Send me the news, weekly.", "2026-01")
    assert asked.at == house.clock()


def test_confirming_subscribes_and_welcomes(house: House) -> None:
    house.subscribe()
    house.clock.advance(hours=1)

    subscriber = house.audience.confirm(house.token(), source="page", network="192.0.2.10")

    assert subscriber.state == SubscriberState.ACTIVE
    assert subscriber.confirmed == house.clock()
    assert subscriber.since is None
    assert house.events() == ["asked", "confirmed"]
    assert house.mails() == ["confirm", "welcome"]


def test_confirming_twice_is_harmless(house: House) -> None:
    house.subscribe()
    token = house.token()

    first = house.audience.confirm(token, source="page")
    house.clock.advance(hours=1)

    assert house.audience.confirm(token, source="page") == first
    assert house.mails() == ["confirm", "welcome"]


def test_looking_at_a_link_confirms_nothing(house: House) -> None:
    house.subscribe()

    assert house.audience.find(Action.CONFIRM, house.token()).address == READER
    assert house.show().subscriber.state == SubscriberState.PENDING


def test_what_was_chosen_holds_once_it_is_confirmed(house: House) -> None:
    choice = house.audience.resolve_choice(["News", "生活/美食"])

    house.subscribe(choice=choice, frequency=Frequency.DAILY, language="en")
    found = house.audience.confirm(house.token(), source="page")

    assert (found.choice, found.frequency, found.language) == (choice, Frequency.DAILY, "en")


def test_who_wanted_only_what_is_gone_by_now_does_not_get_everything(house: House) -> None:
    house.subscribe(choice=house.audience.resolve_choice(["News"]))
    with house.store.open() as store, store.transaction() as catalog:
        wish = write_wish((99,), None, None)  # of a category that was merged into another since
        catalog._connection.exec_driver_sql("UPDATE notices SET details = ?", (wish,))

    subscriber = house.audience.confirm(house.token(), source="page")

    assert subscriber.choice == (99,)


def test_a_link_holds_for_seven_days(house: House) -> None:
    house.subscribe()
    token = house.token()

    house.clock.advance(days=7, seconds=1)

    with pytest.raises(TokenError) as caught:
        house.audience.confirm(token, source="page")
    assert caught.value.expired


def test_an_old_link_can_be_renewed(house: House) -> None:
    house.subscribe()
    token = house.token()
    house.clock.advance(days=8)

    house.audience.renew(token, network=None)

    assert house.mails() == ["confirm", "confirm"]
    assert house.audience.confirm(house.token(), source="page").address == READER


def test_an_answer_by_mail_confirms(house: House) -> None:
    house.subscribe()
    who = house.show().subscriber.id

    assert house.audience.confirm_subscriber(who, source="reply").state == SubscriberState.ACTIVE


def test_an_answer_by_mail_that_comes_too_late_does_not(house: House) -> None:
    house.subscribe()
    house.clock.advance(days=7, seconds=1)

    with pytest.raises(TokenError):
        house.audience.confirm_subscriber(house.show().subscriber.id, source="reply")


@pytest.mark.parametrize("action", [Action.ADDRESS, Action.EXPORT, Action.ERASE])
def test_the_link_of_a_confirmation_opens_nothing_else(house: House, action: Action) -> None:
    house.subscribe()
    (row,) = house.notices()
    forged = house.audience.make_token(action, notice=row.id, subscriber=row.subscriber)

    for token in (house.token(), forged):
        with pytest.raises(TokenError):
            house.audience.find(action, token)


@pytest.mark.parametrize("action", [Action.UNSUBSCRIBE, Action.PREFERENCES])
def test_the_links_of_every_mail_find_their_reader_for_ever(house: House, action: Action) -> None:
    subscriber = house.join()
    token = house.changes.setdefault("signer", Signer(b"x" * 16)).sign(action, subscriber.id)
    house.clock.advance(days=4000)

    assert house.audience.find(action, token).address == READER
    with pytest.raises(TokenError):
        house.audience.find(Action.CONFIRM, token)


def test_a_used_link_brings_nobody_back_who_left_since(house: House) -> None:
    subscriber = house.join()
    token = house.token()
    house.clock.advance(hours=1)
    house.audience.unsubscribe(subscriber.id, source="page")

    with pytest.raises(TokenError):
        house.audience.confirm(token, source="page")


def test_who_left_may_come_back_and_choose_anew(house: House) -> None:
    subscriber = house.join(frequency=Frequency.DAILY)
    house.audience.unsubscribe(subscriber.id, source="page")
    house.clock.advance(days=1)

    house.subscribe(frequency=Frequency.MONTHLY)
    assert house.show().subscriber.state == SubscriberState.UNSUBSCRIBED
    assert house.show().subscriber.frequency == Frequency.DAILY
    back = house.audience.confirm(house.token(), source="page")

    assert (back.id, back.frequency) == (subscriber.id, Frequency.MONTHLY)


def test_what_is_no_address_is_refused(house: House) -> None:
    with pytest.raises(AddressError):
        house.subscribe("nobody")


def test_a_category_that_is_not_there_is_refused(house: House) -> None:
    with pytest.raises(CategoryError):
        house.subscribe(choice=(99,))


def test_a_language_that_is_none_is_refused(house: House) -> None:
    with pytest.raises(SubscriberError, match="no language"):
        house.subscribe(language="<b>")


# Nobody learns where an address stands


def test_who_is_subscribed_gets_a_mail_that_says_so_and_stays_as_they_are(house: House) -> None:
    before = house.join(frequency=Frequency.DAILY)
    house.clock.advance(days=2)

    house.subscribe(frequency=Frequency.MONTHLY)

    assert house.mails()[-1] == "already"
    assert house.show().subscriber == before


def test_a_known_and_an_unknown_address_leave_the_same_trace(house: House) -> None:
    house.join("known@example.com")
    house.clock.advance(days=2)

    def rows(table: str) -> int:
        with house.store.open() as store, store.transaction() as catalog:
            return int(
                catalog._connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0
            )

    def cost(address: str) -> tuple[int, ...]:
        before = [rows(table) for table in ("notices", "consents", "attempts")]
        house.subscribe(address)
        after = [rows(table) for table in ("notices", "consents", "attempts")]
        return tuple(now - then for now, then in zip(after, before, strict=True))

    assert cost("known@example.com") == cost("unknown@example.com") == (1, 1, 3)


def test_a_known_and_an_unknown_address_cost_the_same_work(house: House) -> None:
    house.join("known@example.com")
    house.clock.advance(days=2)

    def work(address: str) -> list[str]:
        """Return what the database is asked, a word for each statement."""
        with house.store.open() as store:
            statements: list[str] = []
            engine = store._engine

            def note(*arguments: object) -> None:
                statements.append(str(arguments[2]).split()[0])

            event.listen(engine, "before_cursor_execute", note)
            house.subscribe(address)
            event.remove(engine, "before_cursor_execute", note)
        return statements

    known, unknown = work("known@example.com"), work("unknown@example.com")

    # One looks up which row is free, and adds it; the other writes its row again.
    assert sorted(known) == sorted(["UPDATE", *_without(unknown, "SELECT", "INSERT")])


def _without(words: list[str], *fewer: str) -> list[str]:
    rest = list(words)
    for word in fewer:
        rest.remove(word)
    return rest


def test_that_too_many_ask_is_told_alike_of_the_known_and_the_unknown(house: House) -> None:
    house.join("known@example.com")
    house.changes["policy"] = Policy(hourly_asks=1)

    told = []
    for address in ("known@example.com", "unknown@example.com"):
        with pytest.raises(LimitError) as caught:
            house.subscribe(address)
        told.append(str(caught.value))

    assert caught.value.retry_s == 3600
    assert told[0] == told[1]
    assert "example.com" not in told[0]


def test_who_called_our_mail_spam_gets_no_mail_and_leaves_the_same_trace(house: House) -> None:
    subscriber = house.join()
    house.audience.record_complaint(subscriber.id, message=b"m", source="bounces")
    house.clock.advance(days=2)
    waiting = house.mails()

    house.subscribe()

    assert house.mails() == waiting
    assert house.events()[-1] == "asked"


def test_whose_mail_came_back_may_ask_and_is_mailed_again_once_confirmed(house: House) -> None:
    subscriber = house.join()
    house.audience.record_bounce(subscriber.id, code="5.1.1", hard=True, message=b"m")
    house.clock.advance(days=2)

    house.subscribe()
    assert house.show().suppressed == "bounced"
    house.audience.confirm(house.token(), source="page")

    assert house.show().suppressed is None
    assert house.show().subscriber.state == SubscriberState.ACTIVE


def test_who_was_forgotten_may_come_back_by_themselves(house: House) -> None:
    house.audience.forget(house.join().id, source="page")

    house.subscribe()
    assert house.show().suppressed == "erased"
    house.audience.confirm(house.token(), source="page")

    assert house.show().suppressed is None


# By the editor's hand


def test_the_editor_adds_somebody_who_is_asked(house: House) -> None:
    found = house.audience.add(READER, source="editor")

    assert found.state == SubscriberState.PENDING
    assert house.mails() == ["confirm"]


def test_the_editor_vouches_for_somebody(house: House) -> None:
    found = house.audience.add(
        READER, confirmed=True, source="fair 2026", wording="on paper", version="1"
    )

    assert found.state == SubscriberState.ACTIVE
    assert house.mails() == []
    (added,) = house.show().consents
    assert (added.event, added.source, added.wording) == ("added", "fair 2026", "on paper")


def test_the_editor_changes_what_somebody_chose(house: House) -> None:
    house.join()

    found = house.audience.add(READER, frequency=Frequency.DAILY, source="editor")

    assert (found.state, found.frequency) == (SubscriberState.ACTIVE, Frequency.DAILY)
    assert house.events()[-1] == "preferences"


def test_the_editor_too_asks_once_a_day(house: House) -> None:
    house.audience.add(READER, source="editor")

    with pytest.raises(SubscriberError, match=r"r\*\*\*@example.com was asked .* lately"):
        house.audience.add(READER, source="editor")


def test_a_barred_address_is_added_only_by_word_of_its_owner(house: House) -> None:
    house.audience.forget(house.join().id, source="page")

    with pytest.raises(SubscriberError, match="never mailed again"):
        house.audience.add(READER, source="editor")

    assert house.audience.add(READER, confirmed=True, source="call").state == SubscriberState.ACTIVE
    assert house.show().suppressed is None
