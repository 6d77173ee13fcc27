"""The API of mail that came back, and of subscribers who write instead of clicking."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from feedpub.audience import Audience
from feedpub.bounces import Finding, Kind, read_letter
from feedpub.errors import SubscriberError, TokenError
from feedpub.ports.mailbox import Mailbox
from feedpub.subscribers.addresses import parse_address, try_address
from feedpub.tokens import Signer

_LOG = logging.getLogger("feedpub.returned")
_SOURCE = "mail"


@dataclass(frozen=True, slots=True)
class ReturnedReport:
    """What a reading of the mailbox led to.

    Attributes:
        letters: How many were looked at.
        kinds: Of those, by what they say; the rest was not for us.
        suppressed: Addresses that are not mailed any more, by what came back.
        codes: Enhanced status codes of mails that came back, the most frequent first.
        late: Requests that came too late or from somebody who was forgotten.
        is_rehearsal: Whether nothing was changed.
    """

    letters: int = 0
    kinds: Mapping[Kind, int] = field(default_factory=dict)
    suppressed: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    late: int = 0
    is_rehearsal: bool = False


class Returned:
    """Reads the mailbox of a site; made by ``feedpub.wiring.open_returned``."""

    def __init__(
        self,
        *,
        audience: Audience,
        signer: Signer,
        open_mailbox: Callable[[], AbstractContextManager[Mailbox]],
        lock: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Prepare.

        Args:
            audience: What becomes of subscribers.
            signer: Of the tokens in return paths.
            open_mailbox: Connects.
            lock: Keeps two readers apart.
        """
        self._audience, self._signer = audience, signer
        self._open_mailbox, self._lock = open_mailbox, lock

    def take(self, *, dry_run: bool = False, limit: int | None = None) -> ReturnedReport:
        """Read what came, and do what it says.

        A letter is marked after it was acted on: if the run is cut short between the two, the
        letter is acted on again, which changes nothing.

        Args:
            dry_run: Change nothing, in the mailbox neither.
            limit: Letters at most; all if None.

        Raises:
            MailboxError: The mailbox cannot be read.
            BusyError: Another run reads it.
        """
        with self._lock(), self._open_mailbox() as mailbox:
            tally = _Tally(self._audience, dry_run=dry_run)
            for finding in self._read(mailbox, limit, dry_run=dry_run, act=tally.act):
                tally.count(finding)
            return tally.report()

    def _read(
        self,
        mailbox: Mailbox,
        limit: int | None,
        *,
        dry_run: bool,
        act: Callable[[Finding], None],
    ) -> Iterator[Finding]:
        for number, letter in enumerate(mailbox.letters(), start=1):
            finding = read_letter(letter.data, self._signer)
            if not dry_run:
                act(finding)
                ours = finding.delivery is not None or finding.subscriber is not None
                mailbox.settle(letter.id, done=ours)
            yield finding
            if number == limit:
                return


class _Tally:
    """Acts, and counts what that led to."""

    def __init__(self, audience: Audience, *, dry_run: bool) -> None:
        self._audience, self._dry_run = audience, dry_run
        self._letters = self._suppressed = self._late = 0
        self._kinds: Counter[Kind] = Counter()
        self._codes: Counter[str] = Counter()

    def act(self, finding: Finding) -> None:
        """Do what a letter says."""
        subscriber = finding.subscriber
        if subscriber is None and finding.delivery is not None:
            subscriber = self._audience.find_recipient(finding.delivery)
        if subscriber is None or finding.kind in (Kind.NOTHING, Kind.REFUSED):
            return
        try:
            self._act(finding, subscriber)
        except (SubscriberError, TokenError) as error:
            _LOG.info("subscriber %d, %s: %s", subscriber, finding.kind, error)
            self._late += 1

    def _act(self, finding: Finding, subscriber: int) -> None:
        audience = self._audience
        match finding.kind:
            case Kind.HARD | Kind.SOFT:
                self._suppressed += audience.record_bounce(
                    subscriber,
                    code=finding.code,
                    # Of a mail that its reader forwards, the other address may be gone.
                    hard=finding.kind is Kind.HARD and self._is_about(finding, subscriber),
                    message=finding.message,
                    delivery=finding.delivery,
                )
            case Kind.COMPLAINT:
                self._suppressed += audience.record_complaint(
                    subscriber, message=finding.message, source="feedback report"
                )
            case Kind.UNSUBSCRIBE:
                audience.unsubscribe(subscriber, source=_SOURCE)
            case Kind.CONFIRM:
                audience.confirm_subscriber(subscriber, source="reply")

    def _is_about(self, finding: Finding, subscriber: int) -> bool:
        """Return whether a report names the address that was mailed, or none at all."""
        mailbox = parse_address(self._audience.get(subscriber).address).mailbox
        named = [try_address(one) for one in finding.recipients]
        return not named or mailbox in {one.mailbox for one in named if not isinstance(one, str)}

    def count(self, finding: Finding) -> None:
        """Count a letter."""
        self._letters += 1
        if finding.kind is not Kind.NOTHING:
            self._kinds[finding.kind] += 1
        if finding.code:
            self._codes[finding.code] += 1

    def report(self) -> ReturnedReport:
        """Return the sums."""
        return ReturnedReport(
            letters=self._letters,
            kinds=dict(self._kinds),
            suppressed=self._suppressed,
            codes=dict(self._codes.most_common()),
            late=self._late,
            is_rehearsal=self._dry_run,
        )
