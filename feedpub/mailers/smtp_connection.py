"""Sends one message after another over a connection, pipelined (RFC 2920) where that is offered.

smtplib would wait for the reply to each command, and could not stop before the final dot.
"""

import smtplib
from contextlib import suppress
from dataclasses import dataclass

from feedpub.mailers.wire import Wire
from feedpub.model import Message
from feedpub.ports.mailing import Reply, Stage

_MOST_LINES = 100
_ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)
_QUIT_S = 2.0


@dataclass(frozen=True)
class Timeouts:
    """How long a mail server may take, in seconds (RFC 5321, 4.5.3.2).

    Attributes:
        connect_s: For a connection.
        reply_s: For each reply, and to take a message.
        dot_s: For the reply to the final dot; too short a one makes ``unknown`` deliveries.
    """

    connect_s: float = 30
    reply_s: float = 300
    dot_s: float = 600


class _NonsenseError(OSError):
    """The server says something that is no reply."""


class SmtpConnection:
    """A connection on which a server waits for mail.

    Attributes:
        usable: Whether it takes another message.
    """

    def __init__(self, smtp: smtplib.SMTP, timeouts: Timeouts) -> None:
        """Go on where smtplib ends: after EHLO and login.

        Args:
            smtp: Connected.
            timeouts: How long to wait.
        """
        assert smtp.sock is not None  # noqa: S101 - it is connected
        self.usable = True
        self._smtp = smtp
        self._wire = Wire(smtp.sock, smtp.file)
        self._timeouts = timeouts
        self._pipelining = smtp.has_extn("pipelining")
        self._utf8 = smtp.has_extn("smtputf8")
        self._begun: Message | None = None
        self._reset = False

    def offer(self, message: Message) -> Reply | None:
        """Send envelope and body; None if the server waits for the final dot."""
        if (needed := self._missing(message)) is not None:
            return needed
        stage = Stage.MAIL
        try:
            if self._begun is None:
                refused = self._greet(message)
            else:
                refused = self._read_envelope(reset=False)
            self._begun = None
            if refused is not None:
                return refused
            stage = Stage.BODY
            self._send(_double_dots(message.data))
        except OSError as error:
            return self._lose(stage, error)
        return None

    def _missing(self, message: Message) -> Reply | None:
        recipient = message.recipient
        if "\r" in recipient or "\n" in recipient or "\0" in recipient:
            return Reply(Stage.DATA, 501, "5.5.4 a line break in an address")
        if not self._utf8 and (message.needs_utf8 or not recipient.isascii()):
            return Reply(Stage.DATA, 553, "5.6.7 needs SMTPUTF8")
        return None

    def _greet(self, message: Message) -> Reply | None:
        commands = self._commands(message)
        if self._pipelining:
            reset, self._reset = self._reset, False
            self._send((b"RSET\r\n" if reset else b"") + b"".join(commands))
            return self._read_envelope(reset=reset)
        if self._reset:
            self._reset = False
            if (refused := self._ask(b"RSET\r\n", Stage.MAIL)) is not None:
                return refused
        for stage, command in zip(_ENVELOPE, commands, strict=True):
            if (refused := self._ask(command, stage)) is not None:
                return refused
        return None

    def _commands(self, message: Message) -> tuple[bytes, bytes, bytes]:
        utf8 = " SMTPUTF8" if message.needs_utf8 or not message.recipient.isascii() else ""
        return (
            f"MAIL FROM:<{message.sender}>{utf8}\r\n".encode(),
            f"RCPT TO:<{message.recipient}>\r\n".encode(),
            b"DATA\r\n",
        )

    def _ask(self, command: bytes, stage: Stage) -> Reply | None:
        try:
            self._send(command)
            code, text = self._read()
        except OSError as error:
            return self._lose(stage, error)
        return self._refuse(Reply(stage, code, text), code)

    def _read_envelope(self, *, reset: bool) -> Reply | None:
        """Read the replies to MAIL, RCPT and DATA; None if all are as they have to be."""
        refused: Reply | None = None
        code = 0
        for stage in (Stage.MAIL, *_ENVELOPE) if reset else _ENVELOPE:
            try:
                code, text = self._read()
            except OSError as error:
                lost = self._lose(stage, error)
                return refused or lost
            if refused is None and not _is_expected(stage, code):
                refused = Reply(stage, code, text)
        return None if refused is None else self._refuse(refused, code)

    def _refuse(self, reply: Reply, last: int) -> Reply | None:
        """Return a reply that is not the expected one, and make ready for the next message."""
        if _is_expected(reply.stage, reply.code):
            return None
        if last == 354 or reply.code == 421 or reply.code == 0:
            # It waits for a body: all that can be done without giving it one is to leave.
            self.hang_up()
        # Postfix keeps the transaction after a refused RCPT: the next message would leave under
        # this one's return path.
        self._reset = True
        return reply

    def finish(self, following: Message | None = None) -> Reply:
        """Send the final dot, with the next envelope if there is one; return the reply to it."""
        envelope = b""
        if following is not None and self._pipelining and self._missing(following) is None:
            envelope = b"".join(self._commands(following))
            self._begun = following
        try:
            self._send(b".\r\n" + envelope)
            code, text = self._read(self._timeouts.dot_s)
        except OSError as error:
            return self._lose(Stage.DOT, error)
        if code == 421 or code // 100 not in (2, 4, 5):
            self.hang_up()
        return Reply(Stage.DOT, code, text)

    def _send(self, data: bytes) -> None:
        self._wire.send(data, self._timeouts.reply_s)

    def _read(self, limit_s: float | None = None) -> tuple[int, str]:
        """Return a reply, for each line of which the server has so long, or as long as usual."""
        text = b""
        for _ in range(_MOST_LINES):
            line = self._wire.receive_line(limit_s or self._timeouts.reply_s)
            code, after = line[:3], line[3:4]
            if not (code.isdigit() and after in _AFTER_CODE and line.endswith(b"\n")):
                raise _NonsenseError("the server talks nonsense")
            text = b"%b %b" % (text, line[4:]) if text else line[4:]
            if after != b"-":
                return int(code), text.decode("utf-8", "replace").strip()
        raise _NonsenseError("the server does not come to an end")

    def _lose(self, stage: Stage, error: OSError) -> Reply:
        self.hang_up()
        timed_out = isinstance(error, TimeoutError)
        text = "no reply in time" if timed_out else error.strerror or str(error) or "lost"
        return Reply(stage, 0, text, timed_out)

    def quit(self) -> None:
        """Take leave, then close."""
        if self.usable and self._begun is None:
            with suppress(OSError):
                self._wire.send(b"QUIT\r\n", _QUIT_S)
                self._read(_QUIT_S)
        self.hang_up()

    def hang_up(self) -> None:
        """Close without the dot."""
        self.usable, self._begun = False, None
        self._smtp.close()

    def abort(self) -> None:
        """Make a waiting call return at once."""
        self.usable = False
        self._wire.abort()


_AFTER_CODE = (b" ", b"-", b"\r", b"\n")


def _is_expected(stage: Stage, code: int) -> bool:
    return code == 354 if stage is Stage.DATA else 200 <= code < 300


def _double_dots(data: bytes) -> bytes:
    """Double what would be taken for the final dot (RFC 5321, 4.5.2)."""
    # What we write ourselves is base64 behind the header, and has none. To see that takes
    # microseconds if one byte is looked for, and a tenth of a millisecond if it is three.
    body = max(0, data.find(b"\r\n\r\n"))
    if data.find(b".", body) < 0 and data.find(b"\r\n.", 0, body) < 0 and data[:1] != b".":
        return data
    return (b"\r\n" + data).replace(b"\r\n.", b"\r\n..")[2:]
