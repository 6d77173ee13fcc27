"""Throughput of an issue that several workers share, its ledger on a server of PostgreSQL."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median

from tests.bench.sending.rows import Row
from tests.support.ledger_server import LedgerServer
from tests.support.postgres import Cluster, find_binaries
from tests.support.processes import clean_environment
from tests.support.real_site import REPOSITORY
from tests.support.smtp import run_smtp_sink

WORKERS = (1, 2, 4)


def race_workers(messages: int, rounds: int, tell: Callable[[str], None]) -> Iterator[Row]:
    """Compare one worker with two and with four, in turn."""
    binaries = find_binaries()
    if binaries is None:
        tell("needs the apt package postgresql")
        return
    rates: dict[int, list[float]] = {number: [] for number in WORKERS}
    costs: dict[int, float] = {}
    cluster = Cluster(binaries)
    try:
        with run_smtp_sink() as sink:
            for _ in range(rounds):
                for number, found in rates.items():
                    url = cluster.create()
                    took_s, cpu_s = _send(url, sink.port, number, messages)
                    found.append(messages / took_s)
                    costs[number] = cpu_s / messages * 1e6
                    cluster.drop(url)
    finally:
        cluster.remove()
    alone = rates[1]
    for number in WORKERS[1:]:
        ratio = median(many / one for many, one in zip(rates[number], alone, strict=True))
        yield Row(
            f"{number} workers", f"{median(rates[number]):,.0f}/s, {costs[number]:.0f} us of CPU",
            "1 worker", f"{median(alone):,.0f}/s, {costs[1]:.0f} us", ratio,
        )  # fmt: skip


def _send(url: str, port: int, workers: int, messages: int) -> tuple[float, float]:
    """Return how many seconds an issue took, and how many of the senders' processors."""
    LedgerServer.create(url, (f"reader{number}@inbox.test" for number in range(messages)))
    command = [sys.executable, "-m", "tests.bench.sending.share", url, str(port)]
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                    cwd=REPOSITORY, env=clean_environment(),
                )
            )
            for _ in range(workers)
        ]  # fmt: skip
        for one in started:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        began = time.perf_counter()
        for one in started:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        found = [json.loads(one.communicate()[0]) for one in started]
        took_s = time.perf_counter() - began
    assert sum(one["sent"] for one in found) == messages, found
    return took_s, sum(one["cpu_s"] for one in found)
