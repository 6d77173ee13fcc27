"""Keeps mails as files to look at, instead of sending them."""

import os
from pathlib import Path

from feedpub.errors import MailerError
from feedpub.mailers.files import make_folder


class FolderOutbox:
    """A folder of mails, one file each; see ``feedpub.mailing.setup.Outbox``."""

    def __init__(self, folder: Path) -> None:
        """Prepare.

        Args:
            folder: Made when the first mail is put there.
        """
        self._folder = folder

    def put(self, name: str, data: bytes) -> str:
        """Write one mail over what has its name; return where it is.

        Raises:
            MailerError: The folder or the file cannot be written.
        """
        make_folder(self._folder)
        place = self._folder / name
        try:
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except OSError as error:
            raise MailerError(
                f"{place}: {error.strerror}; make room, or let this user write there"
            ) from error
        return str(place)
