"""The keys of ``feedpub.toml`` that are about mail that comes back."""

from typing import Any

from feedpub.config import kinds
from feedpub.config import mail_formats as mail
from feedpub.config.setting import Setting
from feedpub.config.values import Security

BOUNCES_ADDRESS = Setting(
    "bounces.address",
    mail.address(),
    "",
    "Where mail that cannot be delivered comes back to; each mail adds `+` and a token.",
    default_doc="address of `newsletter.from`",
)
BOUNCES_UNSUBSCRIBE = Setting(
    "bounces.unsubscribe",
    mail.address(),
    "",
    "Where one unsubscribes or confirms by mail; a token is added likewise.",
    default_doc="`bounces.address`",
)
BOUNCES_MAILDIR = Setting(
    "bounces.maildir",
    kinds.optional(kinds.path()),
    "",
    "Maildir that `feedpub bounces` reads.",
)
IMAP_HOST = Setting(
    "bounces.imap_host", mail.host(), "", "IMAP server that `feedpub bounces` reads instead."
)
IMAP_PORT = Setting(
    "bounces.imap_port",
    kinds.whole_number(0, 65_535),
    0,
    "Port of the IMAP server.",
    default_doc="993 with `tls`, else 143",
)
IMAP_SECURITY: Setting[Security] = Setting(
    "bounces.imap_security",
    kinds.choice(*mail.SECURITIES),
    "tls",
    "Encryption, as in `mail.security`.",
)
IMAP_CA_FILE = Setting(
    "bounces.imap_ca_file",
    kinds.optional(kinds.path()),
    "",
    "File of authorities, as in `mail.ca_file`.",
    default_doc="those of the system",
)
IMAP_USER = Setting("bounces.imap_user", kinds.text(), "", "Who logs in at the IMAP server.")
IMAP_FOLDER = Setting("bounces.imap_folder", kinds.text(), "INBOX", "Folder to read.")
BOUNCES_PASSWORD = Setting(
    "bounces.password",
    kinds.text(),
    "",
    "Password of the IMAP server, in the environment only.",
    secret=True,
)
BOUNCES_PASSWORD_FILE = Setting(
    "bounces.password_file",
    kinds.optional(kinds.path()),
    "",
    "File with that password, which nobody else may read.",
)

BOUNCES: tuple[Setting[Any], ...] = (
    BOUNCES_ADDRESS,
    BOUNCES_UNSUBSCRIBE,
    BOUNCES_MAILDIR,
    IMAP_HOST,
    IMAP_PORT,
    IMAP_SECURITY,
    IMAP_CA_FILE,
    IMAP_USER,
    IMAP_FOLDER,
    BOUNCES_PASSWORD,
    BOUNCES_PASSWORD_FILE,
)
"""In the order of the documentation."""
