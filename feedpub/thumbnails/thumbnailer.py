"""What the rest of feedpub makes thumbnails with."""

import os
import weakref
from collections.abc import Callable, Iterable
from typing import Self

from feedpub.errors import FetchError, PictureError
from feedpub.net.fetcher import Fetcher
from feedpub.thumbnails.decoder import Decoders
from feedpub.thumbnails.gather import gather
from feedpub.thumbnails.jpeg import MAX_BYTES, MAX_LOCAL_BYTES, Measure, Thumbnail, measure

_FETCH_DEADLINE_S = 5.0
# Many servers send pictures as mere bytes; what they are is seen by decoding them.
_ACCEPT = ("image/", "application/octet-stream", "binary/octet-stream", "")
_MAX_DECODERS = 2

Outcome = Thumbnail | FetchError


class Thumbnailer:
    """Makes thumbnails of remote and local pictures. May be used by many threads.

    Args:
        fetcher: None fetches nothing, so that every remote picture stays pending.
        width: Of a thumbnail, at most.
        isolate: Decode in processes of their own, which a hostile picture may bring down.
    """

    def __init__(self, fetcher: Fetcher | None, *, width: int = 640, isolate: bool = True) -> None:
        self._fetcher = fetcher
        self._decoders = Decoders(
            min(_MAX_DECODERS, os.cpu_count() or 1), width=width, isolate=isolate
        )
        self._finish = weakref.finalize(self, self._decoders.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the decoding processes; they also end with the program."""
        self._finish()

    def measure(self, data: bytes, *, url: str = "") -> Measure:
        """Return the size and type of a picture; see :func:`feedpub.thumbnails.measure`."""
        return measure(data, url=url)

    def from_bytes(self, data: bytes, *, url: str = "") -> Thumbnail:
        """Return the thumbnail of a picture.

        Args:
            data: A whole PNG, JPEG, GIF or WebP file of at most 32 MiB.
            url: Or path, for the error.

        Raises:
            PictureError: It cannot be shown; the article goes without.
        """
        if len(data) > MAX_LOCAL_BYTES:
            raise PictureError(
                f"the picture is larger than {MAX_LOCAL_BYTES:,} bytes; use a smaller file",
                url=url,
                retry=False,
            )
        return self._decoders.make(data, url=url)

    def fetch(self, url: str, *, deadline_s: float = _FETCH_DEADLINE_S) -> Thumbnail:
        """Return the thumbnail of a remote picture.

        Raises:
            FetchError: It did not arrive, or feedpub is offline.
            PictureError: It arrived and cannot be shown.
        """
        if self._fetcher is None:
            raise FetchError("offline; build without --offline to fetch it", url=url)
        deadline_s = min(deadline_s, _FETCH_DEADLINE_S)
        fetched = self._fetcher.get(url, max_bytes=MAX_BYTES, deadline_s=deadline_s, accept=_ACCEPT)
        return self.from_bytes(fetched.body, url=url)

    def fetch_all(
        self,
        urls: Iterable[str],
        *,
        done: Callable[[str, Outcome], None],
        budget_s: float = 60,
        at_most: int = 8,
    ) -> list[str]:
        """Make the thumbnails of remote pictures until the time is up; return what is left.

        Hosts take turns, so that one slow host holds up its own pictures only.

        Args:
            urls: Each is fetched once.
            done: Called in this thread with each finished URL and its thumbnail or error.
            budget_s: Seconds in all.
            at_most: Fetches at once.
        """
        if self._fetcher is None:
            return list(dict.fromkeys(urls))
        return gather(
            urls,
            lambda url, left: self.fetch(url, deadline_s=left),
            done,
            budget_s=budget_s,
            at_most=at_most,
            per_host=self._fetcher.per_host,
        )
