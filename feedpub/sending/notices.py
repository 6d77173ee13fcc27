"""Confirmations, welcomes and goodbyes: at least once, since a loss would lock somebody out.

They have no fence: whoever dies between the dot and its reply sends again, the same message under
the same Message-ID.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from feedpub.deliveries import judge, settle
from feedpub.deliveries.replies import Scope
from feedpub.errors import MailerError
from feedpub.model import DeliveryState, Message
from feedpub.ports.mailing import Claim, Connection, Mailer, Outcome
from feedpub.ports.notices import Notice, NoticeBook
from feedpub.sending.options import Stop

_log = logging.getLogger(__name__)
_BATCH = 20

ComposeNotice = Callable[[Notice], Message | None]
"""Makes the message of a notice; None if it is not to be sent any more."""


class NoticeReport(NamedTuple):
    """What became of the notices that were due.

    Attributes:
        sent: Accepted.
        failed: Given up.
        deferred: To be tried again.
        skipped: Not to be sent any more.
        stopped: Why the mail server could not be used; empty if it could.
    """

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    skipped: int = 0
    stopped: str = ""


def deliver_notices(
    book: NoticeBook,
    mailer: Mailer,
    compose: ComposeNotice,
    *,
    clock: Callable[[], datetime],
    stop: Stop | None = None,
) -> NoticeReport:
    """Send the notices that are due, over one connection.

    Args:
        book: Where they wait.
        mailer: How mail leaves.
        compose: Makes the messages.
        clock: Aware.
        stop: Ends it early; what was taken is due again in a quarter of an hour.

    Raises:
        StoreError: The book cannot be read or written.
    """
    teller = _Teller(mailer, compose, clock, stop or Stop())
    try:
        while not teller.is_over():
            notices = book.claim_notices(now=teller.now(), limit=_BATCH)
            if not notices:
                break
            for notice in notices:
                if teller.is_over():
                    break
                outcome = teller.tell(notice)
                book.settle_notices([outcome], teller.now())
    finally:
        teller.close()
    return teller.report()


class _Teller:
    def __init__(
        self,
        mailer: Mailer,
        compose: ComposeNotice,
        clock: Callable[[], datetime],
        stop: Stop,
    ) -> None:
        self._mailer, self._compose, self._clock, self._stop = mailer, compose, clock, stop
        self._connection: Connection | None = None
        self._tally = dict.fromkeys(DeliveryState, 0)
        self._stopped = ""

    def is_over(self) -> bool:
        return bool(self._stopped) or self._stop.requested

    def now(self) -> int:
        return int(self._clock().timestamp())

    def tell(self, notice: Notice) -> Outcome:
        message = self._compose(notice)
        if message is None:
            outcome = Outcome(
                notice.id, DeliveryState.SKIPPED, reply="not needed any more", tried=False
            )
        else:
            outcome = self._send(notice, message)
        self._tally[outcome.state] += 1
        return outcome

    def _send(self, notice: Notice, message: Message) -> Outcome:
        try:
            if self._connection is None or not self._connection.usable:
                self._connection = self._mailer.connect()
        except MailerError as error:
            _log.warning("cannot send notices: %s", error)
            self._stopped = str(error)
            return Outcome(notice.id, DeliveryState.QUEUED, tried=False, not_before=self.now())
        reply = self._connection.offer(message) or self._connection.finish()
        verdict = judge(reply)
        if verdict.scope is Scope.RUN:
            self._stopped = f"{verdict.code} {verdict.reply}"
        if verdict.state is DeliveryState.UNKNOWN:
            verdict = verdict._replace(state=DeliveryState.QUEUED)  # rather twice than never
        return settle(_as_claim(notice), verdict, self.now())

    def close(self) -> None:
        if self._connection is not None:
            self._connection.quit()

    def report(self) -> NoticeReport:
        tally = self._tally
        return NoticeReport(
            sent=tally[DeliveryState.SENT],
            failed=tally[DeliveryState.FAILED],
            deferred=tally[DeliveryState.QUEUED],
            skipped=tally[DeliveryState.SKIPPED],
            stopped=self._stopped,
        )


def _as_claim(notice: Notice) -> Claim:
    return Claim(
        delivery=notice.id,
        issue=0,
        subscriber=notice.subscriber,
        address=notice.address,
        choice=(),
        language=notice.language or "",
        since=0,
        attempts=notice.attempts,
        # Whoever confirms after three days has long forgotten what they asked for.
        first_try=notice.created,
    )
