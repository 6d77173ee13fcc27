"""Bytes out and lines in over a socket, each in its time."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import cast

import pytest

from feedpub.mailers.wire import LONGEST_LINE, Wire

SOON_S = 0.2
LATE_S = 5.0


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        ours = socket.create_connection(listening.getsockname(), LATE_S)
        theirs, _ = listening.accept()
    with closing(ours), closing(theirs):
        yield ours, theirs


def test_lines_come_whole_however_they_arrive(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    wire = Wire(ours, None)

    theirs.sendall(b"250 one\r\n250 tw")
    first = wire.receive_line(LATE_S)
    theirs.sendall(b"o\r\n")

    assert [first, wire.receive_line(LATE_S)] == [b"250 one\r\n", b"250 two\r\n"]


def test_what_an_earlier_reader_holds_is_not_lost(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    reader = ours.makefile("rb")
    theirs.sendall(b"220 hello\r\n421 goodbye\r\n")

    assert reader.readline() == b"220 hello\r\n"
    assert Wire(ours, reader).receive_line(LATE_S) == b"421 goodbye\r\n"


def test_a_line_that_never_ends_is_cut(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.sendall(b"2" * (LONGEST_LINE + 10) + b"\n")

    assert Wire(ours, None).receive_line(LATE_S) == b"2" * LONGEST_LINE


def test_silence_is_timed_out(pair: tuple[socket.socket, socket.socket]) -> None:
    wire = Wire(pair[0], None)

    with pytest.raises(TimeoutError):
        wire.receive_line(SOON_S)


def test_a_line_that_comes_byte_by_byte_is_timed_out(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    over = threading.Event()

    def drip() -> None:
        while not over.wait(SOON_S / 4):
            theirs.sendall(b"2")

    dripping = threading.Thread(target=drip)
    dripping.start()
    began = time.monotonic()

    with pytest.raises(TimeoutError):
        Wire(ours, None).receive_line(SOON_S)
    took = time.monotonic() - began
    over.set()
    dripping.join()

    assert took < LATE_S


def test_each_wait_has_a_time_of_its_own(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    wire = Wire(ours, None)
    with pytest.raises(TimeoutError):
        wire.receive_line(SOON_S)
    threading.Timer(3 * SOON_S, theirs.sendall, [b"250 late\r\n"]).start()

    assert wire.receive_line(LATE_S) == b"250 late\r\n"


def test_what_nobody_takes_is_timed_out(pair: tuple[socket.socket, socket.socket]) -> None:
    wire = Wire(pair[0], None)

    with pytest.raises(TimeoutError):
        wire.send(bytes(50_000_000), SOON_S)


def test_what_is_taken_too_slowly_is_timed_out(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    wire = Wire(ours, None)
    done = threading.Event()

    def take_a_little() -> None:
        while not done.wait(SOON_S / 10):
            theirs.recv(100_000)

    taking = threading.Thread(target=take_a_little)
    taking.start()
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        wire.send(bytes(500_000_000), SOON_S)
    done.set()
    taking.join()

    assert time.monotonic() - start < LATE_S


def test_a_large_message_arrives_whole(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    data = bytes(range(256)) * 80_000
    found = bytearray()

    def take_all() -> None:
        while chunk := theirs.recv(1 << 20):
            found.extend(chunk)

    taking = threading.Thread(target=take_all)
    taking.start()
    Wire(ours, None).send(data, LATE_S)
    ours.shutdown(socket.SHUT_WR)
    taking.join()

    assert bytes(found) == data


def test_a_closed_connection_is_told(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.close()

    with pytest.raises(ConnectionError, match="closed"):
        Wire(ours, None).receive_line(LATE_S)


def test_an_encrypted_connection_is_waited_for_by_python(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    context = ssl.create_default_context()
    ours = context.wrap_socket(pair[0], server_hostname="x.test", do_handshake_on_connect=False)
    wire = Wire(cast("socket.socket", ours), None)

    with closing(ours), pytest.raises(TimeoutError):
        wire.receive_line(SOON_S)
