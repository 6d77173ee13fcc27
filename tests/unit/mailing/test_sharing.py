"""Issues as workers send them: frozen once, sent in shares, finished by one of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from feedpub.errors import (
    IssueError,
    IssueHeldError,
    MailerError,
    MailerRefusedError,
)
from feedpub.mailing import sharing
from feedpub.mailing.results import End
from feedpub.mailing.setup import MailSetup
from feedpub.model import DeliveryState, Frequency, IssueState
from feedpub.newsletter import Newsletter
from feedpub.ports.jobs import Failure, Job
from feedpub.ports.mailing import Reply, Stage
from feedpub.publishing.setup import open_transaction
from feedpub.sending import Stop, StopReason
from feedpub.store.jobs import listen
from feedpub.testing import MemoryMailer
from feedpub.testing.ledger import MemoryConnection
from feedpub.wiring.newsletter import make_mail_setup
from tests.support.press import FRIDAY, KEY, Press

WEEKLY = Frequency.WEEKLY


class Office:
    """A newsletter as a worker has it.

    Attributes:
        told: By the hooks: success or not, and the message.
        mailer: Takes the mails.
    """

    def __init__(self, press: Press, mailer: MemoryMailer | None = None) -> None:
        self.told: list[tuple[bool, str]] = []
        self.mailer = mailer or MemoryMailer()
        self.press = press
        self.setup = self.make_setup()
        self.newsletter = Newsletter(self.setup)

    def make_setup(self, **more: Any) -> MailSetup:
        made = make_mail_setup(self.press.config, clock=lambda: self.press.now, allow_private=True)
        changes: dict[str, Any] = {
            "mailer": self.mailer,
            "hook": lambda success, message: self.told.append((success, message)),
            "probe": lambda _: {},
        }
        return replace(made, **changes, **more)

    def deliver_all(self, limit: int) -> list[int]:
        """Return how many each share was sent to, until the issue is finished."""
        sent = []
        while True:
            report = self.newsletter.deliver(KEY, limit=limit)
            sent.append(report.sent)
            if report.finished:
                return sent


@pytest.fixture
def office(press: Press) -> Office:
    """A worker's newsletter on a Friday: seven readers, one article that is news."""
    for number in range(7):
        press.join(f"r{number}")
    press.write("News")
    press.now = FRIDAY
    press.build()
    return Office(press)


@pytest.fixture
def jobs(press: Press) -> Iterator[list[Job]]:
    """What is deferred in this process."""
    found: list[Job] = []
    with listen(str(press.config.database_path), found.extend):
        yield found


def state_of(office: Office) -> IssueState:
    return office.newsletter.issues()[0].issue.state


def fail(office: Office, name: str) -> None:
    """Keep a failure, as a worker does after an error."""
    with open_transaction(office.setup.site.open_store) as catalog:
        catalog.agenda.fail(Failure(name, name.split(" ", maxsplit=1)[0], 0, 1, None, "held"))


# The issue that is due


def test_an_issue_is_frozen_and_shared_out_at_once(office: Office, jobs: list[Job]) -> None:
    issue = office.newsletter.prepare_due(WEEKLY)

    assert issue is not None
    assert (issue.key, issue.recipients, issue.state) == (KEY, 7, IssueState.SENDING)
    assert [(job.task, dict(job.arguments)) for job in jobs] == [("deliver", {"issue": KEY})]
    assert office.mailer.accepted == []


def test_an_issue_is_prepared_once(office: Office, jobs: list[Job]) -> None:
    office.newsletter.prepare_due(WEEKLY)

    assert office.newsletter.prepare_due(WEEKLY) is None
    assert len(jobs) == 1


def test_an_issue_that_another_worker_has_made_meanwhile_is_left_to_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = sharing.decide

    def decide_late(*words: Any) -> Any:
        due = decide(*words)
        Newsletter(office.make_setup()).prepare(WEEKLY)
        return due

    monkeypatch.setattr(sharing, "decide", decide_late)

    assert office.newsletter.prepare_due(WEEKLY) is None


def test_nothing_new_is_noted_and_nothing_shared_out(office: Office, jobs: list[Job]) -> None:
    office.newsletter.prepare_due(WEEKLY)
    office.deliver_all(0)
    office.press.pass_week()
    jobs.clear()

    issue = office.newsletter.prepare_due(WEEKLY)

    assert issue is not None
    assert issue.state is IssueState.EMPTY
    assert jobs == []


def test_what_is_held_is_told_once_and_let_through_by_hand(office: Office) -> None:
    for number in range(7, 12):
        office.press.join(f"r{number}")

    for _ in range(2):
        with pytest.raises(IssueHeldError, match="first mass send"):
            office.newsletter.prepare_due(WEEKLY)

    assert [success for success, _ in office.told] == [False]
    assert "feedpub send weekly --yes --max-recipients 12" in office.told[0][1]
    assert office.press.send(agreed=12).end == End.SENT
    assert office.newsletter.prepare_due(WEEKLY) is None


def test_another_worker_does_not_tell_again_what_one_has_noted(office: Office) -> None:
    for number in range(7, 12):
        office.press.join(f"r{number}")
    fail(office, "prepare frequency=weekly")

    with pytest.raises(IssueHeldError):
        office.newsletter.prepare_due(WEEKLY)

    assert office.told == []


def test_a_note_of_what_was_held_is_gone_once_the_issue_is_made(office: Office) -> None:
    fail(office, "prepare frequency=weekly")

    office.press.send()

    with open_transaction(office.setup.site.open_store) as catalog:
        assert catalog.agenda.failures() == []


def test_without_a_mailer_no_window_is_moved(office: Office) -> None:
    rehearsing = Newsletter(replace(office.setup, mailer=None))

    assert rehearsing.prepare_due(WEEKLY) is None
    assert rehearsing.issues() == []


# Shares


def test_share_after_share_mails_everybody_once(office: Office) -> None:
    office.newsletter.prepare_due(WEEKLY)

    sent = office.deliver_all(limit=3)

    assert sent == [3, 3, 1]
    assert sorted(one.recipient for one in office.mailer.accepted) == [
        f"r{number}@example.com" for number in range(7)
    ]
    assert state_of(office) is IssueState.FINISHED


def test_the_operator_is_told_once_by_whoever_finishes(office: Office) -> None:
    office.newsletter.prepare_due(WEEKLY)
    office.deliver_all(limit=2)
    late = office.newsletter.deliver(KEY, limit=2)

    assert office.told == [(True, f"{KEY}: sent to 7")]
    assert late.stopped is not None
    assert late.stopped.reason is StopReason.CLOSED


def test_the_page_of_an_issue_is_there_before_its_mails(office: Office) -> None:
    office.newsletter.prepare_due(WEEKLY)
    page = office.press.root / f"feeds/newsletter/{KEY}/index.html"
    assert page.exists()
    page.unlink()

    office.newsletter.deliver(KEY, limit=1)

    assert page.exists()


def test_a_copy_of_the_database_is_made_once_for_an_issue(office: Office) -> None:
    copies = []
    newsletter = Newsletter(office.make_setup(back_up=lambda: copies.append(1)))

    newsletter.prepare_due(WEEKLY)
    newsletter.deliver(KEY, limit=3)
    newsletter.deliver(KEY)

    assert copies == [1]


def test_the_digest_is_loaded_and_the_server_connected_to_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.newsletter.prepare_due(WEEKLY)
    loaded, connected = [], []
    load, connect = sharing.load_digest, office.mailer.connect

    def remember(*words: Any) -> Any:
        loaded.append(words)
        return load(*words)

    def count() -> MemoryConnection:
        connected.append(1)
        return connect()

    monkeypatch.setattr(sharing, "load_digest", remember)
    monkeypatch.setattr(office.mailer, "connect", count)

    office.deliver_all(limit=2)

    assert (len(loaded), len(connected)) == (1, 1)


def test_an_issue_prepared_by_hand_is_looked_at_like_any_other(office: Office) -> None:
    for number in range(7, 12):
        office.press.join(f"r{number}")
    office.newsletter.prepare(WEEKLY)

    with pytest.raises(IssueHeldError, match="first mass send"):
        office.newsletter.deliver(KEY)

    assert office.mailer.accepted == []
    assert state_of(office) is IssueState.PREPARED


def test_an_issue_of_long_ago_waits_for_a_person(office: Office) -> None:
    office.newsletter.prepare_due(WEEKLY)
    office.newsletter.deliver(KEY, limit=1)
    office.press.pass_week(4)

    with pytest.raises(IssueHeldError, match=r"prepared 28 days ago.*--catch-up"):
        office.newsletter.deliver(KEY)


def test_a_stopped_issue_is_not_shared(office: Office) -> None:
    office.newsletter.prepare_due(WEEKLY)
    office.newsletter.stop(KEY)

    report = office.newsletter.deliver(KEY)

    assert report.stopped is not None
    assert report.stopped.reason is StopReason.CLOSED
    assert office.mailer.accepted == []


def test_a_share_of_no_issue_says_so(office: Office) -> None:
    with pytest.raises(IssueError, match="no such issue"):
        office.newsletter.deliver("weekly/1999-01-01")


def test_a_rate_is_shared_by_those_who_send(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = office.make_setup(options=replace(office.setup.options, rate=1_000))
    newsletter = Newsletter(setup)
    newsletter.prepare_due(WEEKLY)
    rates = []
    deliver = sharing.deliver

    def remember(*words: Any, **more: Any) -> Any:
        rates.append(more["options"].rate)
        return deliver(*words, **more)

    monkeypatch.setattr(sharing, "deliver", remember)
    with setup.open_ledger() as other:
        newsletter.deliver(KEY, limit=1)
        other.acquire(1, int(office.press.now.timestamp()), shared=True)
        newsletter.deliver(KEY, limit=1)

    assert rates == [1_000, 500]


# Trouble


def refusing(error: Callable[[], MailerError], tried: list[int]) -> MemoryMailer:
    class Refusing(MemoryMailer):
        def connect(self) -> MemoryConnection:
            tried.append(1)
            raise error()

    return Refusing()


def test_a_server_that_refuses_us_is_not_asked_again_by_each_share(office: Office) -> None:
    tried: list[int] = []
    office.newsletter.prepare_due(WEEKLY)
    refused = Office(office.press, refusing(lambda: MailerRefusedError("535 no"), tried))

    for _ in range(3):
        with pytest.raises(MailerRefusedError, match="535 no"):
            refused.newsletter.deliver(KEY)

    assert len(tried) == 1
    assert refused.told == [(False, "535 no")]
    assert state_of(office) is IssueState.SENDING


def test_after_a_rest_the_server_is_asked_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sharing._REST_S, StopReason.TROUBLE, 0)
    office.newsletter.prepare_due(WEEKLY)
    busy = {f"r{number}@example.com": Reply(Stage.DOT, 421, "4.3.2 busy") for number in range(7)}
    troubled = Office(office.press, MemoryMailer(busy))
    troubled.newsletter = Newsletter(
        troubled.make_setup(options=replace(office.setup.options, trouble_limit=1))
    )

    with pytest.raises(MailerError, match="busy"):
        troubled.newsletter.deliver(KEY)
    troubled.mailer.replies.clear()
    troubled.press.pass_week(0)
    report = troubled.newsletter.deliver(KEY)

    assert report.sent == 6  # the first one is tried again later
    assert not report.finished


def test_a_share_that_is_told_to_stop_puts_back_the_rest(office: Office) -> None:
    office.newsletter.prepare_due(WEEKLY)
    stop = Stop()
    stop.request()

    report = office.newsletter.deliver(KEY, stop=stop)

    assert report.stopped is not None
    assert report.stopped.reason is StopReason.SIGNAL
    with office.setup.open_ledger() as ledger:
        assert ledger.senders(1) == []
        assert set(ledger.counts(1)) <= {DeliveryState.QUEUED, DeliveryState.SENT}
