"""Libraries that a build with news needs, brought up while its processes look at the sources.

To import them takes as long as a look at a hundred thousand files, and a build with nothing new
needs none of them. So they are imported by a thread, at the first sign of news.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from feedpub.ports import Glance
from feedpub.publishing.source import ArticleSource

_FOLDERS = 5000
"""As many are asked for their time before the look at their files, which takes far longer."""


class Readiness:
    """Brings up libraries once, as soon as they will be wanted."""

    def __init__(self, sources: Sequence[ArticleSource], load: Callable[[], None]) -> None:
        """Prepare.

        Args:
            sources: Of the site.
            load: Imports what is wanted.
        """
        self._sources = sources
        self._load = load

    @contextmanager
    def __call__(self, glance: Glance | None) -> Iterator[Callable[[], None]]:
        """Give what is to be called at a sign of news; begin at once if folders show one.

        Args:
            glance: What the catalog knows.
        """
        thread = threading.Thread(target=self._load, name="libraries", daemon=True)

        def start() -> None:
            if thread.ident is None:
                thread.start()

        if glance is None or self._is_touched(glance):
            start()
        try:
            yield start
        finally:
            if thread.ident is not None:
                thread.join()

    def _is_touched(self, glance: Glance) -> bool:
        """Return whether a file came to a folder, or left it, since the last build."""
        since = int(glance.meta.get("last_build", "0"))
        left = _FOLDERS
        for source in self._sources:
            for folder in list(glance.folders.get(source.name, ()))[:left]:
                left -= 1
                try:
                    if Path(source.root, folder).stat().st_mtime >= since:
                        return True
                except OSError:
                    return True
        return False
