"""What becomes of an issue in several runs that share it."""

import threading
from collections.abc import Sequence

import pytest

from feedpub.errors import BusyError, StoreError
from feedpub.model import DeliveryState, IssueState
from feedpub.ports.mailing import Bounced, Change
from feedpub.sending import SendOptions, StopReason
from feedpub.sending import run as sending_run
from feedpub.testing import MemoryLedger, MemoryMailer
from tests.support.runs import NO_USER, QUEUED, SENT, addresses, run, states

SHARE = SendOptions(shared=True, limit=10)


class NeverCounting(MemoryLedger):
    """A ledger of which a share wants no sums: to count takes a look at every row."""

    def counts(self, issue: int) -> dict[DeliveryState, int]:
        raise AssertionError("counted")

    def bounced(self, issue: int) -> "Sequence[Bounced]":  # type: ignore[override]
        raise AssertionError("looked through")


def test_a_share_leaves_the_rest_and_counts_nothing() -> None:
    ledger, mailer = NeverCounting(addresses(25)), MemoryMailer()

    report = run(ledger, mailer, options=SHARE)

    assert (report.sent, report.finished, report.counts) == (10, False, {})
    assert ledger.senders(1) == []


def test_share_after_share_finishes_the_issue_and_the_last_one_says_so() -> None:
    ledger, mailer = MemoryLedger(addresses(25)), MemoryMailer()

    reports = [run(ledger, mailer, options=SHARE) for _ in range(3)]

    assert [one.finished for one in reports] == [False, False, True]
    assert [one.recipient for one in mailer.accepted] == addresses(25)
    assert reports[-1].counts == {SENT: 25}


def test_a_share_of_a_finished_issue_does_nothing() -> None:
    ledger = MemoryLedger(addresses(5))
    run(ledger, MemoryMailer(), options=SHARE)

    report = run(ledger, MemoryMailer(), options=SHARE)

    assert report.stopped is not None
    assert report.stopped.reason is StopReason.CLOSED
    assert not report.finished


def test_shares_at_once_mail_everybody_once_and_one_of_them_finishes() -> None:
    ledger, mailer = MemoryLedger(addresses(200)), MemoryMailer()
    reports = []

    def work() -> None:
        options = SendOptions(shared=True, connections=2)
        reports.append(run(ledger.join(), mailer, options=options))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.recipient for one in mailer.accepted) == sorted(addresses(200))
    assert sum(one.sent for one in reports) == 200
    # Who came too late for a row may also find the issue finished.
    assert sum(one.finished for one in reports) == 1


def test_who_sends_alone_lets_no_share_in() -> None:
    ledger = MemoryLedger(addresses(5))
    ledger.join().acquire(1, 1_800_000_000)

    with pytest.raises(BusyError):
        run(ledger, MemoryMailer(), options=SHARE)


def test_a_share_whose_sender_was_taken_for_dead_sends_no_dot() -> None:
    ledger, mailer = MemoryLedger(addresses(3)), MemoryMailer()

    class Slow(MemoryLedger):
        def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
            if any(one.crossing is not None for one in changes):
                ledger.join().acquire(1, now + 1_000, shared=True)
            return super().commit(changes, now)

    mine = Slow()
    mine.deliveries, mine._shared, mine._main = ledger.deliveries, ledger._shared, ledger

    report = run(mine, mailer, options=SHARE)

    assert mailer.accepted == []
    assert report.stopped is not None
    assert report.stopped.reason is StopReason.LEASE
    assert set(states(ledger)) == {QUEUED}


def test_addresses_that_do_not_exist_are_handed_on_by_whoever_finishes() -> None:
    ledger = MemoryLedger(addresses(20))
    mailer = MemoryMailer({addresses(20)[0]: NO_USER})
    told: list[list[Bounced]] = []

    for _ in range(2):
        run(ledger, mailer, options=SHARE, on_bounces=lambda found: told.append(list(found)))

    assert [[one.delivery for one in found] for found in told] == [[1]]
    assert ledger.state is IssueState.FINISHED


def test_a_share_waits_for_a_ledger_that_is_gone_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending_run, "AGAIN_S", (0, 0, 0))

    class Restarting(MemoryLedger):
        refusals = 0

        def commit(self, changes: Sequence[Change], now: int) -> list[bool]:
            if any(one.outcomes for one in changes) and self.refusals < 2:
                self.refusals += 1
                raise StoreError("the server is gone")
            return super().commit(changes, now)

        def release(self, issue: int, now: int) -> bool:
            if self.refusals < 3:
                self.refusals += 1
                raise StoreError("the server is gone")
            return super().release(issue, now)

    ledger, mailer = Restarting(addresses(5)), MemoryMailer()

    with pytest.raises(StoreError):
        run(ledger, mailer, options=SHARE)

    assert ledger.senders(1) == []
    # Who was mailed is known after all; nobody else was touched.
    assert states(ledger) == [SENT, QUEUED, QUEUED, QUEUED, QUEUED]
    assert len(mailer.accepted) == 1
