"""The dialogue with a mail server, command by command."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from feedpub.errors import MailerError, MailerRefusedError
from feedpub.mailers.smtp import SmtpMailer, SmtpSettings
from feedpub.mailers.smtp_connection import SmtpConnection, Timeouts
from feedpub.model import Message
from feedpub.ports.mailing import Reply, Stage
from tests.support import needs
from tests.support.ports import free_port
from tests.support.smtp import ScriptedServer, run_scripted_server

DATA = b"Subject: hi\r\n\r\nhello\r\n"
QUICK = Timeouts(connect_s=5, reply_s=0.5, dot_s=0.5)
requires_openssl = needs.program("openssl")


@pytest.fixture(params=["pipelined", "plain"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ScriptedServer]:
    options = ["--without", "PIPELINING"] if request.param == "plain" else []
    with run_scripted_server(tmp_path, *options) as running:
        yield running


def connect(port: int, **settings: Any) -> SmtpConnection:
    given = {"host": "127.0.0.1", "helo": "client.test", "timeouts": QUICK} | settings
    return SmtpMailer(SmtpSettings(port=port, **given)).connect()


def make(address: str, sender: str = "bounce@x.example", *, utf8: bool = False) -> Message:
    return Message(sender, address, DATA, utf8)


def send(connection: SmtpConnection, *messages: Message) -> list[Reply]:
    """Send messages as a line does, each envelope with the dot before it."""
    replies = []
    for message, following in zip(messages, [*messages[1:], None], strict=True):
        replies.append(connection.offer(message) or connection.finish(following))
    connection.quit()
    return replies


def commands(server: ScriptedServer) -> list[str]:
    return [text for _, text in server.commands()]


def test_the_envelope_is_as_the_standard_has_it(server: ScriptedServer) -> None:
    send(connect(server.port), make("a@x.example", "b+1@x.example"))

    assert commands(server) == [
        "ehlo client.test",
        "MAIL FROM:<b+1@x.example>",
        "RCPT TO:<a@x.example>",
        "DATA",
        ".",
        "QUIT",
    ]


def test_after_a_refused_recipient_the_next_has_its_own_return_path(
    server: ScriptedServer,
) -> None:
    replies = send(
        connect(server.port),
        make("rcpt-550-5.1.1-a@x.example", "first@x.example"),
        make("b@x.example", "second@x.example"),
    )

    assert [(reply.stage, reply.code) for reply in replies] == [
        (Stage.RCPT, 550),
        (Stage.DOT, 250),
    ]
    (accepted,) = server.accepted()
    assert (accepted.sender, accepted.recipient) == ("second@x.example", "b@x.example")
    assert "RSET" in commands(server)


def test_a_server_that_wants_a_body_for_nobody_gets_none(tmp_path: Path) -> None:
    with run_scripted_server(tmp_path, "--loose") as server:
        connection = connect(server.port)

        refused = connection.offer(make("rcpt-550-5.1.1-a@x.example"))

        assert refused is not None
        assert refused.stage is Stage.RCPT
        assert not connection.usable
        assert server.accepted() == []
        assert "." not in commands(server)


@pytest.mark.parametrize(
    ("who", "stage", "code", "usable"),
    [
        ("rcpt-450-4.2.1-a", Stage.RCPT, 450, True),
        ("rcpt-421-4.3.2-a", Stage.RCPT, 421, False),
        ("data-451-4.3.0-a", Stage.DATA, 451, True),
        ("dot-452-4.3.1-a", Stage.DOT, 452, True),
        ("dot-421-4.3.2-a", Stage.DOT, 421, False),
        ("dot-554-5.7.1-a", Stage.DOT, 554, True),
        ("drop-rcpt-a", Stage.RCPT, 0, False),
        ("drop-before-a", Stage.DOT, 0, False),
        ("drop-after-a", Stage.DOT, 0, False),
        ("garbage-rcpt-a", Stage.RCPT, 0, False),
        ("garbage-dot-a", Stage.DOT, 0, False),
    ],
)
def test_a_reply_is_told_with_the_command_it_answers(
    server: ScriptedServer, who: str, stage: Stage, code: int, usable: bool
) -> None:
    connection = connect(server.port)

    reply = connection.offer(make(f"{who}@x.example")) or connection.finish()

    assert (reply.stage, reply.code, reply.timed_out) == (stage, code, False)
    assert connection.usable is usable
    connection.quit()


@pytest.mark.parametrize(
    ("who", "stage"), [("stall-rcpt-a", Stage.RCPT), ("stall-dot-a", Stage.DOT)]
)
def test_a_server_that_stalls_is_timed_out(server: ScriptedServer, who: str, stage: Stage) -> None:
    connection = connect(server.port)

    reply = connection.offer(make(f"{who}@x.example")) or connection.finish()

    assert (reply.stage, reply.code, reply.timed_out) == (stage, 0, True)
    assert not connection.usable


def test_an_aborted_connection_returns_at_once(server: ScriptedServer) -> None:
    connection = connect(server.port, timeouts=Timeouts())
    threading.Timer(0.3, connection.abort).start()

    start = time.monotonic()
    connection.offer(make("stall-dot-a@x.example"))
    reply = connection.finish()

    assert (reply.stage, reply.code) == (Stage.DOT, 0)
    assert time.monotonic() - start < 5


def test_a_name_beyond_ascii_is_sent_where_it_is_offered(server: ScriptedServer) -> None:
    (reply,) = send(connect(server.port), make("张三@x.example", utf8=True))

    assert reply.code == 250
    (accepted,) = server.accepted()
    assert (accepted.recipient, accepted.utf8) == ("张三@x.example", True)


def test_a_name_beyond_ascii_is_refused_where_it_is_not(tmp_path: Path) -> None:
    with run_scripted_server(tmp_path, "--without", "SMTPUTF8") as server:
        replies = send(
            connect(server.port),
            make("a@x.example"),
            make("张三@x.example", utf8=True),
            make("b@x.example"),
        )

        assert replies[1] == Reply(Stage.DATA, 553, "5.6.7 needs SMTPUTF8")
        assert server.recipients() == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize("evil", ["a@x.example>\r\nRCPT TO:<b@x.example", "a\n@x.example"])
def test_an_address_cannot_hold_a_command(server: ScriptedServer, evil: str) -> None:
    (reply,) = send(connect(server.port), make(evil))

    assert reply.code == 501
    assert commands(server) == ["ehlo client.test", "QUIT"]


def test_the_dot_travels_with_the_next_envelope(tmp_path: Path) -> None:
    with recording() as (port, writes):
        connection = connect(port)
        first, second = make("a@x.example"), make("b@x.example")
        connection.offer(first)
        connection.finish(second)
        connection.hang_up()

    assert b".\r\nMAIL FROM:<bounce@x.example>\r\nRCPT TO:<b@x.example>" in writes[-1]


@contextmanager
def recording() -> Iterator[tuple[int, list[bytes]]]:
    """Accept everything on a port, and note what arrives at once."""
    writes: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        sock, _ = listener.accept()
        with sock, suppress(ConnectionError):  # the client hangs up when it has enough
            sock.sendall(b"220 hello\r\n")
            body = False
            while data := sock.recv(1 << 20):
                writes.append(data)
                for line in data.splitlines():
                    if line == b"DATA":
                        sock.sendall(b"354 go on\r\n")
                        body = True
                    elif body and line == b".":
                        sock.sendall(b"250 ok\r\n")
                        body = False
                    elif line.startswith(b"ehlo"):
                        sock.sendall(b"250-hello\r\n250 PIPELINING\r\n")
                    elif not body:
                        sock.sendall(b"250 ok\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        yield listener.getsockname()[1], writes
        thread.join(5)


# Connecting


def test_nobody_there_is_tried_again_later() -> None:
    with pytest.raises(MailerError, match=r"127\.0\.0\.1:\d+: .*Connection refused") as caught:
        connect(free_port())

    assert caught.value.exit_code == 75


@pytest.mark.parametrize(
    ("greeting", "error", "text"),
    [
        ("421 4.3.2 too many", MailerError, "not ready .421 4.3.2 too many"),
        ("554 go away", MailerRefusedError, "refuses us .554 go away"),
    ],
)
def test_an_unfriendly_greeting_is_told(
    tmp_path: Path, greeting: str, error: type[MailerError], text: str
) -> None:
    with (
        run_scripted_server(tmp_path, "--greeting", greeting) as server,
        pytest.raises(error, match=text),
    ):
        connect(server.port)


def test_a_login_opens_a_server_that_wants_one(tmp_path: Path) -> None:
    with run_scripted_server(tmp_path, "--auth", "news:secret") as server:
        send(connect(server.port, user="news", password="secret"), make("a@x.example"))

        assert server.recipients() == ["a@x.example"]


def test_a_wrong_password_is_no_matter_of_time(tmp_path: Path) -> None:
    with (
        run_scripted_server(tmp_path, "--auth", "news:secret") as server,
        pytest.raises(MailerRefusedError, match=r"the login failed .*; check mail\.user") as caught,
    ):
        connect(server.port, user="news", password="guessed")

    assert "guessed" not in str(caught.value)


def test_a_password_is_not_sent_in_the_clear_to_another_machine() -> None:
    with pytest.raises(MailerRefusedError, match="would be readable"):
        SmtpMailer(SmtpSettings(host="mail.example.com", user="news", password="secret"))


def test_a_server_without_tls_is_not_trusted(server: ScriptedServer) -> None:
    with pytest.raises(MailerRefusedError, match="STARTTLS"):
        connect(server.port, security="starttls")


# TLS


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a certificate for localhost with its key, in one file."""
    path, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", str(key), "-out", str(path),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


@requires_openssl
@pytest.mark.parametrize(("security", "mode"), [("starttls", "starttls"), ("tls", "implicit")])
def test_mail_travels_encrypted(
    tmp_path: Path, certificate: Path, security: str, mode: str
) -> None:
    with run_scripted_server(tmp_path, "--certificate", str(certificate), "--tls", mode) as server:
        connection = connect(
            server.port, host="localhost", security=security, authorities=certificate
        )
        send(connection, make("a@x.example"), make("b@x.example"))

        assert [one.secure for one in server.accepted()] == [True, True]


@requires_openssl
@pytest.mark.parametrize(("security", "mode"), [("starttls", "starttls"), ("tls", "implicit")])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["unknown", "misnamed"])
def test_a_certificate_that_cannot_be_verified_stops_everything(
    tmp_path: Path, certificate: Path, security: str, mode: str, host: str
) -> None:
    trusted = certificate if host == "127.0.0.1" else None
    with (
        run_scripted_server(tmp_path, "--certificate", str(certificate), "--tls", mode) as server,
        pytest.raises(MailerRefusedError, match="its certificate cannot be verified"),
    ):
        connect(server.port, host=host, security=security, authorities=trusted)


@requires_openssl
def test_an_encrypted_connection_can_be_aborted(tmp_path: Path, certificate: Path) -> None:
    with run_scripted_server(
        tmp_path, "--certificate", str(certificate), "--tls", "implicit"
    ) as server:
        connection = connect(
            server.port, host="localhost", security="tls", authorities=certificate,
            timeouts=Timeouts(),
        )  # fmt: skip
        threading.Timer(0.3, connection.abort).start()

        connection.offer(make("stall-dot-a@x.example"))

        assert connection.finish().code == 0


def test_the_library_is_the_one_that_verifies() -> None:
    context = SmtpMailer(SmtpSettings())._tls

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
