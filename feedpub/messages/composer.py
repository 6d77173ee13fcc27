"""From the plan of a digest to mails on the wire: one join for each recipient."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from feedpub.digest.plan import Plan
from feedpub.messages.blocks import (
    CLOSE,
    OPEN_HTML,
    OPEN_TEXT,
    Encoder,
    Segment,
    fill_html,
    fill_text,
)
from feedpub.messages.dkim import Signatures
from feedpub.messages.dkim_keys import DkimKey
from feedpub.messages.fields import (
    Linker,
    Links,
    RecipientFields,
    list_issue_fields,
    list_mail_fields,
    list_topic_fields,
)
from feedpub.messages.headers import canonicalize_fields, write_fields
from feedpub.messages.return_paths import make_return_path
from feedpub.messages.sender import Sender, check_address
from feedpub.model import Issue, Message
from feedpub.tokens import Action, Signer

if TYPE_CHECKING:
    from hashlib import _Hash

_TOPIC = ("Subject", "Content-Language")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan, ready to be joined; about as large as one mail.

    Attributes:
        head: The fields that all its mails share, as written.
        hashed: SHA-256 over the same, canonical.
        text: Of the plain-text part.
        html: Of the HTML part.
    """

    head: bytes
    hashed: "_Hash"
    text: tuple[Segment, ...]
    html: tuple[Segment, ...]


class Composer:
    """Makes the mails of one issue. Safe for any number of threads."""

    def __init__(
        self, sender: Sender, signer: Signer, dkim: Sequence[DkimKey] = (), *, issue: Issue
    ) -> None:
        """Prepare what is the same in all mails of the issue.

        Args:
            sender: Who they are from.
            signer: Of tokens.
            dkim: A signature by each; none leaves that to the server.
            issue: Dates the mails by when it was prepared, so that a mail is the same each time.
        """
        self._sender, self._signer, self._issue = sender, signer, issue
        self._linker = Linker(sender, signer)
        self._encoder = Encoder()
        date = issue.created or issue.scheduled
        self._fields = [*list_mail_fields(sender, date), *list_issue_fields(sender, issue)]
        self._recipient_fields = RecipientFields(sender)
        shared = (field.name for field in self._fields)
        names = [*_TOPIC, *shared, *self._recipient_fields.names]
        self._signatures = Signatures(dkim, names) if dkim else None

    def compile(self, plan: Plan) -> Compiled:
        """Return a plan ready for `compose`; what it shares with earlier ones is not made again."""
        fields = [*list_topic_fields(plan.subject, plan.language), *self._fields]
        return Compiled(
            write_fields(fields),
            sha256(canonicalize_fields(fields)),
            self._encoder.encode_segments(plan.text),
            self._encoder.encode_segments(plan.html),
        )

    def compose(
        self, compiled: Compiled, *, delivery: int, subscriber: int, address: str
    ) -> Message:
        """Return the mail to one recipient, the same each time.

        Args:
            compiled: By this composer.
            delivery: Its row, which the return path names.
            subscriber: Whom its links are for.
            address: Of the subscriber.

        Raises:
            AddressError: The address cannot be written into a mail.
        """
        recipient = check_address(address)
        links = self._linker.link(subscriber)
        identifier = self._signer.digest(Action.MESSAGE, f"{self._issue.id}/{subscriber}")
        fields, canonical = self._recipient_fields.write(recipient, identifier, links)
        body = _join_body(compiled, links, recipient)
        signature = self._sign(compiled, canonical, body)
        return Message(
            make_return_path(self._sender.bounce_address, self._signer, delivery),
            recipient,
            b"".join([signature, compiled.head, fields, b"\r\n", *body]),
            needs_utf8=not recipient.isascii(),
        )

    def _sign(self, compiled: Compiled, canonical: bytes, body: Sequence[bytes]) -> bytes:
        if self._signatures is None:
            return b""
        body_hash = sha256()
        for piece in body:
            body_hash.update(piece)
        hashed = compiled.hashed.copy()
        hashed.update(canonical)
        return self._signatures.sign(hashed, body_hash.digest())


def _join_body(compiled: Compiled, links: Links, address: str) -> list[bytes]:
    text = f"{links.unsubscribe}\n{links.preferences}\n{address}"  # in the order of Slot
    # None of them has a line break, so that all are escaped and encoded at once.
    return [
        OPEN_TEXT,
        *fill_text(compiled.text, text.encode().split(b"\n")),
        OPEN_HTML,
        *fill_html(compiled.html, escape(text).encode().split(b"\n")),
        CLOSE,
    ]
