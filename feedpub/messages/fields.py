"""Which header fields a mail has: those of all mails, of a list, and of one recipient."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from feedpub.feeds.text import to_rfc822, to_second
from feedpub.links import preferences_url, unsubscribe_url
from feedpub.messages.blocks import BOUNDARY
from feedpub.messages.headers import (
    Field,
    canonicalize_fields,
    write_fields,
    write_list_id,
    write_mailbox,
    write_parts,
    write_text,
)
from feedpub.messages.return_paths import make_unsubscribe_address
from feedpub.messages.sender import Sender
from feedpub.model import Issue
from feedpub.tokens import Action, Signer


class Links(NamedTuple):
    """What one subscriber may do by links.

    Attributes:
        unsubscribe: ``https``, or ``mailto`` where there is no web face.
        preferences: ``https``; empty where there is no web face.
        mail: ``mailto``, unsubscribes.
    """

    unsubscribe: str
    preferences: str
    mail: str


class Linker:
    """Makes the links of subscribers."""

    def __init__(self, sender: Sender, signer: Signer) -> None:
        """Prepare what is the same in all of them."""
        self._signer = signer
        self._has_web = bool(sender.web_url)
        self._unsubscribe = unsubscribe_url(sender.web_url, "")
        self._preferences = preferences_url(sender.web_url, "")
        self._address = quote(sender.unsubscribe_address, safe="@+")

    def link(self, subscriber: int) -> Links:
        """Return the links of one subscriber, the same each time."""
        signed = make_unsubscribe_address(self._address, self._signer, subscriber)
        mail = f"mailto:{signed}?subject=unsubscribe"
        if not self._has_web:
            return Links(mail, "", mail)
        return Links(
            self._unsubscribe + self._signer.sign(Action.UNSUBSCRIBE, subscriber),
            self._preferences + self._signer.sign(Action.PREFERENCES, subscriber),
            mail,
        )


class RecipientFields:
    """The fields that differ by recipient, as a form to fill in: there is nothing to fold.

    How to unsubscribe takes two lines however short the addresses are, the others take one.
    """

    def __init__(self, sender: Sender) -> None:
        """Write the form.

        Args:
            sender: Of the mails.
        """
        # Words that stand for others, as long as a line may take.
        address, identifier, unsubscribe, mail = words = [f"{word:_>70}" for word in "ABCD"]
        links = Links(unsubscribe if sender.web_url else mail, "", mail)
        fields = [*list_recipient_fields(sender, address, identifier), write_unsubscribe(links)]
        self.names = [field.name for field in fields]
        self._has_web = bool(sender.web_url)
        self._written = _make_form(write_fields(fields), words)
        self._canonical = _make_form(canonicalize_fields(fields), words)

    def write(self, address: str, identifier: str, links: Links) -> tuple[bytes, bytes]:
        """Return the fields as they stand in a mail, and in the form that DKIM signs.

        Args:
            address: Checked.
            identifier: Of the mail within the domain of the sender, ``A-Za-z0-9_-``.
            links: By a linker, so that they are addresses.

        Raises:
            ValueError: The address has something beyond ASCII that nobody sees.
        """
        _, to = write_mailbox("To", address)
        ways = (links.unsubscribe, links.mail) if self._has_web else (links.mail,)
        rest = [word.encode() for word in (identifier, *ways)]
        # A quoted name may hold blanks, which are no more than one in the canonical form.
        return self._written % (to, *rest), self._canonical % (b" ".join(to.split()), *rest)


def _make_form(fields: bytes, words: Iterable[str]) -> bytes:
    form = fields.replace(b"%", b"%%")
    for word in words:
        form = form.replace(word.encode(), b"%b")
    return form


def list_mail_fields(sender: Sender, date: datetime, *, reply_to: str = "") -> list[Field]:
    """Return what all mails of a site say, but for their subject and language.

    Args:
        sender: Of the mail.
        date: Aware.
        reply_to: Takes the place of the sender's.
    """
    answers = reply_to or sender.reply_to
    return [
        write_mailbox("From", sender.address, sender.name),
        *([write_mailbox("Reply-To", answers)] if answers else ()),
        write_parts("Date", to_rfc822(to_second(date))),
        write_parts("Auto-Submitted", "auto-generated"),
        write_parts("MIME-Version", "1.0"),
        write_parts("Content-Type", "multipart/alternative;", f'boundary="{BOUNDARY}"'),
    ]


def list_topic_fields(subject: str, language: str) -> list[Field]:
    """Return what a mail says of its content."""
    return [write_text("Subject", subject), write_parts("Content-Language", language)]


def list_issue_fields(sender: Sender, issue: Issue) -> list[Field]:
    """Return what all mails of an issue say of it and of the list (RFC 2369, RFC 2919)."""
    urls = (("List-Archive", sender.archive_url), ("List-Help", sender.help_url))
    return [
        write_list_id(sender.title, sender.list_id),
        *_offer_one_click(sender),
        *(write_parts(name, f"<{url}>") for name, url in urls if url),
        write_parts("List-Post", "NO"),
        write_parts("Precedence", "bulk"),
        # Campaign, list, kind and a name for the sender of 5 to 15 characters, as Gmail wants it:
        # https://support.google.com/mail/answer/6254652
        write_parts("Feedback-ID", f"{_name_issue(issue)}:digest:{_name_sender(sender)}"),
    ]


def list_subscription_fields(sender: Sender) -> list[Field]:
    """Return what a mail to a subscriber that is no digest says of the list."""
    return [write_list_id(sender.title, sender.list_id), *_offer_one_click(sender)]


def list_recipient_fields(sender: Sender, address: str, identifier: str) -> list[Field]:
    """Return what names one recipient and their copy.

    Args:
        sender: Of the mail.
        address: Checked.
        identifier: Of the mail within the domain of the sender, ``A-Za-z0-9_-``.
    """
    return [
        write_mailbox("To", address),
        write_parts("Message-ID", f"<{identifier}@{sender.domain}>"),
    ]


def write_unsubscribe(links: Links) -> Field:
    """Return how to unsubscribe: by the web first, where there is one (RFC 2369, RFC 8058)."""
    if links.unsubscribe == links.mail:
        return write_parts("List-Unsubscribe", f"<{links.mail}>")
    return write_parts("List-Unsubscribe", f"<{links.unsubscribe}>,", f"<{links.mail}>")


def _offer_one_click(sender: Sender) -> list[Field]:
    if not sender.web_url:
        return []
    return [write_parts("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]


def _name_issue(issue: Issue) -> str:
    return f"{issue.key.replace('/', '-')}:{issue.frequency}"


def _name_sender(sender: Sender) -> str:
    return "fp" + sha256(sender.list_id.encode()).hexdigest()[:10]
