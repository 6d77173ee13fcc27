"""Wires the mails to one person: settings in, what sends those that wait out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from feedpub.audience import Audience
from feedpub.config import Config
from feedpub.model import Message, NoticeKind, SubscriberState
from feedpub.model.instants import to_instant
from feedpub.ports.notices import Notice
from feedpub.sending import NoticeReport, deliver_notices
from feedpub.sending.options import Stop
from feedpub.subscribers.notices import LINK_KINDS, may_mail
from feedpub.tokens import Action, Signer
from feedpub.wiring.audience import open_audience, read_signer
from feedpub.wiring.databases import make_database
from feedpub.wiring.newsletter import load_dkim_keys, make_mailer, make_sender

_ACTIONS = {kind: action for action, kind in LINK_KINDS.items()}


def make_notice_delivery(
    config: Config, *, clock: Callable[[], datetime] | None = None
) -> Callable[[Stop | None], NoticeReport] | None:
    """Return what sends the notices that are due; None where no mail is sent.

    Args:
        config: Of the site.
        clock: Now, aware; that of the machine if None.

    Raises:
        ConfigError: A key or a password cannot be used.
    """
    if config.newsletter is None or config.mail is None:
        return None
    mail = config.mail
    now = clock or (lambda: datetime.now(UTC))

    def deliver(stop: Stop | None = None) -> NoticeReport:
        from feedpub.store.noticebook import SqlNoticeBook

        # Keys and passwords are read when there is something to do: to look needs none.
        signer, mailer = read_signer(config), make_mailer(mail)
        compose = _Composer(config, open_audience(config, clock=clock), signer)
        book = SqlNoticeBook(
            make_database(config).open_plain(),
            lambda mailbox: signer.hash(Action.SUPPRESSION, mailbox),
        )
        try:
            return deliver_notices(book, mailer, compose, clock=now, stop=stop)
        finally:
            book.close()

    return deliver


class _Composer:
    """Makes the message of a notice when it leaves: its link is good from then on."""

    def __init__(self, config: Config, audience: Audience, signer: Signer) -> None:
        from feedpub.messages.notices import Notices

        newsletter, sender = config.newsletter, make_sender(config)
        self._audience, self._has_web = audience, bool(config.web.url)
        self._notices = Notices(
            sender if _has_archive(config) else replace(sender, archive_url=""),
            signer,
            load_dkim_keys(config.dkim),
            site=config.site,
            postal_address=newsletter.postal_address if newsletter else "",
            templates=[config.pages.templates],
        )

    def __call__(self, notice: Notice) -> Message | None:
        kind = NoticeKind(notice.kind)
        if not may_mail(kind, SubscriberState(notice.state), notice.suppressed):
            return None
        action = _ACTIONS.get(kind)
        if action is not None and action is not Action.CONFIRM and not self._has_web:
            return None
        token = ""
        if action is not None:
            token = self._audience.make_token(
                action, notice=notice.id, subscriber=notice.subscriber
            )
        return self._notices.compose(
            kind,
            notice=notice.id,
            subscriber=notice.subscriber,
            address=notice.details if kind is NoticeKind.ADDRESS else notice.address,
            created=to_instant(notice.created),
            language=notice.language,
            token=token,
        )


def _has_archive(config: Config) -> bool:
    """Return whether there is anything to read where the sent issues are."""
    from feedpub.mailing.archive import has_page

    with make_database(config).open(read_only=True) as store, store.transaction() as catalog:
        return any(map(has_page, catalog.issues.recent()))
