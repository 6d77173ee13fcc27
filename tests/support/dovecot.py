"""A Dovecot of the test's own: LMTP in, IMAP out, loopback only."""

import imaplib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import needs
from tests.support.ports import free_port, wait_for_port
from tests.support.processes import clean_environment
from tests.support.smtp import open_folder

requires_dovecot = [
    needs.file("/usr/lib/dovecot/imap", "dovecot-imapd"),
    needs.file("/usr/lib/dovecot/lmtp", "dovecot-lmtpd"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, as Dovecot does"),
]
PASSWORD = "secret"
_ARRIVAL_S = 120
_NOBODY = 65534

_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
{tls}
disable_plaintext_auth = no
recipient_delimiter = +
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


_TLS = """\
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
"""


@dataclass(frozen=True)
class Dovecot:
    """A running Dovecot, which has every mailbox that mail is delivered to.

    Attributes:
        imap: Port on 127.0.0.1, without TLS.
        lmtp: Port on 127.0.0.1.
        folder: Of its mail, its settings and its log.
        imaps: Port with TLS from the start, 0 if there is none.
    """

    imap: int
    lmtp: int
    folder: Path
    imaps: int = 0

    def read(self, address: str) -> list[bytes]:
        """Return the mails of somebody, read by IMAP."""
        client = imaplib.IMAP4("127.0.0.1", self.imap, timeout=20)
        try:
            client.login(address, PASSWORD)
            client.select("INBOX")
            _, (numbers,) = client.search(None, "ALL")
            return [_fetch(client, number) for number in numbers.split()]
        finally:
            client.logout()

    def wait_for(self, address: str, count: int) -> list[bytes]:
        """Return the mails of somebody once there are so many."""
        deadline = time.monotonic() + _ARRIVAL_S
        while len(found := self.read(address)) < count:
            assert time.monotonic() < deadline, f"{address} has {len(found)} mails"
            time.sleep(0.1)
        return found


def _fetch(client: imaplib.IMAP4, number: bytes) -> bytes:
    _, data = client.fetch(number.decode(), "(BODY.PEEK[])")
    assert isinstance(data[0], tuple)
    return bytes(data[0][1])


@contextmanager
def run_dovecot(certificate: Path | None = None) -> Iterator[Dovecot]:
    """Run Dovecot.

    Args:
        certificate: Folder with ``certificate.pem`` and ``key.pem``; None for no TLS.
    """
    program = needs.find("dovecot")
    assert program
    with open_folder() as folder:
        folder.chmod(0o755)
        for name in ("run", "state", "mail"):
            (folder / name).mkdir()
        os.chown(folder / "mail", _NOBODY, _NOBODY)
        imaps = free_port() if certificate else 0
        running = Dovecot(free_port(), free_port(), folder, imaps)
        conf = folder / "dovecot.conf"
        conf.write_text(
            _CONF.format(
                folder=folder,
                password=PASSWORD,
                nobody=_NOBODY,
                imap=running.imap,
                imaps=imaps,
                tls=_TLS.format(folder=certificate) if certificate else "ssl = no",
                lmtp=running.lmtp,
            )
        )
        # However the test ends, Dovecot does not outlive it for long.
        command = ["timeout", "--foreground", "-k", "5", "1800", program, "-F", "-c", str(conf)]
        with subprocess.Popen(
            command, cwd="/", stdin=subprocess.DEVNULL, env=clean_environment()
        ) as process:
            try:
                wait_for_port(running.imap, process)
                wait_for_port(running.lmtp, process)
                yield running
            finally:
                process.terminate()
                process.wait(20)
