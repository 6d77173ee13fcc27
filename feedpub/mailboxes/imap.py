"""Reads an IMAP folder (RFC 9051 and its predecessors), by the standard library."""

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from feedpub.errors import MailboxError
from feedpub.ports.mailbox import MAX_BYTES, Letter

T = TypeVar("T")

_TIMEOUT_S = 60
KEYWORD = "FeedpubRead"
"""Set on every letter that was looked at, where the server keeps keywords."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How the server is reached.

    Attributes:
        host: Its name.
        port: Never 0.
        security: ``tls`` and ``starttls`` check the server's certificate.
        user: Who logs in.
        password: Of the user.
        folder: To read.
        authorities: File of certificates (PEM) to trust instead of the system's.
    """

    host: str
    port: int = 993
    security: Literal["none", "starttls", "tls"] = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    authorities: Path | None = None


class ImapMailbox:
    """A folder; letters are looked at without being marked as read.

    Where the server keeps keywords, one says which letters were looked at, whatever a person at
    the same mailbox has read. Elsewhere the letters that nobody has read are looked at each time.
    """

    def __init__(self, settings: ImapSettings) -> None:
        """Connect, log in and open the folder.

        Raises:
            MailboxError: That did not work.
        """
        self._settings = settings
        self._client = self._ask("connect", lambda: _connect(settings))
        try:
            self._log_in()
            self._ask("open the folder", self._select)
        except MailboxError:
            self.close()
            raise

    def letters(self) -> Iterator[Letter]:
        """Yield the letters that were not settled yet, oldest first; they stay unread."""
        criterion = f"UNKEYWORD {KEYWORD}" if self._keeps_keywords else "UNSEEN"
        found = self._ask("search", lambda: self._command("SEARCH", criterion, "UNDELETED"))
        for uid in (found[0] or b"").split():
            data = self._ask("fetch", lambda uid=uid: self._fetch(uid.decode()))  # type: ignore[misc] # mypy cannot infer a lambda with a default
            if data is not None:
                yield Letter(uid.decode(), data)

    def settle(self, letter: str, *, done: bool) -> None:
        """Set the flags of a letter."""
        flags = [KEYWORD] * self._keeps_keywords + ["\\Seen"] * done
        if flags:
            written = f"({' '.join(flags)})"
            self._ask("mark", lambda: self._command("STORE", letter, "+FLAGS.SILENT", written))

    def close(self) -> None:
        """Log out; a server that has gone is not asked."""
        try:
            self._client.logout()
        except (OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    def _log_in(self) -> None:
        settings = self._settings
        try:
            self._client.login(settings.user, settings.password)
        except imaplib.IMAP4.error as error:
            if isinstance(error, imaplib.IMAP4.abort):
                raise self._explain("log in", error) from error
            raise MailboxError(
                f"{settings.host}: user {settings.user!r} is refused; correct bounces.imap_user"
                " and its password"
            ) from error

    def _select(self) -> None:
        status, data = self._client.select(quote_folder(self._settings.folder))
        if status != "OK":
            raise imaplib.IMAP4.error(_text(data))
        _, flags = self._client.response("PERMANENTFLAGS")
        self._keeps_keywords = any(
            b"\\*" in one or KEYWORD.encode() in one for one in flags or () if one
        )

    def _fetch(self, uid: str) -> bytes | None:
        for part in self._command("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES}>)"):
            if isinstance(part, tuple):
                return bytes(part[1])
        return None  # it was deleted since

    def _command(self, *words: str) -> list[Any]:
        status, data = self._client.uid(*words)
        if status != "OK":
            raise imaplib.IMAP4.error(_text(data))
        return data

    def _ask(self, what: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except (OSError, imaplib.IMAP4.error) as error:
            raise self._explain(what, error) from error

    def _explain(self, what: str, error: Exception) -> MailboxError:
        settings = self._settings
        if isinstance(error, ssl.SSLCertVerificationError):
            return MailboxError(
                f"{settings.host} port {settings.port}: its certificate cannot be verified"
                f" ({error.verify_message}); use the name that it is made out to, or name its"
                " authority by bounces.imap_ca_file"
            )
        reason = (getattr(error, "strerror", None) or str(error) or "no answer").lower()
        return MailboxError(
            f"{settings.host} port {settings.port}: cannot {what}: {reason};"
            " check [bounces] and try again"
        )


def _connect(settings: ImapSettings) -> imaplib.IMAP4:
    if settings.security == "tls":
        context = ssl.create_default_context(cafile=settings.authorities)
        return imaplib.IMAP4_SSL(
            settings.host, settings.port, ssl_context=context, timeout=_TIMEOUT_S
        )
    client = imaplib.IMAP4(settings.host, settings.port, timeout=_TIMEOUT_S)
    if settings.security == "starttls":
        try:
            client.starttls(ssl.create_default_context(cafile=settings.authorities))
        except BaseException:
            with suppress(OSError):  # where TLS was refused, it is closed already
                client.shutdown()
            raise
    return client


def _text(data: Iterable[Any]) -> str:
    return b" ".join(one for one in data if one).decode("utf-8", "replace")


def quote_folder(name: str) -> str:
    """Return the name of a folder as IMAP writes it: modified UTF-7 (RFC 3501, 5.1.3), quoted."""

    def encode(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        data = b64encode(found[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
        return f"&{data.decode()}-"

    written = re.sub(r"&|[^\x20-\x7e]+", encode, name)
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'
