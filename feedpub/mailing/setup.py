"""What the newsletter is given: its settings as values, the outside world as ports."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from feedpub.digest.values import Level
from feedpub.mailing.schedule import PERIODS
from feedpub.model import Frequency, Issue, Schedule
from feedpub.ports.mailing import Bounced, Ledger, Mailer
from feedpub.publishing.setup import Setup

if TYPE_CHECKING:
    from feedpub.digest import DigestMaker
    from feedpub.messages.composer import Composer
    from feedpub.sending import NoticeReport, SendOptions, Stop


class Outbox(Protocol):
    """Where a rehearsal puts its mails."""

    def put(self, name: str, data: bytes) -> str:
        """Write one mail over what has its name; return where it is, as a person would open it.

        Raises:
            MailerError: It cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every issue says, whatever is in it.

    Attributes:
        title: Of the newsletter.
        postal_address: Of the sender; empty where it is not set.
        subject: Template, empty for the default.
        subject_prefix: Such as ``广告``; may be empty.
        content: The highest level of a card.
        cards: In one mail at most.
        section_cards: In one section at most.
        languages: Of the words around the articles, that of the site first.
        utm: Appended to the links of articles.
        web_url: Of the web face, empty for none.
    """

    title: str
    postal_address: str = ""
    subject: str = ""
    subject_prefix: str = ""
    content: Level = Level.SUMMARY
    cards: int = 30
    section_cards: int = 5
    languages: tuple[str, ...] = ("en",)
    utm: str = ""
    web_url: str = ""


@dataclass(frozen=True, slots=True)
class MailSetup:
    """A newsletter, wired.

    Attributes:
        site: The same site's articles and output.
        letterhead: What issues say.
        schedules: At least one, each frequency once.
        default: Frequency of those who chose none, or one that is not scheduled any more.
        max_age_days: Missed issues that are older ask; 0 for two periods.
        max_recipients: A send to more is held; 0 for no limit.
        intro_name: Of the editor's file, for errors.
        read_intro: Gives the editor's file, None without one.
        make_digest: Gives what renders a digest.
        make_composer: Gives what makes the mails of an issue.
        open_ledger: Opens the ledger, for many threads.
        mailer: None for a rehearsal.
        outbox: For rehearsals.
        options: How fast, and over how many connections.
        send_notices: Sends the mails to one person that wait; None where nothing is mailed.
        back_up: Copies the database; keeps the newest seven copies.
        check: Raises if the database is damaged.
        has_address: Whether the site has a web address of its own.
        probe: Web addresses give, for each, why it does not answer, or None.
        unsubscribe_link: Gives somebody's link, empty without a web face.
        suppress: Is told of addresses that turned out not to exist.
        hook: Runs the operator's command or URL: success or not, what happened.
        lock: Keeps two senders apart.
    """

    site: Setup
    letterhead: Letterhead
    schedules: tuple[Schedule, ...]
    default: Frequency
    max_age_days: int
    max_recipients: int
    intro_name: str
    read_intro: Callable[[], bytes | None]
    make_digest: "Callable[[], DigestMaker]"
    make_composer: "Callable[[Issue], Composer]"
    open_ledger: Callable[[], AbstractContextManager[Ledger]]
    mailer: Mailer | None
    outbox: Outbox
    options: "SendOptions"
    send_notices: "Callable[[Stop | None], NoticeReport] | None"
    back_up: Callable[[], None]
    check: Callable[[], None]
    has_address: bool
    probe: Callable[[Sequence[str]], Mapping[str, str | None]]
    unsubscribe_link: Callable[[int], str]
    suppress: Callable[[Sequence[Bounced]], None]
    hook: Callable[[bool, str], None]
    lock: Callable[[], AbstractContextManager[None]]

    @property
    def clock(self) -> Callable[[], datetime]:
        """Now, aware."""
        return self.site.clock

    def max_age(self, frequency: Frequency) -> timedelta:
        """Return how old a missed issue may be before it asks."""
        if self.max_age_days:
            return timedelta(days=self.max_age_days)
        return 2 * PERIODS[frequency] + timedelta(hours=1)

    def audience_of(self, frequency: Frequency) -> tuple[Frequency | None, ...]:
        """Return whose issue it is: a frequency that is not scheduled falls to the default."""
        if frequency != self.default:
            return (frequency,)
        scheduled = {one.frequency for one in self.schedules}
        return (None, frequency, *(one for one in Frequency if one not in scheduled))
