"""What a worker tells those who watch it."""

import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from feedpub import worker
from feedpub.errors import ConfigError, StoreError
from feedpub.jobs.tally import Tally
from feedpub.model.vitals import JobCount, Numbers
from feedpub.ports.jobs import End, Job, Verdict
from feedpub.sending import Stop

NUMBERS = Numbers(
    3, 2, {}, 0, {}, 0, None, None, (JobCount("deliver", "waiting", 1998),), failures=1
)


def make_shop(measure: Callable[[], Numbers]) -> Any:
    return SimpleNamespace(vitals=SimpleNamespace(measure=measure), stop=Stop())


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def tell_nothing(_event: object) -> None:
    pass


def list_hosts() -> list[str]:
    """Return the loopback addresses that this machine has."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return ["127.0.0.1", "::1"]
    except OSError:
        return ["127.0.0.1"]


@pytest.mark.parametrize("host", list_hosts())
def test_the_length_of_the_queue_is_told_and_what_the_worker_did(host: str) -> None:
    tally = Tally(tell_nothing)
    tally.began(Job("deliver"))
    tally.ended(Job("deliver"), Verdict(End.DONE), 2.5)

    with worker._serve_metrics((host, 0), make_shop(lambda: NUMBERS), tally) as url:
        status, text = get(url)

    lines = text.splitlines()
    assert status == 200
    assert 'feedpub_jobs{queue="deliver",state="waiting"} 1998' in lines
    assert "feedpub_job_failures 1" in lines
    assert 'feedpub_worker_seconds_total{task="deliver"} 2.5' in lines


def test_a_database_that_is_away_takes_nothing_from_the_rest_and_is_not_named() -> None:
    def fail() -> Numbers:
        raise StoreError("postgresql://db.internal/x: no answer")

    with worker._serve_metrics(("127.0.0.1", 0), make_shop(fail), Tally(tell_nothing)) as url:
        status, text = get(url)

    assert status == 200
    assert "feedpub_worker_start_time_seconds" in text
    assert "# the database cannot be used" in text
    assert "db.internal" not in text


def test_a_worker_that_comes_to_its_end_says_so() -> None:
    shop = make_shop(lambda: NUMBERS)
    with worker._serve_metrics(("127.0.0.1", 0), shop, Tally(tell_nothing)) as url:
        health = url.replace("/metrics", "/healthz")
        before = get(health)
        shop.stop.request()
        after = get(health)
        other = get(url.replace("/metrics", "/feedpub.toml"))

    assert (before, after, other[0]) == ((200, "ok\n"), (503, "ending\n"), 404)


def test_an_address_that_is_taken_is_refused() -> None:
    shop, tally = make_shop(lambda: NUMBERS), Tally(tell_nothing)
    with worker._serve_metrics(("127.0.0.1", 0), shop, tally) as url:
        port = int(url.split(":")[2].split("/")[0])

        with (
            pytest.raises(ConfigError, match=rf"cannot listen at 127\.0\.0\.1:{port}"),
            worker._serve_metrics(("127.0.0.1", port), shop, tally),
        ):
            pass

    assert "metrics" not in {thread.name for thread in threading.enumerate()}
