"""Remote pictures become copies of ours, as far as the time of one build goes."""

import logging
from collections.abc import Iterable
from typing import Protocol

from feedpub.errors import FetchError
from feedpub.ports import Copy, PictureRow, PictureState, Staged, Thumbnails
from feedpub.publishing.payload import MEDIA
from feedpub.publishing.store import Renditions

_log = logging.getLogger(__name__)

RETRY_S = 24 * 3600
"""A picture that failed is not asked for again before that."""


class Tray(Protocol):
    """Where copies wait; a ``Target`` is one."""

    def stage(self, path: str, data: bytes) -> Staged | None:
        """Take a copy; None if nothing is left to be done with it."""
        ...

    def exists(self, path: str) -> bool:
        """Return whether a copy is in its place."""
        ...


class PictureDesk:
    """Fetches what is wanted and not known yet; its caller keeps what became of it.

    Attributes:
        staged: Copies, waiting beside their places.
    """

    def __init__(self, pictures: Thumbnails, target: Tray, now: int) -> None:
        self.staged: list[Staged] = []
        self._pictures = pictures
        self._target = target
        self._now = now
        self._due: list[str] = []
        self._fetched: list[PictureRow] = []
        self._waiting: list[PictureRow] = []

    @property
    def changed(self) -> list[str]:
        """URLs whose state is another than before."""
        return [row.url for row in self._fetched]

    @property
    def rows(self) -> list[PictureRow]:
        """What is known now of the pictures that were asked for."""
        return [*self._fetched, *self._waiting]

    @property
    def failed(self) -> int:
        """How many could not be had this time."""
        return sum(row.state == PictureState.FAILED for row in self._fetched)

    def choose(
        self, renditions: Renditions, wanted: Iterable[str], *, limit: int | None = None
    ) -> None:
        """Decide what has to be fetched: the wanted URLs, best first, and what waits since before.

        Args:
            renditions: Of the catalog.
            wanted: URLs, the most important first.
            limit: At most so many; all if None.
        """
        urls = list(dict.fromkeys((*wanted, *renditions.pictures_waiting())))
        known = renditions.pictures(urls)
        self._due = [url for url in urls if self._is_due(known.get(url))][:limit]

    def fetch(self, *, budget_s: float, offline: bool) -> int:
        """Fetch it; return how many are left for the next build.

        Args:
            budget_s: Seconds in all.
            offline: Nothing is fetched; everything new is left.
        """
        pending = self._due
        if self._due and not offline:
            pending = self._pictures.fetch_all(self._due, budget_s=budget_s, done=self._keep)
        self._waiting = [PictureRow(url, PictureState.WAITING) for url in pending]
        return len(self._waiting)

    def _is_due(self, row: PictureRow | None) -> bool:
        if row is None or row.state == PictureState.WAITING:
            return True
        if row.state == PictureState.COPIED:
            return not self._target.exists(f"{MEDIA}{row.name}")
        return row.retry_at is not None and row.retry_at <= self._now

    def _keep(self, url: str, result: Copy | FetchError) -> None:
        if isinstance(result, FetchError):
            _log.info("no copy of %r: %s", url, result)
            retry_at = self._now + RETRY_S if result.retry else None
            self._fetched.append(
                PictureRow(url, PictureState.FAILED, retry_at=retry_at, reason=str(result)[:200])
            )
            return
        staged = self._target.stage(MEDIA + result.name, result.data)
        if staged is not None:
            self.staged.append(staged)
        self._fetched.append(
            PictureRow(
                url,
                PictureState.COPIED,
                result.name,
                result.width,
                result.height,
                len(result.data),
            )
        )
