"""Returned mail read over TLS: only from the server whose certificate is good."""

import imaplib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from feedpub.errors import MailboxError
from feedpub.mailboxes.imap import ImapMailbox, ImapSettings
from tests.support import needs
from tests.support.certificates import make_certificate
from tests.support.dovecot import PASSWORD, Dovecot, requires_dovecot, run_dovecot

pytestmark = [*requires_dovecot, needs.program("openssl")]
LETTER = b"From: a@b.example\r\nSubject: 1\r\n\r\nbody\r\n"
USER = "bounce@tls.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls")) / "certificate.pem"


@pytest.fixture(scope="module")
def dovecot(certificate: Path) -> Iterator[Dovecot]:
    with run_dovecot(certificate.parent) as running:
        client = imaplib.IMAP4("127.0.0.1", running.imap, timeout=20)
        client.login(USER, PASSWORD)
        client.append("INBOX", "", None, LETTER)  # type: ignore[arg-type]
        client.logout()
        yield running


def settings(
    dovecot: Dovecot, security: Literal["starttls", "tls"], authorities: Path | None
) -> ImapSettings:
    port = dovecot.imaps if security == "tls" else dovecot.imap
    return ImapSettings("127.0.0.1", port, security, USER, PASSWORD, authorities=authorities)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_letters_come_by_tls_from_a_server_whose_authority_is_trusted(
    dovecot: Dovecot, certificate: Path, security: Literal["starttls", "tls"]
) -> None:
    mailbox = ImapMailbox(settings(dovecot, security, certificate))

    assert [letter.data for letter in mailbox.letters()] == [LETTER]
    mailbox.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_nobody_is_refused_with_the_remedy(
    dovecot: Dovecot, security: Literal["starttls", "tls"]
) -> None:
    with pytest.raises(
        MailboxError, match=r"cannot be verified .*name its authority by bounces\.imap_ca_file"
    ):
        ImapMailbox(settings(dovecot, security, None))


def test_a_certificate_for_another_name_is_refused_though_its_authority_is_trusted(
    tmp_path: Path,
) -> None:
    folder = make_certificate(tmp_path, "DNS:other.example")
    with (
        run_dovecot(folder) as running,
        pytest.raises(MailboxError, match="use the name that it is made out to"),
    ):
        ImapMailbox(settings(running, "tls", folder / "certificate.pem"))
