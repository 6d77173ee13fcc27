"""Hands mails to the ``sendmail`` command, as every mail system for Unix has one."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from feedpub.errors import MailerRefusedError
from feedpub.model import Message
from feedpub.ports.mailing import Reply, Stage

# sysexits.h, as sendmail(8) uses it. What is not here was not accepted, and fails.
_REPLIES = {
    0: (250, "2.0.0 accepted"),
    67: (550, "5.1.1 no such user"),
    68: (550, "5.1.2 no such host"),
    69: (451, "4.3.0 service unavailable"),
    70: (451, "4.3.0 internal error"),
    71: (451, "4.3.0 system error"),
    72: (451, "4.3.0 a system file is missing"),
    73: (451, "4.3.0 cannot create a file"),
    74: (451, "4.3.0 input or output error"),
    75: (450, "4.4.1 try again later"),
    76: (451, "4.5.0 protocol error"),
}
_KILLED_S = 5


class SendmailMailer:
    """Starts a process for each message; used by several threads."""

    def __init__(
        self, command: Sequence[str] = ("/usr/sbin/sendmail",), *, timeout_s: float = 600
    ) -> None:
        """Prepare.

        Args:
            command: Path or name of the program, and options to be given before ours.
            timeout_s: How long it may take before it is killed, and the outcome unknown.
        """
        self._command, self._timeout_s = command, timeout_s

    def connect(self) -> "SendmailConnection":
        """Find the program.

        Raises:
            MailerRefusedError: There is none.
        """
        name, *options = self._command
        program = shutil.which(name)
        if program is None:
            raise MailerRefusedError(
                f"mail.command: there is no program {name!r}; install a mail server "
                "that brings it, or correct the path"
            )
        return SendmailConnection((program, *options), self._timeout_s)


class SendmailConnection:
    """Keeps a message complete in a file; at the dot the process starts and reads it.

    Attributes:
        usable: Whether it takes another message.
    """

    def __init__(self, command: Sequence[str], timeout_s: float) -> None:
        self.usable = True
        self._command, self._timeout_s = command, timeout_s
        self._offered: tuple[Message, IO[bytes]] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def offer(self, message: Message) -> Reply | None:
        """Write the message to a file of its own, which has no name."""
        try:
            file = tempfile.TemporaryFile()  # noqa: SIM115 - the process closes it
            # The command wants the line ends of Unix, and makes those of mail itself.
            file.write(message.data.replace(b"\r\n", b"\n"))
            file.flush()
            file.seek(0)
        except OSError as error:
            return Reply(Stage.BODY, 452, f"4.3.1 {error.strerror}")
        self._offered = message, file
        return None

    def finish(self, following: Message | None = None) -> Reply:  # noqa: ARG002 # a process takes one mail
        """Start the process and wait for its verdict."""
        if self._offered is None:
            return Reply(Stage.DOT, 503, "5.5.1 no message was offered")
        message, file = self._offered
        self._offered = None
        # -i: a line with a lone dot is no end. -f: the return path.
        arguments = [*self._command, "-i", "-f", message.sender or "<>", "--", message.recipient]
        with file:
            try:
                process = subprocess.Popen(
                    arguments,
                    stdin=file,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                )
            except OSError as error:
                return Reply(Stage.DOT, 451, f"4.3.0 {self._command[0]}: {error.strerror}")
        self._process = process
        try:
            _, talk = process.communicate(timeout=self._timeout_s)
        except subprocess.TimeoutExpired:
            self.abort()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=_KILLED_S)
            return Reply(Stage.DOT, 0, "the command did not end in time", timed_out=True)
        finally:
            self._process = None
        return _translate(process.returncode, talk)

    def quit(self) -> None:
        """Come to an end."""
        self.hang_up()

    def hang_up(self) -> None:
        """Forget what was offered; no process was started for it."""
        self.usable = False
        if self._offered is not None:
            self._offered[1].close()
            self._offered = None

    def abort(self) -> None:
        """End the process that ``finish`` waits for."""
        self.usable = False
        if (process := self._process) is not None:
            with suppress(OSError):
                process.kill()


def _translate(status: int, talk: bytes) -> Reply:
    if status < 0:
        return Reply(Stage.DOT, 0, f"the command was ended by signal {-status}")
    code, text = _REPLIES.get(status, (554, f"5.0.0 exit status {status}"))
    said = talk.decode("utf-8", "replace").strip()
    return Reply(Stage.DOT, code, f"{text}: {said}" if said else text)
