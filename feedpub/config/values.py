"""The frozen values that the rest of feedpub is given."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from feedpub.config.source_values import RemoteConfig, SourceConfig
from feedpub.model import CategoryPath, Site
from feedpub.model.newsletter import Frequency, Schedule

Content = Literal["full", "summary"]
ArchiveContent = Literal["full", "summary", "none"]
ThumbnailMode = Literal["copy", "link", "none"]
ArticlePages = Literal["auto", "none"]
CardLevel = Literal["summary", "full", "title"]
MailType = Literal["smtp", "maildir", "sendmail"]
Security = Literal["none", "starttls", "tls"]

_SERVER = re.compile(r"postgres(?:ql)?://")


def names_server(database: str) -> bool:
    """Return whether a database is on a server, by the way that it is written."""
    return _SERVER.match(database) is not None


@dataclass(frozen=True, slots=True)
class FeedsConfig:
    """What a feed holds and where it is written.

    Attributes:
        folder: Absolute; everything that is published goes below it.
        entries: How many of the newest a feed holds, 1 to 250.
        content: Whether entries carry the whole body.
        archive: Same for the monthly archives; ``none`` makes none.
        ping: Whether the hub is told of changed feeds.
    """

    folder: Path
    entries: int = 20
    content: Content = "full"
    archive: ArchiveContent = "summary"
    ping: bool = False


@dataclass(frozen=True, slots=True)
class BucketConfig:
    """A bucket that everything is published in; credentials come from ``AWS_*``.

    Attributes:
        bucket: Its name.
        prefix: Within it, without slashes at its ends; may be empty.
        endpoint: Address of the store, ``""`` for Amazon's.
        region: ``""`` for that of the environment.
        virtual_host: Whether the bucket's name is a part of the host's.
        conditional_put: Whether the store knows ``If-Match``.
        timeout_s: For one request, at least 1.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    virtual_host: bool = False
    conditional_put: bool = True
    timeout_s: int = 60

    @property
    def url(self) -> str:
        """As the editor wrote it."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


@dataclass(frozen=True, slots=True)
class ThumbnailsConfig:
    """Where an article's picture comes from.

    Attributes:
        mode: ``copy`` serves a copy, ``link`` names the remote one.
        placeholders: Substrings of the URLs of pictures that say nothing.
        budget_s: Seconds that one build may spend on fetching, 0 or more.
    """

    mode: ThumbnailMode = "copy"
    placeholders: tuple[str, ...] = ("picsum.photos",)
    budget_s: int = 60


@dataclass(frozen=True, slots=True)
class PagesConfig:
    """What pages are made.

    Attributes:
        enabled: Whether there are pages at all.
        articles: ``auto`` makes one for each article without a URL of its own.
        templates: Absolute; holds overrides only and need not exist.
    """

    templates: Path
    enabled: bool = True
    articles: ArticlePages = "auto"


@dataclass(frozen=True, slots=True)
class EmbedConfig:
    """What pages of others may include.

    Attributes:
        enabled: Whether anything is made for them.
        entries: Articles in a fragment and in a frame at most, 1 to 50.
    """

    enabled: bool = True
    entries: int = 10


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody that a mail comes from.

    Attributes:
        name: Shown to readers, any text on one line; may be empty.
        address: ASCII, as it goes over the wire.
    """

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class NewsletterConfig:
    """When a digest goes out, and what is in it.

    Attributes:
        schedules: At least one, oftenest first, each frequency once; in the site's zone.
        sender: ``From`` of every mail.
        default_frequency: Of those who chose none; one of the schedules.
        title: Of the digest, never empty.
        intro: File with the editor's words; it need not exist.
        postal_address: Law wants it in every mail; sending refuses without one.
        reply_to: Address, ``""`` for that of the sender.
        subject: Template of the subject, ``""`` for the catalog's own.
        subject_prefix: Before every subject, such as 广告; may be empty.
        content: The highest level of a card.
        cards: At most in one digest.
        section_cards: At most in one category of it.
        languages: Offered besides the site's, BCP 47.
        max_age_days: Missed issues that are older wait for an answer; 0 means two periods.
        max_recipients: A send to more is held; 0 means any number.
        utm: Appended to links to articles, without ``?``; may be empty.
        on_success: Command or URL, ``""`` for none.
        on_failure: Same.
    """

    schedules: tuple[Schedule, ...]
    sender: Mailbox
    default_frequency: Frequency
    title: str
    intro: Path
    postal_address: str = ""
    reply_to: str = ""
    subject: str = ""
    subject_prefix: str = ""
    content: CardLevel = "summary"
    cards: int = 30
    section_cards: int = 5
    languages: tuple[str, ...] = ()
    max_age_days: int = 0
    max_recipients: int = 0
    utm: str = ""
    on_success: str = ""
    on_failure: str = ""


@dataclass(frozen=True, slots=True)
class MailConfig:
    """How mail leaves.

    Attributes:
        type: Which of the three ways.
        host: Of the SMTP server.
        port: Never 0.
        security: ``starttls`` and ``tls`` check the server's certificate.
        user: ``""`` for no login.
        password: From the environment; ask ``read_password``, which knows the file, too.
        password_file: Absolute; None if there is none.
        folder: Maildir, absolute; None unless ``type`` is ``maildir``.
        command: Program and options of ``sendmail``.
        connections: At once, at least 1.
        per_domain: Connections at once that talk about one domain's recipients; 0: no limit.
        rate_per_s: Messages; 0: no limit.
        messages_per_connection: Before it is made anew, at least 1.
        helo: Name in EHLO; ``""`` for the machine's own.
        timeout_s: For a reply, at least 1; twice as long for the last.
        ca_file: Authorities to trust, absolute; None for those of the system.
    """

    type: MailType = "smtp"
    host: str = "localhost"
    port: int = 25
    security: Security = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    folder: Path | None = None
    command: tuple[str, ...] = ("/usr/sbin/sendmail",)
    connections: int = 1
    per_domain: int = 0
    rate_per_s: float = 0
    messages_per_connection: int = 100
    helo: str = ""
    timeout_s: int = 300
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class DkimConfig:
    """What mails are signed with; the files need not exist.

    Attributes:
        domain: In ASCII; aligned with that of the sender for DMARC's sake.
        selector: Of the RSA key.
        key_file: Absolute; PEM.
        ed25519_selector: ``""`` for no second signature.
        ed25519_key_file: Absolute; None likewise.
    """

    domain: str
    selector: str
    key_file: Path
    ed25519_selector: str = ""
    ed25519_key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Where the pages for subscribers are.

    Attributes:
        url: Ends with ``/``; ``""`` for no web face.
        proxies: Networks of proxies on other machines that may say who asks, such as
            ``10.0.0.0/8``.
        metrics: Networks that may read the sums of the site.
    """

    url: str = ""
    proxies: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BouncesConfig:
    """Where mail comes back to, and how it is read.

    Attributes:
        address: Of the return paths, before the token is put into it; ``""`` without newsletter.
        unsubscribe: Of those who unsubscribe or confirm by mail; ``""`` likewise.
        maildir: Absolute; None if there is none.
        imap_host: ``""`` for no IMAP.
        imap_port: Never 0.
        imap_security: As that of the mailer.
        imap_ca_file: Same.
        imap_user: Who logs in.
        imap_folder: That the reports are in.
        password: From the environment; ask ``read_password``, which knows the file, too.
        password_file: Absolute; None if there is none.
    """

    address: str = ""
    unsubscribe: str = ""
    maildir: Path | None = None
    imap_host: str = ""
    imap_port: int = 993
    imap_security: Security = "tls"
    imap_ca_file: Path | None = None
    imap_user: str = ""
    imap_folder: str = "INBOX"
    password: str = field(default="", repr=False)
    password_file: Path | None = None

    @property
    def has_mailbox(self) -> bool:
        """Whether there is one to read."""
        return self.maildir is not None or bool(self.imap_host)


@dataclass(frozen=True, slots=True)
class Config:
    """A site's settings, read once and passed down.

    Attributes:
        path: The settings file, absolute.
        root: Its folder; relative paths start here.
        site: What the heads of feeds and pages say.
        site_id: UUID, minted by ``init``; part of every article's identity.
        sources: At least one, names unique, in the order of the file.
        renames: Old category path to its final new one.
        database: As written: a file relative to ``root``, or the address of a server.
        jobs: Reading processes, 0 for one a core.
        warnings: One line each, to be shown to the editor.
        newsletter: None where nothing is scheduled.
        mail: None where there is no ``[mail]``: sending is a rehearsal.
        dkim: None for mails that somebody else signs, or nobody.
        web: Where subscribers are served.
        bounces: Where mail comes back to.
        embed: What pages of others may include.
        remote: How feeds of others are asked.
        bucket: Where everything is published instead of a folder; None for the folder.
    """

    path: Path
    root: Path
    site: Site
    site_id: str
    sources: tuple[SourceConfig, ...]
    feeds: FeedsConfig
    thumbnails: ThumbnailsConfig
    pages: PagesConfig
    renames: Mapping[CategoryPath, CategoryPath]
    database: str = field(repr=False)
    jobs: int = 0
    warnings: tuple[str, ...] = ()
    newsletter: NewsletterConfig | None = None
    mail: MailConfig | None = None
    dkim: DkimConfig | None = None
    web: WebConfig = WebConfig()
    bounces: BouncesConfig = BouncesConfig()
    database_password: str = field(default="", repr=False)
    database_password_file: Path | None = None
    embed: EmbedConfig = EmbedConfig()
    remote: RemoteConfig = field(default_factory=RemoteConfig)
    bucket: BucketConfig | None = None

    @property
    def output(self) -> str:
        """Where everything is published, as people write it: a folder or a bucket."""
        return self.bucket.url if self.bucket else str(self.feeds.folder)

    @property
    def sends(self) -> bool:
        """Whether issues are mailed; without ``[mail]`` they are only rehearsed."""
        return self.newsletter is not None and self.mail is not None

    @property
    def has_server(self) -> bool:
        """Whether the database is on a server."""
        return names_server(self.database)

    @property
    def database_path(self) -> Path:
        """The database file, absolute; where it would be if the database is on a server."""
        return self.root / ("feedpub.db" if self.has_server else self.database)
