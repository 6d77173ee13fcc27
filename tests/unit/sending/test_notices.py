"""Mails to one person are sent at least once."""

from collections.abc import Sequence

from feedpub.errors import MailerError
from feedpub.model import DeliveryState, Message
from feedpub.ports.mailing import Outcome, Reply, Stage
from feedpub.ports.notices import Notice
from feedpub.sending import NoticeReport, Stop, deliver_notices
from feedpub.testing import FixedClock, MemoryMailer
from feedpub.testing.ledger import MemoryConnection

QUEUED, SENT, FAILED = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.FAILED
NOW = int(FixedClock()().timestamp())


class Book:
    """Notices for some addresses, each handed out once."""

    def __init__(self, *addresses: str, created: int = NOW, attempts: int = 0) -> None:
        self.waiting = [
            Notice(number, number, "confirm", "", address, "en", 0, None, attempts, created)
            for number, address in enumerate(addresses, 1)
        ]
        self.outcomes: list[Outcome] = []

    def claim_notices(self, *, now: int, limit: int) -> Sequence[Notice]:
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    def settle_notices(self, outcomes: Sequence[Outcome], now: int) -> None:
        self.outcomes.extend(outcomes)

    def states(self) -> list[DeliveryState]:
        return [one.state for one in self.outcomes]


def compose(notice: Notice) -> Message | None:
    return Message("", notice.address, b"Subject: please confirm\r\n\r\n\r\n")


def send(book: Book, mailer: MemoryMailer, stop: Stop | None = None) -> NoticeReport:
    return deliver_notices(book, mailer, compose, clock=FixedClock(), stop=stop)


def test_all_that_wait_are_sent() -> None:
    addresses = [f"{number}@x.example" for number in range(50)]
    book, mailer = Book(*addresses), MemoryMailer()

    report = send(book, mailer)

    assert report == NoticeReport(sent=50)
    assert [one.recipient for one in mailer.accepted] == addresses


def test_an_unknown_outcome_is_sent_again() -> None:
    book = Book("a@x.example")

    report = send(book, MemoryMailer({"a@x.example": Reply(Stage.DOT, 0, "lost")}))

    assert report.deferred == 1
    assert book.outcomes[0].not_before > NOW


def test_a_refusal_is_final() -> None:
    book = Book("a@x.example", "b@x.example")

    send(book, MemoryMailer({"a@x.example": Reply(Stage.RCPT, 550, "5.1.1 unknown")}))

    assert book.states() == [FAILED, SENT]


def test_what_is_not_needed_any_more_is_skipped() -> None:
    book, mailer = Book("a@x.example"), MemoryMailer()

    report = deliver_notices(book, mailer, lambda notice: None, clock=FixedClock())

    assert report == NoticeReport(skipped=1)
    assert mailer.accepted == []


def test_a_server_that_is_down_is_told_and_nothing_is_lost() -> None:
    class Down(MemoryMailer):
        def connect(self) -> MemoryConnection:
            raise MailerError("localhost:25: nobody there")

    book = Book("a@x.example", "b@x.example")

    report = send(book, Down())

    assert report.stopped == "localhost:25: nobody there"
    assert book.states() == [QUEUED]
    assert not book.outcomes[0].tried


def test_a_refused_sender_stops_it() -> None:
    book = Book("a@x.example", "b@x.example")

    report = send(book, MemoryMailer({"a@x.example": Reply(Stage.MAIL, 550, "not you")}))

    assert report.stopped == "550 not you"
    assert book.states() == [QUEUED]


def test_a_request_of_three_days_ago_is_given_up() -> None:
    book = Book("a@x.example", created=NOW - 72 * 3600, attempts=9)

    send(book, MemoryMailer({"a@x.example": Reply(Stage.RCPT, 450, "4.2.1 later")}))

    assert book.states() == [FAILED]


def test_told_to_stop_it_takes_nothing() -> None:
    stop = Stop()
    stop.request()
    book = Book("a@x.example")

    send(book, MemoryMailer(), stop)

    assert len(book.waiting) == 1
