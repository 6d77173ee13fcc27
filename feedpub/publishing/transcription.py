"""The names of categories, transliterated in a process of their own.

What that takes is a quarter of a second of loading tables. When a site is read for the first time
there will be names, so it begins before the first of them is known, and beside all else.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from feedpub.catalog.slugs import Read, transliterate
from feedpub.ports import Lost, Workers
from feedpub.publishing.setup import Setup

_ANY_HAN = "\u4e00"


class Transcriber:
    """Asks a process for the reading of a name."""

    def __init__(self, workers: Workers) -> None:
        """Let the process begin to load.

        Args:
            workers: That apply ``transliterate``.
        """
        self._workers = workers
        self._begun = workers.map([_ANY_HAN])

    def __call__(self, name: str) -> str:
        """Return what ``transliterate`` does."""
        deque(self._begun, maxlen=0)  # one call after another
        (result,) = self._workers.map([name])
        return transliterate(name) if isinstance(result, Lost) else str(result)


@contextmanager
def start_transcriber(setup: Setup, *, is_first: bool) -> Iterator[Read | None]:
    """Give what reads the names of categories; None for the usual way.

    Args:
        setup: Of the site.
        is_first: Whether a source will be read for the first time.
    """
    if not is_first or setup.jobs == 1:
        yield None
        return
    with setup.make_pool(transliterate, 1, apart=True) as workers:
        yield Transcriber(workers)
