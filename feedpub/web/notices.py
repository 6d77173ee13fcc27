"""Sends the mails that a page gives rise to, after the page was answered."""

import logging
import threading
import time
from collections.abc import Callable

from feedpub.errors import ConfigError, FeedpubError

_BETWEEN_S = 0.5
_LOG = logging.getLogger("feedpub.web")


class Courier:
    """Delivers waiting notices in a thread of its own, which starts with the first of them.

    A mail that cannot be sent now stays where it waits, for the next time and for ``send``.
    """

    def __init__(self, deliver: Callable[[], None] | None) -> None:
        self._deliver = deliver
        self._work = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Say that there may be something to deliver; returns at once."""
        if self._deliver is None:
            return
        self._work.set()
        with self._lock:
            # Not earlier: a server that forks would leave the thread behind.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, args=(self._deliver,), name="notices", daemon=True
                )
                self._thread.start()

    def _run(self, deliver: Callable[[], None]) -> None:
        while True:
            self._work.wait()
            self._work.clear()
            self._deliver_once(deliver)
            # Not at each of a thousand requests.
            time.sleep(_BETWEEN_S)

    def _deliver_once(self, deliver: Callable[[], None]) -> None:
        try:
            deliver()
        except ConfigError as error:
            _LOG.warning("mails are waiting for the next send: %s", error)
        except FeedpubError as error:
            # Without its text, in which an address may stand.
            _LOG.warning("mails are waiting for the next send (%s)", type(error).__name__)
        except Exception:  # noqa: BLE001 # the thread has to outlive whatever a library raises
            _LOG.exception("mails are waiting for the next send")
