"""What every mailer promises; see ``feedpub.ports.mailing.Mailer``."""

import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from feedpub.errors import MailerError, MailerRefusedError
from feedpub.mailers.maildir import MaildirMailer
from feedpub.mailers.sendmail import SendmailMailer
from feedpub.mailers.smtp import SmtpMailer, SmtpSettings
from feedpub.mailers.smtp_connection import Timeouts
from feedpub.model import Message
from feedpub.ports.mailing import Mailer, Reply, Stage
from feedpub.testing import MemoryMailer
from tests.support.smtp import run_scripted_server

DATA = b"Subject: hi\r\n\r\n.a line with a dot\r\n..two\r\n.\r\nand on\r\n"
SENDMAIL = """\
#!{python}
import os, sys
arguments, data = sys.argv[1:], sys.stdin.buffer.read()
sender, recipient = arguments[arguments.index("-f") + 1], arguments[-1]
if recipient.startswith("exit"):
    print("sorry,", recipient, file=sys.stderr)
    sys.exit(int(recipient[4:6]))
if recipient.startswith("killed"):
    os.kill(os.getpid(), 9)
if recipient.startswith("hangs"):
    import time
    time.sleep(60)
number = len(os.listdir({folder!r}))
with open(os.path.join({folder!r}, "%06d" % number), "wb") as file:
    file.write(data)
"""


class Place(NamedTuple):
    """A mailer, and what returns the messages that it has delivered so far."""

    mailer: Mailer
    read: Callable[[], list[bytes]]


@pytest.fixture(params=["smtp", "smtp-plain", "maildir", "sendmail", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param.startswith("smtp"):
        options = ["--without", "PIPELINING"] if request.param == "smtp-plain" else []
        with run_scripted_server(tmp_path, *options) as server:
            yield Place(make_smtp(server.port), server.messages)
        return
    yield {
        "maildir": make_maildir,
        "sendmail": make_sendmail,
        "memory": make_memory,
    }[request.param](tmp_path)


def make_smtp(port: int) -> Mailer:
    timeouts = Timeouts(connect_s=5, reply_s=5, dot_s=5)
    return SmtpMailer(
        SmtpSettings(host="127.0.0.1", port=port, helo="client.test", timeouts=timeouts)
    )


def make_maildir(folder: Path) -> Place:
    def read() -> list[bytes]:
        files = sorted((folder / "mail" / "new").glob("*"))
        return [to_wire(path.read_bytes().split(b"\n", 2)[2]) for path in files]

    return Place(MaildirMailer(folder / "mail"), read)


def make_sendmail(folder: Path) -> Place:
    taken = folder / "taken"
    taken.mkdir()
    program = write_program(folder, SENDMAIL.format(python=sys.executable, folder=str(taken)))
    return Place(
        SendmailMailer([str(program)], timeout_s=2),
        lambda: [to_wire(path.read_bytes()) for path in sorted(taken.glob("*"))],
    )


def write_program(folder: Path, text: str) -> Path:
    program = folder / "sendmail"
    program.write_text(text)
    program.chmod(0o755)
    return program


def to_wire(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def make_memory(folder: Path) -> Place:
    mailer = MemoryMailer()
    return Place(mailer, lambda: [message.data for message in mailer.accepted])


def make_message(address: str = "a@x.example", data: bytes = DATA) -> Message:
    return Message("bounce+1@x.example", address, data)


# Every mailer


def test_a_message_arrives_as_it_is(place: Place) -> None:
    connection = place.mailer.connect()

    refused = connection.offer(make_message())
    reply = connection.finish()
    connection.quit()

    assert refused is None
    assert (reply.stage, reply.code // 100) == (Stage.DOT, 2)
    assert place.read() == [DATA]


def test_nothing_arrives_before_the_dot(place: Place) -> None:
    connection = place.mailer.connect()

    connection.offer(make_message())

    assert place.read() == []
    connection.hang_up()


def test_nothing_arrives_without_the_dot(place: Place) -> None:
    connection = place.mailer.connect()
    connection.offer(make_message())

    connection.hang_up()

    assert not connection.usable
    after = place.mailer.connect()
    after.offer(make_message("b@x.example", b"\r\nanother\r\n"))
    after.finish()
    after.quit()
    assert place.read() == [b"\r\nanother\r\n"]


def test_one_connection_takes_one_message_after_another(place: Place) -> None:
    connection = place.mailer.connect()
    messages = [make_message(f"{number}@x.example", b"\r\n%d\r\n" % number) for number in range(4)]

    for message, following in zip(messages, [*messages[1:], None], strict=True):
        assert connection.offer(message) is None
        assert connection.finish(following).code == 250
    connection.quit()

    assert place.read() == [message.data for message in messages]


def test_leaving_twice_is_harmless(place: Place) -> None:
    connection = place.mailer.connect()

    connection.quit()
    connection.quit()
    connection.hang_up()
    connection.abort()

    assert not connection.usable


def test_an_empty_return_path_is_a_null_one(place: Place) -> None:
    connection = place.mailer.connect()

    assert connection.offer(Message("", "a@x.example", DATA)) is None
    assert connection.finish().code == 250
    connection.quit()

    assert place.read() == [DATA]


# Maildir


def test_a_maildir_has_the_envelope_at_the_top(tmp_path: Path) -> None:
    place = make_maildir(tmp_path)
    connection = place.mailer.connect()

    connection.offer(make_message())
    connection.finish()

    (path,) = (tmp_path / "mail" / "new").iterdir()
    assert path.read_text().startswith(
        "Return-Path: <bounce+1@x.example>\nDelivered-To: a@x.example\nSubject: hi\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_maildir_that_vanished_is_tried_again_later(tmp_path: Path) -> None:
    connection = make_maildir(tmp_path).mailer.connect()
    (tmp_path / "mail" / "tmp").rmdir()

    refused = connection.offer(make_message())

    assert refused == Reply(Stage.BODY, 452, "4.3.1 No such file or directory")


def test_a_maildir_where_a_file_is_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("")

    with pytest.raises(MailerError, match=r"mail/tmp: .*; make room"):
        make_maildir(tmp_path).mailer.connect()


# sendmail


@pytest.mark.parametrize(
    ("who", "code", "text"),
    [
        ("exit67", 550, "5.1.1 no such user: sorry, exit67@x.example"),
        ("exit75", 450, "4.4.1 try again later: sorry, exit75@x.example"),
        ("exit69", 451, "4.3.0 service unavailable: sorry, exit69@x.example"),
        ("exit65", 554, "5.0.0 exit status 65: sorry, exit65@x.example"),
        ("killed", 0, "the command was ended by signal 9"),
    ],
)
def test_the_status_of_sendmail_is_the_reply(
    tmp_path: Path, who: str, code: int, text: str
) -> None:
    connection = make_sendmail(tmp_path).mailer.connect()

    connection.offer(make_message(f"{who}@x.example"))

    assert connection.finish() == Reply(Stage.DOT, code, text)


def test_a_sendmail_that_hangs_is_killed(tmp_path: Path) -> None:
    connection = make_sendmail(tmp_path).mailer.connect()

    connection.offer(make_message("hangs@x.example"))
    reply = connection.finish()

    assert (reply.code, reply.timed_out) == (0, True)


def test_no_sendmail_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(MailerRefusedError, match="there is no program '/nowhere/sendmail'"):
        SendmailMailer(["/nowhere/sendmail"]).connect()


def test_a_recipient_is_never_an_option_of_sendmail(tmp_path: Path) -> None:
    place = make_sendmail(tmp_path)
    connection = place.mailer.connect()

    connection.offer(make_message("-oQ/tmp@x.example"))

    assert connection.finish().code == 250
