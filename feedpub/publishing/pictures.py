"""Remote pictures become copies of ours, as far as the time of one build goes."""

from collections.abc import Iterable
from typing import Any

from feedpub.errors import FetchError
from feedpub.ports import PictureRow, Pictures, PictureState, Staged, Target
from feedpub.publishing.payload import MEDIA

RETRY_S = 24 * 3600
"""A picture that failed is not asked for again before that."""


class PictureDesk:
    """Fetches what is wanted and not known yet, and remembers what became of it.

    Attributes:
        staged: Copies, waiting beside their places.
        changed: URLs whose state is another than before.
    """

    def __init__(self, pictures: Pictures, target: Target, now: int) -> None:
        self.staged: list[Staged] = []
        self.changed: list[str] = []
        self._pictures = pictures
        self._target = target
        self._now = now
        self._rows: list[PictureRow] = []

    def fetch(
        self, renditions: Any, wanted: Iterable[str], *, budget_s: float, offline: bool
    ) -> int:
        """Fetch pictures and keep the outcome; return how many are left for the next build.

        Args:
            renditions: Of the catalog.
            wanted: URLs, the most important first.
            budget_s: Seconds in all.
            offline: Nothing is fetched; everything new is left.
        """
        urls = list(dict.fromkeys((*wanted, *renditions.pictures_waiting())))
        known = renditions.pictures(urls)
        due = [url for url in urls if self._is_due(known.get(url))]
        pending = due
        if due and not offline:
            pending = self._pictures.fetch_all(due, budget_s=budget_s, done=self._keep)
        waiting = [PictureRow(url, PictureState.WAITING) for url in pending]
        renditions.put_pictures([*self._rows, *waiting])
        self.changed = [row.url for row in self._rows]
        return len(waiting)

    def _is_due(self, row: PictureRow | None) -> bool:
        if row is None or row.state == PictureState.WAITING:
            return True
        return (
            row.state == PictureState.FAILED
            and row.retry_at is not None
            and row.retry_at <= self._now
        )

    def _keep(self, url: str, result: Any) -> None:
        if isinstance(result, FetchError):
            retry_at = self._now + RETRY_S if result.retry else None
            self._rows.append(
                PictureRow(url, PictureState.FAILED, retry_at=retry_at, reason=str(result)[:200])
            )
            return
        staged = self._target.stage(MEDIA + result.name, result.data)
        if staged is not None:
            self.staged.append(staged)
        self._rows.append(
            PictureRow(
                url,
                PictureState.COPIED,
                result.name,
                result.width,
                result.height,
                len(result.data),
            )
        )
