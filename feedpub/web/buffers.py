"""What waits to be sent, as waitress keeps it."""

from collections.abc import Iterator
from io import BytesIO

from waitress.buffers import ReadOnlyFileBasedBuffer


class Body(ReadOnlyFileBasedBuffer):
    """Bytes on their way out, which are shared by all who are sent the same, and never copied."""

    def __init__(self, data: bytes, start: int = 0) -> None:
        """Begin with what is not sent yet.

        Args:
            data: Of the answer.
            start: So many of its bytes were sent.
        """
        super().__init__(BytesIO())
        self._rest = memoryview(data)[start:]
        self.remain = len(self._rest)

    def prepare(self, size: int | None = None) -> int:
        """Return how many bytes will be sent.

        Args:
            size: No more than these; all if None.
        """
        self._rest = self._rest[:size]
        self.remain = len(self._rest)
        return self.remain

    def get(self, numbytes: int = -1, skip: bool = False) -> memoryview:  # type: ignore[override] # waitress copies
        """Return the next bytes, without a copy of them.

        Args:
            numbytes: No more than these; all if negative.
            skip: Whether they count as sent.
        """
        found = self._rest if numbytes < 0 else self._rest[:numbytes]
        if skip:
            self.skip(len(found))
        return found

    def skip(self, numbytes: int, allow_prune: int = 0) -> None:  # noqa: ARG002 # of waitress
        """Count bytes as sent.

        Args:
            numbytes: So many.
            allow_prune: Of no use here.

        Raises:
            ValueError: There are not so many.
        """
        if numbytes > self.remain:
            raise ValueError(f"cannot skip {numbytes} bytes of {self.remain}; skip at most these")
        self._rest = self._rest[numbytes:]
        self.remain -= numbytes

    def __iter__(self) -> Iterator[bytes]:  # type: ignore[override] # none in waitress
        """Yield everything, for a server that knows no files."""
        yield bytes(self._rest)

    def close(self) -> None:
        """Let go of the bytes."""
        self._rest = memoryview(b"")
        self.remain = 0
