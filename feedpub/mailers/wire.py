"""A socket that sends bytes and receives lines, each in its time."""

import socket
import ssl
import struct
import sys
import time
from contextlib import suppress
from typing import BinaryIO

LONGEST_LINE = 2048
"""Of a line that is received, its end included; RFC 5321, 4.5.3.1.5, says 512."""

_AT_ONCE = 8192  # bytes that are asked for
_A_MAIL = 200_000  # bytes; a digest has 72 KB, and the system counts its own upkeep, too


class Wire:
    """One end of a connection; used by one thread, except for ``abort``."""

    def __init__(self, opened: socket.socket, read_before: BinaryIO | None) -> None:
        """Take over a socket.

        Args:
            opened: Connected.
            read_before: What was used to read from it, which may hold what arrived already.
        """
        self._socket = opened
        # Where the system keeps the time, Python need not ask it before each call whether there
        # is anything to do. It knows nothing of the records of TLS.
        self._by_system = not isinstance(opened, ssl.SSLSocket) and sys.platform != "win32"
        self._limits_s = {socket.SO_SNDTIMEO: 0.0, socket.SO_RCVTIMEO: 0.0}
        # Otherwise a lone dot waits for the acknowledgement of what went before it.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # So that a whole mail fits in, and nobody has to be woken for the rest of it.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _A_MAIL)
        self._received = _drain(opened, read_before)
        if self._by_system:
            opened.settimeout(None)

    def send(self, data: bytes, limit_s: float) -> None:
        """Send all of it.

        Args:
            data: It.
            limit_s: How long that may take.

        Raises:
            TimeoutError: It is not taken in time.
            OSError: The connection is lost.
        """
        self._limit(socket.SO_SNDTIMEO, limit_s)
        if not self._by_system:
            self._socket.sendall(data)
            return
        try:
            sent = self._socket.send(data)
            if sent < len(data):
                self._send_rest(memoryview(data)[sent:], time.monotonic() + limit_s)
        except BlockingIOError as error:
            raise TimeoutError from error

    def _send_rest(self, rest: memoryview, until: float) -> None:
        while rest:
            if time.monotonic() > until:
                raise TimeoutError
            rest = rest[self._socket.send(rest) :]

    def receive_line(self, limit_s: float) -> bytes:
        """Return the next line with its end; without one if it is too long.

        Args:
            limit_s: How long to wait if nothing is there, and for the end of what has begun.

        Raises:
            TimeoutError: It did not come in time.
            OSError: The connection is lost.
        """
        until = 0.0
        while not (end := self._received.find(b"\n") + 1) and len(self._received) < LONGEST_LINE:
            if self._received:  # or else a server that sends byte after byte would keep us for days
                until = until or time.monotonic() + limit_s
                if time.monotonic() > until:
                    raise TimeoutError
            self._received += self._receive(limit_s)
        end = min(end or LONGEST_LINE, LONGEST_LINE)
        line, self._received = self._received[:end], self._received[end:]
        return line

    def _receive(self, limit_s: float) -> bytes:
        self._limit(socket.SO_RCVTIMEO, limit_s)
        try:
            data = self._socket.recv(_AT_ONCE)
        except BlockingIOError as error:
            raise TimeoutError from error
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    def _limit(self, option: int, limit_s: float) -> None:
        if not self._by_system:
            self._socket.settimeout(limit_s)
        elif limit_s != self._limits_s[option]:
            self._socket.setsockopt(socket.SOL_SOCKET, option, _write_time(limit_s))
            self._limits_s[option] = limit_s

    def abort(self) -> None:
        """Make a waiting call return at once."""
        with suppress(OSError):
            # Not the method of a TLS socket, which would let go of the encryption, too.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _drain(opened: socket.socket, read_before: BinaryIO | None) -> bytes:
    """Return what a reader holds that nobody has asked it for."""
    opened.settimeout(0)
    with suppress(OSError):  # there is nothing, or what is wrong is found out by the next call
        return read_before.read1(_AT_ONCE) or b"" if read_before else b""  # type: ignore[attr-defined] # a buffered reader has it
    return b""


def _write_time(seconds: float) -> bytes:
    """Return a time as the options of a socket take it, ``struct timeval``; never 0: for ever."""
    micros = max(1, round(seconds * 1e6))
    return struct.pack("@ll", *divmod(micros, 1_000_000))
