"""What goes around every request: its id, its headers, its line in the log, its place in a sum."""

import os
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from feedpub.web.accesslog import AccessLog
from feedpub.web.client import Networks, is_near
from feedpub.web.headers import HEADERS, KIND, Kind

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID = "feedpub.request_id"
"""Key of the WSGI environment."""

ROUTE = "feedpub.route"
"""Key of the WSGI environment under which a view leaves what the log may have of its address."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


class Tally:
    """How often the process answered with each class of status; safe for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def count(self, status: str) -> None:
        """Add an answer, by its status line."""
        with self._lock:
            self._counts[status[0]] += 1

    def read(self) -> Mapping[str, int]:
        """Return the sums, such as ``{"2xx": 7}``."""
        with self._lock:
            return {f"{first}xx": number for first, number in sorted(self._counts.items())}


class Frame:
    """A WSGI application around another: the one hook that every answer passes."""

    def __init__(self, app: "WSGIApplication", tally: Tally, proxies: Networks = ()) -> None:
        """Stand around an application.

        Args:
            app: May leave a ``Kind`` and a route in the environment.
            tally: Where answers are counted.
            proxies: Networks of proxies that are believed, besides this machine.
        """
        self._app, self._tally, self._proxies = app, tally, proxies
        self._log = AccessLog()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()
        name = environ[REQUEST_ID] = choose_id(environ, self._proxies)

        def start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Any:
            added = HEADERS[environ.get(KIND, Kind.PERSONAL)]
            self._tally.count(status)
            self._log.write(environ, status, environ.get(ROUTE), name, began)
            # A new list: that of a file is used again.
            return start_response(status, [*headers, *added, ("X-Request-ID", name)], error)

        return self._app(environ, start)


def choose_id(environ: Mapping[str, Any], proxies: Networks = ()) -> str:
    """Return the name of a request: that of a proxy on this machine if it is one, else a new one.

    It stands in the log, so a stranger must not be able to write there what they like.
    """
    given = environ.get("HTTP_X_REQUEST_ID")
    if given and is_near(environ.get("REMOTE_ADDR"), proxies) and _WELL_FORMED.fullmatch(given):
        return str(given)
    return os.urandom(8).hex()
