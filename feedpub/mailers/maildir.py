"""Puts mails into a maildir (https://cr.yp.to/proto/maildir.html), for any program to take on."""

import itertools
import os
import secrets
import socket
import time
from contextlib import suppress
from pathlib import Path

from feedpub.mailers.files import make_folder, rename_file, write_file
from feedpub.model import Message
from feedpub.ports.mailing import Reply, Stage

_LEFT_S = 36 * 3600  # from the format's own rules
_number = itertools.count()


class MaildirMailer:
    """Delivers into one maildir; used by several threads."""

    def __init__(self, folder: Path) -> None:
        """Prepare.

        Args:
            folder: Of the maildir, made if it is missing.
        """
        self._folder = folder

    def connect(self) -> "MaildirConnection":
        """Make the folders, and remove what a run that was killed left unfinished.

        Raises:
            MailerError: They cannot be made.
        """
        for name in ("tmp", "new", "cur"):
            make_folder(self._folder / name)
        with suppress(OSError):
            for path in (self._folder / "tmp").iterdir():
                if path.stat().st_mtime < time.time() - _LEFT_S:
                    path.unlink(missing_ok=True)
        return MaildirConnection(self._folder)


class MaildirConnection:
    """Writes to ``tmp``, and at the dot renames into ``new``.

    Attributes:
        usable: Whether it takes another message.
    """

    def __init__(self, folder: Path) -> None:
        self.usable = True
        self._folder = folder
        self._waiting: Path | None = None

    def offer(self, message: Message) -> Reply | None:
        """Write a message where no reader looks."""
        path = self._folder / "tmp" / _unique_name()
        head = f"Return-Path: <{message.sender}>\nDelivered-To: {message.recipient}\n"
        try:
            write_file(path, (head.encode(), message.data.replace(b"\r\n", b"\n")))
        except OSError as error:
            with suppress(OSError):
                path.unlink()
            return Reply(Stage.BODY, 452, f"4.3.1 {error.strerror}")
        self._waiting = path
        return None

    def finish(self, following: Message | None = None) -> Reply:  # noqa: ARG002 # a file takes one mail
        """Put the message where readers look."""
        path, self._waiting = self._waiting, None
        if path is None:
            return Reply(Stage.DOT, 503, "5.5.1 no message was offered")
        place = self._folder / "new" / path.name
        try:
            rename_file(path, place)
        except OSError as error:
            if place.exists():
                return Reply(Stage.DOT, 0, f"perhaps not on disk: {error.strerror}")
            return Reply(Stage.DOT, 452, f"4.3.1 {error.strerror}")
        return Reply(Stage.DOT, 250, f"2.0.0 {path.name}")

    def quit(self) -> None:
        """Come to an end."""
        self.hang_up()

    def hang_up(self) -> None:
        """Remove what was offered and not finished."""
        self.usable = False
        path, self._waiting = self._waiting, None
        if path is not None:
            with suppress(OSError):
                path.unlink()

    def abort(self) -> None:
        """Do nothing: no call waits for anybody."""


def _unique_name() -> str:
    seconds, micro = divmod(time.time_ns() // 1000, 1_000_000)
    host = socket.gethostname().replace("/", "\\057").replace(":", "\\072")
    middle = f"M{micro:06}P{os.getpid()}Q{next(_number)}R{secrets.token_hex(4)}"
    return f"{seconds}.{middle}.{host}"
