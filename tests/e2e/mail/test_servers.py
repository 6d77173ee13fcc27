"""The servers that the other tests rely on do what they are asked for."""

import smtplib
import socket
from pathlib import Path

import pytest

from tests.support.smtp import (
    ScriptedServer,
    requires_smtp_sink,
    run_scripted_server,
    run_smtp_sink,
)

SENDER = "bounce@feedpub.test"
MESSAGE = b"Message-ID: <1@feedpub.test>\r\nSubject: x\r\n\r\n.dot\r\n"


def connect(port: int) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", port, timeout=60)


def send(client: smtplib.SMTP, address: str) -> str:
    """Return the code that ended the attempt: the first that is no success, or that of the dot."""
    try:
        client.sendmail(SENDER, [address], MESSAGE)
    except smtplib.SMTPRecipientsRefused as error:
        return f"rcpt {next(iter(error.recipients.values()))[0]}"
    except smtplib.SMTPResponseException as error:
        return f"{error.smtp_code}"
    except smtplib.SMTPServerDisconnected:
        return "gone"
    except TimeoutError:
        return "stalled"
    return "250"


def test_what_it_took_is_recorded(server: ScriptedServer) -> None:
    with connect(server.port) as client:
        assert send(client, "ann@a.test") == "250"

    (taken,) = server.accepted()
    assert (taken.recipient, taken.sender, taken.message_id) == (
        "ann@a.test",
        SENDER,
        "<1@feedpub.test>",
    )
    assert server.messages() == [MESSAGE]
    assert "rcpt TO:<ann@a.test>" in [text for _, text in server.commands()]


@pytest.mark.parametrize(
    ("address", "ends", "taken"),
    [
        ("rcpt-450-4.2.1-a@a.test", "rcpt 450", 0),
        ("rcpt-550-5.1.1-a@a.test", "rcpt 550", 0),
        ("rcpt-421-4.3.2-a@a.test", "rcpt 421", 0),
        ("data-451-4.3.0-a@a.test", "451", 0),
        ("dot-554-5.7.1-a@a.test", "554", 0),
        ("grey-1-a@a.test", "rcpt 450", 0),
        ("drop-rcpt-a@a.test", "gone", 0),
        ("drop-data-a@a.test", "gone", 0),
        ("drop-before-a@a.test", "gone", 0),
        ("drop-after-a@a.test", "gone", 1),
        ("garbage-dot-a@a.test", "-1", 1),
    ],
    ids=str,
)
def test_the_address_says_what_happens(
    server: ScriptedServer, address: str, ends: str, taken: int
) -> None:
    client = connect(server.port)

    assert send(client, address) == ends
    client.close()
    assert len(server.accepted()) == taken


def test_a_greylisted_recipient_is_welcome_later(server: ScriptedServer) -> None:
    with connect(server.port) as client:
        assert [send(client, "grey-2-a@a.test") for _ in range(3)] == ["rcpt 450"] * 2 + ["250"]


def test_after_a_refused_recipient_the_transaction_is_kept(server: ScriptedServer) -> None:
    with connect(server.port) as client:
        client.ehlo()
        client.mail("first@feedpub.test")
        client.rcpt("rcpt-550-5.1.1-a@a.test")

        assert client.mail("second@feedpub.test")[0] == 503
        assert client.rcpt("b@a.test")[0] == 250
        assert client.data(MESSAGE)[0] == 250

    assert [taken.sender for taken in server.accepted()] == ["first@feedpub.test"]


def test_it_ends_when_nobody_holds_it(tmp_path: Path) -> None:
    with run_scripted_server(tmp_path) as server:
        pass

    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port))


def test_options_change_the_whole_server(tmp_path: Path) -> None:
    with (
        run_scripted_server(
            tmp_path, "--without", "PIPELINING,SMTPUTF8", "--mail", "550 5.1.8 bad sender"
        ) as server,
        connect(server.port) as client,
    ):
        client.ehlo()

        assert not client.has_extn("pipelining")
        assert not client.has_extn("smtputf8")
        assert client.mail(SENDER)[0] == 550


def test_nobody_mails_without_the_password(tmp_path: Path) -> None:
    with (
        run_scripted_server(tmp_path, "--auth", "me:secret") as server,
        connect(server.port) as client,
    ):
        client.ehlo()
        assert client.mail(SENDER)[0] == 530
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("me", "wrong")
        client.login("me", "secret")

        assert send(client, "ann@a.test") == "250"


@requires_smtp_sink
def test_smtp_sink_keeps_what_it_took() -> None:
    with (
        run_smtp_sink(keep=True) as sink,
        connect(sink.port) as client,
    ):
        assert send(client, "ann@a.test") == "250"
        assert send(client, "bob@a.test") == "250"

        assert [(taken.recipient, taken.message_id) for taken in sink.accepted()] == [
            ("ann@a.test", "<1@feedpub.test>"),
            ("bob@a.test", "<1@feedpub.test>"),
        ]
