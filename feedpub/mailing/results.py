"""What the newsletter's verbs return, for faces to show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedpub.model import DeliveryState, Frequency, Issue
from feedpub.sending import StopReason


class End(StrEnum):
    """How a run of ``send`` ended for one frequency."""

    SENT = "sent"
    NOTHING = "nothing new"
    NOT_DUE = "not due"
    PARTLY = "partly sent"
    REHEARSED = "rehearsed"


@dataclass(frozen=True, slots=True)
class SendResult:
    """What a run did for one frequency.

    Attributes:
        frequency: Whose issue.
        end: How it ended.
        key: Of the issue; empty if none was made.
        articles: That it is about.
        recipients: That it has, suppressed ones apart.
        counts: Where they stand now.
        next_due: When the next issue is due, None if that does not matter.
        retry_at: When those who wait are tried again, None if nobody waits.
        stopped: Why the run ended before all was tried; None if it did not.
        reasons: What stopped or hindered it, a line each.
        files: Mails of a rehearsal.
        next_command: What to type next; empty if nothing.
    """

    frequency: Frequency
    end: End
    key: str = ""
    articles: int = 0
    recipients: int = 0
    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    next_due: datetime | None = None
    retry_at: datetime | None = None
    stopped: StopReason | None = None
    reasons: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    next_command: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a send would do, for a person to agree to.

    Attributes:
        frequency: Whose issue.
        key: Of the issue.
        subject: Of the mail to those who chose nothing in particular.
        articles: That it is about.
        recipients: Who would get a mail now, suppressed ones apart.
        size: Bytes of the HTML part of that mail.
        examples: Three addresses, masked.
        resumes: Whether the issue was frozen before, and this run goes on with it.
    """

    frequency: Frequency
    key: str
    subject: str
    articles: int
    recipients: int
    size: int
    examples: tuple[str, ...] = ()
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class IssueArticle:
    """An article of an issue, as it was frozen.

    Attributes:
        id: Row of the catalog.
        title: Plain text.
        url: Absolute.
        hidden: Whether the editor withdrew it since.
    """

    id: int
    title: str
    url: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SenderStatus:
    """A process that sends an issue.

    Attributes:
        host: Name of its machine.
        pid: Of the process.
        progressed: When it last sent something; when it began if it did not yet.
        shared: Whether it is a worker, of which any number send at once.
    """

    host: str
    pid: int
    progressed: datetime
    shared: bool = False


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """One issue, with its sums.

    Attributes:
        issue: The issue.
        counts: Recipients by state.
        senders: Who sends it now, by host and process.
        retry_at: When those who wait are tried again.
        next_command: What to type next; empty if nothing.
    """

    issue: Issue
    counts: Mapping[DeliveryState, int]
    senders: tuple[SenderStatus, ...] = ()
    retry_at: datetime | None = None
    next_command: str = ""


@dataclass(frozen=True, slots=True)
class NewsletterStatus:
    """What ``feedpub status`` shows of the newsletter.

    Attributes:
        issues: The last ones, newest first.
        next_due: By frequency; in the past if the next send or worker makes the issue at once, as
            it does the first one.
        subscribers: By state, as words; states without any are left out.
        rehearsal: Whether no mailer is configured.
    """

    issues: tuple[IssueStatus, ...]
    next_due: Mapping[Frequency, datetime]
    subscribers: Mapping[str, int]
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """One mail, to look at before it is sent.

    Attributes:
        key: Of the issue that it would be.
        subject: Plain text.
        html: Of the HTML part.
        text: Of the plain-text part.
        eml: The whole mail as it would be sent.
        articles: Shown in it.
    """

    key: str
    subject: str
    html: str
    text: str
    eml: bytes
    articles: int
