"""What becomes of an issue in one run."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from feedpub.errors import BusyError, MailerError, MailerRefusedError, StoreError
from feedpub.model import DeliveryState, IssueState, Message, SubscriberState
from feedpub.ports.mailing import Bounced, Change, Claim, Reply, Stage
from feedpub.sending import SendOptions, SendReport, Stop, StopReason, deliver
from feedpub.testing import FixedClock, MemoryLedger, MemoryMailer
from feedpub.testing.ledger import MemoryConnection

QUEUED, SENDING, COMMITTING, SENT, FAILED, UNKNOWN, SKIPPED = DeliveryState
OPTIONS = SendOptions(reconnect_s=(), grace_s=0.2)
NO_USER = Reply(Stage.RCPT, 550, "5.1.1 no such user")
SPAM = Reply(Stage.DOT, 554, "5.7.1 spam")
LATER = Reply(Stage.RCPT, 450, "4.2.1 later")
LOST = Reply(Stage.DOT, 0, "lost")


def addresses(number: int) -> list[str]:
    return [f"{one}@x{one}.example" for one in range(1, number + 1)]


def compose(claim: Claim) -> Message | None:
    return Message("news@example.com", claim.address, b"Subject: news\r\n\r\nnews\r\n")


def run(ledger: MemoryLedger, mailer: MemoryMailer, **more: Any) -> SendReport:
    settings: dict[str, Any] = {"compose": compose, "options": OPTIONS, "clock": FixedClock()}
    return deliver(1, ledger=ledger, mailer=mailer, **(settings | more))


def answer(ledger: MemoryLedger, replies: dict[int, Reply], **more: Any) -> SendReport:
    """Run against a server that answers so to some, by number."""
    by_address = {
        ledger.deliveries[number].claim.address: reply for number, reply in replies.items()
    }
    return run(ledger, MemoryMailer(by_address), **more)


def states(ledger: MemoryLedger) -> list[DeliveryState]:
    return [row.state for row in ledger.deliveries.values()]


# Everybody once


@pytest.mark.parametrize("connections", [1, 4])
def test_everybody_is_mailed_once(connections: int) -> None:
    ledger, mailer = MemoryLedger(addresses(50)), MemoryMailer()

    report = run(ledger, mailer, options=SendOptions(connections=connections))

    assert sorted(one.recipient for one in mailer.accepted) == sorted(addresses(50))
    assert (report.sent, report.finished, report.next_try) == (50, True, None)
    assert report.counts == {SENT: 50}
    assert ledger.state is IssueState.FINISHED


def test_one_connection_keeps_the_order_of_the_ledger() -> None:
    mailer = MemoryMailer()

    run(MemoryLedger(addresses(5)), mailer)

    assert [one.recipient for one in mailer.accepted] == addresses(5)


def test_a_run_of_nobody_is_finished() -> None:
    assert run(MemoryLedger(), MemoryMailer()).finished


def test_whoever_unsubscribed_meanwhile_is_skipped() -> None:
    ledger = MemoryLedger(addresses(3))
    ledger.deliveries[2].subscriber = SubscriberState.UNSUBSCRIBED

    report = run(ledger, MemoryMailer())

    assert (report.sent, report.skipped, report.finished) == (2, 1, True)


def test_a_message_with_nothing_in_it_is_skipped() -> None:
    ledger = MemoryLedger(addresses(3))

    report = run(
        ledger,
        MemoryMailer(),
        compose=lambda claim: None if claim.delivery == 2 else compose(claim),
    )

    assert states(ledger) == [SENT, SKIPPED, SENT]
    assert (report.sent, report.skipped) == (2, 1)


def test_the_dot_is_never_sent_before_the_fence() -> None:
    ledger = MemoryLedger(addresses(20))

    class Watching(MemoryConnection):
        def finish(self, following: Message | None = None) -> Reply:
            assert self._offered is not None
            number = int(self._offered.recipient.partition("@")[0])
            assert ledger.deliveries[number].state is COMMITTING
            return super().finish(following)

    report = run(ledger, connecting(Watching))

    assert report.sent == 20


def connecting(connect: Callable[[MemoryMailer], MemoryConnection]) -> MemoryMailer:
    class Mailer(MemoryMailer):
        def connect(self) -> MemoryConnection:
            return connect(self)

    return Mailer()


def test_a_limit_leaves_the_rest_for_the_next_run() -> None:
    ledger = MemoryLedger(addresses(5))

    report = run(ledger, MemoryMailer(), options=SendOptions(limit=2))

    assert (report.sent, report.finished) == (2, False)
    assert states(ledger) == [SENT, SENT, QUEUED, QUEUED, QUEUED]


def test_a_connection_is_replaced_after_so_many_messages() -> None:
    made: list[MemoryConnection] = []

    def connect(mailer: MemoryMailer) -> MemoryConnection:
        made.append(MemoryConnection(mailer))
        return made[-1]

    run(
        MemoryLedger(addresses(7)),
        connecting(connect),
        options=SendOptions(messages_per_connection=3),
    )

    assert len(made) == 3


def test_progress_ends_with_everything() -> None:
    told: list[tuple[str, int, int]] = []

    run(MemoryLedger(addresses(3)), MemoryMailer(), progress=lambda *words: told.append(words))

    assert told[-1] == ("send", 3, 3)


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


def refusing(error: MailerError) -> MemoryMailer:
    def connect(_: MemoryMailer) -> MemoryConnection:
        raise error

    return connecting(connect)


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


# The lease and the fence


def test_two_runs_at_once_do_not_send_the_same_issue() -> None:
    ledger = MemoryLedger(addresses(3))
    ledger.join().acquire(1, int(FixedClock()().timestamp()))

    with pytest.raises(BusyError):
        run(ledger, MemoryMailer())


@pytest.mark.parametrize("state", [IssueState.STOPPED, IssueState.FINISHED])
def test_a_closed_issue_is_left_alone(state: IssueState) -> None:
    ledger, mailer = MemoryLedger(addresses(3)), MemoryMailer()
    ledger.state = state

    report = run(ledger, mailer)

    assert mailer.accepted == []
    assert report.stopped is not None
    assert report.stopped.reason is StopReason.CLOSED


def test_whoever_lost_the_lease_does_not_send_the_dot() -> None:
    ledger = MemoryLedger(addresses(3))
    clock = FixedClock()
    accepted: list[str] = []

    class Frozen(MemoryConnection):
        def offer(self, message: Message) -> Reply | None:
            other = ledger.join()
            other.acquire(1, int(clock.advance(minutes=5).timestamp()))
            return super().offer(message)

        def finish(self, following: Message | None = None) -> Reply:
            accepted.append("dot")
            return super().finish(following)

    report = run(ledger, connecting(Frozen), clock=clock)

    assert accepted == []
    assert report.stopped is not None
    assert report.stopped.reason is StopReason.LEASE


def test_a_ledger_that_cannot_be_written_stops_before_the_dot() -> None:
    class Full(MemoryLedger):
        def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
            if len(mailer.accepted) == 2:
                raise StoreError("feedpub.db: database or disk is full; make room")
            return super().commit(changes, now)

    ledger, mailer = Full(addresses(10)), MemoryMailer()

    with pytest.raises(StoreError, match="disk is full"):
        run(ledger, mailer)

    assert len(mailer.accepted) == 2
    assert states(ledger) == [SENT, UNKNOWN, *[QUEUED] * 8]


def test_an_outcome_that_could_not_be_written_is_written_in_the_end_if_it_can_be() -> None:
    class Stumbling(MemoryLedger):
        failed = False

        def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
            if len(mailer.accepted) == 2 and not self.failed:
                self.failed = True
                raise StoreError("feedpub.db: disk I/O error")
            return super().commit(changes, now)

    ledger, mailer = Stumbling(addresses(5)), MemoryMailer()

    with pytest.raises(StoreError):
        run(ledger, mailer)

    assert states(ledger) == [SENT, SENT, QUEUED, QUEUED, QUEUED]


def test_a_message_that_cannot_be_made_stops_the_run_before_anything_is_doubtful() -> None:
    def compose_badly(claim: Claim) -> Message | None:
        if claim.delivery == 3:
            raise ZeroDivisionError("a defect")
        return compose(claim)

    ledger, mailer = MemoryLedger(addresses(5)), MemoryMailer()

    with pytest.raises(ZeroDivisionError):
        run(ledger, mailer, compose=compose_badly)

    assert states(ledger) == [SENT, SENT, QUEUED, QUEUED, QUEUED]


# Stopping


def test_told_to_stop_a_run_finishes_its_message_and_puts_back_the_rest() -> None:
    stop = Stop()

    class Stopping(MemoryConnection):
        def finish(self, following: Message | None = None) -> Reply:
            stop.request()
            threading.Event().wait(0.3)  # longer than the main thread needs to notice
            return super().finish(following)

    ledger = MemoryLedger(addresses(20))

    report = run(ledger, connecting(Stopping), stop=stop, options=slow())

    assert report.stopped is not None
    assert report.stopped.reason is StopReason.SIGNAL
    assert states(ledger).count(SENT) in (1, 2)
    assert set(states(ledger)) == {SENT, QUEUED}


def slow() -> SendOptions:
    return SendOptions(grace_s=5)


@pytest.mark.parametrize(
    ("stage", "state"), [(Stage.RCPT, QUEUED), (Stage.DOT, UNKNOWN)], ids=["before", "after"]
)
def test_a_server_that_does_not_answer_is_not_waited_for(
    stage: Stage, state: DeliveryState
) -> None:
    stop, hung = Stop(), threading.Event()

    class Silent(MemoryConnection):
        def wait(self) -> Reply:
            stop.request()
            hung.wait(30)
            self.usable = False
            return Reply(stage, 0, "closed")

        def offer(self, message: Message) -> Reply | None:
            return self.wait() if stage is Stage.RCPT else super().offer(message)

        def finish(self, following: Message | None = None) -> Reply:
            return self.wait()

        def abort(self) -> None:
            hung.set()

    ledger = MemoryLedger(addresses(2))

    run(ledger, connecting(Silent), stop=stop)

    assert states(ledger) == [state, QUEUED]
    assert ledger.deliveries[1].claim.attempts == (stage is Stage.DOT)


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
