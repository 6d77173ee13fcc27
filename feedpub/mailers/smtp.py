"""Connects to a mail server: TLS and login by smtplib, what follows by ``smtp_connection``."""

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from feedpub.errors import MailerError, MailerRefusedError
from feedpub.mailers.smtp_connection import SmtpConnection, Timeouts

Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True)
class SmtpSettings:
    """Where mail is handed over, and how.

    Attributes:
        host: Name or address of the server.
        port: Of the server.
        security: ``starttls`` and ``tls`` insist on it, with a certificate that can be verified.
        user: Empty for no login.
        password: Of the user.
        helo: Our own name; empty for that of this machine.
        authorities: File of certificates (PEM) to trust instead of the system's.
        timeouts: How long to wait for what.
    """

    host: str = "localhost"
    port: int = 25
    security: Security = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    helo: str = ""
    authorities: Path | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)


class SmtpMailer:
    """Hands mail to a server by SMTP (RFC 5321); used by several threads."""

    def __init__(self, settings: SmtpSettings) -> None:
        """Prepare; nothing is opened yet.

        Args:
            settings: Where and how.

        Raises:
            MailerRefusedError: A password would travel in the clear to another machine.
        """
        if settings.user and settings.security == "none" and not _is_here(settings.host):
            raise MailerRefusedError(
                f"mail.security: a password for {settings.host} would be readable on its way; "
                'set it to "starttls" or "tls"'
            )
        self._settings = settings

    @cached_property
    def _helo(self) -> str:
        return self._settings.helo or socket.getfqdn()  # may ask a name server

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.authorities)

    def connect(self) -> SmtpConnection:
        """Connect, agree on TLS and log in.

        Raises:
            MailerRefusedError: The server does not want us, or cannot be trusted.
            MailerError: It cannot be reached, or is busy.
        """
        settings = self._settings
        where = f"{settings.host}:{settings.port}"
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._open()
            self._introduce(smtp)
            return SmtpConnection(smtp, settings.timeouts)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if smtp is not None:
                smtp.close()
            raise _explain(error, where) from error

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            smtp: smtplib.SMTP = _TlsSmtp(settings.timeouts, self._helo, self._tls)
        else:
            smtp = _PlainSmtp(settings.timeouts, self._helo)
        try:
            # As its constructor would, which cannot be told of two timeouts.
            smtp._host = settings.host  # type: ignore[attr-defined] # the stubs leave it out
            code, text = smtp.connect(settings.host, settings.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, text)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        settings = self._settings
        smtp.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            smtp.starttls(context=self._tls)
            smtp.ehlo_or_helo_if_needed()
        if settings.user:
            smtp.login(settings.user, settings.password)


class _PlainSmtp(smtplib.SMTP):
    """Waits less for a connection than for a reply (RFC 5321, 4.5.3.2)."""

    def __init__(self, timeouts: Timeouts, helo: str) -> None:
        self._timeouts = timeouts
        super().__init__(local_hostname=helo, timeout=timeouts.reply_s)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 # as smtplib calls it
        opened = socket.create_connection((host, port), self._timeouts.connect_s)
        opened.settimeout(self._timeouts.reply_s)
        return opened


class _TlsSmtp(_PlainSmtp):
    """The same, with TLS from the first byte on (RFC 8314)."""

    def __init__(self, timeouts: Timeouts, helo: str, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(timeouts, helo)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = super()._get_socket(host, port, timeout)
        try:
            return self._context.wrap_socket(opened, server_hostname=host)
        except BaseException:
            opened.close()
            raise


def _is_here(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _explain(error: Exception, where: str) -> MailerError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailerRefusedError(
            f"{where}: its certificate cannot be verified ({error.verify_message}); use the name "
            "that it is made out to, or name its authority by mail.ca_file"
        )
    if isinstance(error, smtplib.SMTPResponseException):
        reply = f"{error.smtp_code} {_decode(error.smtp_error)}"
        if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
            return MailerRefusedError(
                f"{where}: the login failed ({reply}); check mail.user and the password"
            )
        if error.smtp_code >= 500:
            return MailerRefusedError(f"{where}: the server refuses us ({reply}); ask who runs it")
        return MailerError(f"{where}: the server is not ready ({reply}); try again later")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailerRefusedError(f"{where}: {error}; change mail.security or mail.user")
    if isinstance(error, UnicodeError | ValueError) and not isinstance(error, OSError):
        return MailerRefusedError(f"{where}: {error}; correct mail.host, mail.user or the password")
    reason = getattr(error, "strerror", None) or str(error) or "no answer"
    return MailerError(f"{where}: the server cannot be reached ({reason}); try again later")


def _decode(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
