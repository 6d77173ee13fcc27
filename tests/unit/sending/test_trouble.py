"""What a run makes of refusals, of servers in trouble and of addresses that do not exist."""

import threading

from feedpub.errors import MailerError, MailerRefusedError
from feedpub.ports.mailing import Bounced, Reply, Stage
from feedpub.sending import SendOptions, StopReason
from feedpub.testing import FixedClock, MemoryLedger, MemoryMailer
from feedpub.testing.ledger import MemoryConnection
from tests.support.runs import (
    FAILED,
    LATER,
    LOST,
    NO_USER,
    QUEUED,
    SENT,
    SPAM,
    UNKNOWN,
    addresses,
    answer,
    connecting,
    refusing,
    run,
    states,
)

# Replies


def test_each_reply_has_its_outcome() -> None:
    ledger = MemoryLedger(addresses(5))

    report = answer(ledger, {1: NO_USER, 2: SPAM, 3: LATER, 4: LOST})

    assert states(ledger) == [FAILED, FAILED, QUEUED, UNKNOWN, SENT]
    assert (report.sent, report.failed, report.deferred, report.unknown) == (1, 2, 1, 1)
    assert not report.finished
    assert report.paused == {"x2.example": "554 5.7.1 spam"}


def test_the_report_tells_when_to_come_again() -> None:
    clock = FixedClock()

    report = answer(MemoryLedger(addresses(2)), {1: LATER}, clock=clock)

    assert report.next_try == int(clock().timestamp()) + 1800


def test_a_paused_domain_gets_nothing_more_in_this_run() -> None:
    ledger = MemoryLedger(["1@x.example", "2@X.example", "3@x.example", "4@y.example"])
    mailer = MemoryMailer({"1@x.example": SPAM})

    # So many messages before the pause may have been handed out already.
    report = run(ledger, mailer, options=SendOptions(messages_per_connection=1))

    assert states(ledger) == [FAILED, QUEUED, QUEUED, SENT]
    assert (report.failed, report.deferred, report.sent) == (1, 2, 1)
    assert ledger.deliveries[3].last.reply == "domain paused: 554 5.7.1 spam"


def test_five_paused_domains_stop_the_run() -> None:
    ledger = MemoryLedger(addresses(20))

    report = answer(ledger, dict.fromkeys(range(1, 20), SPAM))

    assert report.stopped is not None
    assert report.stopped.reason is StopReason.REFUSED
    assert report.failed <= 6
    assert QUEUED in states(ledger)


def test_a_refused_sender_stops_the_run_and_costs_nobody_anything() -> None:
    ledger = MemoryLedger(addresses(20))

    report = answer(ledger, dict.fromkeys(range(1, 21), Reply(Stage.MAIL, 550, "5.7.1 not you")))

    assert set(states(ledger)) == {QUEUED}
    assert {row.claim.attempts for row in ledger.deliveries.values()} == {0}
    assert report.stopped is not None
    assert report.stopped.text == "550 5.7.1 not you"
    assert report.next_try == 0


def test_a_server_that_loses_everything_is_left_alone_soon() -> None:
    ledger = MemoryLedger(addresses(100))

    report = answer(ledger, dict.fromkeys(range(1, 101), LOST))

    assert report.unknown <= 9
    assert report.stopped is not None
    assert report.stopped.reason is StopReason.TROUBLE


# Connections


def test_a_server_that_is_down_costs_nobody_anything() -> None:
    ledger = MemoryLedger(addresses(3))

    report = run(ledger, refusing(MailerError("localhost:25: nobody there")))

    assert states(ledger) == [QUEUED] * 3
    assert report.stopped is not None
    assert report.stopped.reason is StopReason.UNREACHABLE
    assert report.stopped.text == "localhost:25: nobody there"


def test_a_refused_login_is_not_tried_again() -> None:
    report = run(
        MemoryLedger(addresses(3)),
        refusing(MailerRefusedError("the login failed")),
        options=SendOptions(reconnect_s=(1000,)),
    )

    assert report.stopped is not None
    assert report.stopped.reason is StopReason.REFUSED


def test_a_server_that_stumbles_is_tried_again() -> None:
    failures = iter([MailerError("busy"), MailerError("busy")])

    def connect(mailer: MemoryMailer) -> MemoryConnection:
        for error in failures:
            raise error
        return MemoryConnection(mailer)

    report = run(
        MemoryLedger(addresses(3)),
        connecting(connect),
        options=SendOptions(reconnect_s=(0.01, 0.01)),
    )

    assert report.finished


def test_a_connection_too_many_leaves_the_work_to_the_others() -> None:
    first = threading.Lock()

    def connect(mailer: MemoryMailer) -> MemoryConnection:
        if not first.acquire(blocking=False):
            raise MailerError("421 too many connections")
        return MemoryConnection(mailer)

    ledger = MemoryLedger(addresses(60))
    options = SendOptions(connections=4, reconnect_s=(), messages_per_connection=1000)

    run(ledger, connecting(connect), options=options)

    assert states(ledger).count(SENT) >= 57


# Later in the same run


def test_a_patient_run_tries_again_what_was_put_off() -> None:
    clock = FixedClock()

    class Once(MemoryMailer):
        def connect(self) -> MemoryConnection:
            connection = super().connect()
            self.replies, self.next = self.next, {}
            return connection

        next: dict[str, Reply] = {}  # noqa: RUF012

    mailer = Once()
    ledger = MemoryLedger(addresses(2))
    mailer.next = {"1@x1.example": LATER}

    def progress(stage: str, done: int, total: int) -> None:
        if done == 2:
            clock.advance(hours=1)
            ledger.deliveries[1].last = ledger.deliveries[1].last._replace(not_before=0)

    report = run(ledger, mailer, clock=clock, progress=progress, options=SendOptions(patience_s=10))

    assert report.finished
    assert report.sent == 2


# Addresses that do not exist


def test_addresses_that_do_not_exist_are_handed_on() -> None:
    found: list[Bounced] = []

    report = answer(MemoryLedger(addresses(5)), {2: NO_USER}, on_bounces=found.extend)

    assert found == [Bounced(2, 2, "550 5.1.1")]
    assert (report.bounced, report.held) == (1, 0)


def test_too_many_of_them_are_held() -> None:
    found: list[Bounced] = []
    gone = dict.fromkeys(range(1, 22), NO_USER)

    report = answer(MemoryLedger(addresses(100)), gone, on_bounces=found.extend)

    assert found == []
    assert (report.bounced, report.held) == (0, 21)


def test_a_user_unknown_after_the_dot_is_not_handed_on() -> None:
    found: list[Bounced] = []
    late = Reply(Stage.DOT, 550, "5.1.1 no such user")

    answer(MemoryLedger(addresses(3)), {1: late}, on_bounces=found.extend)

    assert found == []
