"""What machines ask about the server: whether it works, and how much of everything there is."""

import json
import os
from collections.abc import Iterator, Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from feedpub.errors import (
    BusyError,
    CorruptStoreError,
    FeedpubError,
    MissingStoreError,
    StoreVersionError,
)
from feedpub.model.measures import PROMETHEUS, list_measures, list_series
from feedpub.web.client import Networks, find_client, is_within, read_last
from feedpub.web.frame import Tally
from feedpub.web.headers import Kind, mark
from feedpub.web.setup import Vitals

HEALTH, METRICS = "/healthz", "/metrics"

# Not the error's own text: it names files, and everybody may ask.
_REASONS: Mapping[type[FeedpubError], str] = {
    MissingStoreError: "the database is missing",
    CorruptStoreError: "the database is damaged",
    StoreVersionError: "the database is of a newer version",
    BusyError: "the database is busy",
}


def add_reports(
    app: Flask,
    vitals: Vitals,
    tally: Tally,
    *,
    watchers: Networks = (),
    proxies: Networks = (),
) -> None:
    """Add ``/healthz`` and ``/metrics`` to an application.

    Args:
        app: The application.
        vitals: What the site says of itself.
        tally: Of the answers.
        watchers: Networks that may see the sums, besides this machine.
        proxies: Networks of proxies that are believed, besides this machine.
    """

    def report_health() -> Response:
        return _report_health(vitals)

    def report_metrics() -> Response:
        if not _may_see(watchers, proxies):
            raise NotFound
        mark(request.environ, Kind.REPORT)
        try:
            lines = [*list_measures(vitals.measure()), *_list_answers(tally)]
        except FeedpubError as error:
            return Response(f"# {_explain(error)}\n", 503, content_type=PROMETHEUS)
        return Response("".join(f"{line}\n" for line in lines), content_type=PROMETHEUS)

    app.add_url_rule(HEALTH, "health", report_health)
    app.add_url_rule(METRICS, "metrics", report_metrics)


def _report_health(vitals: Vitals) -> Response:
    mark(request.environ, Kind.REPORT)
    reason = ""
    try:
        vitals.check()
    except FeedpubError as error:
        reason = _explain(error)
    status = 503 if reason else 200
    types = ("text/plain", "application/json")
    if request.accept_mimetypes.best_match(types, types[0]) == types[1]:
        found = {"status": "failing", "reason": reason} if reason else {"status": "ok"}
        return Response(json.dumps(found) + "\n", status, content_type=types[1])
    return Response(f"{reason or 'ok'}\n", status, content_type="text/plain; charset=utf-8")


def _explain(error: FeedpubError) -> str:
    known = (reason for kind, reason in _REASONS.items() if isinstance(error, kind))
    return next(known, "the database cannot be used")


def _may_see(watchers: Networks, proxies: Networks) -> bool:
    """Return whether the sums are told: to this machine, and to networks that were named."""
    peer, forwarded = request.remote_addr, request.headers.get("X-Forwarded-For", "")
    if (forwarded or "Forwarded" in request.headers) and read_last(forwarded) is None:
        # Somebody asks through a proxy that does not say in our terms who it is.
        return False
    client = find_client(peer, forwarded, proxies)
    if not client:
        return peer == ""
    try:
        return is_within(client, watchers)
    except ValueError:
        return False


def _list_answers(tally: Tally) -> Iterator[str]:
    # Each process counts for itself, and another one answers each time.
    process = f'process="{os.getpid()}"'
    counts = {f'{process},status="{one}"': number for one, number in tally.read().items()}
    yield from list_series("http_requests_total", "Answers by class of status.", counts, "counter")
