"""Reads a maildir: new letters, and those that nobody has seen."""

import os
from collections.abc import Iterator
from pathlib import Path

from feedpub.errors import MailboxError
from feedpub.ports.mailbox import MAX_BYTES, Letter

_SEEN = "S"
_INFO = ":2,"


class MaildirMailbox:
    """A maildir; a letter that is done with moves to ``cur`` with the flag for "seen"."""

    def __init__(self, folder: Path) -> None:
        """Look whether it is one.

        Args:
            folder: With ``new`` and ``cur`` in it.

        Raises:
            MailboxError: It is none.
        """
        self._folder = folder
        if not ((folder / "new").is_dir() and (folder / "cur").is_dir()):
            raise MailboxError(
                f"{folder}: no maildir; correct bounces.maildir, or have the mail server make it"
            )

    def letters(self) -> Iterator[Letter]:
        """Yield the letters that were not settled yet, oldest first; they stay unread."""
        for path in self._list():
            data = _read(path)
            if data is not None:
                yield Letter(str(path.relative_to(self._folder)), data)

    def settle(self, letter: str, *, done: bool) -> None:
        """Mark a letter as seen, unless a person is to see it first."""
        if not done:
            return
        path = self._folder / letter
        unique, _, flags = path.name.partition(_INFO)
        flags = "".join(sorted({*flags, _SEEN}))
        try:
            path.rename(self._folder / "cur" / f"{unique}{_INFO}{flags}")
        except FileNotFoundError:
            # Another program has moved it since; it is done with all the same, and harmless twice.
            return
        except OSError as error:
            raise _explain(path, error) from error

    def close(self) -> None:
        """Do nothing: nothing is open between two letters."""

    def _list(self) -> list[Path]:
        found: list[tuple[int, str, Path]] = []
        for place in ("new", "cur"):
            folder = self._folder / place
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if _is_waiting(entry, place):
                            moment = entry.stat(follow_symlinks=False).st_mtime_ns
                            found.append((moment, entry.name, folder / entry.name))
            except FileNotFoundError:
                continue  # a letter was moved while we looked; the next run sees it
            except OSError as error:
                raise _explain(folder, error) from error
        return [path for _, _, path in sorted(found)]


def _is_waiting(entry: os.DirEntry[str], place: str) -> bool:
    if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
        return False
    return place == "new" or _SEEN not in entry.name.partition(_INFO)[2]


def _read(path: Path) -> bytes | None:
    """Return the beginning of a letter; None if it has gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _explain(path, error) from error
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_BYTES)


def _explain(path: Path, error: OSError) -> MailboxError:
    reason = (error.strerror or str(error)).lower()
    return MailboxError(f"{path}: {reason}; let this user read and write the maildir")
