"""The folder that a feed's entries are kept in, and what is remembered of the feed."""

import json
import os
import re
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from feedpub.errors import TargetError
from feedpub.ports.depot import Depot
from feedpub.reading.remote import RemoteEntry, make_name, write_entry
from feedpub.sources.remote.files import STATE, Files, clear_waiting
from feedpub.sources.remote.state import FeedState

_CLAIM = re.compile(rb"\A---\n(?:(?!---)[^\n]*\n)*?id: ")
_NS = 1_000_000_000


class Kept(NamedTuple):
    """What a window brought.

    Attributes:
        new: Entries that were not there.
        updated: Entries that were another.
    """

    new: int
    updated: int


class Spool:
    """One feed's folder. Names that begin with a dot are no articles.

    Args:
        folder: Absolute.
        share: Name of the source and where machines share it; None if there is but one.
    """

    def __init__(self, folder: str, share: tuple[str, Depot] | None = None) -> None:
        self.folder = Path(folder)
        self._files = Files(self.folder, share)

    def exists(self) -> bool:
        """Return whether the folder is there."""
        return self.folder.is_dir()

    def open(self) -> None:
        """Make the folder, and remove what a run that was killed left half written.

        Raises:
            TargetError: It cannot be written.
        """
        with self._written():
            self.folder.mkdir(parents=True, exist_ok=True)
            clear_waiting(self.folder)

    def refresh(self, version: int) -> None:
        """Bring the folder up to date with what other machines fetched.

        Args:
            version: Number of the last change that the machines share, 0 if there was none.

        Raises:
            StoreError: The database cannot tell.
            TargetError: The folder cannot be written.
        """
        with self._written():
            self._files.refresh(version)

    def list_names(self) -> set[str]:
        """Return the names of the entries that are kept; none if the folder is not there."""
        try:
            return {name for name in os.listdir(self.folder) if not name.startswith(".")}
        except FileNotFoundError:
            return set()

    def keep(self, entries: Sequence[RemoteEntry], now: int, taken: Container[str]) -> Kept:
        """Write the entries that are new or changed; leave all others as they are.

        Args:
            entries: Of the feed's window, in its order.
            now: Seconds since the epoch; what has no date of its own is as old as its file.
            taken: Names of entries whose ids another feed's claim.

        Raises:
            TargetError: One cannot be written; those before it are.
        """
        with self._written():
            return self._keep(entries, now, taken)

    def _keep(self, entries: Sequence[RemoteEntry], now: int, taken: Container[str]) -> Kept:
        staged: list[str] = []
        new = 0
        for place, entry in enumerate(entries):
            name = make_name(entry)
            before = self._files.read(name)
            claim = _CLAIM.match(before) is not None if before else name not in taken
            after = write_entry(entry, claim=claim)
            if before == after:
                continue
            waiting = self._files.stage(name, after)
            staged.append(name)
            if not before:
                new += 1
                # So that entries without a date stay in the order of their feed.
                os.utime(waiting, ns=(now * _NS, (now - place) * _NS))
        self._files.commit(staged)
        return Kept(new, len(staged) - new)

    def load_state(self, url: str) -> FeedState:
        """Return what is remembered of the feed; nothing if that is damaged or of another URL."""
        data = self._files.read(STATE)
        if not data:
            return FeedState(url)
        try:
            found: dict[str, Any] = json.loads(data)
            names = {field.name for field in fields(FeedState)}
            state = FeedState(**{name: found[name] for name in names & found.keys()})
            state = replace(state, notes=tuple(map(str, state.notes)))
            _check(state)
        except (ValueError, TypeError, AttributeError):
            return FeedState(url)
        return state if state.url == url else FeedState(url)

    def save_state(self, state: FeedState) -> None:
        """Remember a state: whole, or the one before.

        Raises:
            TargetError: It cannot be written.
        """
        data = json.dumps(asdict(state), indent=1).encode()
        with self._written():
            self._files.stage(STATE, data)
            self._files.commit([STATE])

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TargetError(
                f"{self.folder}: what the feed brought cannot be kept ({error.strerror}); make"
                " room, or let the folder be written"
            ) from error


def _check(state: FeedState) -> None:
    """Refuse a state whose values somebody changed by hand to what they cannot be.

    Raises:
        ValueError: One has another type.
    """
    for field in fields(FeedState):
        default = "" if field.name == "url" else field.default
        if type(getattr(state, field.name)) is not type(default):
            raise ValueError(field.name)
