"""What one fetch may take: time, bytes, and whose machines."""

import time
from dataclasses import dataclass, field

from feedpub.errors import FetchError

# Beyond the body there are headers and the lengths of chunks.
_ENVELOPE_BYTES = 256 * 1024


@dataclass(slots=True)
class Limits:
    """The time and the bytes that are left to one fetch, all its redirects included.

    Attributes:
        url: As asked for, for errors.
        deadline_s: Seconds in all, from look-up to last byte.
        max_bytes: Of the body, both as sent and when decompressed.
        allow_private: Whether the addresses of private networks may be connected to.
    """

    url: str
    deadline_s: float
    max_bytes: int
    allow_private: bool = False
    _end: float = field(init=False)
    _received: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.deadline_s

    def left(self) -> float:
        """Return the seconds that are left, always more than 0.

        Raises:
            FetchError: There are none.
        """
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise self.too_late()
        return seconds

    def receive(self, count: int) -> None:
        """Take bytes that arrived off the allowance, before they are decompressed.

        Raises:
            FetchError: They are too many.
        """
        self._received += count
        if self._received > self.max_bytes + _ENVELOPE_BYTES:
            raise self.too_large()

    def too_late(self) -> FetchError:
        """Return the error for a fetch that took too long."""
        return FetchError(f"no whole answer within {self.deadline_s:.3g} s", url=self.url)

    def too_large(self) -> FetchError:
        """Return the error for a body that is too large."""
        return FetchError(
            f"larger than the {self.max_bytes:,} bytes that are taken; use a smaller file",
            url=self.url,
            retry=False,
        )
