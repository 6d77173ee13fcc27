"""A real Postfix delivers to a real Dovecot, and a person reads it there."""

from collections.abc import Iterator

import dkim
import pytest

from feedpub.messages import load_key, read_return_path
from feedpub.model import DeliveryState, SubscriberState
from feedpub.tokens import Signer
from tests.support.dkim_keys import rsa_pem
from tests.support.dovecot import PASSWORD, Dovecot, requires_dovecot, run_dovecot
from tests.support.mail_site import DKIM, MailSite
from tests.support.postfix import Postfix, requires_postfix, run_postfix
from tests.support.smtp import run_scripted_server

pytestmark = [*requires_postfix, *requires_dovecot, pytest.mark.slow]
READERS = ["ann@inbox.test", "bob@inbox.test", "cid@inbox.test"]
# Postfix takes it; the server behind it does not.
NOBODY = "rcpt-550-5.1.1-x@remote.test"
BOUNCES = "bounce@news.test"
IMAP = f"""\
imap_host = "127.0.0.1"
imap_port = {{port}}
imap_security = "none"
imap_user = "{BOUNCES}"
password_file = "imap.password"
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postfix, Dovecot]]:
    folder = tmp_path_factory.mktemp("remote")
    with run_dovecot() as dovecot, run_scripted_server(folder) as remote:
        boxes = dict.fromkeys([*READERS, BOUNCES], dovecot.lmtp)
        with run_postfix(mailboxes=boxes, routes={"remote.test": remote.port}) as postfix:
            yield postfix, dovecot


@pytest.fixture(scope="module")
def sent(
    servers: tuple[Postfix, Dovecot], tmp_path_factory: pytest.TempPathFactory
) -> tuple[MailSite, dict[str, bytes]]:
    """A site that mailed its issue through Postfix; each mail as it left, by recipient."""
    folder = tmp_path_factory.mktemp("sites")
    site = MailSite.create(
        folder / "site", [*READERS, NOBODY], settings=IMAP.format(port=servers[1].imap)
    )
    password = site.root / "imap.password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    key = site.root / "dkim.pem"
    key.write_bytes(rsa_pem())
    key.chmod(0o600)
    site.set_mailer(25, more=DKIM)
    site.run_well("build", "--offline")
    site.run_well("issue", "prepare", "weekly", "--now")
    # A mail is the same each time, so a copy of the site shows what leaves.
    twin = site.copy(folder / "twin")
    with run_scripted_server(folder / "server") as server:
        twin.set_mailer(server.port, more=DKIM)
        twin.send()
        left = dict(zip(server.recipients(), server.messages(), strict=True))
    site.set_mailer(servers[0].port, connections=2, more=DKIM)
    done = site.send()
    assert done.returncode == 0, done.stderr
    return site, left


@pytest.mark.parametrize("address", READERS)
def test_a_mail_arrives_as_it_left(
    servers: tuple[Postfix, Dovecot], sent: tuple[MailSite, dict[str, bytes]], address: str
) -> None:
    left = sent[1]

    (arrived,) = servers[1].wait_for(address, 1)

    # In front of it everybody on the way has written where it came from.
    assert arrived.endswith(b"\r\n" + left[address])
    trace = arrived.removesuffix(left[address])
    assert trace.startswith(b"Return-Path: <bounce+")
    assert f"Delivered-To: {address}".encode() in trace


@pytest.mark.parametrize("address", READERS)
def test_its_signature_holds_where_it_arrives(
    servers: tuple[Postfix, Dovecot], sent: tuple[MailSite, dict[str, bytes]], address: str
) -> None:
    path = sent[0].root / "dkim.pem"
    key = load_key(path.read_bytes(), domain="news.test", selector="s1", path=str(path))
    record = key.public_record()

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        return record.value.encode() if name == b"s1._domainkey.news.test." else None

    (arrived,) = servers[1].wait_for(address, 1)

    assert arrived.count(b"DKIM-Signature:") == 1
    assert dkim.verify(arrived, dnsfunc=look_up)
    assert not dkim.verify(arrived.replace(b"Subject: ", b"Subject: x", 1), dnsfunc=look_up)


def test_a_bounce_comes_back_and_names_the_delivery(
    servers: tuple[Postfix, Dovecot], sent: tuple[MailSite, dict[str, bytes]]
) -> None:
    site = sent[0]
    ((delivery,),) = site.ledger.look(
        "SELECT d.id FROM deliveries d JOIN subscribers s ON s.id = d.subscriber"
        f" WHERE s.address = '{NOBODY}'"
    )
    assert site.ledger.states()[NOBODY] is DeliveryState.SENT

    (report,) = servers[1].wait_for(BOUNCES, 1)

    returned_to = find_field(report, b"Delivered-To")
    assert b"5.1.1" in report
    signer = Signer((site.root / "feedpub.key").read_bytes().strip())
    assert read_return_path(returned_to, signer) == delivery


def find_field(data: bytes, name: bytes) -> str:
    (line,) = (line for line in data.split(b"\r\n") if line.startswith(name + b": "))
    return line.partition(b": ")[2].decode()


def test_a_bounce_that_is_read_suppresses(
    servers: tuple[Postfix, Dovecot], sent: tuple[MailSite, dict[str, bytes]]
) -> None:
    site = sent[0]
    servers[1].wait_for(BOUNCES, 1)

    site.run_well("bounces")
    again = site.run_well("bounces")

    states = dict(site.ledger.look("SELECT address, state FROM subscribers"))
    assert states == {
        **dict.fromkeys(READERS, SubscriberState.ACTIVE),
        NOBODY: SubscriberState.BOUNCED,
    }
    assert site.ledger.look("SELECT count(*) FROM suppressions") == [(1,)]
    assert site.ledger.look("SELECT count(*) FROM bounces") == [(1,)], again
