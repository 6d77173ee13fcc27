"""One line for each request, without who asked and without anything secret of what was asked."""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Literal, TextIO
from urllib.parse import quote

LOGGER = "feedpub.access"

_TOKEN_LENGTH = 12
_HIDDEN = "*"
_EVERY_S = 0.2
_LINE = "%s %s %s %.1fms %s"
_MOST_SPELT = 512


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
        method = _spell(environ["REQUEST_METHOD"][:8])
        words = method, path, status[:3], took, name
        # Not by ``info``, which first looks through the stack for whoever calls it.
        self._logger.handle(
            self._logger.makeRecord(LOGGER, logging.INFO, "", 0, _LINE, words, None)
        )


def log_requests(form: Literal["text", "json"], stream: TextIO) -> None:
    """Write a line for each request from now on.

    Args:
        form: Of the lines.
        stream: Where they go.
    """
    handler = BatchHandler(stream)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logger = logging.getLogger(LOGGER)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


class BatchHandler(logging.Handler):
    """Writes lines a few times a second, from a thread of its own.

    A write at each request would have every thread wait for the other ones.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: deque[str] = deque()
        self._writing = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line until the next write."""
        self._lines.append(self.format(record))

    def flush(self) -> None:
        """Write what is there."""
        with self._writing:
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            # A log that cannot be written is no reason to stop.
            with suppress(OSError, ValueError):
                self._stream.write("".join(f"{line}\n" for line in lines))
                self._stream.flush()

    def close(self) -> None:
        """Write the rest."""
        self._closed.set()
        self.flush()
        super().close()

    def _run(self) -> None:
        while not self._closed.wait(_EVERY_S):
            self.flush()


class TextFormatter(logging.Formatter):
    """Writes each request as words on a line, with its time before them."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        when = _spell_second("%Y-%m-%d %H:%M:%S", int(record.created))
        return f"{when},{int(record.msecs):03d} {record.getMessage()}"


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
        when = _spell_second("%Y-%m-%dT%H:%M:%S%z", int(record.created))
        return json.dumps({"time": when, **found})


def hide_secrets(path: str) -> str:
    """Return a path that led nowhere without what might be a token or an address in it.

    Args:
        path: As in the WSGI environment: bytes as Latin-1.
    """
    return "/".join(
        _HIDDEN if len(part) >= _TOKEN_LENGTH or "@" in part else _spell(part)
        for part in path.split("/")
    )


@lru_cache(maxsize=_MOST_SPELT)
def _spell(path: str) -> str:
    return quote(path, safe="/*~+,=:", encoding="latin-1")


@lru_cache(maxsize=4)
def _spell_second(form: str, second: int) -> str:
    return time.strftime(form, time.localtime(second))
