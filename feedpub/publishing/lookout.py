"""What has to be known of a look at the sources before it is over."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from feedpub.ports import Scan, Workers


class Lookout:
    """Workers that tell of the first folder which is not as it was known."""

    def __init__(self, workers: Workers, tell: Callable[[], None]) -> None:
        """Prepare.

        Args:
            workers: Of which each has the site's reader.
            tell: Is called at most once.
        """
        self._workers = workers
        self._tell: Callable[[], None] | None = tell

    def map(self, items: Iterable[Any], *, chunk: int = 1, ahead: int = 8) -> Iterator[Any]:
        """See ``Workers``."""
        found = self._workers.map(items, chunk=chunk, ahead=ahead)
        return found if self._tell is None else self._watch(found)

    def _watch(self, found: Iterator[Any]) -> Iterator[Any]:
        for part in found:
            if self._tell and isinstance(part, Scan) and any(one.files for one in part.folders):
                self._tell()
                self._tell = None
            yield part
