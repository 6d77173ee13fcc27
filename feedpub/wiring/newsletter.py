"""Wires the newsletter: settings in, a ready ``Newsletter`` out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedpub.audience import Audience
from feedpub.config import (
    OUTBOX,
    Config,
    DkimConfig,
    MailConfig,
    NewsletterConfig,
    read_password,
    require_newsletter,
)
from feedpub.config.load import LOCAL_URL
from feedpub.config.secrets import read_secret
from feedpub.digest.values import Level
from feedpub.hooks import Hooks
from feedpub.links import unsubscribe_url
from feedpub.mailers.outbox import FolderOutbox
from feedpub.mailing.setup import Letterhead, MailSetup
from feedpub.newsletter import Newsletter
from feedpub.ports.mailing import Bounced, Connection, Ledger, Mailer
from feedpub.sending import NoticeReport, SendOptions, Stop
from feedpub.sources.folders import read_bytes
from feedpub.tokens import Action, Signer
from feedpub.wiring.audience import open_audience, open_signer
from feedpub.wiring.databases import SiteDatabase, make_database
from feedpub.wiring.publishing import ask_addresses, make_setup

if TYPE_CHECKING:
    from feedpub.digest import DigestMaker
    from feedpub.messages.composer import Composer
    from feedpub.messages.dkim_keys import DkimKey
    from feedpub.messages.sender import Sender
    from feedpub.model import Issue

_LEVELS = {"title": Level.TITLE, "summary": Level.SUMMARY, "full": Level.FULL}


def open_newsletter(
    config: Config,
    *,
    clock: Callable[[], datetime] | None = None,
    allow_private: bool = False,
    send_notices: Callable[[Stop | None], NoticeReport] | None = None,
) -> Newsletter:
    """Return the API of a site's newsletter.

    Args:
        config: Of the site.
        clock: Now, aware; that of the machine if None.
        allow_private: Let pictures and probed links be on private addresses, for an intranet and
            for tests.
        send_notices: Sends the mails to one person that wait.

    Raises:
        ConfigError: No newsletter is scheduled, or a key cannot be used.
    """
    return Newsletter(
        make_mail_setup(config, clock=clock, allow_private=allow_private, send_notices=send_notices)
    )


def make_mail_setup(
    config: Config,
    *,
    clock: Callable[[], datetime] | None = None,
    allow_private: bool = False,
    send_notices: Callable[[Stop | None], NoticeReport] | None = None,
) -> MailSetup:
    """Return a newsletter's settings and adapters; nothing is opened yet; see there."""
    settings = require_newsletter(config)
    signer = open_signer(config)
    database = make_database(config)
    site = make_setup(config, clock=clock, allow_private=allow_private)
    audience = open_audience(config, clock=clock)
    return MailSetup(
        site=site,
        letterhead=_make_letterhead(config, settings),
        schedules=settings.schedules,
        default=settings.default_frequency,
        max_age_days=settings.max_age_days,
        max_recipients=settings.max_recipients,
        intro_name=settings.intro.name,
        read_intro=lambda: _read_intro(settings.intro),
        make_digest=lambda: _make_digest(config),
        make_composer=_ComposerMaker(config, settings, signer),
        open_ledger=lambda: _open_ledger(database, signer),
        mailer=None if config.mail is None else _LazyMailer(config.mail),
        outbox=FolderOutbox(config.root / OUTBOX),
        options=_make_options(config.mail),
        send_notices=send_notices,
        back_up=lambda: _back_up(database, audience, site.clock()),
        check=lambda: _check(database),
        has_address=config.site.url != LOCAL_URL,
        probe=_Probe(config, allow_private=allow_private),
        hook=Hooks(settings.on_success, settings.on_failure, title=settings.title),
        unsubscribe_link=lambda row: _link(config, signer, row),
        suppress=lambda bounced: _suppress(audience, bounced),
        lock=database.lock("sending", wait_s=1),
    )


def _read_intro(path: Path) -> bytes | None:
    """Return the editor's file, as guarded as an article: no pipe to wait for, nothing huge."""
    if not path.exists():
        return None
    # An editor may keep the file elsewhere behind a link, unlike who can only add an article.
    return read_bytes(str(path.resolve()))


def _make_letterhead(config: Config, settings: NewsletterConfig) -> Letterhead:
    return Letterhead(
        title=settings.title,
        postal_address=settings.postal_address,
        subject=settings.subject,
        subject_prefix=settings.subject_prefix,
        content=_LEVELS[settings.content],
        cards=settings.cards,
        section_cards=settings.section_cards,
        languages=tuple(dict.fromkeys((config.site.language, *settings.languages))),
        utm=settings.utm,
        web_url=config.web.url,
    )


def _make_digest(config: Config) -> "DigestMaker":
    from feedpub.digest import DigestMaker

    return DigestMaker(templates=[config.pages.templates])


# Mails


def make_sender(config: Config) -> "Sender":
    """Return who the mails of a site are from.

    Raises:
        ConfigError: The site has no newsletter, or an address cannot be mailed from.
    """
    from feedpub.messages.sender import Sender

    settings = require_newsletter(config)
    archive = f"{config.site.feeds_url}newsletter/" if config.pages.enabled else ""
    return Sender(
        name=settings.sender.name,
        address=settings.sender.address,
        title=settings.title,
        bounce_address=config.bounces.address,
        unsubscribe_address=config.bounces.unsubscribe,
        reply_to=settings.reply_to,
        web_url=config.web.url,
        archive_url=archive,
        help_url=config.site.subscribe_url or config.site.feeds_url,
    )


class _ComposerMaker:
    def __init__(self, config: Config, settings: NewsletterConfig, signer: Signer) -> None:
        self._config, self._settings, self._signer = config, settings, signer

    def __call__(self, issue: "Issue") -> "Composer":
        from feedpub.messages.composer import Composer

        keys = load_dkim_keys(self._config.dkim)
        return Composer(make_sender(self._config), self._signer, keys, issue=issue)


def load_dkim_keys(config: DkimConfig | None) -> "list[DkimKey]":
    """Return the keys that mails are signed with; none where somebody else signs.

    Raises:
        ConfigError: A key cannot be used.
    """
    from feedpub.messages.dkim_keys import load_key

    if config is None:
        return []
    files = [(config.selector, config.key_file)]
    if config.ed25519_key_file is not None:
        files.append((config.ed25519_selector, config.ed25519_key_file))
    return [
        load_key(read_secret(file).encode(), domain=config.domain, selector=name, path=str(file))
        for name, file in files
    ]


def make_mailer(config: MailConfig) -> Mailer:
    """Return what mail leaves by.

    Raises:
        ConfigError: A password is missing.
        MailerRefusedError: A password would travel in the clear.
    """
    from feedpub.mailers.maildir import MaildirMailer
    from feedpub.mailers.sendmail import SendmailMailer
    from feedpub.mailers.smtp import SmtpMailer, SmtpSettings
    from feedpub.mailers.smtp_connection import Timeouts

    if config.type == "maildir" and config.folder is not None:
        return MaildirMailer(config.folder)
    if config.type == "sendmail":
        return SendmailMailer(config.command)
    return SmtpMailer(
        SmtpSettings(
            host=config.host,
            port=config.port,
            security=config.security,
            user=config.user,
            password=read_password(config) if config.user else "",
            helo=config.helo,
            authorities=config.ca_file,
            timeouts=Timeouts(min(30, config.timeout_s), config.timeout_s, 2 * config.timeout_s),
        )
    )


class _LazyMailer:
    """Reads the password when the first mail is to leave: to look at issues needs none."""

    def __init__(self, config: MailConfig) -> None:
        self._config = config

    def connect(self) -> Connection:
        return make_mailer(self._config).connect()


def _make_options(config: MailConfig | None) -> SendOptions:
    if config is None:
        return SendOptions()
    return SendOptions(
        connections=config.connections,
        per_domain=config.per_domain,
        rate=config.rate_per_s,
        messages_per_connection=config.messages_per_connection,
    )


# The database


def _suppress(audience: Audience, bounced: Sequence[Bounced]) -> None:
    for row in bounced:
        audience.record_refusal(row.subscriber, delivery=row.delivery, code=row.code)


def _back_up(database: SiteDatabase, audience: Audience, now: datetime) -> None:
    audience.purge()  # first, so that no copy keeps those who never confirmed
    database.back_up(now)


@contextmanager
def _open_ledger(database: SiteDatabase, signer: Signer) -> Iterator[Ledger]:
    from feedpub.store.ledger import SqlLedger

    with database.open():  # brings it up to date, or says what is wrong with it
        pass
    ledger = SqlLedger(
        database.open_plain(), lambda mailbox: signer.hash(Action.SUPPRESSION, mailbox)
    )
    try:
        yield ledger
    finally:
        ledger.close()


def _check(database: SiteDatabase) -> None:
    with database.open() as store:
        store.check()


def _link(config: Config, signer: Signer, subscriber: int) -> str:
    if not config.web.url:
        return ""
    return unsubscribe_url(config.web.url, signer.sign(Action.UNSUBSCRIBE, subscriber))


class _Probe:
    """Asks whether links of a mail answer; those on the site's own hosts may be private ones."""

    def __init__(self, config: Config, *, allow_private: bool) -> None:
        self._own = {
            urlsplit(url).netloc for url in (config.site.url, config.site.feeds_url, config.web.url)
        }
        self._allow_private = allow_private

    def __call__(self, urls: Sequence[str]) -> Mapping[str, str | None]:
        own = [url for url in urls if urlsplit(url).netloc in self._own]
        others = [url for url in urls if url not in own]
        return {
            **ask_addresses(own, allow_private=True),
            **ask_addresses(others, allow_private=self._allow_private),
        }
