"""What the store promises about subscribers, on the disk and in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from feedpub.errors import StoreError
from feedpub.model import DeliveryState, Frequency, Issue, IssueState, SubscriberState
from feedpub.ports.newsletter import Selection
from feedpub.ports.people import ConsentRow, NoticeRow, Person
from feedpub.store.catalog import Catalog
from tests.support.stores import Store, somebody

PENDING, ACTIVE, UNSUBSCRIBED = (int(state) for state in list(SubscriberState)[:3])
PERSON = Person(
    1, "Ann@example.com", "ann@example.com", ACTIVE, 100, 200, (3, 12), "daily", "en", True, 300
)


@pytest.fixture
def catalog(store: Store) -> Iterator[Catalog]:
    with store.transaction() as catalog:
        yield catalog


# Their rows


def test_a_person_comes_back_as_they_were(catalog: Catalog) -> None:
    catalog.people.insert([PERSON, somebody(2)])

    assert catalog.people.get(1) == PERSON
    assert catalog.people.find(["ann@example.com", "a9@example.com"]) == {"ann@example.com": PERSON}
    assert catalog.people.get(3) is None


def test_a_mailbox_is_that_of_one_person(store: Store) -> None:
    with pytest.raises(StoreError), store.transaction() as catalog:
        catalog.people.insert([PERSON, PERSON._replace(id=2)])


def test_a_changed_person_comes_back_changed(catalog: Catalog) -> None:
    catalog.people.insert([PERSON, somebody(2)])
    changed = PERSON._replace(choice=(), frequency=None, paused=False, since=None, state=PENDING)

    catalog.people.update([changed])

    assert list(catalog.people.browse()) == [changed, somebody(2)]


def test_everybody_comes_in_order_however_many(catalog: Catalog) -> None:
    people = [somebody(row, row % 3) for row in range(1, 2502)]
    catalog.people.insert(people)

    assert list(catalog.people.browse()) == people
    assert list(catalog.people.browse([PENDING])) == [p for p in people if p.state == PENDING]
    assert catalog.people.counts() == {PENDING: 833, ACTIVE: 834, UNSUBSCRIBED: 834}
    words = {"pending": 833, "active": 834, "unsubscribed": 834}
    assert list(catalog.issues.people().items()) == list(words.items())


def test_many_mailboxes_are_found_at_once(catalog: Catalog) -> None:
    catalog.people.insert([somebody(row) for row in range(1, 1202)])

    assert len(catalog.people.find(f"a{row}@example.com" for row in range(2000))) == 1201


def test_a_row_is_never_used_again(catalog: Catalog) -> None:
    assert catalog.people.next_id() == 1
    catalog.people.insert([PERSON])

    catalog.people.erase([1])

    assert catalog.people.next_id() == 2


# Choices


def test_choices_follow_a_category_that_became_another(catalog: Catalog) -> None:
    catalog.people.insert(
        [somebody(1, choice=(3, 12)), somebody(2, choice=(12,)), somebody(3, choice=(1,)),
         somebody(4)]
    )  # fmt: skip

    catalog.shelves.merge({12: 3})

    choices = [person.choice for person in catalog.people.browse()]
    assert choices == [(3,), (3,), (1,), ()]


def test_a_category_that_became_everything_means_all(catalog: Catalog) -> None:
    catalog.people.insert([somebody(1, choice=(3, 12))])

    catalog.people.merge_categories({12: 0})

    assert [person.choice for person in catalog.people.browse()] == [()]


# Erasing


def test_an_erased_person_leaves_an_empty_row_and_a_nameless_log(catalog: Catalog) -> None:
    catalog.people.insert([PERSON])
    catalog.people.log([ConsentRow(1, 5, "asked", "form", "words", "1", "192.0.2.1", "{}")])
    catalog.people.add_notices([NoticeRow(0, 1, "address", "new@example.com", 0, 5)])

    catalog.people.erase([1])

    gone = catalog.people.get(1)
    assert gone == Person(1, None, None, int(SubscriberState.ERASED), 100, 200)
    assert catalog.people.consents(1) == [
        ConsentRow(1, 5, "asked", "form", "words", "1", None, "{}")
    ]
    assert catalog.people.last_notice(1, "address") is None


def test_what_servers_answered_is_forgotten_with_the_person(catalog: Catalog) -> None:
    catalog.people.insert([PERSON])
    deliver(catalog, DeliveryState.FAILED, reply="no such user Ann@example.com")

    catalog.people.erase([1])

    (reply,) = catalog._connection.exec_driver_sql("SELECT reply FROM deliveries").scalars()
    assert reply is None


@pytest.mark.parametrize(
    "change",
    ["DELETE FROM consents", "UPDATE consents SET event='confirmed'",
     "UPDATE consents SET wording='other'", "UPDATE consents SET network='192.0.2.2'"],
)  # fmt: skip
def test_the_log_is_only_ever_added_to(store: Store, change: str) -> None:
    with store.transaction() as catalog:
        catalog.people.insert([PERSON])
        catalog.people.log([ConsentRow(1, 5, "asked")])

    with pytest.raises(StoreError, match="only ever added to"), store.transaction() as catalog:
        catalog._connection.exec_driver_sql(change)


def test_the_log_is_read_in_order(catalog: Catalog) -> None:
    catalog.people.insert([PERSON])
    catalog.people.log([ConsentRow(1, 5, "asked"), ConsentRow(1, 9, "asked")])
    catalog.people.log([ConsentRow(1, 7, "confirmed")])

    assert [row.at for row in catalog.people.consents(1)] == [5, 7, 9]
    assert catalog.people.last_event(1, "asked") == 9
    assert catalog.people.last_event(1, "left") is None


def test_networks_are_taken_out_of_the_log_by_age(catalog: Catalog) -> None:
    catalog.people.insert([PERSON])
    catalog.people.log([ConsentRow(1, at, "asked", network="192.0.2.1") for at in (5, 6)])

    catalog.people.drop_networks(6)

    assert [row.network for row in catalog.people.consents(1)] == [None, "192.0.2.1"]


def test_who_was_asked_long_ago_and_never_since_is_found(catalog: Catalog) -> None:
    catalog.people.insert([somebody(row, PENDING) for row in (1, 2, 3)])
    catalog.people.insert([somebody(4, ACTIVE)])
    rows = [(1, 10), (2, 10), (2, 20), (4, 10)]
    catalog.people.add_notices([NoticeRow(0, who, "confirm", "", 0, at) for who, at in rows])

    assert catalog.people.unconfirmed(11) == [1]


# Suppression


def test_a_barred_address_stays_barred_for_its_first_reason(catalog: Catalog) -> None:
    catalog.people.suppress([(b"a", "bounced", 1), (b"b", "erased", 1)])
    catalog.people.suppress([(b"a", "complained", 2), (b"a", "erased", 2), (b"c", "erased", 2)])

    assert catalog.people.suppressed([b"a", b"b", b"c", b"d"]) == {
        b"a": "bounced",
        b"b": "erased",
        b"c": "erased",
    }


def test_a_barred_address_can_be_mailed_again(catalog: Catalog) -> None:
    catalog.people.suppress([(b"a", "bounced", 1)])

    catalog.people.lift(b"a")

    assert catalog.people.suppressed([b"a"]) == {}


# Mails to one person


def test_a_mail_comes_back_as_it_was(catalog: Catalog) -> None:
    catalog.people.insert([PERSON, somebody(2)])
    rows = [NoticeRow(0, who, "confirm", '{"choice": [3]}', 0, 7) for who in (1, 2, 1)]

    made = catalog.people.add_notices(rows)

    assert catalog.people.notice(made[0]) == rows[0]._replace(id=made[0])
    assert catalog.people.last_notice(1, "confirm") == rows[2]._replace(id=made[2])
    assert catalog.people.last_notice(1, "welcome") is None


# Limits


def test_attempts_are_counted_from_a_moment_on(catalog: Catalog) -> None:
    for at in (5, 5, 9):
        catalog.people.note_attempts([b"pa", b"hb"], at)

    assert [catalog.people.count_attempts(b"pa", after) for after in (-1, 4, 5, 9)] == [3, 3, 1, 0]


@pytest.mark.parametrize("last", [b"\x00", b"\x7f", b"\xff"])
def test_attempts_are_forgotten_by_the_beginning_of_their_key(
    catalog: Catalog, last: bytes
) -> None:
    catalog.people.note_attempts([b"pa" + last, b"pb", b"hc"], 5)

    catalog.people.forget_attempts(b"pa" + last)
    catalog.people.forget_attempts(b"h", before=6)
    catalog.people.forget_attempts(b"p", before=5)

    assert [catalog.people.count_attempts(key, 0) for key in (b"pa" + last, b"pb", b"hc")] == [
        0,
        1,
        0,
    ]


# What came back


def test_a_report_is_kept_once(catalog: Catalog) -> None:
    catalog.people.insert([PERSON])

    assert catalog.people.add_bounce(1, 10, b"m", 4, "soft", "4.2.2")
    assert not catalog.people.add_bounce(1, 11, b"m", 4, "soft", "4.2.2")
    assert catalog.people.add_bounce(1, 12, b"n", None, "hard", "5.1.1")

    assert catalog.people.count_bounces(1) == 2
    assert catalog.people.count_bounces(1, "soft") == 1
    assert catalog.people.count_bounces(1, "soft", 10) == 0


# What they were sent


def deliver(catalog: Catalog, state: DeliveryState, *, end: int = 50, reply: str = "") -> None:
    """Prepare an issue for person 1 whose delivery stands in a state."""
    moment = datetime.fromtimestamp(end, UTC)
    issue = Issue(
        0, f"daily/{end}", Frequency.DAILY, moment, moment, moment, IssueState.PREPARED
    )  # fmt: skip
    row = catalog.issues.add(issue, b"")
    person = catalog.people.get(1)
    assert person is not None
    catalog.people.update([person._replace(paused=False, since=5)])
    kept = Issue(row, *[getattr(issue, name) for name in Issue.__slots__[1:]])
    made = catalog.issues.enrol(
        kept, [Selection(person.choice, person.language or "", 5)], [Frequency.DAILY]
    )
    assert made == 1
    catalog._connection.execute(
        sa.text("UPDATE deliveries SET state = :state, reply = :reply WHERE issue = :issue"),
        {"state": int(state), "reply": reply, "issue": row},
    )


def test_the_recipients_of_an_issue_are_counted(catalog: Catalog) -> None:
    catalog.people.insert([PERSON])

    deliver(catalog, DeliveryState.QUEUED, end=50)
    deliver(catalog, DeliveryState.SENT, end=60)
    deliver(catalog, DeliveryState.FAILED, end=70)

    assert [issue.recipients for issue in catalog.issues.recent()] == [1, 1, 1]
    assert catalog.issues.largest_sent() == 1


def test_the_end_of_the_last_issue_is_that_of_its_frequency(catalog: Catalog) -> None:
    catalog.people.insert([PERSON])
    assert catalog.people.last_end("daily") is None

    deliver(catalog, DeliveryState.SENT, end=50)
    deliver(catalog, DeliveryState.SENT, end=40)

    assert catalog.people.last_end("daily") == 50
    assert catalog.people.last_end("weekly") is None


@pytest.mark.parametrize(
    ("state", "received"),
    [
        (DeliveryState.QUEUED, 50),
        (DeliveryState.SENT, 50),
        (DeliveryState.UNKNOWN, 50),
        (DeliveryState.FAILED, None),
        (DeliveryState.SKIPPED, None),
    ],
)
def test_what_somebody_may_have_got_counts_as_received(
    catalog: Catalog, state: DeliveryState, received: int | None
) -> None:
    catalog.people.insert([PERSON])

    deliver(catalog, state)

    assert catalog.people.last_received(1) == received
    assert catalog.people.deliveries(1) == {int(state): 1}
