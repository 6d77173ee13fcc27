"""A run of the sender over a ledger and a mailer in memory."""

from collections.abc import Callable
from typing import Any

from feedpub.errors import MailerError
from feedpub.model import DeliveryState, Message
from feedpub.ports.mailing import Claim, Reply, Stage
from feedpub.sending import SendOptions, SendReport, deliver
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


def connecting(connect: Callable[[MemoryMailer], MemoryConnection]) -> MemoryMailer:
    class Mailer(MemoryMailer):
        def connect(self) -> MemoryConnection:
            return connect(self)

    return Mailer()


def refusing(error: MailerError) -> MemoryMailer:
    def connect(_: MemoryMailer) -> MemoryConnection:
        raise error

    return connecting(connect)
