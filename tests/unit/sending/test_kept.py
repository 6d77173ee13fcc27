"""Connections that wait for the next share of an issue."""

import time

from feedpub.model import Message
from feedpub.ports.mailing import Connection, Reply, Stage
from feedpub.sending.kept import KeptConnections
from feedpub.testing import MemoryMailer
from feedpub.testing.ledger import MemoryConnection

MAIL = Message("news@a.example", "ann@a.example", b"Subject: x\r\n\r\nx\r\n")


class CountingMailer(MemoryMailer):
    """Remembers its connections."""

    def __init__(self, replies: dict[str, Reply] | None = None) -> None:
        super().__init__(replies)
        self.made: list[MemoryConnection] = []

    def connect(self) -> MemoryConnection:
        self.made.append(super().connect())
        return self.made[-1]


def send(connection: Connection, times: int = 1) -> None:
    for _ in range(times):
        if connection.offer(MAIL) is None:
            connection.finish(MAIL)


def test_a_connection_waits_for_the_next_run() -> None:
    mailer = CountingMailer()
    kept = KeptConnections(mailer, messages=100)

    for _ in range(3):
        connection = kept.connect()
        send(connection)
        connection.quit()

    assert len(mailer.made) == 1
    assert len(mailer.accepted) == 3


def test_two_at_once_are_two() -> None:
    mailer = CountingMailer()
    kept = KeptConnections(mailer, messages=100)

    first, second = kept.connect(), kept.connect()
    first.quit()
    second.quit()
    kept.connect()
    kept.connect()

    assert len(mailer.made) == 2


def test_a_connection_takes_no_more_messages_than_it_may_whoever_sends_them() -> None:
    mailer = CountingMailer()
    kept = KeptConnections(mailer, messages=3)
    connection = kept.connect()
    send(connection, 2)
    connection.quit()

    again = kept.connect()
    send(again)

    assert not again.usable
    again.quit()
    assert not mailer.made[0].usable
    kept.connect()
    assert len(mailer.made) == 2


def test_a_connection_with_a_message_in_hand_is_not_kept() -> None:
    mailer = CountingMailer()
    kept = KeptConnections(mailer, messages=100)
    connection = kept.connect()

    connection.offer(MAIL)
    connection.quit()

    assert not mailer.made[0].usable
    assert mailer.accepted == []


def test_a_connection_that_was_lost_is_not_kept() -> None:
    mailer = CountingMailer({MAIL.recipient: Reply(Stage.DOT, 421, "4.3.2 bye")})
    kept = KeptConnections(mailer, messages=100)
    connection = kept.connect()
    send(connection)
    connection.quit()

    kept.connect()

    assert len(mailer.made) == 2


def test_leave_is_taken_of_those_that_waited_too_long() -> None:
    mailer = CountingMailer()
    kept = KeptConnections(mailer, messages=100, idle_s=0.05)
    kept.connect().quit()
    deadline = time.monotonic() + 20

    while mailer.made[0].usable:
        assert time.monotonic() < deadline
        time.sleep(0.01)

    kept.connect()
    assert len(mailer.made) == 2


def test_leave_is_taken_of_all_at_the_end() -> None:
    mailer = CountingMailer()
    kept = KeptConnections(mailer, messages=100)
    connections = [kept.connect(), kept.connect()]
    for connection in connections:
        connection.quit()

    kept.close()

    assert not any(one.usable for one in mailer.made)
