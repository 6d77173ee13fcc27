"""Wires the mail that came back: settings in, a ready ``Returned`` out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from feedpub.config import Config, read_password
from feedpub.errors import ConfigError
from feedpub.ports.mailbox import Mailbox
from feedpub.returned import Returned
from feedpub.wiring.audience import open_audience, read_signer
from feedpub.wiring.databases import make_database


def open_returned(config: Config, *, clock: Callable[[], datetime] | None = None) -> Returned:
    """Return the API of mail that came back to a site.

    Args:
        config: Of the site.
        clock: Now, aware; that of the machine if None.

    Raises:
        ConfigError: There is no mailbox to read, or the site's key is missing.
    """
    if not config.bounces.has_mailbox:
        raise ConfigError(
            'no mailbox to read; add maildir = "path", or imap_host and imap_user, to [bounces]',
            path=str(config.path),
            key="bounces.maildir",
        )
    return Returned(
        audience=open_audience(config, clock=clock),
        signer=read_signer(config),
        open_mailbox=lambda: _open_mailbox(config),
        lock=make_database(config).lock("bounces", wait_s=1),
    )


@contextmanager
def _open_mailbox(config: Config) -> Iterator[Mailbox]:
    mailbox = _make_mailbox(config)
    try:
        yield mailbox
    finally:
        mailbox.close()


def _make_mailbox(config: Config) -> Mailbox:
    from feedpub.mailboxes.imap import ImapMailbox, ImapSettings
    from feedpub.mailboxes.maildir import MaildirMailbox

    bounces = config.bounces
    if bounces.maildir is not None:
        return MaildirMailbox(bounces.maildir)
    return ImapMailbox(
        ImapSettings(
            host=bounces.imap_host,
            port=bounces.imap_port,
            security=bounces.imap_security,
            authorities=bounces.imap_ca_file,
            user=bounces.imap_user,
            password=read_password(bounces),
            folder=bounces.imap_folder,
        )
    )
