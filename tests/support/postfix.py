"""A Postfix of the test's own: own folders and ports, loopback only, nothing of the system's."""

import os
import pwd
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import needs
from tests.support.ports import free_port, wait_for_port
from tests.support.processes import clean_environment
from tests.support.smtp import open_folder

requires_postfix = [
    needs.program("postfix"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, as Postfix does"),
]
_LIFETIME = "1800"

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.news.test
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtp_dns_support_level = disabled
smtp_tls_security_level = none
smtputf8_enable = yes
recipient_delimiter = +
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
default_destination_concurrency_failed_cohort_limit = 0
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_transport = {delivery}
transport_maps = inline:{{ {routes} }}
default_transport = {default}
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix.

    Attributes:
        port: On 127.0.0.1, where it takes mail from anybody.
        folder: Of its queue, its settings and its log.
    """

    port: int
    folder: Path

    @property
    def log(self) -> str:
        path = self.folder / "mail.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""


@contextmanager
def run_postfix(
    *,
    mailboxes: Mapping[str, int] | None = None,
    routes: Mapping[str, int] | None = None,
    default: str = "discard:",
    **settings: str,
) -> Iterator[Postfix]:
    """Run Postfix.

    Args:
        mailboxes: Addresses that it delivers to a server of LMTP on this port.
        routes: Domains that it relays to a server of SMTP on this port.
        default: The transport of every other domain.
        settings: Of ``main.cf``.
    """
    boxes, ports = list(mailboxes or {}), set((mailboxes or {}).values())
    with open_folder() as folder:
        folder.chmod(0o755)
        port = free_port()
        conf = folder / "conf"
        conf.mkdir()
        for name in ("data", "queue"):
            (folder / name).mkdir()
        os.chown(folder / "data", *_owner())
        main = _MAIN.format(
            folder=folder,
            domains=" ".join(sorted({address.partition("@")[2] for address in boxes})),
            mailboxes=", ".join(f"{{ {address} = x }}" for address in boxes) or "{ x = x }",
            delivery=f"lmtp:inet:127.0.0.1:{ports.pop()}" if ports else "discard:",
            routes=", ".join(
                f"{{ {domain} = smtp:[127.0.0.1]:{to} }}" for domain, to in (routes or {}).items()
            )
            or "{ x = discard: }",
            default=default,
        )
        extra = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (conf / "main.cf").write_text(main + extra)
        (conf / "master.cf").write_text(_MASTER.format(port=port))
        with _run(conf, port):
            yield Postfix(port, folder)


@contextmanager
def _run(conf: Path, port: int) -> Iterator[None]:
    program = needs.find("postfix")
    assert program
    # However the test ends, Postfix does not outlive it for long.
    command = ["timeout", "--foreground", "-k", "5", _LIFETIME, program, "-c", str(conf)]
    options = {"env": clean_environment(), "cwd": "/", "stdin": subprocess.DEVNULL}
    with subprocess.Popen([*command, "start-fg"], **options, stderr=subprocess.DEVNULL) as process:
        try:
            try:
                wait_for_port(port, process)
            except AssertionError as error:
                log = conf.parent / "mail.log"
                raise AssertionError(log.read_text() if log.exists() else "no log") from error
            yield
        finally:
            subprocess.run([*command, "abort"], **options, capture_output=True)
            process.wait(20)


def _owner() -> tuple[int, int]:
    entry = pwd.getpwnam("postfix")
    return entry.pw_uid, entry.pw_gid
