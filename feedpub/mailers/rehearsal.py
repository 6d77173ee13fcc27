"""Writes mails as files to look at, instead of sending them."""

import re
import threading
from contextlib import suppress
from pathlib import Path

from feedpub.errors import MailerError
from feedpub.mailers.files import make_folder, rename_file, write_file
from feedpub.model import Message
from feedpub.ports.mailing import Reply, Stage

_UNSAFE = re.compile(r"[^\w.@+-]+")
_LONGEST = 80


class RehearsalMailer:
    """Writes each message to ``<number> <address>.eml`` in a folder; used by several threads.

    Nobody is mailed, so it does not go with the ledger of an issue.
    """

    def __init__(self, folder: Path) -> None:
        """Prepare.

        Args:
            folder: Made if it is missing; mails of an earlier rehearsal in it are removed.
        """
        self._folder = folder
        self._number = 0
        self._ready = False
        self._lock = threading.Lock()

    def connect(self) -> "RehearsalConnection":
        """Make the folder.

        Raises:
            MailerError: It cannot be made, or emptied.
        """
        with self._lock:
            if not self._ready:
                make_folder(self._folder)
                self._empty()
                self._ready = True
        return RehearsalConnection(self)

    def _empty(self) -> None:
        try:
            for path in self._folder.glob("*.eml*"):
                path.unlink()
        except OSError as error:
            raise MailerError(
                f"{error.filename}: {error.strerror}; let this user write there"
            ) from error

    def place(self, message: Message) -> Path:
        """Return the path of the next message."""
        with self._lock:
            self._number += 1
            number = self._number
        name = _UNSAFE.sub("_", message.recipient)[:_LONGEST].strip(".")
        return self._folder / f"{number:06d} {name}.eml"


class RehearsalConnection:
    """Writes a file beside its place, and at the dot puts it there.

    Attributes:
        usable: Whether it takes another message.
    """

    def __init__(self, mailer: RehearsalMailer) -> None:
        self.usable = True
        self._mailer = mailer
        self._waiting: tuple[Path, Path] | None = None

    def offer(self, message: Message) -> Reply | None:
        """Write a message, under a name that is not its own yet."""
        place = self._mailer.place(message)
        path = place.with_name(place.name + ".part")
        self._waiting = path, place
        try:
            write_file(path, (message.data,))
        except OSError as error:
            self._discard()
            return Reply(Stage.BODY, 452, f"4.3.1 {error.strerror}")
        return None

    def finish(self, following: Message | None = None) -> Reply:  # noqa: ARG002
        """Give the file its name."""
        if self._waiting is None:
            return Reply(Stage.DOT, 503, "5.5.1 no message was offered")
        path, place = self._waiting
        try:
            rename_file(path, place)
        except OSError as error:
            return Reply(Stage.DOT, 452, f"4.3.1 {error.strerror}")
        self._waiting = None
        return Reply(Stage.DOT, 250, f"2.0.0 {place.name}")

    def quit(self) -> None:
        """Come to an end."""
        self.hang_up()

    def hang_up(self) -> None:
        """Remove what was offered and not finished."""
        self.usable = False
        self._discard()

    def _discard(self) -> None:
        if self._waiting is not None:
            with suppress(OSError):
                self._waiting[0].unlink()
            self._waiting = None

    def abort(self) -> None:
        """Do nothing: no call waits for anybody."""
