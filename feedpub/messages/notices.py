"""Mails to one person about their subscription: confirmation, welcome, goodbye and the like.

A confirmation carries no text of whoever asked for it, who may be anybody: only what the site is
called, and a link.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from feedpub.links import address_url, confirm_url, erase_url, export_url
from feedpub.messages.blocks import CLOSE, OPEN_HTML, OPEN_TEXT, encode
from feedpub.messages.dkim import Signatures
from feedpub.messages.dkim_keys import DkimKey
from feedpub.messages.fields import (
    Linker,
    list_mail_fields,
    list_recipient_fields,
    list_subscription_fields,
    list_topic_fields,
    write_unsubscribe,
)
from feedpub.messages.headers import Field, canonicalize_fields, make_line, write_fields
from feedpub.messages.return_paths import make_confirm_address
from feedpub.messages.sender import Sender, check_address
from feedpub.model import Message, NoticeKind, Site
from feedpub.resources import list_template_folders
from feedpub.tokens import Action, Signer

if TYPE_CHECKING:
    from feedpub.pages.engine import Engine

_URLS = {
    NoticeKind.CONFIRM: confirm_url,
    NoticeKind.ADDRESS: address_url,
    NoticeKind.EXPORT: export_url,
    NoticeKind.ERASE: erase_url,
}
_LANGUAGES = 8
"""Whose templates are kept at once; anybody may ask for a mail in ``en-x-whatever``."""

_TO_SUBSCRIBERS = (NoticeKind.ALREADY, NoticeKind.WELCOME)


class Notices:
    """Makes notices. Templates ``mails/*`` are looked for in the folders given first."""

    def __init__(
        self,
        sender: Sender,
        signer: Signer,
        dkim: Sequence[DkimKey] = (),
        *,
        site: Site,
        postal_address: str = "",
        link_days: int = 7,
        templates: Sequence[Path] = (),
    ) -> None:
        """Prepare what is the same in all of them.

        Args:
            sender: Who they are from.
            signer: Of tokens.
            dkim: A signature by each.
            site: Whose newsletter it is.
            postal_address: Of the sender; may be empty.
            link_days: That a link which expires works.
            templates: Folders of overrides, first match wins; they need not exist.
        """
        self._sender, self._signer, self._keys = sender, signer, tuple(dkim)
        self._site, self._postal_address, self._link_days = site, postal_address, link_days
        self._folders = list_template_folders(templates)
        self._linker = Linker(sender, signer)
        self._engine = lru_cache(maxsize=_LANGUAGES)(self._make_engine)

    def compose(
        self,
        kind: NoticeKind,
        *,
        notice: int,
        subscriber: int,
        address: str,
        created: datetime,
        language: str | None = None,
        token: str = "",
    ) -> Message:
        """Return a notice, the same each time.

        Args:
            kind: What it is about.
            notice: Its row.
            subscriber: Whom its links are for.
            address: Where it goes.
            created: When it was asked for, which dates it.
            language: BCP 47; None means that of the site.
            token: For the link of CONFIRM, ADDRESS, EXPORT and ERASE. A confirmation of a site
                without a web face has no link: it is to be answered.

        Raises:
            AddressError: The address cannot be written into a mail.
            TemplateError: A template is broken.
            ValueError: The notice is about a link, and there is none.
        """
        recipient = check_address(address)
        tag, subject, text, html = self._render(kind, subscriber, language, token)
        # The row alone would not do: its number may be given to another notice one day.
        name = f"notice/{notice}/{subscriber}/{int(created.timestamp())}"
        identifier = self._signer.digest(Action.MESSAGE, name)
        fields = [
            *list_topic_fields(subject, tag),
            *list_mail_fields(self._sender, created, reply_to=self._reply_to(kind, subscriber)),
            *self._list_fields(kind, subscriber),
            *list_recipient_fields(self._sender, recipient, identifier),
        ]
        body = b"".join([OPEN_TEXT, encode(text), OPEN_HTML, encode(html), CLOSE])
        data = self._sign(fields, body) + write_fields(fields) + b"\r\n" + body
        return Message(
            self._sender.bounce_address, recipient, data, needs_utf8=not recipient.isascii()
        )

    def _render(
        self, kind: NoticeKind, subscriber: int, language: str | None, token: str
    ) -> tuple[str, str, bytes, bytes]:
        """Return language, subject, text and HTML."""
        tag, engine = self._engine(language or self._site.language)
        values = {
            "lang": tag,
            "site": self._site,
            "title": make_line(self._sender.title),
            "postal_address": self._postal_address,
            "link": self._link(kind, token),
            "days": self._link_days,
            "links": self._linker.link(subscriber),
            "archive_url": self._sender.archive_url,
            "help_url": self._sender.help_url,
        }
        text = engine.render(f"mails/{kind}.txt", **values).decode().strip()
        # The first line is the subject.
        subject, _, rest = text.partition("\n")
        html = engine.render(f"mails/{kind}.html", **values)
        return tag, subject, _end_lines(rest.strip().encode()), _end_lines(html.strip())

    def _make_engine(self, language: str) -> "tuple[str, Engine]":
        from feedpub.pages.engine import Engine
        from feedpub.pages.language import choose_language

        chosen = choose_language(language)
        return chosen.tag, Engine(self._folders, language=chosen, zone=self._site.zone)

    def _link(self, kind: NoticeKind, token: str) -> str:
        if kind not in _URLS or (kind == NoticeKind.CONFIRM and not self._sender.web_url):
            return ""
        if not (token and self._sender.web_url):
            raise ValueError(f"a notice of kind {kind} needs a token and a web face")
        return _URLS[kind](self._sender.web_url, token)

    def _reply_to(self, kind: NoticeKind, subscriber: int) -> str:
        if kind != NoticeKind.CONFIRM or self._sender.web_url:
            return ""
        return make_confirm_address(self._sender.unsubscribe_address, self._signer, subscriber)

    def _list_fields(self, kind: NoticeKind, subscriber: int) -> list[Field]:
        if kind not in _TO_SUBSCRIBERS:
            return []
        unsubscribe = write_unsubscribe(self._linker.link(subscriber))
        return [*list_subscription_fields(self._sender), unsubscribe]

    def _sign(self, fields: Sequence[Field], body: bytes) -> bytes:
        if not self._keys:
            return b""
        signatures = Signatures(self._keys, [field.name for field in fields])
        hashed = sha256(canonicalize_fields(fields))
        return signatures.sign(hashed, sha256(body).digest())


def _end_lines(data: bytes) -> bytes:
    """Return text with CRLF behind each line, the canonical form of text (RFC 2045, 6.8)."""
    return b"\r\n".join([*data.splitlines(), b""])
