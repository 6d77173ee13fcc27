"""``feedpub serve`` against nginx, in turn, and its forms."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import requests

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
    """

    name: str
    feedpub: float
    nginx: float | None
    judged: float
    bar: float

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
        for name in ("304", "200"):
            rates: dict[str, list[float]] = {nginx: [], feedpub: []}
            # In turn, so that what else the machine does meets both.
            for _ in range(rounds):
                for url, found in rates.items():
                    found.append(_ask(url + FEED, name, seconds))
            # Of pairs that ran side by side, for the same reason.
            pairs = zip(rates[feedpub], rates[nginx], strict=True)
            ratio = median(ours / theirs for ours, theirs in pairs)
            yield Row(name, median(rates[feedpub]), median(rates[nginx]), ratio, BARS[name])


def _ask(url: str, name: str, seconds: float) -> float:
    answer = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=10)
    headers = {"If-None-Match": answer.headers["ETag"]} if name == "304" else {}
    check = requests.get(url, headers={"Accept-Encoding": "identity", **headers}, timeout=10)
    if (check.status_code, len(answer.content)) != (int(name), FEED_BYTES):
        raise ValueError(f"{url} answers {check.status_code} with {len(answer.content)} bytes")
    return _flawless(ask(url, seconds, headers))


def race_forms(folder: Path, rounds: int, seconds: float) -> Iterator[Row]:
    """Yield how many forms are taken in a second, by one process with SQLite."""
    many = int(rounds * seconds * 3000)
    config = make_site(folder / "people", many)
    forms = {
        "one-click POST": (
            list_clicks(config, many),
            _LEFT,
        ),
        "subscribe POST": (list_requests(config, many), "SELECT count(*) FROM notices"),
    }
    with servers.run_people(config.root) as url:
        for name, (posts, counted) in forms.items():
            rates, sent, answered = [], 0, 0
            for _ in range(rounds):
                rate = post(url, seconds, posts[sent:], folder)
                rates.append(_flawless(rate))
                answered += rate.answers
                # Some were on their way when the round ended.
                sent += rate.answers + 100
            _check_done(config.database_path, counted, name, answered)
            yield Row(name, median(rates), None, median(rates), BARS[name])


def _check_done(database: Path, query: str, name: str, least: int) -> None:
    connection = sqlite3.connect(database)
    (found,) = connection.execute(query).fetchone()
    connection.close()
    if found < least:
        raise ValueError(f"{name}: only {found} were done")


def _flawless(rate: Rate) -> float:
    if rate.failures:
        raise ValueError(f"{rate.failures} of {rate.answers} requests failed")
    return rate.per_second
