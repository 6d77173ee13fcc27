"""``feedpub serve`` against nginx, in turn, and its forms."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

import requests

from feedpub.web.files import SETTLED_S
from tests.bench.serving import servers
from tests.bench.serving.site import list_clicks, list_requests, make_site
from tests.bench.serving.wrk import Rate, ask, post

FEED = "feeds/all/rss.xml"
FEED_BYTES = 200_000
BARS = {"304": 0.05, "200": 0.3, "one-click POST": 300, "subscribe POST": 300}
_LEFT = "SELECT count(*) FROM consents WHERE source = 'one-click'"
SETTINGS = '[site]\nid = "3f0c9a52-7d0e-4a6e-9d0b-2f5f6a1d8c11"\nurl = "https://a.example/"\n'


class Row(NamedTuple):
    """One figure.

    Attributes:
        name: What was asked for.
        feedpub: Answers a second.
        nginx: The same of nginx; None where it has no such thing.
        judged: Ratio to nginx, or answers a second where there is none.
        bar: What that has to be at least.
        cpu_us: What an answer of feedpub takes of a processor, in microseconds.
        nginx_cpu_us: The same of nginx.
    """

    name: str
    feedpub: float
    nginx: float | None
    judged: float
    bar: float
    cpu_us: float
    nginx_cpu_us: float | None

    @property
    def is_kept(self) -> bool:
        """Whether it is good enough."""
        return self.judged >= self.bar


def race_files(folder: Path, rounds: int, seconds: float) -> Iterator[Row]:
    """Yield what it takes to serve a feed of 200 KB, whole and as 304."""
    site = folder / "site"
    feed = site / FEED
    feed.parent.mkdir(parents=True)
    (site / "feedpub.toml").write_text(SETTINGS)
    (feed.parent.parent / "index.html").write_text("<!doctype html>")
    item = b"<item><title>News</title><description>What happened.</description></item>\n"
    feed.write_bytes((item * (FEED_BYTES // len(item) + 1))[:FEED_BYTES])
    with (
        servers.run_nginx(folder, site) as nginx,
        servers.run_feedpub(site, folder) as feedpub,
    ):
        # What is served was written a while ago, other than here.
        time.sleep(SETTLED_S)
        for name in ("304", "200"):
            runs: dict[servers.Server, list[Run]] = {nginx: [], feedpub: []}
            for _ in range(rounds):
                for server, found in runs.items():
                    found.append(_ask(server, name, seconds))
            yield _compare(name, runs[feedpub], runs[nginx])


class Run(NamedTuple):
    """What came of one round.

    Attributes:
        per_second: Answers.
        answers: All of them.
        cpu_us: What each took of a processor.
    """

    per_second: float
    answers: int
    cpu_us: float


def _compare(name: str, ours: list[Run], theirs: list[Run]) -> Row:
    # Of pairs that ran side by side, so that what else the machine does meets both.
    pairs = zip(ours, theirs, strict=True)
    ratio = median(one.per_second / other.per_second for one, other in pairs)
    rates = [median(run.per_second for run in runs) for runs in (ours, theirs)]
    costs = [median(run.cpu_us for run in runs) for runs in (ours, theirs)]
    return Row(name, *rates, ratio, BARS[name], *costs)


def _ask(server: servers.Server, name: str, seconds: float) -> Run:
    url, plain = server.url + FEED, {"Accept-Encoding": "identity"}
    answer = requests.get(url, headers=plain, timeout=10)
    headers = {"If-None-Match": answer.headers["ETag"]} if name == "304" else {}
    check = requests.get(url, headers=plain | headers, timeout=10)
    if (check.status_code, len(answer.content)) != (int(name), FEED_BYTES):
        raise ValueError(f"{url} answers {check.status_code} with {len(answer.content)} bytes")
    return _measure(server, partial(ask, url, seconds, headers))


def _measure(server: servers.Server, race: Callable[[], Rate]) -> Run:
    before = server.read_cpu()
    rate = race()
    if not rate.answers:
        raise ValueError("no answer at all; measure for longer by --seconds")
    if rate.failures:
        raise ValueError(f"{rate.failures} of {rate.answers} requests failed")
    return Run(rate.per_second, rate.answers, (server.read_cpu() - before) / rate.answers * 1e6)


def race_forms(folder: Path, rounds: int, seconds: float) -> Iterator[Row]:
    """Yield how many forms are taken in a second, by one process with SQLite."""
    many = int(rounds * seconds * 3000)
    config = make_site(folder / "people", many)
    forms = {
        "one-click POST": (list_clicks(config, many), _LEFT),
        "subscribe POST": (list_requests(config, many), "SELECT count(*) FROM notices"),
    }
    with servers.run_people(config.root) as server:
        for name, (posts, counted) in forms.items():
            runs, sent, answered = [], 0, 0
            for _ in range(rounds):
                run = _measure(server, partial(post, server.url, seconds, posts[sent:], folder))
                runs.append(run)
                answered += run.answers
                # Some were on their way when the round ended.
                sent += run.answers + 100
            _check_done(config.database_path, counted, name, answered)
            rate, cost = median(run.per_second for run in runs), median(run.cpu_us for run in runs)
            yield Row(name, rate, None, rate, BARS[name], cost, None)


def _check_done(database: Path, query: str, name: str, least: int) -> None:
    connection = sqlite3.connect(database)
    (found,) = connection.execute(query).fetchone()
    connection.close()
    if found < least:
        raise ValueError(f"{name}: only {found} were done")
