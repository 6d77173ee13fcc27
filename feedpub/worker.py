"""The face that works by itself: it has jobs run, looks at the clock, and is watched."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import ClassVar

from feedpub.config import Config
from feedpub.errors import BusyError, ConfigError, FeedpubError
from feedpub.jobs.tally import Event, Tally
from feedpub.jobs.tasks import TASKS
from feedpub.model.measures import PROMETHEUS, list_measures
from feedpub.signals import heed_signals
from feedpub.wiring.jobs import Pace, Workshop, open_workshop

__all__ = ["Event", "Options", "check_queues", "run_worker"]

EXIT_INTERRUPTED = 130
_LOOK_S = 5.0
"""So often the clock is looked at, and the health file touched; what is due has whole seconds."""

_log = logging.getLogger("feedpub.worker")


@dataclass(frozen=True, slots=True)
class Options:
    """How a worker works.

    Attributes:
        concurrency: Jobs at a time, at least 1.
        queues: Whose jobs it takes, besides those of the sweep; of all if empty.
        health_file: Touched every few seconds while it is alive; taken away when it ends.
        metrics: Host and port where its sums are told by HTTP; port 0 takes a free one.
        pace: How often things are done that nobody asks for.
        allow_private: Let pictures and probed links be on private addresses.
    """

    concurrency: int = 2
    queues: tuple[str, ...] = ()
    health_file: Path | None = None
    metrics: tuple[str, int] | None = None
    pace: Pace = field(default_factory=Pace)
    allow_private: bool = False


def run_worker(
    config: Config,
    options: Options,
    *,
    tell: Callable[[Event], None],
    ready: Callable[[str], None],
) -> int:
    """Work until a signal comes; return the exit code.

    The first SIGTERM or Ctrl-C lets it finish what it is at, messages in hand above all, and take
    nothing new; the second one ends it at once, which loses nothing either: the jobs it is at are
    run again by another worker, and the ledger knows how far they came.

    Args:
        config: Of the site.
        options: How it works.
        tell: Is told of each job that has ended, by any thread.
        ready: Is told the address of the metrics, which may be empty, once it works.

    Raises:
        ConfigError: Something that it needs is missing.
        StoreError: The database cannot be used, or was brought up to date by a newer feedpub.
    """
    tally = Tally(tell)
    pace, private = options.pace, options.allow_private
    with (
        open_workshop(config, tally, pace=pace, allow_private=private) as shop,
        ExitStack() as stack,
    ):
        signals = stack.enter_context(_end_on_signals(shop))
        address = stack.enter_context(_serve_metrics(options.metrics, shop, tally))
        stack.enter_context(_keep_time(shop, options))
        ready(address)
        queues = {*(options.queues or TASKS), "sweep"}
        shop.engine.work(shop.run, concurrency=options.concurrency, queues=sorted(queues))
    if shop.run.fatal is not None:
        raise shop.run.fatal
    return EXIT_INTERRUPTED if signal.SIGINT in signals else 0


def check_queues(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of queues.

    Raises:
        ConfigError: There is no queue of one of them.
    """
    wrong = [name for name in names if name not in TASKS]
    if wrong:
        raise ConfigError(
            f"there is no queue {wrong[0]!r}; there are {', '.join(TASKS)}", path="--queues"
        )
    return tuple(names)


# Signals


@contextmanager
def _end_on_signals(shop: Workshop) -> Iterator[list[int]]:
    """End gracefully at the first signal, and at once at the second; give those that came."""
    came: list[int] = []

    def handle(number: int) -> None:
        came.append(number)
        if len(came) > 1:
            os._exit(128 + number)  # threads are in the middle of things, which may take long
        shop.stop.request()

    with heed_signals(handle):
        yield came


# The clock


@contextmanager
def _keep_time(shop: Workshop, options: Options) -> Iterator[None]:
    keeper = _Timekeeper(shop, options)
    thread = threading.Thread(target=keeper.run, name="clock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        keeper.end()
        thread.join(timeout=_LOOK_S)
        if options.health_file is not None:
            options.health_file.unlink(missing_ok=True)


class _Timekeeper:
    """Looks at the clock in a thread of its own, and shows that this process is alive."""

    def __init__(self, shop: Workshop, options: Options) -> None:
        self._shop, self._health_file = shop, options.health_file
        self._pause_s = min(_LOOK_S, options.pace.sweep_s, options.pace.build_s)
        self._ended = threading.Event()
        self._told = ""

    def end(self) -> None:
        self._ended.set()

    def run(self) -> None:
        while True:
            self._show_life()  # to the very end: what it is at is not to be cut short
            if not self._shop.stop.requested:
                self._tick()
            if self._ended.wait(self._pause_s):
                return

    def _show_life(self) -> None:
        if self._health_file is None:
            return
        try:
            self._health_file.touch()
        except OSError as error:
            self._warn(f"{self._health_file}: {error.strerror}; let this user write there")

    def _tick(self) -> None:
        try:
            self._shop.clockwork.tick()
        except BusyError as error:
            _log.info("the schedules are looked at later: %s", error)
        except FeedpubError as error:
            self._shop.run.consider(error)
            self._warn(str(error))
        except Exception:  # noqa: BLE001 # the top of a thread, which has to outlive any defect
            _log.exception("the schedules cannot be looked at")
        else:
            self._told = ""

    def _warn(self, text: str) -> None:
        """Tell of what is wrong, but not every five seconds."""
        if text != self._told:
            _log.warning("%s", text)
        self._told = text


# Being watched


@contextmanager
def _serve_metrics(where: tuple[str, int] | None, shop: Workshop, tally: Tally) -> Iterator[str]:
    if where is None:
        yield ""
        return

    class Handler(_Handler):
        pass

    Handler.shop, Handler.tally = shop, tally
    host = f"[{where[0]}]" if ":" in where[0] else where[0]
    try:
        server = (_Server6 if ":" in where[0] else _Server)(where, Handler)
    except OSError as error:
        raise ConfigError(
            f"cannot listen at {host}:{where[1]}: {error.strerror}; choose another address",
            path="--metrics",
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingTCPServer):
    """Not the HTTP server of the library, which asks a name server who we are."""

    allow_reuse_address = True
    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    """Answers ``/metrics`` in Prometheus' text format, and ``/healthz``."""

    shop: ClassVar[Workshop]
    tally: ClassVar[Tally]
    timeout = 10
    server_version, sys_version = "feedpub", ""

    def do_GET(self) -> None:
        """Answer."""
        answer = {"/metrics": self._tell_sums, "/healthz": self._tell_health}.get(self.path)
        if answer is None:
            self._send(404, "not found\n", "text/plain; charset=utf-8")
        else:
            answer()

    def _tell_sums(self) -> None:
        lines = list(self.tally.list_lines())
        try:
            lines += list_measures(self.shop.vitals.measure())
        except FeedpubError:  # what it says names the database, and anybody may ask
            lines.append("# the database cannot be used")
        self._send(200, "".join(f"{line}\n" for line in lines), PROMETHEUS)

    def _tell_health(self) -> None:
        ending = self.shop.stop.requested
        text = "ending\n" if ending else "ok\n"
        self._send(503 if ending else 200, text, "text/plain; charset=utf-8")

    def _send(self, status: int, text: str, kind: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of those who watch."""
        _log.debug(format, *args)
