"""One line for each request, without who asked and without anything secret of what was asked."""

import json
import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

LOGGER = "feedpub.access"

_TOKEN_LENGTH = 12
_HIDDEN = "*"


class AccessLog:
    """Hands a record of each request to the logger ``feedpub.access``."""

    def __init__(self) -> None:
        self._logger = logging.getLogger(LOGGER)

    def write(
        self,
        environ: Mapping[str, Any],
        status: str,
        route: str | None,
        name: str,
        began: float,
    ) -> None:
        """Write of one request.

        Args:
            environ: Of WSGI.
            status: Status line of the answer.
            route: Address without anything secret; None if all that is known is what was asked.
            name: Of the request.
            began: When it came, by ``time.perf_counter``.
        """
        if not self._logger.isEnabledFor(logging.INFO):
            return
        path = hide_secrets(environ["PATH_INFO"]) if route is None else _spell(route)
        took = (time.perf_counter() - began) * 1000
        method = environ["REQUEST_METHOD"][:8]
        self._logger.info("%s %s %s %.1fms %s", method, path, status[:3], took, name)


class JsonFormatter(logging.Formatter):
    """Writes each request as one JSON object on a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record of ``AccessLog``, or of any other."""
        if record.name != LOGGER or not isinstance(record.args, tuple):
            found: dict[str, object] = {"level": record.levelname, "message": record.getMessage()}
        else:
            method, path, status, took, name = record.args
            found = {"method": method, "path": path, "status": int(str(status)),
                     "ms": round(float(str(took)), 1), "id": name}  # fmt: skip
        return json.dumps({"time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), **found})


def hide_secrets(path: str) -> str:
    """Return a path that led nowhere without what might be a token or an address in it.

    Args:
        path: As in the WSGI environment: bytes as Latin-1.
    """
    return "/".join(
        _HIDDEN if len(part) >= _TOKEN_LENGTH or "@" in part else _spell(part)
        for part in path.split("/")
    )


def _spell(path: str) -> str:
    return quote(path, safe="/*~+,=:", encoding="latin-1")
