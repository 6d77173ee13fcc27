"""What is known of subscribers beyond their row; every instant is an aware UTC datetime."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedpub.model.newsletter import Subscriber


class NoticeKind(StrEnum):
    """A mail to one person, made because of something that they did.

    CONFIRM, ADDRESS, EXPORT and ERASE carry a link that expires; ADDRESS goes to the new address.
    """

    CONFIRM = "confirm"
    ALREADY = "already"
    WELCOME = "welcome"
    GOODBYE = "goodbye"
    ADDRESS = "address"
    EXPORT = "export"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Consent:
    """One line of the log of what somebody agreed to, and of what became of it.

    Attributes:
        at: When.
        event: Such as ``asked``, ``confirmed``, ``unsubscribed``.
        source: Where, such as ``form``, ``import mailchimp.csv``, ``one-click``.
        wording: What they agreed to, as it was shown; empty where nothing was agreed to.
        version: Of the wording.
        network: IP address of the request; None if there was none or it was taken away.
        details: JSON of what changed, without an address; empty if nothing is to be added.
    """

    at: datetime
    event: str
    source: str = ""
    wording: str = ""
    version: str = ""
    network: str | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class SubscriberRecord:
    """All that is known of a subscriber.

    Attributes:
        subscriber: Their row.
        consents: Oldest first.
        suppressed: Why the address is never mailed again, None if it may be.
        bounces: How many reports of returned mail there are.
        deliveries: How many digests stand in each state, by the state's name.
    """

    subscriber: Subscriber
    consents: tuple[Consent, ...] = ()
    suppressed: str | None = None
    bounces: int = 0
    deliveries: Mapping[str, int] = field(default_factory=dict)


class ImportKind(StrEnum):
    """What a row of a file is about."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class OnConflict(StrEnum):
    """What is done with a row whose address is known already."""

    SKIP = "skip"
    UPDATE = "update"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is taken in.

    Attributes:
        name: Of the file; its words tell apart the files of one export, such as ``cleaned``.
        mapping: Field to column, where the columns do not speak for themselves.
        kind: Of rows that do not say it themselves.
        on_conflict: What is done with addresses that are known. A row that says no (unsubscribed,
            bounced, complained) withdraws them all the same.
        send_confirmation: Whether the unconfirmed are asked by mail.
        dry_run: Whether nothing is kept.
        encoding: Of the file; found out if empty.
        source: For the consent log; the name of the file if empty.
    """

    name: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    kind: ImportKind = ImportKind.UNCONFIRMED
    on_conflict: OnConflict = OnConflict.SKIP
    send_confirmation: bool = False
    dry_run: bool = False
    encoding: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken.

    Attributes:
        row: From 1, the row of the heading included.
        reason: Lower case.
        cells: As they were.
    """

    row: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.

    Attributes:
        peer: What wrote the file, such as ``mailchimp``; ``plain`` if nobody that we know.
        encoding: That it was read in.
        columns: Field to the heading of the column that it was read from.
        rows: Below the heading, empty ones left out.
        added: By kind, new addresses.
        updated: Known addresses that were changed.
        withdrawn: Known addresses that get no more mail, because a row says no.
        skipped: Known addresses that were left as they are.
        suppressed: Addresses that are never mailed again, and so were not taken.
        asked: Confirmation mails that are on their way.
        rejected: The rows that could not be read.
        headings: Of the file, empty if it has none.
    """

    peer: str
    encoding: str
    columns: Mapping[str, str]
    rows: int
    added: Mapping[ImportKind, int]
    updated: int
    withdrawn: int
    skipped: int
    suppressed: int
    asked: int
    rejected: tuple[RejectedRow, ...]
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What forgetting somebody did.

    Attributes:
        known: Whether they were.
        cleaned: Files that held the address and do not any more, or are gone.
        left: Files that still hold it, such as the file that it was imported from.
        compacted: Whether the database was written anew; another run may have kept it busy.
    """

    known: bool
    cleaned: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    compacted: bool = True
